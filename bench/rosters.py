"""`python bench/rosters.py [rows]`: a roster of 100,000 rows read, judged, staged and taken over, against pandas.

The peer is `pandas.read_excel` alone on the same file in the same run: it reads the cells and does nothing with
them. Each runs in a process of its own, so that the peak of its memory is its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from support.service import say, service

SCHOOLS = 400
HEADER = (
    "姓名", "性别", "身份证号", "教师编号", "学校标识码", "单位", "学段", "学科", "职称", "出生年月", "编制性质",
    "在岗状态", "任现职时间", "聘任时间", "岗位等级", "手机号",
)  # fmt: skip
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "守慧晓建秀桂志海春丽国红文军玉明兰平芳华"
STAGES, SUBJECTS = ("小学", "初中", "高中"), ("语文", "数学", "英语", "科学、数学", "道德与法治")
TITLES = ("三级教师", "二级教师", "一级教师", "高级教师", "未评")


def id_number(number: int, birth: str) -> str:
    """A true number of nobody: no card is issued with a province's own code."""
    body = f"{640000 + number // 50_000:06d}{birth}{number % 1000:03d}"
    return body + "10X98765432"[sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(body)) % 11]


def line(number: int) -> list[str]:
    day = number // 1000
    birth = f"{1966 + day % 35:04d}{1 + day // 35 % 12:02d}{1 + number % 1000 % 28:02d}"
    school = number % SCHOOLS
    name = FAMILY[number % 20] + GIVEN[number // 20 % 20] + GIVEN[number // 400 % 20]
    return [
        name, "", id_number(number, birth), f"T{number:08d}", f"21990{school:05d}", f"第{school}小学",
        STAGES[number % 3], SUBJECTS[number % 5], TITLES[number % 5], f"{birth[:4]}-{birth[4:6]}", "在编", "在岗",
        f"{2010 + number % 14}-09", f"{2011 + number % 13}-03", str(7 + number % 6), f"139{number:08d}",
    ]  # fmt: skip


def write(path: Path, rows: int) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": False, "strings_to_numbers": False})
    sheet = book.add_worksheet("名册")
    sheet.write_row(0, 0, HEADER)
    for number in range(rows):
        sheet.write_row(number + 1, 0, line(number))
    book.close()


def peer(path: Path) -> dict[str, object]:
    import pandas

    since = time.perf_counter()
    frame = pandas.read_excel(path)
    return {"rows": len(frame), "seconds": time.perf_counter() - since}


def ours(path: Path) -> dict[str, object]:
    with service():
        from django.db import connection

        from lti_tools import jobs
        from lti_tools.office import rosters
        from lti_tools.outbox import api as outbox
        from lti_tools.people.api import Person
        from lti_tools.rosters.api import RosterImport

        actor, programme = district()
        since = time.perf_counter()
        with path.open("rb") as file:
            made = rosters.receive(actor, programme, file, file_name=path.name)
        outbox.work(jobs.HANDLERS)
        made.refresh_from_db()
        assert made.state == RosterImport.State.CHECKED, (made.state, made.failure, made.summary)
        read = time.perf_counter()
        rosters.decide(actor, made.id)
        outbox.work(jobs.HANDLERS)
        done = time.perf_counter()
        made.refresh_from_db()
        assert made.state == RosterImport.State.APPLIED, made.state
        assert Person.objects.exclude(staff_no="").count() == made.summary["rows"]
        connection.close()
        return {
            "rows": made.summary["rows"],
            "seconds": done - since,
            "reading": round(read - since, 1),
            "applying": round(done - read, 1),
        }


def district() -> tuple[object, object]:
    from datetime import date

    from lti_tools.definitions import api as definitions
    from lti_tools.people.api import Area, Person, RoleGrant, School, actor_for
    from lti_tools.programmes.api import open_programme

    definitions.seed()
    area = Area.objects.create(level="prefecture", code="990100", name="示例市")
    School.objects.bulk_create(
        School(area=area, code=f"21990{number:05d}", name=f"第{number}小学", location="township")
        for number in range(SCHOOLS)
    )
    officer = Person.objects.create(name="市局干部")
    RoleGrant.objects.create(
        person=officer, role="officer", area=area, since=date(2020, 1, 1), reason="bench"
    )
    programme = open_programme(
        area,
        title="一",
        starts=date(2026, 9, 1),
        ends=date(2029, 8, 31),
        reference_date=date(2026, 9, 1),
        opened_by=officer,
    )
    return actor_for(officer, via="sign-in", second_factor=True), programme


def alone(what: str, path: Path) -> dict[str, float]:
    """Runs one of the two in a process of its own; its peak memory comes from the system."""
    done = subprocess.run(
        [sys.executable, __file__, what, str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    say(way=what, **found)
    return found


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="shijie-bench-") as folder:
        path = Path(folder) / "roster.xlsx"
        # In a process of its own too: a child begins with the peak of its parent.
        subprocess.run([sys.executable, __file__, "write", str(path), str(rows)], check=True)
        say(file_mb=round(path.stat().st_size / 1e6, 1), rows=rows, columns=len(HEADER), cores=os.cpu_count())
        alone_peer, alone_ours = alone("peer", path), alone("ours", path)
    say(
        roster_vs_read_excel=round(alone_ours["seconds"] / alone_peer["seconds"], 2),
        by_cpu=round(alone_ours["cpu_seconds"] / alone_peer["cpu_seconds"], 2),
        unit="times the peer's time; by_cpu counts processor time, start and migrations included",
        peak_mb=alone_ours["peak_mb"],
    )


def measured(what: str, path: Path) -> None:
    found = {"peer": peer, "ours": ours}[what](path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    found["seconds"] = round(float(str(found["seconds"])), 1)
    found["cpu_seconds"] = round(used.ru_utime + used.ru_stime, 1)
    print(json.dumps(found | {"peak_mb": round(used.ru_maxrss / 1024)}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] and sys.argv[1] in ("peer", "ours"):
        measured(sys.argv[1], Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
