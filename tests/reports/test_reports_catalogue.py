from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from reports.wording import LOCALE_DIR

REPORTS = LOCALE_DIR.parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "gettext": None}
# Passed to gettext from a tuple, where no extractor sees them.
UNSEEN = {"Prepared by", "Checked by", "School seal", "Date"}


def _asked_for() -> set[str]:
    found = extract_from_dir(
        str(REPORTS), METHODS, {"templates/**.html": {"silent": "false"}}, keywords=KEYWORDS
    )
    return {str(message) for _, _, message, _, _ in found} | UNSEEN


def _known() -> dict[str, str]:
    with Path(LOCALE_DIR / "zh_Hans/LC_MESSAGES/reports.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_every_text_of_every_document_has_chinese_words() -> None:
    assert _asked_for() - _known().keys() == set()
    assert [text for text, words in _known().items() if not words] == []


def test_the_catalogue_holds_no_text_that_no_document_uses() -> None:
    assert _known().keys() - _asked_for() == set()


def test_chinese_words_are_chinese() -> None:
    assert [text for text, words in _known().items() if words.isascii() and words != text] == []
