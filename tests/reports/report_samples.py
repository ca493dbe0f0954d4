"""The teachers of the document tests, and the independent readers (poppler, pikepdf) of what was printed."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont

from reports.evidence import (
    CertificateEvidence,
    CertificateLine,
    Hours,
    LessonLine,
    Period,
    RunStamp,
    TaskLine,
    TeacherEvidence,
    Words,
    count_by_year,
)

PROGRAMME = "红寺堡区中小学教师数字素养提升培训（2026—2028年）"
PERIOD = Period(date(2026, 1, 1), date(2028, 12, 31))
NUMBER = "SJ01202664030263ZK8Q1T7X"
BEIJING = timezone(timedelta(hours=8))


def certificate(**changes: Any) -> CertificateEvidence:
    base = CertificateEvidence(
        number=NUMBER,
        name="古丽·买买提",
        school="红寺堡区第三小学大河教学点",
        programme=PROGRAMME,
        tier=Words("智能创新层（含基础衔接）", "AI innovation with basic bridging"),
        level="pass",
        hours=Hours(Decimal("11.5"), Decimal("32.5"), Decimal(0)),
        issuer="红寺堡区教育局",
        issued_on=date(2026, 11, 22),
        valid_to=date(2029, 12, 31),
        verify_url=f"https://shijie.example.edu.cn/v/{NUMBER}?k=3q2p9x",
    )
    return replace(base, **changes)


def run(**changes: Any) -> RunStamp:
    base = RunStamp(
        run="R2026-11-22-0007",
        digest="5f" * 32,
        generated_at=datetime(2026, 11, 22, 14, 52, 31, tzinfo=BEIJING),
        verify_url="https://shijie.example.edu.cn/runs/R2026-11-22-0007",
    )
    return replace(base, **changes)


def teacher(**changes: Any) -> TeacherEvidence:
    base = TeacherEvidence(
        ref="7c1e0a52",
        name="杨䶮",
        school="红寺堡区大河乡石炭沟小学",
        programme=PROGRAMME,
        period=PERIOD,
        tier=Words("基础操作层", "Basic operation"),
        staff_no="640302000017",
        title="一级教师",
        subjects=("语文", "道德与法治"),
        tasks=tasks(),
        lessons=lessons(),
        hours=count_by_year(
            {2026: Hours(Decimal("5.5"), Decimal("36.5")), 2027: Hours(Decimal(2))}, cap=Decimal(40)
        ),
        level="pass",
        certificate=CertificateLine(
            number=NUMBER, status="valid", issued_on=date(2026, 11, 22), valid_to=date(2029, 12, 31)
        ),
    )
    return replace(base, **changes)


def tasks() -> tuple[TaskLine, ...]:
    return (
        TaskLine(
            task="task-C1",
            label=Words("数字安全、隐私与责任", "Digital safety, privacy and responsibility"),
            hours=Hours(online=Decimal(2)),
            passed_on=date(2026, 3, 10),
        ),
        TaskLine(
            task="task-B1",
            label=Words("设备连接与投屏", "Connecting and casting"),
            hours=Hours(practice=Decimal("2.5")),
            passed_on=date(2026, 4, 6),
        ),
        TaskLine(task="task-B2", label=Words("多屏互动", "Multi-screen interaction")),
        TaskLine(
            task="task-M1",
            label=Words("电子抢答与在线答题互动", "Quick-answer and online response tools"),
            hours=Hours(practice=Decimal(3)),
            passed_on=date(2026, 5, 1),
            required=False,
        ),
    )


def lessons() -> tuple[LessonLine, ...]:
    return (
        LessonLine(
            title="《两位数加一位数》复习课",
            score=Decimal("59.96"),
            band="fail",
            rubric=Words("基础操作录播课评分标准", "Basic operation lesson"),
            rubric_version=1,
            rubric_hash="a7a96bcbb62f" + "0" * 52,
            decided_on=date(2026, 9, 12),
        ),
        LessonLine(
            title="用平板讲《圆的面积》",
            score=Decimal(60),
            band="pass",
            rubric=Words("在线公开课录播评分标准（通用）", "Standard recorded open lesson"),
            rubric_version=2,
            rubric_hash="2a132fde5f7e" + "1" * 52,
            decided_on=date(2026, 10, 12),
        ),
    )


def deferred() -> TeacherEvidence:
    return teacher(
        ref="90b2f3aa",
        name="海㭎",
        staff_no="",
        title="",
        subjects=(),
        participation="deferred",
        participation_reason="产假，顺延至2027年",
        tasks=(),
        lessons=(),
        hours=(),
        level=None,
        certificate=None,
    )


def utc() -> datetime:
    return datetime(2026, 11, 22, 6, 52, tzinfo=UTC)


def poppler(command: str, pdf: bytes, *options: str) -> str:
    done = subprocess.run([command, *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def text_of(pdf: bytes, *options: str) -> str:
    return poppler("pdftotext", pdf, *options)


def lines_of(pdf: bytes) -> str:
    """The text row by row as it stands on the page, blanks of the layout reduced to one."""
    lines = (re.sub(r"[ \f\u3000]+", " ", line).strip() for line in text_of(pdf, "-layout").splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def pages_of(pdf: bytes) -> list[str]:
    return text_of(pdf).split("\f")[:-1]


def page_sizes(pdf: bytes) -> list[tuple[int, int]]:
    """In whole millimetres."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        boxes = [[float(edge) for edge in page.mediabox] for page in document.pages]
    return [(round((x2 - x1) / 72 * 25.4), round((y2 - y1) / 72 * 25.4)) for x1, y1, x2, y2 in boxes]


def fonts_of(pdf: bytes) -> dict[str, TTFont | None]:
    """Every font of every page by name; None where the file is not embedded."""
    found: dict[str, TTFont | None] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            for font in page.resources.Font.values():
                descriptor = font.DescendantFonts[0].FontDescriptor
                files = [descriptor[key].read_bytes() for key in descriptor if key.startswith("/FontFile")]
                found[str(font.BaseFont)] = TTFont(io.BytesIO(files[0])) if files else None
    return found


def characters_of(pdf: bytes) -> set[str]:
    """Every character the file could give away: the text maps of its fonts and all its plain strings."""
    found: set[str] = set()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Stream):
                content = thing.read_bytes()
                for code in re.findall(rb"<[0-9a-f]+> <([0-9a-f]+)>", content):
                    found |= set(bytes.fromhex(code.decode()).decode("utf-16-be", "replace"))
            elif isinstance(thing, pikepdf.Dictionary):
                found |= set(
                    "".join(str(value) for value in thing.values() if isinstance(value, pikepdf.String))
                )
    return found
