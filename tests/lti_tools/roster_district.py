"""A small district for the tests of rosters and officers: a city, two counties, their schools and
officers.
"""

from __future__ import annotations

import csv
import io
import itertools
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from openpyxl import Workbook
from signing_in import sign_in

from lti_tools import jobs
from lti_tools.definitions import api as definitions
from lti_tools.office import rosters as office
from lti_tools.outbox import api as outbox
from lti_tools.people.api import Account, Actor, Area, Person, RoleGrant, School, actor_for
from lti_tools.programmes.api import Programme, open_programme
from lti_tools.rosters import api as rosters
from lti_tools.rosters.api import RosterImport

_NUMBERS = itertools.count(1)
DEMO = Path(__file__).parents[2] / "fixtures" / "demo"
HEADER = [
    "姓名",
    "性别",
    "身份证号",
    "教师编号",
    "学校标识码",
    "学段",
    "学科",
    "职称",
    "出生年月",
    "编制性质",
    "在岗状态",
]
NAMES = {
    "姓名": "王守田",
    "性别": "男",
    "学段": "小学",
    "学科": "数学",
    "职称": "一级教师",
    "编制性质": "在编",
}


def id_number(birth: str, serial: int = 1) -> str:
    """A true number of nobody: 640000 is the code of a whole province, with which no card is issued."""
    body = f"640000{birth.replace('-', '')}{serial:03d}"
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def row(**cells: object) -> list[object]:
    """A correct row, with the given cells replaced (keys are headings)."""
    right = NAMES | {
        "身份证号": id_number("1968-03-02"),
        "教师编号": "T1",
        "学校标识码": "2199012101",
        "出生年月": "1968-03",
        "在岗状态": "在岗",
    }
    return [(right | cells)[heading] for heading in HEADER]


def someone(number: int, **cells: object) -> list[object]:
    """A correct row of the number-th person of the file."""
    return row(
        **{
            "姓名": "李" + chr(0x4E00 + number),
            "身份证号": id_number("1980-05-06", number),
            "教师编号": f"T{number}",
        }
        | {"出生年月": "1980-05"}
        | cells
    )


def xlsx(
    rows: Iterable[Sequence[object]], *, header: Sequence[object] = HEADER, above: int = 0
) -> io.BytesIO:
    book = Workbook()
    sheet = book.active
    for _ in range(above):
        sheet.append(["2026 年教师名册"])
    for cells in [header, *rows]:
        sheet.append(list(cells))
    return saved(book)


def saved(book: Workbook) -> io.BytesIO:
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    return content


def csv_file(
    rows: Iterable[Sequence[object]], *, encoding: str = "utf-8", header: Sequence[object] = HEADER
) -> io.BytesIO:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return io.BytesIO(text.getvalue().encode(encoding))


def work() -> None:
    """Works off everything that is due now, as the worker would."""
    while outbox.work(jobs.HANDLERS):
        pass


def upload_roster(actor: Actor, programme: Programme, file: io.BytesIO, *, file_name: str) -> RosterImport:
    """Uploads a roster and has it read; what is asked about its columns stays open."""
    made = office.receive(actor, programme, file, file_name=file_name)
    work()
    made.refresh_from_db()
    return made


def stage_roster(actor: Actor, programme: Programme, file: io.BytesIO, *, file_name: str) -> RosterImport:
    """Uploads a roster, has it read and agrees to every guess; unknown words stay unknown."""
    made = upload_roster(actor, programme, file, file_name=file_name)
    if made.state == made.State.MAPPING:
        chosen = rosters.guessed(made.summary["header"])
        office.choose_mapping(actor, made.id, chosen=chosen, words={})
        work()
        made.refresh_from_db()
    return made


def import_roster(actor: Actor, import_id: uuid.UUID, **choices: bool) -> RosterImport:
    """Decides and has the roster taken over."""
    office.decide(actor, import_id, **choices)
    work()
    return RosterImport.objects.get(id=import_id)


def good_rows(staged: RosterImport) -> list[dict[str, object]]:
    """The cells of every staged row that may enter, in order."""
    rows = staged.staged.exclude(kind__in=("wrong", "absent")).order_by("number")
    return [found.cells for found in rows]


@dataclass(frozen=True)
class District:
    """County A holds three schools, county B two. Officers: of the city, of A, of B; `teacher` has no
    role.
    """

    city: Area
    county_a: Area
    county_b: Area
    schools: dict[str, School]
    officer: Actor
    officer_a: Actor
    officer_b: Actor
    teacher: Actor
    accounts: dict[str, Account]

    def programme(self, area: Area | None = None) -> Programme:
        definitions.seed()
        return open_programme(
            area or self.city,
            title=f"2026 年数字素养提升（{next(_NUMBERS)}）",
            starts=date(2026, 9, 1),
            ends=date(2027, 7, 31),
            reference_date=date(2026, 9, 1),
            opened_by=None,
        )


def _officer(key: str, area: Area, accounts: dict[str, Account]) -> Actor:
    person = Person.objects.create(name=f"Officer {key}")
    RoleGrant.objects.create(
        person=person, role="officer", area=area, since=date(2026, 1, 1), reason="appointed"
    )
    accounts[key] = Account.objects.create(username=key, person=person)
    return actor_for(person, via="sign-in", second_factor=True)


@pytest.fixture
def district(db: None) -> District:
    province = Area.objects.create(level="province", code="990000", name="示例省")
    city = Area.objects.create(level="prefecture", code="990100", name="示例市", parent=province)
    county_a = Area.objects.create(level="county", code="990121", name="青禾县", parent=city)
    county_b = Area.objects.create(level="county", code="990122", name="白塬县", parent=city)
    schools = {
        code: School.objects.create(code=code, name=name, area=area, location="village")
        for code, name, area in (
            ("2199012101", "青禾县实验小学", county_a),
            ("2199012102", "青禾县河口镇中心小学", county_a),
            ("2199012103", "青禾县柳沟村小学", county_a),
            ("3199012201", "白塬县第二中学", county_b),
            ("3199012202", "白塬县石桥镇九年制学校", county_b),
        )
    }
    schools["3199012203"] = School.objects.create(
        code="3199012203",
        name="白塬县高岭教学点",
        area=county_b,
        location="village",
        parent=schools["3199012202"],
    )
    accounts: dict[str, Account] = {}
    teacher = Person.objects.create(name="A teacher")
    accounts["teacher"] = Account.objects.create(username="teacher", person=teacher)
    return District(
        city=city,
        county_a=county_a,
        county_b=county_b,
        schools=schools,
        officer=_officer("city", city, accounts),
        officer_a=_officer("a", county_a, accounts),
        officer_b=_officer("b", county_b, accounts),
        teacher=actor_for(teacher, via="sign-in", second_factor=True),
        accounts=accounts,
    )


@pytest.fixture
def web(district: District) -> Callable[[str], Client]:
    """A browser signed in as "city", "a", "b" or "teacher" of the district, or as nobody ("")."""

    def signed_in(key: str) -> Client:
        client = Client()
        if key:
            sign_in(client, district.accounts[key])
        return client

    return signed_in
