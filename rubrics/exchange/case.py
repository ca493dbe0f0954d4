"""CASE 1.1 (Competencies and Academic Standards Exchange, 1EdTech): CFRubric as JSON, read and written.

CASE Information Model 1.1, sections 7.1.26 (CFRubric), 7.1.27 (CFRubricCriterion) and 7.1.29 (CFRubricCriterionLevel).
``identifier``, ``uri`` and ``lastChangeDateTime`` are required of each and never rewritten. The arrays are unordered,
``position`` orders them. CASE has one text about a criterion, ``description``: it is the sheet's label. What CASE has
no attribute for travels in ``extensions`` (new in 1.1) under :data:`OURS`, which other systems keep or ignore; that is
an object in a rubric and a criterion, but by the published OpenAPI description a list of objects in a level. Both
forms are read in all three.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from rubrics.exchange.json_text import Json, Node, load, root
from rubrics.exchange.report import Read, Report
from rubrics.exchange.sheet import FEEDBACK, Sheet, SheetCriterion, SheetLevel
from rubrics.nouns.rubric import Identity

FORMAT = "case"

#: Our own name inside ``extensions``.
OURS = "shijie"

#: Field of the sheet to its name inside our extension.
RUBRIC_EXTRAS = {
    "code": "code",
    "feedback_prompt": "feedbackPrompt",
    "feedback_default": "feedbackDefaultText",
}
CRITERION_EXTRAS = {"code": "code", "description": "prompt", "feedback": "feedback", "ranged": "enableRange"}
LEVEL_EXTRAS = {"code": "code"}

_COMMON = {"identifier", "uri", "lastChangeDateTime"}
_RUBRIC = frozenset(_COMMON | {"title", "description", "CFRubricCriteria"})
_CRITERION = frozenset(
    _COMMON | {"category", "description", "CFItemURI", "weight", "position", "CFRubricCriterionLevels"}
)
_LEVEL = frozenset(_COMMON | {"description", "quality", "score", "feedback", "position"})

_Placed = TypeVar("_Placed", SheetCriterion, SheetLevel)


def is_case(value: Json) -> bool:
    return isinstance(value, dict) and ({"CFRubrics", "CFRubricCriteria", "CFRubric"} & set(value) != set())


def read_case(text: str, *, source: str, language: str) -> tuple[Read, ...]:
    """Every CFRubric of a CFPackage, of a bare ``CFRubrics`` set, or the one that stands alone.

    Refuses a rubric without what CASE requires. What stands around the rubrics is named in the report.
    """
    top = root(load(text, source=source), source=source)
    if "CFRubrics" in top.data:
        rubrics, around = top.nodes("CFRubrics"), [key for key in top.data if key != "CFRubrics"]
    elif isinstance(inner := top.data.get("CFRubric"), dict):
        rubrics, around = (Node(source, "$.CFRubric", inner),), [key for key in top.data if key != "CFRubric"]
    else:
        rubrics, around = (top,), []
    return tuple(_read(node, around=around, language=language) for node in rubrics)


def _read(node: Node, *, around: Sequence[str], language: str) -> Read:
    report = Report()
    for key in around:
        report.at("exchange.lost_around", "package", key)
    return Read(_sheet(node, language=language), report.reasons())


def _sheet(node: Node, *, language: str) -> Sheet:
    ours, kept = _extension(node, known=_RUBRIC, extras=RUBRIC_EXTRAS)
    return Sheet(
        criteria=_in_order(node.nodes("CFRubricCriteria"), _criterion),
        origin=FORMAT,
        language=language,
        title=node.text("title"),
        description=node.text("description"),
        feedback_prompt=ours.text("feedbackPrompt"),
        feedback_default=ours.text("feedbackDefaultText"),
        code=ours.text("code"),
        identity=_identity(node),
        changed=node.required("lastChangeDateTime"),
        kept=kept,
    )


def _criterion(node: Node) -> SheetCriterion:
    ours, kept = _extension(node, known=_CRITERION, extras=CRITERION_EXTRAS)
    return SheetCriterion(
        label=node.text("description"),
        levels=_in_order(node.nodes("CFRubricCriterionLevels"), _level),
        description=ours.text("prompt"),
        category=node.text("category"),
        weight=node.number("weight"),
        feedback=_feedback(ours),
        ranged=_flag(ours, "enableRange"),
        item=node.object("CFItemURI"),
        code=ours.text("code"),
        identity=_identity(node),
        changed=node.required("lastChangeDateTime"),
        position=node.whole("position"),
        kept=kept,
    )


def _level(node: Node) -> SheetLevel:
    ours, kept = _extension(node, known=_LEVEL, extras=LEVEL_EXTRAS)
    return SheetLevel(
        label=node.text("quality"),
        description=node.text("description"),
        points=node.number("score"),
        feedback=node.text("feedback"),
        code=ours.text("code"),
        identity=_identity(node),
        changed=node.required("lastChangeDateTime"),
        position=node.whole("position"),
        kept=kept,
    )


def _identity(node: Node) -> Identity:
    return Identity(node.required("identifier"), node.required("uri"))


def _in_order(nodes: Sequence[Node], read: Callable[[Node], _Placed]) -> tuple[_Placed, ...]:
    """By position where every one has it, else as they stand."""
    things = [read(node) for node in nodes]
    if all(thing.position is not None for thing in things):
        things.sort(key=lambda thing: thing.position or 0)
    _check_identifiers(nodes)
    return tuple(things)


def _check_identifiers(nodes: Sequence[Node]) -> None:
    seen: set[str] = set()
    for node in nodes:
        identifier = node.required("identifier")
        if identifier in seen:
            raise node.refusal(
                "exchange.duplicate", key="identifier", expected="another identifier", found=identifier
            )
        seen.add(identifier)


def _extension(node: Node, *, known: frozenset[str], extras: dict[str, str]) -> tuple[Node, dict[str, Json]]:
    """Our own part of ``extensions``, and everything the sheet does not know, with the rest of ``extensions``."""
    kept = node.rest(known)
    where, ours, others = _parted(kept.get("extensions"))
    if not isinstance(ours, dict) or set(ours) - set(extras.values()):
        return Node(node.source, f"{node.where}.extensions", {}), kept
    kept = {key: others if key == "extensions" else value for key, value in kept.items()}
    if not others:
        del kept["extensions"]
    return Node(node.source, f"{node.where}.extensions{where}.{OURS}", ours), kept


def _parted(extensions: Json) -> tuple[str, Json, Json]:
    """Where our part is in an object or a list of objects, our part (None without), and what others put there."""
    if isinstance(extensions, dict):
        return "", extensions.get(OURS), {key: one for key, one in extensions.items() if key != OURS}
    listed: list[Json] = extensions if isinstance(extensions, list) else []
    for at, one in enumerate(listed):
        if isinstance(one, dict) and OURS in one:
            rest = {key: value for key, value in one.items() if key != OURS}
            return f"[{at}]", one[OURS], [*listed[:at], *([rest] if rest else []), *listed[at + 1 :]]
    return "", None, extensions


def _feedback(ours: Node) -> str | None:
    value = ours.text("feedback")
    if value is not None and value not in FEEDBACK:
        raise ours.refusal(
            "exchange.wrong_value", key="feedback", expected=" or ".join(FEEDBACK), found=value
        )
    return value


def _flag(ours: Node, key: str) -> bool | None:
    value = ours.data.get(key)
    if value is not None and not isinstance(value, bool):
        raise ours.refusal("exchange.wrong_type", key=key, expected="true or false", found=value)
    return value
