"""Golden pairs: evidence as JSON beside the text every reader of the PDF gets. A pair without its text fails.

After an intended change write the new texts by `python tests/reports/golden_write.py` and read the diff
before committing it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_write import GOLDEN, cases, print_case
from report_samples import lines_of

from reports.evidence import digest, from_json


@pytest.mark.parametrize("expected", cases(), ids=lambda path: path.stem)
def test_the_document_of_a_golden_evidence_says_what_it_said(expected: Path) -> None:
    assert expected.exists(), f"the expected text {expected.name} is missing"
    assert lines_of(print_case(expected)) == expected.read_text(encoding="utf-8")


def test_every_golden_evidence_has_texts_in_both_languages_and_no_text_is_orphaned() -> None:
    assert {path.name for path in GOLDEN.glob("*.txt")} == {path.name for path in cases()}
    assert len(cases()) >= 8


def test_the_digest_of_golden_evidence_never_changes() -> None:
    """Old runs are checked against digests made long ago: a change here breaks every one of them."""
    found = {path.stem: digest(from_json(path.read_text(encoding="utf-8"))) for path in GOLDEN.glob("*.json")}
    recorded = dict(reversed(line.split()) for line in (GOLDEN / "digests.sha256").read_text().splitlines())
    assert found == recorded
