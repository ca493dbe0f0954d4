from __future__ import annotations

import logging
import re
import subprocess
from pathlib import Path

import pytest
import segno
from PIL import Image
from report_samples import NUMBER, certificate, fonts_of, lines_of, page_sizes, pages_of, text_of

from reports.documents.certificate import filename, render
from reports.errors import ReportError
from reports.evidence import Words
from reports.typeset import grouped


@pytest.fixture(scope="module")
def printed() -> bytes:
    return render(certificate())


def test_the_certificate_is_one_landscape_a4_sheet_with_every_font_embedded(printed: bytes) -> None:
    assert page_sizes(printed) == [(297, 210)]
    assert fonts_of(printed)
    assert None not in fonts_of(printed).values()


def test_it_states_every_value_that_the_public_check_confirms(printed: bytes) -> None:
    text = lines_of(printed)
    stated = [NUMBER, "古丽·买买提", "红寺堡区第三小学大河教学点", "智能创新层（含基础衔接）", "合格"]
    stated += ["11.5", "32.5", "44", "2026年11月22日", "2029年12月31日", "红寺堡区教育局", "结业证书"]
    assert [value for value in stated if value not in text] == []


def test_it_says_that_expiry_never_cancels_hours_and_that_the_employer_decides(printed: bytes) -> None:
    text = lines_of(printed)
    assert "证书到期，不影响已取得的学时" in text
    assert "由用人单位和评审组织依规作出" in text


def test_names_with_rare_characters_are_drawn_and_can_be_copied_out_again() -> None:
    pdf = render(certificate(name="马㛃䶮𬱖𬭎"))
    assert "马㛃䶮𬱖𬭎" in text_of(pdf)
    bold = next(font for name, font in fonts_of(pdf).items() if name.endswith("Bold"))
    assert bold is not None
    drawn = [glyph for glyph in bold.getGlyphOrder() if _has_outline(bold, glyph)]
    assert len(drawn) >= len(set("马㛃䶮𬱖𬭎结业证书"))


def _has_outline(font: object, glyph: str) -> bool:
    from fontTools.pens.boundsPen import BoundsPen

    glyphs = font.getGlyphSet()  # type: ignore[attr-defined]
    pen = BoundsPen(glyphs)
    glyphs[glyph].draw(pen)
    return pen.bounds is not None


def test_a_character_no_font_can_draw_is_refused_and_named_instead_of_printed_as_a_box() -> None:
    with pytest.raises(ReportError) as refusal:
        render(certificate(name="张\ue863三"))
    assert refusal.value.code == "font.glyph_missing"
    assert refusal.value.values["characters"] == "U+E863"


def test_a_missing_character_is_noticed_whatever_is_set_for_logging_and_never_reaches_a_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = logging.getLogger("weasyprint")
    level = logger.level
    logging.disable(logging.CRITICAL)
    logger.setLevel(logging.CRITICAL)
    try:
        with pytest.raises(ReportError, match=r"font\.glyph_missing"):
            render(certificate(name="张\ue863三"))
        assert (logger.level, logging.root.manager.disable) == (logging.CRITICAL, logging.CRITICAL)
    finally:
        logging.disable(logging.NOTSET)
        logger.setLevel(level)
    assert caplog.records == []


def test_markup_in_a_name_is_printed_as_text() -> None:
    assert "<b>张</b>&amp;" in text_of(render(certificate(name="<b>张</b>&amp;")))


def test_the_same_evidence_gives_the_same_bytes(printed: bytes) -> None:
    assert render(certificate()) == printed


def test_the_english_certificate_states_the_same_values() -> None:
    text = lines_of(render(certificate(), lang="en"))
    assert "Certificate of completion" in text
    assert "AI innovation with basic" in text
    assert "31 December 2029" in text
    assert NUMBER in text


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ReportError, match=r"language\.unknown"):
        render(certificate(), lang="fr")


@pytest.mark.parametrize("lang", ["zh-Hans", "en"])
def test_the_longest_plausible_texts_stay_on_the_sheet_and_apart(lang: str) -> None:
    evidence = certificate(
        name="阿不都热合曼·买买提艾力·吐尔逊",
        school="宁夏回族自治区吴忠市红寺堡区大河乡石炭沟村九年一贯制学校附属中心小学平岭子教学点",
        programme="宁夏回族自治区“互联网＋教育”示范区中小学教师数字素养与信息技术应用能力提升分层培训项目（2026—2028年）",
        tier=Words("智能创新层（含基础衔接）", "AI-supported innovation with bridging of the basics"),
        level="excellent",
        issuer="宁夏回族自治区吴忠市红寺堡区教育局",
    )
    pdf = render(evidence, lang=lang)
    assert len(pages_of(pdf)) == 1
    words = text_of(pdf, "-bbox")
    tops = {word: float(y) for y, word in re.findall(r'yMin="([\d.]+)"[^>]*>([^<]+)</word>', words)}
    assert (
        max(y for word, y in tops.items() if word == "44")
        < tops["发证单位（盖章）" if lang != "en" else "Issued"]
    )


def test_the_qr_code_on_paper_is_the_code_of_the_verification_address(printed: bytes, tmp_path: Path) -> None:
    """Rasterised by poppler and compared module by module with the code of the address."""
    (tmp_path / "c.pdf").write_bytes(printed)
    subprocess.run(["pdftoppm", "-r", "300", "-gray", "c.pdf", "c"], cwd=tmp_path, check=True)
    picture = Image.open(next(tmp_path.glob("c-*.pgm")))
    expected = [
        [bool(module) for module in row]
        for row in segno.make(certificate().verify_url, error="m", mask=0, boost_error=False).matrix
    ]
    assert _modules(picture, size=len(expected)) == expected


def _modules(picture: Image.Image, *, size: int) -> list[list[bool]]:
    """Samples the middle of each module within the dark part of the lower left corner."""
    corner = picture.crop(tuple(round(millimetres / 25.4 * 300) for millimetres in (34, 158, 62, 188)))
    left, top, right, bottom = corner.point(lambda grey: 255 if grey < 60 else 0).getbbox() or (0, 0, 0, 0)
    across, down = (right - left) / size, (bottom - top) / size
    return [
        [_is_dark(corner, left + (x + 0.5) * across, top + (y + 0.5) * down) for x in range(size)]
        for y in range(size)
    ]


def _is_dark(picture: Image.Image, x: float, y: float) -> bool:
    grey = picture.getpixel((int(x), int(y)))
    return isinstance(grey, int) and grey < 128


def test_the_file_is_named_by_the_number_alone() -> None:
    assert filename(certificate()) == f"certificate-{NUMBER}.pdf"


def test_a_number_is_printed_in_groups_that_can_be_read_out() -> None:
    assert grouped("SJIE2026990100KII90DX96") == "SJIE-2026-990100-KII9-0DX9-6"
    assert grouped("another-shape") == "another-shape"
