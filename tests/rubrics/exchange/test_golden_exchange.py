"""Files of other systems and of ours beside what becomes of them, in fixtures/golden/exchange."""

from __future__ import annotations

import pytest
from golden import GOLDEN, SAMPLES, expected, own, sample

from rubrics import codes, library
from rubrics.errors import ExchangeError
from rubrics.exchange import formats
from rubrics.exchange.definition import to_definition
from rubrics.model import Rubric

EXPECTED = expected()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_becomes_what_stands_beside_it(name: str) -> None:
    assert (GOLDEN / name).read_bytes().decode() == EXPECTED[name]


def test_no_golden_file_is_left_without_its_other_half() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(EXPECTED) | set(SAMPLES)


@pytest.mark.parametrize(("name", "format"), SAMPLES.items())
def test_the_format_of_a_file_is_seen_from_what_stands_in_it(name: str, format: str) -> None:
    assert formats.guess((GOLDEN / name).read_bytes()) == format


def test_every_entry_of_a_report_carries_the_values_its_code_promises() -> None:
    for name in SAMPLES:
        read = sample(name)
        reports = [
            read.report,
            *(formats.write(one, read.sheet, scale=True).report for one in formats.FORMATS),
        ]
        for one in (one for report in [*reports, own().report] for one in report):
            assert tuple(one.values) == codes.REPORTS[one.code]


def test_a_draft_of_a_foreign_rubric_is_a_proposal_the_one_parser_accepts() -> None:
    rubric = library.parse((GOLDEN / "case-package.json.to.definition.toml").read_text(encoding="utf-8"))
    assert isinstance(rubric, Rubric)
    assert rubric.status == "proposal"
    assert [criterion.label.en for criterion in rubric.criteria] == [
        "Gives reasons from the text",
        "Uses words of the subject",
    ]


def test_a_rubric_with_ragged_levels_is_no_definition_until_its_author_adds_the_level() -> None:
    with pytest.raises(ExchangeError) as refused:
        to_definition(sample("canvas-rubric.csv").sheet, key="ragged")
    assert refused.value.code == "exchange.incomplete"
    assert refused.value.values["where"] == "Words"
    assert refused.value.values["expected"] == "3 levels, as many as any criterion has"
