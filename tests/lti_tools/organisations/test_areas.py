"""GB/T 2260: the digits of an area say where it lies."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tools.errors import Refused
from lti_tools.organisations import api as organisations
from lti_tools.people.api import Area


@pytest.mark.parametrize(
    ("code", "level"),
    [("640000", "province"), ("640300", "prefecture"), ("640302", "county"), ("429004", "county")],
)
def test_the_digits_say_the_level(code: str, level: str) -> None:
    assert organisations.level_of(code) == level


@pytest.mark.parametrize(
    "code", ["", "64", "6403022", "64030a", "６４０３０２", "000000", "001201", "640302\n"]
)
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(Refused) as refusal:
        organisations.level_of(code)
    assert refusal.value.code == "organisation.area_code_form"


def test_areas_are_added_from_the_top_down(db: None) -> None:
    province = organisations.add_area(code="640000", name="某省", parent=None)
    prefecture = organisations.add_area(code="640300", name="某市", parent=province)
    county = organisations.add_area(code="640302", name="某区", parent=prefecture)
    direct = organisations.add_area(code="649004", name="省直管县", parent=province)
    assert county.path == "/640000/640300/640302/"
    assert (direct.level, direct.path) == ("county", "/640000/649004/")


@pytest.mark.parametrize(
    ("code", "below"),
    [
        ("640402", "990100"),  # a county of another prefecture
        ("990200", "990100"),  # a prefecture below a prefecture
        ("990123", "990121"),  # a county below a county
        ("980100", "990000"),  # a prefecture of another province
        ("980000", "990000"),  # a province below a province
    ],
)
def test_a_code_that_does_not_fit_the_area_above_is_refused(cast: Any, code: str, below: str) -> None:
    Area.objects.create(code="990000", name="示例省", level="province")
    with pytest.raises(Refused) as refusal:
        organisations.add_area(code=code, name="某", parent=Area.objects.get(code=below))
    assert refusal.value.code == "organisation.area_code_misfit"


def test_a_code_is_given_once(cast: Any) -> None:
    with pytest.raises(Refused) as refusal:
        organisations.add_area(code="990121", name="又一个", parent=cast.city)
    assert refusal.value.code == "organisation.area_code_taken"
