"""What offices do in the stories: lists, leaves, transfers, closings, requests about one's own data."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from storybook import Story

from lti_tools.people.api import Affiliation, Person
from lti_tools.programmes.api import Enrolment, Programme, coverage, open_programme

HEADINGS = ("姓名", "教师编号", "学校标识码", "学段", "学科", "职称", "出生年月")
ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def done(answer: Any) -> Any:
    """A form that was taken leads to another page; one that was not says so on its own."""
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer


def posts(story: Story, who: str, name: str, *args: object, **form: Any) -> Any:
    return done(story.browser(who).post(reverse(name, args=args), form))


def imports(story: Story, who: str, programme: Programme, *rows: tuple[str, ...]) -> None:
    """A sheet goes up, is looked at and taken over."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    file = SimpleUploadedFile("名册.csv", text.getvalue().encode("gb18030"))
    answer = posts(story, who, "roster-upload", programme.id, file=file)
    roster = re.findall(ID, answer["Location"])[-1]
    story.background()
    preview = story.sees(who, "roster", roster)
    assert all(row[0] not in preview for row in rows), "the preview of good rows names nobody"
    posts(story, who, "roster-apply", roster, choice="all")
    story.background()


def known_as(story: Story, who: str, staff_no: str) -> Person:
    """Gives a person who came in by a list a short name in the story."""
    person = Person.objects.get(staff_no=staff_no)
    setattr(story.cast.people, who, person)
    return person


def asks_for(story: Story, who: str, enrolment: Enrolment, what: str, *, days: int = 0) -> str:
    """Proposes a leave, or that it is over; returns the id of what waits."""
    until = timezone.localdate() + timedelta(days=days) if days else ""
    form = {"what": what, "since": timezone.localdate(), "until": until, "note": "文件在学校"}
    posts(story, who, "participation-propose", enrolment.id, **form)
    [waiting] = enrolment.participations.filter(state="proposed")
    return str(waiting.id)


def owing(programme: Programme) -> int:
    """How many owe the training, as coverage counts them."""
    return coverage(Enrolment.objects.filter(programme=programme), programme).due


def a_year_goes_by(person: Person, programme: Programme, *, last_day: date) -> None:
    """Everything so far happened a year earlier, and the programme's last day is over."""
    for spell in Affiliation.objects.filter(person=person):
        spell.since -= timedelta(days=365)
        spell.save(update_fields=["since"])
    starts = last_day - timedelta(days=365)
    Programme.objects.filter(id=programme.id).update(starts=starts, ends=last_day)
    programme.refresh_from_db()


def next_programme(story: Story) -> Programme:
    today = timezone.localdate()
    return open_programme(
        story.cast.city,
        title="教师数字素养分层培训（第二期）",
        starts=today,
        ends=today + timedelta(days=700),
        reference_date=today,
        opened_by=story.cast.people.officer_city,
        shortest_minutes=0,
    )


def report_of(story: Story, who: str, programme: Programme, area: Any) -> str:
    """The names and schools in the sheet of a set that is made now."""
    ordered = posts(story, who, "report-runs", programme=programme.id, area=area.id)
    run = re.findall(ID, ordered["Location"])[-1]
    story.background()
    sheet = b"".join(story.browser(who).get(reverse("report-file", args=[run, "sheet"])))
    return words_of(sheet)


def words_of(sheet: bytes) -> str:
    import openpyxl

    rows = openpyxl.load_workbook(io.BytesIO(sheet)).active.iter_rows(values_only=True)
    return "\n".join(" ".join(str(cell) for cell in row if cell) for row in rows)
