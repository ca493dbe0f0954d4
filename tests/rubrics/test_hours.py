"""How training hours count: nothing is lost, nothing counts twice, and a third is never rounded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from explained import said

from rubrics import library
from rubrics.errors import HoursError
from rubrics.hours import Entry, Year, count_once, duties, keep_book, rules_of, session_lost, spread

RULES = library.load("hours_rules", "hours-rules-default")
RATED = replace(RULES, credits={"concentrated": Decimal(6), "distributed": Decimal(8)})
OURS = "digital-2026"


def entry(
    activity: str,
    hours: str,
    day: str = "2026-03-01",
    *,
    subject_class: str = "professional",
    mode: str = "",
    programme: str = OURS,
) -> Entry:
    return Entry(activity, date.fromisoformat(day), Decimal(hours), subject_class, mode, programme)


def lines(years: tuple[Year, ...]) -> list[tuple[int, str, str, str, str]]:
    return [
        (row.year, str(row.earned), str(row.brought), str(row.counted), str(row.carried)) for row in years
    ]


# The year and its cap


def test_a_book_without_entries_is_empty() -> None:
    book = keep_book(RULES, [])
    assert (book.years, book.parts, book.credits, book.reasons) == ((), (), (), ())
    assert keep_book(RULES, [], through=2030).years == ()


def test_what_is_above_the_cap_counts_in_the_years_after_it() -> None:
    book = keep_book(RULES, [entry("a", "95"), entry("b", "3", "2028-05-01")], through=2029)
    assert lines(book.years) == [
        (2026, "95", "0", "40", "55"),
        (2027, "0", "55", "40", "15"),
        (2028, "3", "15", "18", "0"),
        (2029, "0", "0", "0", "0"),
    ]
    assert said(book.reasons[:2]) == [
        ("hours.carried_over", OURS, 2026, Decimal(40), Decimal(55)),
        ("hours.carried_over", OURS, 2027, Decimal(40), Decimal(15)),
    ]


def test_what_still_waits_at_the_end_of_the_book_is_shown_as_carried() -> None:
    assert lines(keep_book(RULES, [entry("a", "42")]).years) == [(2026, "42", "0", "40", "2")]


def test_hours_that_just_reach_the_cap_all_count() -> None:
    book = keep_book(RULES, [entry("a", "40")])
    assert lines(book.years) == [(2026, "40", "0", "40", "0")]
    assert [reason.code for reason in book.reasons] == ["hours.no_credit_rate"]


def test_an_earlier_year_to_look_through_to_cuts_nothing_off() -> None:
    assert [row.year for row in keep_book(RULES, [entry("a", "1")], through=2020).years] == [2026]


def test_hours_from_outside_stand_under_no_cap() -> None:
    book = keep_book(RULES, [entry("a", "95"), entry("b", "120", programme="")])
    assert lines(book.years) == [(2026, "215", "0", "160", "55")]


def test_each_programme_has_a_cap_of_its_own() -> None:
    book = keep_book(RULES, [entry("a", "50"), entry("b", "45", programme="another")])
    assert lines(book.years) == [(2026, "95", "0", "80", "15")]
    assert [reason.values["carried"] for reason in book.reasons[:2]] == [5, 10]


def test_without_a_cap_everything_counts_in_its_year() -> None:
    book = keep_book(replace(RULES, annual_cap=None), [entry("a", "95")])
    assert lines(book.years) == [(2026, "95", "0", "95", "0")]


def test_an_entry_cut_by_the_cap_has_parts_in_two_years_and_the_earliest_counts_first() -> None:
    late, early = entry("late", "30", "2026-06-01"), entry("early", "30", "2026-02-01")
    book = keep_book(RULES, [late, early], through=2027)
    parts = [(part.year, part.entry.activity, part.hours) for part in book.parts]
    assert parts == [(2026, "early", 30), (2026, "late", 10), (2027, "late", 20)]


def test_an_entry_of_no_hours_changes_nothing() -> None:
    book = keep_book(RULES, [entry("a", "0"), entry("b", "2")])
    assert [part.entry.activity for part in book.parts] == ["b"]


def test_hours_spread_the_same_way_by_the_year_alone() -> None:
    assert lines(spread({2026: Decimal(55), 2028: Decimal(3)}, cap=Decimal(40))) == [
        (2026, "55", "0", "40", "15"),
        (2027, "0", "15", "15", "0"),
        (2028, "3", "0", "3", "0"),
    ]
    assert spread({}, cap=None, through=2030) == ()
    assert [row.year for row in spread({2026: Decimal(1)}, cap=None, through=2028)] == [2026, 2027, 2028]


# Once


def test_an_activity_on_two_lists_counts_once_and_the_other_is_named() -> None:
    first, again = entry("lecture", "6", "2026-03-01"), entry("lecture", "8", "2026-04-01", programme="")
    book = keep_book(RULES, [again, first])
    assert lines(book.years) == [(2026, "6", "0", "6", "0")]
    assert said(book.reasons[:1]) == [("hours.same_activity", "lecture", "2026-04-01", 8, "2026-03-01")]


def test_of_two_on_the_same_day_the_longer_counts() -> None:
    kept, again = count_once([entry("lecture", "6"), entry("lecture", "8")])
    assert [one.hours for one in kept] == [8]
    assert [reason.values["hours"] for reason in again] == [6]


def test_the_very_same_entry_given_twice_counts_once() -> None:
    kept, again = count_once([entry("lecture", "6")] * 3)
    assert (len(kept), len(again)) == (1, 2)


# Duties


def test_ninety_hours_a_year_two_thirds_of_them_professional() -> None:
    outside = [entry("p", "60", programme=""), entry("g", "30", subject_class="general", programme="")]
    yearly, _registration = duties(RULES, keep_book(RULES, outside), year=2026)
    assert (yearly.met, yearly.missing, yearly.first, yearly.last) == (True, (), 2026, 2026)
    assert (yearly.have, yearly.professional) == (90, 60)


def test_what_a_duty_lacks_is_said_exactly() -> None:
    some = [entry("p", "59.9", programme=""), entry("g", "30", subject_class="general", programme="")]
    yearly, registration = duties(RULES, keep_book(RULES, some), year=2026)
    assert said(yearly.missing) == [
        ("hours.duty_short", "yearly", Decimal(90), Decimal("89.9"), Decimal("0.1")),
        ("hours.professional_short", "yearly", 2, 3, Decimal(60), Decimal("59.9"), Decimal("0.1")),
    ]
    assert not yearly.met
    assert said(registration.missing) == [
        ("hours.duty_short", "registration", Decimal(360), Decimal("89.9"), Decimal("270.1"))
    ]


def test_learning_more_of_something_else_never_makes_anybody_fall_short() -> None:
    many = [entry("p", "60", programme=""), entry("g", "300", subject_class="general", programme="")]
    assert duties(RULES, keep_book(RULES, many), year=2026)[0].met


def test_five_years_end_with_the_year_asked_for() -> None:
    years = [entry(f"a{year}", "72", f"{year}-05-01", programme="") for year in range(2022, 2028)]
    book = keep_book(RULES, years)
    _yearly, registration = duties(RULES, book, year=2026)
    assert (registration.first, registration.last, registration.have) == (2022, 2026, 360)
    assert registration.met
    assert duties(RULES, book, year=2025)[1].have == 288


def test_hours_that_wait_under_the_cap_do_not_help_this_year() -> None:
    yearly, _ = duties(RULES, keep_book(RULES, [entry("a", "90")]), year=2026)
    assert yearly.missing[0].values["missing"] == 50


def test_a_third_that_does_not_come_out_even_is_compared_crosswise_and_shown_rounded_up() -> None:
    duty = replace(RULES.duties[0], hours=Decimal(100))
    rules = replace(RULES, duties=(duty,))

    def standing(professional: str) -> list[tuple[object, ...]]:
        rest = str(Decimal(100) - Decimal(professional))
        some = [
            entry("p", professional, programme=""),
            entry("g", rest, subject_class="general", programme=""),
        ]
        return said(duties(rules, keep_book(rules, some), year=2026)[0].missing)

    assert standing("66.67") == []
    assert standing("66.66") == [
        ("hours.professional_short", "yearly", 2, 3, Decimal("66.67"), Decimal("66.66"), Decimal("0.01"))
    ]


def test_a_part_is_rounded_up_even_where_it_lies_nearer_below() -> None:
    duty = replace(RULES.duties[0], hours=Decimal(100), professional=(1, 3))
    [standing] = duties(replace(RULES, duties=(duty,)), keep_book(RULES, []), year=2026)
    assert said(standing.missing[1:]) == [
        ("hours.professional_short", "yearly", 1, 3, Decimal("33.34"), Decimal(0), Decimal("33.34"))
    ]


# Credits


def test_without_a_rate_no_credit_is_given_and_the_hours_are_named() -> None:
    book = keep_book(RULES, [entry("a", "10", mode="concentrated"), entry("b", "3")])
    assert book.credits == ()
    assert said(book.reasons) == [
        ("hours.no_credit_rate", "", Decimal(3)),
        ("hours.no_credit_rate", "concentrated", Decimal(10)),
    ]


def test_credits_are_whole_and_the_rest_stays_as_hours() -> None:
    some = [entry("a", "20", mode="concentrated"), entry("b", "16", mode="distributed"), entry("c", "1")]
    book = keep_book(RATED, some)
    assert [(one.mode, one.hours, one.credits, one.remainder) for one in book.credits] == [
        ("concentrated", 20, 3, 2),
        ("distributed", 16, 2, 0),
    ]
    assert said(book.reasons) == [("hours.no_credit_rate", "", Decimal(1))]


def test_what_was_left_over_adds_to_the_next_year() -> None:
    some = [entry("a", "5", mode="concentrated"), entry("b", "5", "2027-01-01", mode="concentrated")]
    [credit] = keep_book(RATED, some).credits
    assert (credit.credits, credit.remainder) == (1, 4)


def test_hours_that_wait_under_the_cap_give_no_credit_yet() -> None:
    some = [entry("a", "48", mode="concentrated")]
    assert [one.credits for one in keep_book(RATED, some).credits] == [6]
    assert [one.credits for one in keep_book(RATED, some, through=2027).credits] == [8]


# Sessions


@pytest.mark.parametrize(("missed", "lost"), [(0, False), (17, False), (18, True), (90, True)])
def test_a_session_with_a_fifth_or_more_missed_does_not_count(missed: int, lost: bool) -> None:
    reason = session_lost(RULES, minutes=90, missed=missed)
    assert said((reason,) if reason else ()) == (
        [("hours.session_lost", 90, missed, Decimal(18))] if lost else []
    )


def test_the_shortest_session_counts_whole_or_not_at_all() -> None:
    assert session_lost(RULES, minutes=1, missed=0) is None
    assert session_lost(RULES, minutes=1, missed=1) is not None


@pytest.mark.parametrize(("minutes", "missed"), [(90, 91), (90, -1), (0, 0), (-1, -1)])
def test_a_session_that_cannot_be_is_refused(minutes: int, missed: int) -> None:
    with pytest.raises(HoursError) as refusal:
        session_lost(RULES, minutes=minutes, missed=missed)
    assert refusal.value.code == "hours.session_impossible"
    assert refusal.value.values == {"minutes": minutes, "missed": missed}


# Which rules hold


def test_a_programme_on_the_first_award_rules_keeps_counting_by_them() -> None:
    first = library.load("award_rules", "award-rules-default", 1)
    assert first.hours is not None
    own = replace(
        first.hours,
        annual_cap=Decimal(50),
        subject_class="general",
        absence_limit=Decimal("0.5"),
        hours_per_credit=Decimal(10),
    )
    rules = rules_of(RULES, replace(first, hours=own))
    assert (rules.annual_cap, rules.subject_class, rules.absence_limit) == (50, "general", Decimal("0.5"))
    assert rules.credits == {"concentrated": 10, "distributed": 10}
    assert rules.duties == RULES.duties
    assert rules_of(RULES, first) == RULES


def test_later_award_rules_leave_hours_to_the_hours_rules() -> None:
    assert rules_of(RATED, library.load("award_rules", "award-rules-default")) is RATED


# What is refused


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (entry(" ", "1"), "hours.no_activity: on=2026-03-01"),
        (entry("a", "-0.1"), "hours.impossible: activity=a, hours=-0.1"),
        (entry("a", "NaN"), "hours.impossible: activity=a, hours=NaN"),
        (entry("a", "Infinity"), "hours.impossible: activity=a, hours=Infinity"),
        (entry("a", "1", subject_class="hobby"), "hours.unknown_class: activity=a, subject_class=hobby"),
        (entry("a", "1", mode="asleep"), "hours.unknown_mode: activity=a, mode=asleep"),
    ],
)
def test_hours_that_cannot_be_counted_are_refused(wrong: Entry, refusal: str) -> None:
    with pytest.raises(HoursError) as refused:
        keep_book(RULES, [entry("fine", "1"), wrong])
    assert str(refused.value) == refusal
    assert refused.value.permanent
