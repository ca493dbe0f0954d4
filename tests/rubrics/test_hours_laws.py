"""What holds for any hours whatever: nothing is lost, nothing counts twice, and order does not matter."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rubrics import library
from rubrics.hours import Entry, duties, keep_book

RULES = library.load("hours_rules", "hours-rules-default")
RATED = replace(RULES, credits={"concentrated": Decimal(6), "distributed": Decimal(8)})
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
ENTRIES = st.lists(
    st.builds(
        Entry,
        st.sampled_from("abcdefgh"),
        DAYS,
        st.integers(0, 900).map(lambda tenths: Decimal(tenths) / 10),
        st.sampled_from(["general", "professional"]),
        st.sampled_from(["", "concentrated", "distributed"]),
        st.sampled_from(["", "one", "two"]),
    ),
    max_size=10,
)


def longest_first(entries: list[Entry]) -> dict[str, Decimal]:
    """The oracle: of each activity the hours of its earliest day, there the most."""
    by_activity: dict[str, list[Entry]] = defaultdict(list)
    for one in entries:
        by_activity[one.activity].append(one)
    return {
        name: max(one.hours for one in some if one.on == min(other.on for other in some))
        for name, some in by_activity.items()
    }


@given(ENTRIES)
def test_nothing_is_lost_and_nothing_counts_twice(entries: list[Entry]) -> None:
    book = keep_book(RATED, entries)
    due = longest_first(entries)
    assert sum(row.earned for row in book.years) == sum(due.values())
    waits = book.years[-1].carried if book.years else 0
    assert sum(row.counted for row in book.years) + waits == sum(due.values())
    counted: dict[str, Decimal] = defaultdict(Decimal)
    for part in book.parts:
        counted[part.entry.activity] += part.hours
    assert all(counted[name] <= due[name] for name in counted)
    again = [reason for reason in book.reasons if reason.code == "hours.same_activity"]
    assert len(again) == len(entries) - len(due)


@given(ENTRIES)
def test_what_a_year_carries_on_is_what_the_next_one_is_brought(entries: list[Entry]) -> None:
    years = keep_book(RULES, entries, through=2031).years
    assert [row.year for row in years] == list(range(years[0].year, 2032)) if years else years == ()
    assert [row.brought for row in years] == [0, *(row.carried for row in years[:-1])][: len(years)]
    assert all(row.carried >= 0 for row in years)


@given(ENTRIES)
def test_the_parts_of_a_year_are_what_counted_in_it_and_obey_the_cap(entries: list[Entry]) -> None:
    book = keep_book(RULES, entries)
    for row in book.years:
        parts = [part for part in book.parts if part.year == row.year]
        assert sum(part.hours for part in parts) == row.counted
        assert book.counted(first=row.year, last=row.year) == row.counted
        assert all(part.entry.on.year <= row.year and part.hours > 0 for part in parts)
        for programme in ("one", "two"):
            assert sum(part.hours for part in parts if part.entry.programme == programme) <= 40
        outside = [part for part in parts if not part.entry.programme]
        assert all(part.entry.on.year == row.year for part in outside)


@given(ENTRIES, st.randoms())
def test_the_order_of_entries_never_matters(entries: list[Entry], chance: object) -> None:
    shuffled = list(entries)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert keep_book(RATED, shuffled) == keep_book(RATED, entries)


@given(ENTRIES)
def test_credits_and_what_is_left_make_up_the_hours_that_counted(entries: list[Entry]) -> None:
    book = keep_book(RATED, entries)
    for credit in book.credits:
        assert credit.credits * credit.hours_per_credit + credit.remainder == credit.hours
        assert 0 <= credit.remainder < credit.hours_per_credit
    rated = sum(credit.hours for credit in book.credits)
    assert rated == sum(part.hours for part in book.parts if part.entry.mode)


@given(ENTRIES, st.integers(2024, 2028))
def test_a_duty_is_met_exactly_when_nothing_is_missing_and_one_more_hour_never_harms(
    entries: list[Entry], year: int
) -> None:
    more = [*entries, Entry("another", date(year, 1, 1), Decimal(90), "professional")]
    before, after = (duties(RULES, keep_book(RULES, some), year=year) for some in (entries, more))
    for one, other in zip(before, after, strict=True):
        assert one.met == (
            one.have >= one.duty.hours and (not one.duty.professional or one.professional >= 60)
        )
        assert other.met >= one.met
