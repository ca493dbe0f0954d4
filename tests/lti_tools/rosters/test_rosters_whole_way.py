"""Whatever is uploaded, on the whole way: never a crash, nothing enters before the decision or on a refusal, and
what was taken over goes out and comes in again without a change.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from roster_district import HEADER, District, id_number, row, someone, upload_roster, work, xlsx

from lti_tools.errors import Refused
from lti_tools.office import rosters as office
from lti_tools.outbox.models import OutboxRow
from lti_tools.people.api import Affiliation, Person
from lti_tools.programmes.api import Enrolment, Programme
from lti_tools.rosters.api import MappingProblems, guessed, problems_of
from lti_tools.rosters.models import RosterImport, RosterRow

pytestmark = pytest.mark.django_db
State = RosterImport.State
TEACHERS = Person.objects.exclude(staff_no="")
EXAMPLES = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

# What a sheet of XML can hold at all; the reader's own answer to anything else is tested beside it.
letters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])
cells = st.one_of(
    st.none(),
    st.text(letters, max_size=12),
    st.integers(-(10**17), 10**17),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.datetimes(datetime(1910, 1, 1), datetime(2090, 1, 1)),
    st.sampled_from(
        ["=A1", "1.1E+17", "小学", "完小", "2199012101", "3199012201", "男", "T1", "古丽·买买提", "赵㛃"]
    ),
)
further = st.lists(
    st.one_of(
        st.sampled_from(["工号", "岗位等级", "参训状态", "备注", "姓 名"]), st.text(letters, max_size=6)
    ),
    max_size=2,
)
replaced = st.lists(st.dictionaries(st.sampled_from(HEADER), cells, max_size=4), max_size=5)
names = st.text(st.sampled_from("王李赵㛃䶮𬱖𬭎·守田丽"), min_size=2, max_size=4).filter(
    lambda name: name.strip("·")
)
people = st.lists(
    st.fixed_dictionaries(
        {
            "姓名": names,
            "身份证号": st.builds(
                id_number, st.dates(date(1970, 1, 1), date(2000, 1, 1)).map(str), st.integers(0, 999)
            ),
            "教师编号": st.text("TＴ0123456789-+=@", min_size=1, max_size=8),
            "学校标识码": st.sampled_from(["2199012101", "2199012102", "3199012203"]),
            "出生年月": st.just(""),
            "学科": st.lists(st.sampled_from(["数学", "-语文", "=英语", "+体育"]), max_size=3).map("、".join),
            "职称": st.sampled_from(["", "一级教师", "高级教师", "未评"]),
            "性别": st.just(""),
        }
    ),
    max_size=6,
)


@contextmanager
def undone() -> Iterator[None]:
    """Examples do not see one another."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def read(district: District, programme: Programme, content: io.BytesIO, name: str) -> RosterImport:
    """Uploaded, read and, where it is asked about, mapped as guessed; in a state that waits for no worker."""
    made = upload_roster(district.officer, programme, content, file_name=name)
    while made.state == State.MAPPING and agreed(district, made):
        work()
        made.refresh_from_db()
    assert made.state in (State.MAPPING, State.CHECKED, State.FAILED)
    assert not OutboxRow.objects.exclude(state=OutboxRow.State.DONE).exists()
    return made


def agreed(district: District, made: RosterImport) -> bool:
    """False when the guess cannot be: two headings of one meaning, or none for a column that is needed."""
    chosen = guessed(made.summary["header"])
    with suppress(MappingProblems):
        office.choose_mapping(district.officer, made.id, chosen=chosen, words={})
        return True
    return False


def nothing_entered() -> bool:
    return not TEACHERS.exists() and not Affiliation.objects.exists() and not Enrolment.objects.exists()


@EXAMPLES
@given(further, replaced, st.lists(cells, min_size=2, max_size=2))
def test_sheets_of_anything_are_mapped_judged_and_taken_over_or_refused(
    district: District, more: list[str], wrong: list[dict[str, object]], beside: list[object]
) -> None:
    rows = [[*someone(number, **cells), *beside] for number, cells in enumerate(wrong, start=2)]
    with undone():
        made = read(district, district.programme(), xlsx(rows, header=[*HEADER, *more]), "roster.xlsx")
        assert nothing_entered()
        if made.state == State.FAILED:
            assert made.failure["zh-hans"]["todo"]
            assert not RosterRow.objects.exists()
        if made.state != State.CHECKED:
            return
        assert all(problem.reason for problem in problems_of(made))
        expected = made.summary["expected"].get("new", 0)
        if made.summary["wrong"]:
            with pytest.raises(Refused):
                office.decide(district.officer, made.id)
            assert nothing_entered()
        if expected:
            office.decide(district.officer, made.id, good_rows_only=True)
            work()
        assert TEACHERS.count() == Enrolment.objects.count() == expected


@EXAMPLES
@given(people, st.sampled_from(["xlsx", "csv"]), st.sampled_from(["zh-hans", "en"]))
def test_what_was_taken_over_goes_out_and_comes_in_without_a_change(
    district: District, found: list[dict[str, object]], kind: str, language: str
) -> None:
    with undone(), tempfile.TemporaryDirectory() as folder:
        programme = district.programme()
        made = read(district, programme, xlsx([row(**one) for one in found]), "roster.xlsx")
        if made.state != State.CHECKED or not made.summary["expected"]:
            assert nothing_entered()
            return
        office.decide(district.officer, made.id, good_rows_only=True)
        work()
        before = list(TEACHERS.order_by("id").values()), list(Affiliation.objects.order_by("id").values())
        path = office.export_roster(
            district.officer, programme, district.city, kind=kind, language=language, folder=Path(folder)
        )
        again = read(district, programme, io.BytesIO(path.read_bytes()), path.name)
        assert again.state == State.CHECKED
        assert [(problem.column, problem.code, problem.value) for problem in problems_of(again)] == []
        assert again.summary["expected"] == {"unchanged": len(before[0])}
        assert again.summary["absent"] == 0
        office.decide(district.officer, again.id, absent_left=True)
        work()
        after = list(TEACHERS.order_by("id").values()), list(Affiliation.objects.order_by("id").values())
        assert before == after
