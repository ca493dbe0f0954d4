"""A small LMS-like runtime in memory: services that can be swapped, leaves that say their name."""

from __future__ import annotations

import gettext
from typing import Any

from web_fragments.fragment import Fragment
from xblock.core import XBlock
from xblock.fields import Scope, String
from xblock.reference.user_service import UserService, XBlockUser
from xblock.runtime import DictKeyValueStore, KvsFieldData, NullI18nService
from xblock.test.tools import TestRuntime

from xblocks.shared.client import ClientError, Placement
from xblocks.tiered_path.block import TieredPathBlock

BASIC = Placement(
    placed=True,
    tier="basic",
    tier_label={"zh": "基础操作层", "en": "Basic operation"},
    skill="S1",
    reasons=("51岁及以上", "会播放课件"),
    first_task="入门诊断",
)
INNOVATION = Placement(
    placed=True, tier="innovation", tier_label={"zh": "智能创新层", "en": "Innovation"}, skill="S2"
)
NOT_PLACED = Placement(placed=False)
COURSE = """
<tiered_path display_name="路径" known_tiers='["basic", "innovation"]'>
  <leaf display_name="诊断" tiers="unplaced"/>
  <leaf display_name="安全"/>
  <leaf display_name="投屏" tiers="basic"/>
  <leaf display_name="助教" tiers="innovation"/>
</tiered_path>
"""


class Leaf(XBlock):
    display_name = String(default="", scope=Scope.settings)

    def student_view(self, context: Any = None) -> Fragment:
        return Fragment(f"<p>content of {self.display_name}</p>")


class Service:
    """Answers what it was told to, and counts how often it was asked."""

    def __init__(self, answer: Placement | ClientError):
        self.answer = answer
        self.asked: list[str] = []

    def placement(self, sub: str, *, language: str) -> Placement:
        self.asked.append(sub)
        if isinstance(self.answer, ClientError):
            raise self.answer
        return self.answer


class Users(UserService):
    def __init__(self, sub: str, *, role: str = "student", **attributes: Any):
        super().__init__()
        self.user = XBlockUser(is_current_user=True)
        self.user.opt_attrs.update(
            {"edx-platform.user_id": sub, "edx-platform.user_role": role, **attributes}
        )

    def get_current_user(self) -> XBlockUser:
        return self.user


class Completion:
    def __init__(self, *done: Any):
        self.done = done

    def completion_tracking_enabled(self) -> bool:
        return True

    def get_completions(self, keys: list[Any]) -> dict[Any, float]:
        return {key: 1.0 if key in self.done else 0.0 for key in keys}


class Catalogue(NullI18nService):
    def __init__(self, translations: gettext.NullTranslations):
        self._translations = translations


class PathRuntime(TestRuntime):
    """TestRuntime with what a page of the block asks for."""

    def __init__(self, **services: Any):
        self.store = services.pop("store", DictKeyValueStore())
        super().__init__(
            services={"field-data": KvsFieldData(self.store), "i18n": NullI18nService(), **services}
        )

    def load_block_type(self, block_type: str) -> type[XBlock]:
        return {"tiered_path": TieredPathBlock, "leaf": Leaf}[block_type]

    def local_resource_url(self, block: XBlock, uri: str) -> str:
        return f"/resource/{block.scope_ids.block_type}/{uri}"

    def handler_url(self, block: XBlock, handler_name: str, *args: Any, **kwargs: Any) -> str:
        return f"/handler/{handler_name}"


def course(xml: str | bytes = COURSE, **services: Any) -> TieredPathBlock:
    """A block of the course for one learner; `service=` and `user=` say who asks whom."""
    runtime = PathRuntime(**services)
    block: TieredPathBlock = runtime.get_block(runtime.parse_xml_string(xml))
    return block


def as_learner(block: TieredPathBlock, **services: Any) -> TieredPathBlock:
    """The same course, seen by another learner or with another service."""
    runtime = block.runtime
    runtime._services.update(services)
    fresh: TieredPathBlock = runtime.get_block(block.scope_ids.usage_id)
    return fresh
