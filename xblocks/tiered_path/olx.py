"""Tiers in course XML: `<vertical tiers="basic innovation-bridge">`, on the child that they are about.

Inside a course the map is keyed by the child's block id; a file has no ids that every runtime keeps, so there
the tiers stand on the child's own element. They are taken off again before the child is read: edx-platform
takes an element with more than a url_name for a whole definition instead of a pointer.
"""

from __future__ import annotations

from typing import Any

from lxml import etree
from xblock.core import XML_NAMESPACES

from xblocks.tiered_path.path import child_key, read_tiers

ATTRIBUTE = "tiers"
FIELD = "tiers_by_child"


def children_of(node: Any) -> list[Any]:
    """Elements that stand for child blocks: no comments, no `option:` fields."""
    elements = [element for element in node if isinstance(element.tag, str)]
    return [element for element in elements if etree.QName(element).namespace != XML_NAMESPACES["option"]]


def take_tiers(node: Any) -> list[list[str]]:
    return [read_tiers(element.attrib.pop(ATTRIBUTE, "")) for element in children_of(node)]


def keyed(children: list[Any], tiers: list[list[str]]) -> dict[str, list[str]]:
    return {child_key(child): names for child, names in zip(children, tiers, strict=True) if names}


def put_tiers(node: Any, children: list[Any], tiers_by_child: dict[str, list[str]]) -> None:
    node.attrib.pop(FIELD, None)
    for element, child in zip(children_of(node), children, strict=True):
        names = tiers_by_child.get(child_key(child))
        if names:
            element.set(ATTRIBUTE, " ".join(names))
