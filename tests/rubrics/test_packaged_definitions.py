"""What ships is whole, agrees with itself, and never changes once published."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

import rubrics
from rubrics import library, references
from rubrics.errors import DefinitionError
from rubrics.model import Rubric, TierPolicy

HOUSE = Path(rubrics.__file__).parent
NAMES = [f"{one.kind} {one.key} v{one.version}" for one in library.packaged()]


def locked() -> dict[str, str]:
    lines = (HOUSE / "definitions.lock").read_text(encoding="utf-8").splitlines()
    return {path: digest for digest, path in (line.split("  ") for line in lines)}


def test_a_published_version_never_changes() -> None:
    """Edited one on purpose? Undo it, and publish the change as the next version, with a line in the lock."""
    assert {one.path: one.hash for one in library.packaged()} == locked()


def test_the_lock_holds_what_sha256sum_prints() -> None:
    for path, digest in locked().items():
        assert hashlib.sha256((HOUSE / path).read_bytes()).hexdigest() == digest


def test_what_shipped_once_still_ships() -> None:
    """Stored marks name these for good. A new definition needs no line here."""
    assert set(NAMES) >= {
        "rubric ai-homework-lesson v1",
        "rubric basic-operation v1",
        "rubric standard-lesson v1",
        "tier_policy tier-policy-default v1",
        "tier_policy tier-policy-default v2",
        "award_rules award-rules-default v1",
        "award_rules award-rules-default v2",
        "hours_rules hours-rules-default v1",
        "diagnosis_bank diagnosis-entry v1",
    }


def test_definitions_agree_with_one_another() -> None:
    references.check_together(library.parse(one.text) for one in library.packaged())


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        ("rubric basic-operation v1", "basic-operation"),
        ("tier_policy tier-policy-default", "innovation"),
    ],
)
def test_a_name_nobody_defines_is_refused(left_out: str, named: str) -> None:
    some = [one for one, name in zip(library.packaged(), NAMES, strict=True) if not name.startswith(left_out)]
    with pytest.raises(DefinitionError, match=named) as refusal:
        references.check_together(library.parse(one.text) for one in some)
    assert refusal.value.code == "definition.unknown_reference"


def test_a_changed_line_ending_or_byte_order_mark_does_not_change_the_hash() -> None:
    text = library.packaged()[0].text
    windows = "\ufeff" + text.replace("\n", "\r\n")
    assert library.content_hash(windows) == library.content_hash(text)
    assert library.parse(windows) == library.parse(text)


def test_any_other_change_does() -> None:
    text = library.packaged()[0].text
    assert library.content_hash(text + " ") != library.content_hash(text)


def test_the_newest_version_is_loaded_unless_one_is_named(basic: Rubric) -> None:
    assert library.load("rubric", "basic-operation", 1) == basic
    for key, version in (("basic-operation", 2), ("nowhere", None)):
        with pytest.raises(DefinitionError, match="basic-operation v1") as refusal:
            library.load("rubric", key, version)
        assert refusal.value.code == "definition.not_packaged"


@pytest.mark.parametrize(
    ("key", "counts"),
    [
        ("jyt0646", (5, 13, 33)),
        ("digcompedu", (6, 22)),
        ("unesco", (6, 18)),
        ("iste", (7, 24)),
        ("itapp20", (3, 30)),
    ],
)
def test_frameworks_have_the_published_counts(key: str, counts: tuple[int, ...]) -> None:
    framework = library.framework(key)
    assert tuple(len(framework.at_level(level)) for level in range(1, len(counts) + 1)) == counts
    assert len(framework.items) == sum(counts)


def test_micro_competences_per_environment() -> None:
    points = library.framework("itapp20").at_level(2)
    assert Counter(point.parent for point in points) == {"A": 13, "B": 10, "C": 7}


def test_frameworks_keep_the_marks_of_where_their_words_come_from() -> None:
    jyt = library.framework("jyt0646")
    assert {item.src for item in jyt.at_level(1)} == {"verified"}
    assert {item.src for item in jyt.at_level(3)} == {"memory"}
    assert all(item.paraphrase for item in library.framework("iste").at_level(2))
    assert library.framework("itapp20").item("A1").extra["dimension_src"] == "memory"  # type: ignore[union-attr]


def test_every_framework_item_has_both_languages() -> None:
    for key in library.FRAMEWORKS:
        for item in library.framework(key).items:
            assert item.label.zh
            assert item.label.en
            assert item.label.zh != item.label.en


def test_an_unknown_framework_is_refused() -> None:
    with pytest.raises(DefinitionError, match="jyt0646"):
        library.framework("JYT")


def test_the_crosswalk_covers_every_indicator() -> None:
    crosswalk = library.crosswalk()
    assert list(crosswalk) == [item.id for item in library.framework("jyt0646").at_level(3)]
    assert crosswalk["2.2.2"]["itapp20"] == ("A3", "A5", "A6")


def test_the_tiers_ask_for_the_published_hours(policy: TierPolicy) -> None:
    totals = {tier.id: policy.hours_of(tier.required).total for tier in policy.tiers}
    assert totals == {
        "basic": Decimal(26),
        "integrated": Decimal(29),
        "innovation": Decimal(30),
        "innovation-bridge": Decimal(44),
        "lead": Decimal(40),
    }


def test_nobody_is_asked_for_fewer_than_one_lesson(policy: TierPolicy) -> None:
    assert all(tier.lessons_min >= 1 for tier in policy.tiers)


def test_judgement_needs_nothing_but_a_bare_python() -> None:
    code = (
        "import sys; sys.path.insert(0, '.'); import rubrics.library, rubrics.references, rubrics.awards\n"
        "import rubrics.diagnosis, rubrics.panel, rubrics.tiers; rubrics.library.packaged()\n"
        "rest = {name.split('.')[0] for name in sys.modules} - set(sys.stdlib_module_names)\n"
        "assert rest <= {'rubrics', '__main__'}, rest"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=HOUSE.parent, check=True)
