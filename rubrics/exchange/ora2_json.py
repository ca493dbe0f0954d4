"""ORA2's rubric as JSON: the criteria with ``order_num``, as its editor and its assessments API exchange them.

``feedbackprompt`` (assessments API) and ``feedback_prompt`` (editor) are both read; ``feedbackprompt`` is written. See
:mod:`rubrics.exchange.ora2`. Criteria and options stand in the order of ``order_num``, 0 where there is none, as
``_sort_by_order_num`` of edx-ora2 has it. The editor's data name the block's ``title``, so a title is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rubrics.exchange.json_text import Json, Node, dump, load, root
from rubrics.exchange.ora2 import check_names, check_points, fitted
from rubrics.exchange.report import Read, Report, Written
from rubrics.exchange.sheet import FEEDBACK, Sheet, SheetCriterion, SheetLevel

FORMAT = "ora2-json"

_PROMPTS = ("feedbackprompt", "feedback_prompt")
_RUBRIC = frozenset({"title", "criteria", *_PROMPTS, "feedback_default_text"})
_CRITERION = frozenset({"name", "label", "prompt", "feedback", "order_num", "options"})
_OPTION = frozenset({"name", "label", "points", "explanation", "order_num"})


def is_ora2_json(value: Json) -> bool:
    return isinstance(value, dict) and ("criteria" in value or "rubric" in value)


def read_ora2_json(text: str, *, source: str, language: str) -> tuple[Read, ...]:
    """The rubric, alone or under ``rubric``. Refuses what ORA2's own validation would not accept."""
    top = root(load(text, source=source), source=source)
    report = Report()
    inner = top.object("rubric")
    if inner is not None:
        for key in top.data:
            if key != "rubric":
                report.at("exchange.lost_around", "package", key)
        top = Node(source, "$.rubric", inner)
    return (Read(_sheet(top, language=language), report.reasons()),)


def _sheet(node: Node, *, language: str) -> Sheet:
    criteria = tuple(_criterion(one) for one in _sorted(node.nodes("criteria")))
    if not criteria:
        raise node.refusal(
            "exchange.missing", key="criteria", expected="at least one criterion", found="none"
        )
    check_names([one.code or "" for one in criteria], source=node.source, where=f"{node.where}.criteria")
    prompts = [node.text(key) for key in _PROMPTS if node.text(key) is not None]
    if len(prompts) > 1:
        raise node.refusal("exchange.duplicate", key=_PROMPTS[1], expected="one of the two", found=prompts[1])
    return Sheet(
        criteria=criteria,
        origin=FORMAT,
        language=language,
        title=node.text("title"),
        feedback_prompt=prompts[0] if prompts else None,
        feedback_default=node.text("feedback_default_text"),
        kept=node.rest(_RUBRIC),
    )


def _sorted(nodes: Sequence[Node]) -> list[Node]:
    return sorted(nodes, key=lambda node: node.whole("order_num") or 0)


def _criterion(node: Node) -> SheetCriterion:
    feedback = node.text("feedback")
    if feedback not in (None, *FEEDBACK):
        raise node.refusal(
            "exchange.wrong_value", key="feedback", expected=" or ".join(FEEDBACK), found=feedback
        )
    levels = tuple(_option(one) for one in _sorted(node.nodes("options")))
    if not levels and feedback != "required":
        raise node.refusal(
            "exchange.missing", key="options", expected='options or feedback "required"', found="neither"
        )
    check_names([one.code or "" for one in levels], source=node.source, where=f"{node.where}.options")
    return SheetCriterion(
        label=node.required("name") if node.text("label") is None else node.text("label"),
        levels=levels,
        description=node.text("prompt"),
        feedback=feedback,
        code=node.required("name"),
        position=node.whole("order_num"),
        kept=node.rest(_CRITERION),
    )


def _option(node: Node) -> SheetLevel:
    points = node.number("points")
    if points is None:
        raise node.refusal("exchange.missing", key="points", expected="whole points from 0", found="nothing")
    return SheetLevel(
        label=node.required("name") if node.text("label") is None else node.text("label"),
        description=node.text("explanation"),
        points=check_points(points, source=node.source, where=f"{node.where}.points"),
        code=node.required("name"),
        position=node.whole("order_num"),
        kept=node.rest(_OPTION),
    )


def write_ora2_json(sheet: Sheet, *, scale: bool = False) -> Written:
    """The rubric as one object; whole points only, see :func:`rubrics.exchange.ora2.fitted`."""
    report = Report()
    own = sheet.origin == FORMAT
    also = frozenset({"title", "position"} if own else {"title"})
    fit = fitted(sheet, report, format=FORMAT, scale=scale, also=also)
    places = _order([one.position for one in fit.criteria], own=own)
    value = {
        "title": fit.title,
        "criteria": [
            _as_criterion(one, place=at, own=own) for one, at in zip(fit.criteria, places, strict=True)
        ],
        "feedbackprompt": fit.feedback_prompt,
        "feedback_default_text": fit.feedback_default,
    }
    return Written(dump(_stated(value, fit.kept if own else {})), report.reasons())


def _as_criterion(criterion: SheetCriterion, *, place: Decimal | None, own: bool) -> Json:
    places = _order([one.position for one in criterion.levels], own=own)
    value = {
        "order_num": place,
        "name": criterion.code,
        "label": criterion.label,
        "prompt": criterion.description if own else criterion.description or "",
        "feedback": criterion.feedback,
        "options": [
            _as_option(one, place=at, own=own) for one, at in zip(criterion.levels, places, strict=True)
        ],
    }
    return _stated(value, criterion.kept if own else {})


def _as_option(level: SheetLevel, *, place: Decimal | None, own: bool) -> Json:
    value = {
        "order_num": place,
        "name": level.code,
        "label": level.label,
        "points": level.points,
        "explanation": level.description if own else level.description or "",
    }
    return _stated(value, level.kept if own else {})


def _order(positions: Sequence[int | None], *, own: bool) -> list[Decimal | None]:
    """As ORA2 stated it, else counted from 0."""
    if own:
        return [None if position is None else Decimal(position) for position in positions]
    return [Decimal(at) for at in range(len(positions))]


def _stated(value: Mapping[str, Json], kept: Mapping[str, Json]) -> dict[str, Json]:
    stated = {key: one for key, one in value.items() if one is not None}
    return stated | {key: one for key, one in kept.items() if key not in stated}
