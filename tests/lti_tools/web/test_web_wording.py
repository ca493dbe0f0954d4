"""Every code of the judgement core either has words for the person concerned, or is silent on purpose."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import ngettext, override

from lti_tools.definitions import api as definitions
from lti_tools.web import wording
from lti_tools.web.diagnosis_form import DOES_NOT_FIT, REFUSALS
from rubrics import codes

LANGUAGES = ("zh-hans", "en")

# A value of each name for a code, as the judgement core gives it.
VALUES: dict[str, Any] = {
    "ability": "cast",
    "activity": "ICT seminar",
    "attempt": 2,
    "by": 2,
    "cap": "40",
    "carried": "15",
    "closes": "2029-12-31",
    "counted_on": "2026-03-01",
    "duty": "yearly",
    "hours_to_make_up": "2",
    "keep": "best",
    "least": 1,
    "left": 2,
    "lessons": 0,
    "minutes": 90,
    "missed": 18,
    "mode": "concentrated",
    "on": "2026-04-01",
    "opens": "2029-07-01",
    "override": "O1",
    "parts": 2,
    "programme": "2026",
    "rule": "O3",
    "year": 2026,
    "age": 58,
    "age_band": "senior",
    "basis": "said",
    "choice": "higher",
    "criterion": "BO1",
    "cut": "60",
    "fast": 6,
    "have": "6",
    "high": "80",
    "hours": "1",
    "level": "1",
    "limit": "10",
    "low": "62.5",
    "lowest": "70",
    "lowest_min": "75",
    "mean": "84",
    "mean_min": "85",
    "missing": "20",
    "need": "approver",
    "needed": "26",
    "of": 2,
    "place": 1,
    "placed": "basic",
    "points": "86",
    "question": "D01",
    "questions": "D01, D14",
    "rubric": "basic-operation",
    "rubrics": "basic-operation, standard-lesson",
    "seconds": 3,
    "set_aside": "40",
    "skill": "S1",
    "slot": 1,
    "task": "task-B1",
    "test": "regional-literacy",
    "tier": "integrated",
    "timed": 12,
    "best": "0.72",
    "most": 100,
    "units": 1,
    "total": "80",
    "cause": "rounds",
    "change": "0.02",
    "element": "R1",
    "error": "0.2",
    "facet": "raters",
    "halo": "0.4",
    "infit": "1.8",
    "levels": "2",
    "logits": "1.2",
    "period": "2026-03",
    "rater": "R1",
    "rounds": 100,
    "scale": "BO1",
    "used": "1, 3",
    "z": "3.1",
}

# Codes that say nothing to a teacher, each with the reason why.
SILENT = {
    "diagnosis.skill": "the sentence of the tier names the level already",
    "diagnosis.not_asked": "the short form leaves questions out on purpose",
    "diagnosis.too_fast": "flagged for the specialist, never held against anybody",
    "diagnosis.straight_line": "flagged for the specialist, never held against anybody",
    "tier.choice_needs": "said where a choice is asked for; nobody can ask for one yet",
    "award.lesson_counted": "each lesson has its own page with its result",
    "award.lesson_not_passed": "each lesson has its own page with its result",
    "award.lesson_not_needed": "each lesson has its own page with its result",
    "agreement.no_pairs": "measured for chairs, who read the report and not a teacher's page",
    "agreement.units_alike": "measured for chairs, who read the report and not a teacher's page",
    "agreement.one_unit": "measured for chairs, who read the report and not a teacher's page",
    "agreement.one_value": "measured for chairs, who read the report and not a teacher's page",
    "agreement.no_interval": "measured for chairs, who read the report and not a teacher's page",
    "facets.levels_unused": "measured for chairs, who read the report and not a teacher's page",
    "facets.one_level": "measured for chairs, who read the report and not a teacher's page",
    "facets.not_measured": "measured for chairs, who read the report and not a teacher's page",
    "facets.not_converged": "measured for chairs, who read the report and not a teacher's page",
    "facets.rater_severe": "measured for chairs, who read the report and not a teacher's page",
    "facets.rater_lenient": "measured for chairs, who read the report and not a teacher's page",
    "facets.rater_erratic": "measured for chairs, who read the report and not a teacher's page",
    "facets.rater_muted": "measured for chairs, who read the report and not a teacher's page",
    "facets.rater_halo": "measured for chairs, who read the report and not a teacher's page",
    "facets.rater_drift": "measured for chairs, who read the report and not a teacher's page",
    "facets.criterion_misfit": "measured for chairs, who read the report and not a teacher's page",
    "facets.threshold_disordered": "measured for chairs, who read the report and not a teacher's page",
    "study.no_spread": "measured for chairs, who read the report and not a teacher's page",
    "study.tasks_limit": "measured for chairs, who read the report and not a teacher's page",
    "study.too_many_raters": "measured for chairs, who read the report and not a teacher's page",
}


def said(code: str, language: str) -> str:
    """What a teacher reads for a code, by whichever of the three ways it comes to the page."""
    policy = definitions.get("tier_policy", "tier-policy-default")
    bank = definitions.get("diagnosis_bank", "diagnosis-entry")
    values = {name: VALUES[name] for name in codes.REASONS[code]}
    with override(language):
        if code.startswith("panel."):
            return wording.panel_text(code, values)
        if code == "award.task_missing":
            return wording.missing([_Reason(code, values)], policy)[0]
        return "".join(wording.stored_reasons([{"code": code, "values": values}], policy, bank))


class _Reason:
    def __init__(self, code: str, values: dict[str, Any]):
        self.code, self.values = code, values


@pytest.fixture(autouse=True)
def _published(db: None) -> None:
    definitions.seed()


@pytest.mark.parametrize("code", sorted(codes.REASONS))
def test_a_reason_has_words_in_both_languages_or_is_silent_on_purpose(code: str) -> None:
    sentences = {language: said(code, language) for language in LANGUAGES}
    if code in SILENT:
        assert set(sentences.values()) == {""}, "worded, so take it off the list of the silent"
        return
    assert all(sentences.values()), f"{code} says nothing to the teacher: word it, or say why it is silent"
    assert sentences["en"] != sentences["zh-hans"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in sentences["zh-hans"])
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in sentences["en"])
    for sentence in sentences.values():
        assert "%(" not in sentence
        assert "{" not in sentence


def test_no_code_is_silent_that_nobody_emits() -> None:
    assert set(SILENT) <= set(codes.REASONS)


@pytest.mark.parametrize("code", sorted(codes.REASONS))
def test_a_sentence_speaks_of_labels_and_never_of_ids(code: str) -> None:
    for language in LANGUAGES:
        sentence = said(code, language)
        ids = {"task-B1", "BO1", "basic-operation", "integrated", "S1", "senior", "D01", "cast"}
        assert [one for one in ids if one in sentence.replace("Integrated", "").split()] == []


def test_abilities_of_one_kind_share_a_sentence() -> None:
    policy = definitions.get("tier_policy", "tier-policy-default")
    bank = definitions.get("diagnosis_bank", "diagnosis-entry")
    shown = [
        {"code": "diagnosis.ability_shown", "values": {"ability": one, "basis": "said", "questions": "D01"}}
        for one in ("cast", "slides")
    ]
    with override("zh-hans"):
        [sentence] = wording.stored_reasons(shown, policy, bank)
    assert "自己把电脑或手机画面接到大屏上" in sentence
    assert "自己打开并播放课件" in sentence


def test_a_code_of_a_newer_version_is_left_out_and_breaks_no_page() -> None:
    policy = definitions.get("tier_policy", "tier-policy-default")
    assert wording.stored_reasons([{"code": "tier.not_invented_yet", "values": {}}], policy) == []
    assert wording.panel_text("panel.not_invented_yet", {}) == ""


@pytest.mark.parametrize("sentence", [*REFUSALS.values(), DOES_NOT_FIT])
def test_a_refused_answer_has_words_in_both_languages(sentence: Any) -> None:
    worded = set()
    for language in LANGUAGES:
        with override(language):
            worded.add(str(sentence))
    assert len(worded) == 2


def test_refusals_are_worded_for_codes_that_exist() -> None:
    assert set(REFUSALS) <= set(codes.REFUSALS)


def test_what_is_missing_counts_the_tasks_and_names_the_lessons() -> None:
    policy = definitions.get("tier_policy", "tier-policy-default")
    missing = [
        _Reason("award.task_missing", {"task": "task-B1"}),
        _Reason("award.task_missing", {"task": "task-B2"}),
        _Reason("award.lesson_missing", {"slot": 1, "of": 1, "rubrics": "basic-operation, standard-lesson"}),
    ]
    with override("en"):
        tasks, lesson = wording.missing(missing, policy)
    assert tasks == "2 tasks of the path below"
    assert "Basic-operation demo lesson or" in lesson


def test_the_chinese_catalogue_knows_that_chinese_has_one_plural() -> None:
    """Without that line in its head the catalogue answers every number but one in English."""
    with override("zh-hans"):
        for number in (0, 1, 2, 60):
            worded = ngettext("%(days)s day", "%(days)s days", number)
            assert worded == "%(days)s 天"
