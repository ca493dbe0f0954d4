"""The Chinese catalogue is whole, and reaches the page through the platform's i18n service."""

from __future__ import annotations

import gettext
import re
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.xblocks.tiered_path.runtime import BASIC, Catalogue, Service, Users, course
from xblocks.tiered_path import texts

FOLDER = Path(texts.__file__).parent / "translations"


def chinese() -> dict[str, str]:
    with (FOLDER / "zh_Hans" / "LC_MESSAGES" / "text.po").open("rb") as source:
        return {str(message.id): str(message.string) for message in read_po(source) if message.id}


def english() -> set[str]:
    names = {value for name, value in vars(texts).items() if name.isupper() and isinstance(value, str)}
    return names - {"annotations"}


def test_every_text_of_the_block_has_a_chinese_one_and_none_is_left_over() -> None:
    assert set(chinese()) == english()
    assert all(chinese().values())


def test_a_translation_keeps_the_places_for_values() -> None:
    for text, translated in chinese().items():
        assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", translated)), text


def test_chinese_speaks_politely() -> None:
    assert not [text for text in chinese().values() if "你" in text]


def test_the_name_under_which_edx_platform_looks_for_simplified_chinese_leads_to_the_same_catalogue() -> None:
    alias = FOLDER / "zh_CN" / "LC_MESSAGES" / "text.po"
    assert alias.resolve() == (FOLDER / "zh_Hans" / "LC_MESSAGES" / "text.po").resolve()


def test_a_learner_reads_chinese_through_the_i18n_service() -> None:
    compiled = BytesIO()
    with (FOLDER / "zh_Hans" / "LC_MESSAGES" / "text.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale="zh_Hans"))
    compiled.seek(0)
    block = course(i18n=Catalogue(gettext.GNUTranslations(compiled)), shijie=Service(BASIC), user=Users("58"))
    html = block.render("student_view").content
    assert "您的培训层级：基础操作层" in html
    assert "先从这里开始：安全" in html
