"""`python bench/reports_set.py [teachers]`: the appraisal set against WeasyPrint called for each teacher.

Both ways print the same HTML and styles in the same process and run, after one warm-up each. Prints JSON
lines: CPU and wall seconds per document, bytes per document, and the ratio of CPU seconds.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import weasyprint

from reports.documents import appraisal
from reports.evidence import (
    Hours,
    LessonLine,
    Period,
    RunStamp,
    TaskLine,
    TeacherEvidence,
    Words,
    count_by_year,
)
from reports.pdf import FACES, THEME

SURNAMES = "马杨王李海白田金兰丁张赵孙周吴郑冯陈褚卫蒋沈韩朱秦尤许何吕施"
TASKS = (
    "入门诊断",
    "数字安全、隐私与责任",
    "国家平台资源检索应用",
    "在线公开课录播（一）",
    "设备连接与投屏",
    "多屏互动",
)
TASKS += (
    "录播操作与上传",
    "批注、计时、随堂答题",
    "线上线下衔接与专递课堂协同",
    "断网断电应急",
    "学情数据读取与讲评",
)
RUN = RunStamp(
    run="BENCH-0001",
    digest="5f" * 32,
    generated_at=datetime(2026, 11, 22, 6, 52, tzinfo=UTC),
    verify_url="https://shijie.example.edu.cn/runs/BENCH-0001",
)


def teacher(number: int) -> TeacherEvidence:
    surname = SURNAMES[number % len(SURNAMES)]
    return TeacherEvidence(
        ref=f"bench-{number:05d}",
        name=f"{surname}㛃{SURNAMES[-1 - number % len(SURNAMES)]}",
        school=f"红寺堡区第{number % 6 + 1}小学",
        programme="红寺堡区中小学教师数字素养提升培训（2026—2028年）",
        period=Period(date(2026, 1, 1), date(2028, 12, 31)),
        tier=Words("基础操作层"),
        staff_no=f"6403020{number:05d}",
        title="一级教师",
        subjects=("语文", "道德与法治"),
        tasks=tuple(_task(number, place) for place in range(len(TASKS))),
        lessons=(_lesson(number),),
        hours=count_by_year({2026: Hours(Decimal(6), Decimal(20) + number % 7)}, cap=Decimal(40)),
        level="pass",
    )


def _task(number: int, place: int) -> TaskLine:
    passed = date(2026, 3, 1) + timedelta(days=number % 9 + 7 * place)
    hours = Hours(practice=Decimal(place % 4 + 1) / 2)
    return TaskLine(task=f"task-{place}", label=Words(TASKS[place]), hours=hours, passed_on=passed)


def _lesson(number: int) -> LessonLine:
    return LessonLine(
        title=f"第{number + 1}节录播课",
        score=Decimal(70) + Decimal(number % 40) / 2,
        band="pass",
        rubric=Words("在线公开课录播评分标准（通用）"),
        rubric_version=1,
        rubric_hash="ab" * 32,
        decided_on=date(2026, 10, 8),
    )


def naive(teachers: Iterable[TeacherEvidence]) -> list[int]:
    """What one writes first: each document by itself, styles in a style element, the system's fonts."""
    faces = " ".join(
        f"--{face}: " + ", ".join(f"'{name}'" for name in FACES[face].split(",")) + ";" for face in FACES
    )
    sheet = "".join((THEME / f"{name}.css").read_text("utf-8") for name in ("tokens", "appraisal"))
    style = f"<style>:root {{ {faces} }} {sheet}</style></head>"
    pages = (appraisal._html(teacher, run=RUN, lang="zh-Hans") for teacher in teachers)
    return [len(weasyprint.HTML(string=page.replace("</head>", style)).write_pdf()) for page in pages]


def ours(teachers: Iterable[TeacherEvidence]) -> list[int]:
    return [len(pdf) for _, pdf in appraisal.render_many(teachers, RUN)]


def measure(
    way: Callable[[Iterable[TeacherEvidence]], list[int]], teachers: list[TeacherEvidence]
) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    sizes = way(teachers)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {
        "documents": len(sizes),
        "cpu_s_per_doc": round(cpu / len(sizes), 4),
        "wall_s_per_doc": round(wall / len(sizes), 4),
        "bytes_per_doc": sum(sizes) // len(sizes),
    }


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    teachers = [teacher(number) for number in range(count)]
    strangers = [replace(teacher(count), ref="warm-up-0")]
    naive(strangers), ours(strangers)
    results = {}
    for name, way in (("render_many", ours), ("naive", naive)):
        results[name] = measure(way, teachers)
        print(json.dumps({"way": name, **results[name]}))
    ratio = results["naive"]["cpu_s_per_doc"] / results["render_many"]["cpu_s_per_doc"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"ratio_cpu": round(ratio, 2), "peak_mib": peak}))


if __name__ == "__main__":
    main()
