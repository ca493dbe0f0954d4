"""The pages of the block: where a learner stands, in sentences, then the parts that are theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from web_fragments.fragment import Fragment
from xblock.utils.resources import ResourceLoader

from xblocks.shared import compat
from xblocks.tiered_path import path, texts

if TYPE_CHECKING:
    from xblocks.tiered_path.block import TieredPathBlock

loader = ResourceLoader(__name__)
Page = dict[str, Any]


def for_learner(
    block: TieredPathBlock, known: path.Known, *, children: Sequence[Any], context: Page | None
) -> Fragment:
    page = _standing(block, known) | {"next": _what_next(block, children)}
    return _path(block, page, children=children, context=context, say_for_whom=False)


def for_staff(block: TieredPathBlock, *, note: str, context: Page | None) -> Fragment:
    page = {"lines": [block.say(note)]}
    return _path(block, page, children=block.get_children(), context=context, say_for_whom=True)


def overview(block: TieredPathBlock, *, note: str) -> Fragment:
    """Studio draws the parts itself, with handles to move them; this goes above them."""
    parts = [_part(block, child, number) for number, child in enumerate(block.get_children(), start=1)]
    page = {"title": block.title(), "note": block.say(note), "parts": parts}
    fragment = Fragment(loader.render_django_template("templates/overview.html", page))
    fragment.add_css_url(block.resource("tiered_path.css"))
    return fragment


def _standing(block: TieredPathBlock, known: path.Known) -> Page:
    placement = known.placement
    if placement is None:
        return {"lines": _why_unknown(block, known.problem), "ask_again": "now"}
    time = compat.local_time(known.as_of)
    old = [block.say(texts.OLD_ANSWER, time=time)] if known.problem else []
    if not placement.placed:
        lines = [*old, block.say(texts.NOT_PLACED), block.say(texts.NOT_PLACED_TODO)]
        return {"lines": lines, "ask_again": "now"}
    task = placement.first_task
    return {
        "tier": block.say(texts.YOUR_TIER, tier=placement.label(compat.language())),
        "reasons": placement.reasons,
        "lines": old,
        "as_of": "" if old else block.say(texts.AS_OF, time=time),
        "first_task": block.say(texts.SERVICE_FIRST, task=task) if task else "",
        "ask_again": "now" if old else "if you like",
    }


def _why_unknown(block: TieredPathBlock, problem: str) -> list[str]:
    if problem == "unknown_person":
        return [block.say(texts.NOT_PLACED), block.say(texts.UNKNOWN_PERSON)]
    if problem in {"not_connected", "refused"}:
        return [block.say(texts.NOT_CONNECTED)]
    return [block.say(texts.UNREACHABLE), block.say(texts.UNREACHABLE_TODO)]


def _what_next(block: TieredPathBlock, children: Sequence[Any]) -> str:
    if not children:
        return block.say(texts.NOTHING_HERE)
    titles = {
        str(child.scope_ids.usage_id): block.part_title(child, number)
        for number, child in enumerate(children, start=1)
    }
    finished = compat.finished(block, children)
    following = path.next_one(list(titles), finished=finished)
    if following is None:
        return block.say(texts.ALL_DONE)
    return block.say(texts.NEXT if finished else texts.START_HERE, title=titles[following])


def _path(
    block: TieredPathBlock, page: Page, *, children: Sequence[Any], context: Page | None, say_for_whom: bool
) -> Fragment:
    fragment = Fragment()
    finished = compat.finished(block, children)
    parts = []
    for number, child in enumerate(children, start=1):
        body = child.render("student_view", context)
        fragment.add_fragment_resources(body)
        done = str(child.scope_ids.usage_id) in finished
        part = _part(block, child, number) | {
            "body": body.content,
            "done": block.say(texts.DONE) if done else "",
        }
        parts.append(part if say_for_whom else part | {"for_whom": ""})
    page = page | {"title": block.title(), "parts": parts, "texts": _texts(block)}
    fragment.add_content(loader.render_django_template("templates/path.html", page))
    fragment.add_css_url(block.resource("tiered_path.css"))
    fragment.add_javascript_url(block.resource("tiered_path.js"))
    fragment.initialize_js("ShijieTieredPath")
    return fragment


def _part(block: TieredPathBlock, child: Any, number: int) -> Page:
    names = [block.tier_name(tier) for tier in block.tiers_of(child)]
    separator = "、" if compat.language().startswith("zh") else ", "
    everybody = block.say(texts.FOR_EVERYBODY)
    for_whom = block.say(texts.FOR_TIERS, tiers=separator.join(names)) if names else everybody
    return {"title": block.part_title(child, number), "number": number, "for_whom": for_whom}


def _texts(block: TieredPathBlock) -> dict[str, str]:
    return {
        "why": block.say(texts.WHY),
        "ask_again": block.say(texts.ASK_AGAIN),
        "asking": block.say(texts.ASKING),
        "no_answer": block.say(texts.NO_ANSWER),
    }
