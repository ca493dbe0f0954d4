"""Evidence for the annual appraisal (年度考核佐证材料), one paper per teacher, in the look of GB/T 9704-2012.

The paper states training facts; it never states an appraisal grade, an age band,
a birth date or an ID number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .. import checks, pdf, typeset
from ..errors import ReportError
from ..evidence import RunStamp, TeacherEvidence
from ..wording import translations
from .terms import level_word, participation_word, status_word

SHEET = "appraisal"
FILENAME = "年度考核佐证材料_{school}_{name}_{ref}.pdf"
STAND_IN = "〓"
_UNSAFE = re.compile(r'[\\/:*?"<>|\s.]+')


def filename(evidence: TeacherEvidence) -> str:
    """Safe on Windows, macOS and Linux, at most 250 bytes in UTF-8, told apart by `ref` among namesakes."""
    school, name = (_safe(text) for text in (evidence.school, evidence.name))
    return FILENAME.format(school=school, name=name, ref=evidence.ref)


def _safe(text: str) -> str:
    """Invisible and direction-changing characters too could make one name look like another, or like a program."""
    visible = "".join(char for char in text if not unicodedata.category(char).startswith("C"))
    return _UNSAFE.sub("", visible)[:24]


def render(evidence: TeacherEvidence, *, run: RunStamp, lang: str = "zh-Hans") -> bytes:
    """The same bytes for the same evidence and run."""
    return pdf.print_one(_html(evidence, run=run, lang=lang), SHEET)


def render_many(
    evidences: Iterable[TeacherEvidence], run: RunStamp, *, lang: str = "zh-Hans"
) -> Iterator[tuple[str, bytes]]:
    """(file name, PDF) per teacher, in order; each file holds that teacher's data alone.

    Pass a chunk of some dozens: all its HTML is held, so that fonts are cut once.
    Refuses one teacher given twice.
    """
    batch = list(evidences)
    checks.distinct([filename(evidence) for evidence in batch], field="filename")
    pages = [_html(evidence, run=run, lang=lang) for evidence in batch]
    press = pdf.Press(SHEET, corpus=frozenset().union(*pages))
    for evidence, html in zip(batch, pages, strict=True):
        yield filename(evidence), _printed(press, evidence, html, run=run, lang=lang)


def _printed(press: pdf.Press, evidence: TeacherEvidence, html: str, *, run: RunStamp, lang: str) -> bytes:
    """A lesson title in a script this machine has no font for keeps no county from its set: 〓 stands for it.

    Names get no such stand-in; a paper that cannot show a name is refused.
    """
    try:
        return press.print(html)
    except ReportError as problem:
        plain = _with_stand_ins(evidence, str(problem.values.get("characters", "")))
        if plain == evidence:
            raise
    return press.print(_html(plain, run=run, lang=lang))


def _with_stand_ins(evidence: TeacherEvidence, code_points: str) -> TeacherEvidence:
    table = {int(point.removeprefix("U+"), 16): STAND_IN for point in code_points.split()}
    lessons = tuple(replace(line, title=line.title.translate(table)) for line in evidence.lessons)
    return replace(evidence, lessons=lessons)


def _html(evidence: TeacherEvidence, *, run: RunStamp, lang: str) -> str:
    words = translations(lang)
    return typeset.fill(
        "appraisal.html",
        lang=lang,
        it=evidence,
        run=run,
        sum=evidence.hours_of_tasks,
        lessons=[(line, level_word(line.band, words)) for line in evidence.lessons],
        level=level_word(evidence.level, words),
        participation=participation_word(evidence.participation, words),
        status=status_word(evidence.certificate.status, words) if evidence.certificate else "",
        none_yet="—",
    )
