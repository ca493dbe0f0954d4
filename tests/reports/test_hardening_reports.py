from __future__ import annotations

from dataclasses import replace

import pytest
import report_samples as samples

from reports.documents import appraisal
from reports.errors import ReportError

UNDRAWABLE = "\U0001e900"  # Adlam: no font of ours has it


def only(title: str, **changes: str) -> list[bytes]:
    teacher = replace(samples.teacher(), lessons=(replace(samples.lessons()[0], title=title),), **changes)
    return [pdf for _name, pdf in appraisal.render_many([teacher], samples.run())]


def test_a_title_no_font_can_draw_is_printed_with_a_stand_in() -> None:
    [pdf] = only(f"认识{UNDRAWABLE}分数")
    assert "认识〓分数" in samples.text_of(pdf)


def test_a_name_no_font_can_draw_is_still_refused() -> None:
    with pytest.raises(ReportError, match=r"font\.glyph_missing"):
        only("认识分数", name=f"王{UNDRAWABLE}")


@pytest.mark.parametrize("hidden", ["\u200b", "\u2066", "\ufeff", "\u200f"])
def test_a_file_name_holds_no_invisible_characters(hidden: str) -> None:
    assert hidden not in appraisal.filename(replace(samples.teacher(), name=f"王{hidden}守田"))
