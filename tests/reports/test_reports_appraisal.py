from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from report_samples import (
    NUMBER,
    characters_of,
    deferred,
    fonts_of,
    lines_of,
    page_sizes,
    pages_of,
    run,
    tasks,
    teacher,
    text_of,
)

from reports.documents.appraisal import filename, render, render_many
from reports.errors import EvidenceError
from reports.evidence import TaskLine, TeacherEvidence, Words

COLLEAGUES = (
    teacher(ref="aaaa0001", name="马㛃", staff_no="640302000001", school="红寺堡区第一小学"),
    teacher(ref="aaaa0002", name="王𬱖", staff_no="640302000002", school="红寺堡区第二小学"),
    teacher(ref="aaaa0003", name="李𬭎", staff_no="640302000003", school="红寺堡区第二小学"),
    deferred(),
)


@pytest.fixture(scope="module")
def printed() -> bytes:
    return render(teacher(), run=run())


@pytest.fixture(scope="module")
def batch() -> dict[str, bytes]:
    return dict(render_many(COLLEAGUES, run()))


def test_the_paper_is_a4_with_every_font_embedded(printed: bytes) -> None:
    assert set(page_sizes(printed)) == {(210, 297)}
    assert None not in fonts_of(printed).values()


def test_the_type_area_follows_the_standard_for_official_papers(printed: bytes) -> None:
    """GB/T 9704-2012 5.2: 156 x 225 mm, 37 mm from the top and 28 mm from the left."""
    boxes = re.findall(
        r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)',
        text_of(printed, "-bbox", "-l", "1"),
    )
    inside = {text: [float(edge) / 72 * 25.4 for edge in edges] for *edges, text in boxes}
    title, first = inside["年度考核佐证材料"], inside["一、基本情况"]
    assert 36.5 <= title[1] <= 41
    assert abs(first[0] - 28) < 1
    assert max(edges[2] for edges in inside.values()) <= 28 + 156 + 0.5


def test_it_states_the_person_the_programme_and_the_result(printed: bytes) -> None:
    text = lines_of(printed)
    stated = [
        "杨䶮",
        "红寺堡区大河乡石炭沟小学",
        "640302000017",
        "语文、道德与法治",
        "一级教师",
        "应训",
        "合格",
    ]
    stated += ["2026-01-01 至 2028-12-31", "基础操作层", NUMBER, "有效"]
    assert [value for value in stated if value not in text] == []


def test_tasks_show_hours_by_kind_and_what_is_not_passed_yet_shows_none(printed: bytes) -> None:
    text = text_of(printed, "-layout")
    assert re.search(r"设备连接与投屏\s+0\s+2\.5\s+0\s+2\.5\s+2026-04-06", text)
    assert re.search(r"多屏互动\s+0\s+0\s+0\s+0\s+尚未通过", text)
    assert re.search(r"合计\s+2\s+5\.5\s+0\s+7\.5", text)
    assert "（选修）" in text


def test_a_score_stands_beside_its_standard_and_is_never_rounded_over_the_cut(printed: bytes) -> None:
    text = lines_of(printed)
    assert "59.96" in text
    assert "60.0" in text
    assert "第1版" in text
    assert "a7a96bcbb62f" in text
    assert "不同标准得分不可比" in text


def test_hours_above_the_annual_cap_are_shown_as_carried_over(printed: bytes) -> None:
    text = text_of(printed, "-layout")
    assert re.search(r"2026\s+5\.5\s+36\.5\s+0\s+42\s+0\s+40\s+40\s+2\b", text)
    assert re.search(r"2027\s+2\s+0\s+0\s+2\s+2\s+40\s+4\s+0\b", text)


def test_every_page_carries_number_owner_run_and_digest() -> None:
    many = tuple(TaskLine(task=f"task-{n}", label=Words(f"校本研修任务{n}")) for n in range(60))
    pages = pages_of(render(teacher(tasks=many), run=run()))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert re.search(rf"— ?{number} ?—", page)
        assert run().digest in page
        assert run().run in page
        assert "杨䶮" in page
        assert "2026-11-22 14:52+08:00" in page


def test_the_signing_block_and_the_employers_decision_close_the_paper(printed: bytes) -> None:
    text = lines_of(printed)
    assert [word for word in ("制表人", "审核人", "单位盖章", "日期") if word not in text] == []
    assert "考核等次由用人单位依规确定" in text


def test_a_deferred_teachers_paper_gives_the_reason_and_plain_sentences_for_what_is_missing() -> None:
    text = lines_of(render(deferred(), run=run()))
    assert "缓训（产假，顺延至2027年" in text
    assert "尚未达到" in text
    assert "本周期内没有培训任务记录。" in text
    assert "本培训项目尚未发证。" in text


def test_no_age_band_or_birth_date_or_id_number_is_on_the_paper(printed: bytes) -> None:
    text = lines_of(printed)
    assert [word for word in ("年龄", "岁", "出生", "身份证") if word in text] == []


def test_the_english_paper_states_the_same_facts() -> None:
    text = lines_of(render(teacher(), run=run(), lang="en"))
    assert "Evidence for the annual appraisal" in text
    assert "must not be compared" in text
    assert "59.96" in text


def test_a_batch_prints_the_same_pages_as_one_by_one(batch: dict[str, bytes]) -> None:
    alone = {filename(evidence): render(evidence, run=run()) for evidence in COLLEAGUES}
    assert list(batch) == list(alone)
    for name, pdf in batch.items():
        assert text_of(pdf, "-bbox") == text_of(alone[name], "-bbox")


def test_no_file_of_a_batch_holds_anything_of_another_teacher(batch: dict[str, bytes]) -> None:
    for evidence in COLLEAGUES:
        others = [other for other in COLLEAGUES if other is not evidence]
        pdf = batch[filename(evidence)]
        assert evidence.name in text_of(pdf)
        assert _traces(pdf, others, own=evidence) == []


def _traces(pdf: bytes, others: list[TeacherEvidence], *, own: TeacherEvidence) -> list[str]:
    text = text_of(pdf)
    spoken = [word for other in others for word in (other.name, other.ref) if word in text]
    rare = {char for other in others for char in other.name} - set(own.name)
    mapped = rare & characters_of(pdf)
    glyphs = {chr(code) for font in fonts_of(pdf).values() if font for code in _codes(font)} & rare
    return [*spoken, *mapped, *glyphs]


def _codes(font: object) -> set[int]:
    return set(font.getBestCmap() or ()) if "cmap" in font else set()  # type: ignore[operator, attr-defined]


def test_namesakes_of_one_school_get_two_files() -> None:
    twins = [teacher(ref="bbbb0001"), teacher(ref="bbbb0002")]
    assert len(dict(render_many(twins, run()))) == 2


def test_one_teacher_given_twice_is_refused() -> None:
    with pytest.raises(EvidenceError, match=r"evidence\.repeated"):
        list(render_many([teacher(), teacher()], run()))


def test_file_names_are_safe_short_and_survive_a_zip(tmp_path: Path) -> None:
    name = filename(teacher(name="买买提/../..:*艾" * 9, school="红寺堡 区?<石炭沟>" * 9))
    assert not re.search(r'[\\/:*?"<>|\s]', name)
    assert len(name.encode()) <= 250
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.writestr(name, b"x")
    assert zipfile.ZipFile(tmp_path / "set.zip").namelist() == [name]


def test_the_same_evidence_and_run_give_the_same_bytes(printed: bytes) -> None:
    assert render(teacher(), run=run()) == printed
    assert render(teacher(tasks=tasks()[:1]), run=run()) != printed


def test_the_collector_of_garbage_works_again_after_a_batch(batch: dict[str, bytes]) -> None:
    import gc

    assert batch
    assert gc.isenabled()
