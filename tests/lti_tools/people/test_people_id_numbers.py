from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from roster_district import id_number
from stdnum.cn import ric

from lti_tools.people import id_numbers
from lti_tools.people.id_numbers import BadIdNumber

RIGHT = id_number("1968-03-02", 3)


def code_of(cell: object) -> str:
    with pytest.raises(BadIdNumber) as refusal:
        id_numbers.read(cell)
    return refusal.value.code


def test_a_right_number_gives_birth_sex_and_last_four() -> None:
    found = id_numbers.read(RIGHT)
    assert (found.birth.isoformat(), found.sex, found.last4) == ("1968-03-02", "1", RIGHT[-4:])


@pytest.mark.parametrize(
    "form", [RIGHT, f" {RIGHT} ", f"'{RIGHT}", RIGHT[:6] + " " + RIGHT[6:14] + " " + RIGHT[14:]]
)
def test_spaces_and_a_leading_apostrophe_are_forgiven(form: str) -> None:
    assert id_numbers.read(form).digits == RIGHT


def test_full_width_digits_and_a_small_x_are_the_same_number() -> None:
    ending_in_x = next(
        number for serial in range(200) if (number := id_number("1975-01-09", serial))[-1] == "X"
    )
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in ending_in_x.lower())
    assert id_numbers.read(full_width).digits == ending_in_x


def test_a_wrong_check_digit_is_refused() -> None:
    other = "1" if RIGHT[-1] != "1" else "2"
    assert code_of(RIGHT[:-1] + other) == "id_check_digit"


@given(st.integers(0, 16), st.integers(0, 9))
def test_any_single_mistyped_digit_is_found(place: int, digit: int) -> None:
    typed = RIGHT[:place] + str(digit) + RIGHT[place + 1 :]
    if typed == RIGHT:
        assert id_numbers.read(typed).digits == RIGHT
    else:
        assert code_of(typed) == "id_check_digit"


@contextmanager
def suppress_impossible_dates() -> Iterator[None]:
    try:
        yield
    except BadIdNumber as bad:
        if bad.code != "id_birth_date":
            raise


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_the_check_digit_agrees_with_the_published_formula(body: str) -> None:
    number = body + ric.calc_check_digit(body + "0")
    with suppress_impossible_dates():
        assert id_numbers.read(number).digits == number
    wrong = body + ("0" if number[-1] != "0" else "5")
    assert code_of(wrong) == "id_check_digit"


@pytest.mark.parametrize("cell", [1.1e17, 640000196803020000, "1.1E+17", "6.40000196803020E+17", "６.4Ｅ+17"])
def test_a_number_a_spreadsheet_has_turned_into_scientific_notation_is_refused_saying_so(
    cell: object,
) -> None:
    assert code_of(cell) == "id_lost_digits"


def test_the_refusal_shows_what_the_spreadsheet_shows_and_no_more() -> None:
    with pytest.raises(BadIdNumber) as refusal:
        id_numbers.read(640000196803020000)
    assert refusal.value.values == {"shown": "6.4E+17"}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("640000680302003", "id_length"),
        (RIGHT + "1", "id_length"),
        ("64000019680302A03X", "id_characters"),
        ("X" + RIGHT[1:], "id_characters"),
        (id_number("1968-02-30"), "id_birth_date"),
        (id_number("1968-13-01"), "id_birth_date"),
    ],
)
def test_what_is_no_identity_number_is_refused_with_its_reason(cell: str, code: str) -> None:
    assert code_of(cell) == code


def test_a_proved_number_does_not_show_itself() -> None:
    assert RIGHT not in repr(id_numbers.read(RIGHT))


def test_the_hash_depends_on_key_and_version_and_the_highest_version_signs(settings: object) -> None:
    settings.SHIJIE_ID_KEYS = {1: "a" * 40, 2: "b" * 40}  # type: ignore[attr-defined]
    found = id_numbers.hashes(id_numbers.read(RIGHT))
    assert set(found) == {1, 2}
    assert found[1] != found[2]
    assert all(len(value) == 64 and RIGHT not in value for value in found.values())
    assert id_numbers.signing_version() == 2


@pytest.mark.parametrize("text", [RIGHT, f"工号 {RIGHT}", " ".join([RIGHT[:6], RIGHT[6:14], RIGHT[14:]])])
def test_masking_leaves_the_last_four_only(text: str) -> None:
    shown = id_numbers.masked(text)
    assert RIGHT[-4:] in shown
    assert "0302" not in shown
    assert "6400" not in shown
