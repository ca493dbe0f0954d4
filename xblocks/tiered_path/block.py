"""A course path that shows each teacher the parts for their tier.

The tier comes from the Shijie service; the course author says which part is for which tiers. Who is not
placed yet sees the parts marked `unplaced` (the diagnosis) and the parts for everybody; course staff see all.
"""

from __future__ import annotations

from typing import Any

from web_fragments.fragment import Fragment
from xblock.completable import XBlockCompletionMode
from xblock.core import XBlock
from xblock.exceptions import JsonHandlerError
from xblock.fields import Dict, List, Scope, String
from xblock.utils.resources import ResourceLoader
from xblock.utils.studio_editable import StudioContainerXBlockMixin
from xblock.validation import ValidationMessage

from xblocks.shared import compat
from xblocks.tiered_path import olx, pages, path, studio, texts

loader = ResourceLoader(__name__)


@XBlock.needs("i18n")
@XBlock.wants("user", "shijie", "completion", "studio_user_permissions", "mako")
class TieredPathBlock(StudioContainerXBlockMixin, XBlock):
    """Guarantees that a learner is never sent the content of a part for another tier."""

    has_children = True
    has_author_view = True
    completion_mode = XBlockCompletionMode.AGGREGATOR
    icon_class = "vertical"

    display_name = String(
        display_name=texts.FIELD_NAME, help=texts.FIELD_NAME_HELP, default=texts.PATH, scope=Scope.settings
    )
    known_tiers = List(
        display_name=texts.FIELD_TIERS,
        help=texts.FIELD_TIERS_HELP,
        default=list(path.DEFAULT_TIERS),
        scope=Scope.settings,
    )
    tiers_by_child = Dict(
        display_name=texts.FIELD_CHILDREN, help=texts.FIELD_CHILDREN_HELP, default={}, scope=Scope.settings
    )
    # .. pii: The learner's training tier, skill level and the reasons for them, with the learner's id on this
    #         platform and the time; kept so that a page can be shown while the service cannot be reached.
    # .. pii_types: id, other
    # .. pii_retirement: local_api
    placement = Dict(help="What the service last said about this learner", default={}, scope=Scope.user_state)

    # What a learner sees

    @XBlock.supports("multi_device")
    def student_view(self, context: dict[str, Any] | None = None) -> Fragment:
        if compat.learner(self).is_staff:
            return pages.for_staff(self, note=texts.STAFF_SEES_ALL, context=context)
        known = self._look_up()
        return pages.for_learner(self, known, children=self._shown_to(known), context=context)

    def student_view_data(self, context: Any = None) -> dict[str, Any]:
        """For the mobile app: which part is for whom, and nothing about a person."""
        children = [
            {"id": str(child), "tiers": self.tiers_by_child.get(path.child_key(child), [])}
            for child in self.children
        ]
        return {"display_name": self.title(), "known_tiers": list(self.known_tiers), "children": children}

    def has_dynamic_children(self) -> bool:
        """edx-platform asks: the children differ from learner to learner."""
        return True

    def get_child_blocks(self) -> list[Any]:
        """The children that edx-platform may show this learner elsewhere (outline, progress)."""
        if compat.learner(self).is_staff:
            return list(self.get_children())
        return self._shown_to(self._look_up())

    @XBlock.json_handler
    def refresh(self, data: object, suffix: str = "") -> dict[str, Any]:
        """Asks the service now, whatever is remembered."""
        known = self._look_up(insist=True)
        placed = bool(known.placement and known.placement.placed)
        return {"answered": not known.problem, "placed": placed}

    # What an author sees

    def author_view(self, context: dict[str, Any] | None = None) -> Fragment:
        note = texts.AUTHOR_NO_TIERS if self.children else texts.NO_PARTS
        if not compat.is_container_page(self, context):
            return pages.for_staff(self, note=note, context=context)
        fragment = pages.overview(self, note=note)
        self.render_children(context, fragment, can_reorder=True, can_add=True)
        return fragment

    def studio_view(self, context: dict[str, Any] | None = None) -> Fragment:
        fragment = Fragment(loader.render_django_template("templates/studio.html", studio.form(self)))
        fragment.add_css_url(self.resource("tiered_path.css"))
        fragment.add_javascript_url(self.resource("studio.js"))
        fragment.initialize_js("ShijieTieredPathStudio")
        return fragment

    @XBlock.json_handler
    def save_tiers(self, data: object, suffix: str = "") -> dict[str, Any]:
        """Saves the whole form or nothing of it."""
        if not compat.may_author(self):
            raise JsonHandlerError(403, self.say(texts.REFUSED_AUTHOR))
        wanted = studio.read(self, data)
        self.display_name = wanted.display_name
        self.known_tiers = list(wanted.known_tiers)
        self.tiers_by_child = wanted.tiers_by_child
        return {"saved": True}

    def validate(self) -> Any:
        validation = super().validate()
        for message in studio.warnings(self):
            validation.add(ValidationMessage(ValidationMessage.WARNING, message))
        return validation

    def index_dictionary(self) -> dict[str, Any]:
        body = super().index_dictionary()
        content = {**body.get("content", {}), "display_name": self.title()}
        return body | {"content": content, "content_type": "Tiered path"}

    # Course XML

    @classmethod
    def parse_xml(cls, node: Any, runtime: Any, keys: Any) -> TieredPathBlock:
        tiers = olx.take_tiers(node)
        block = super().parse_xml(node, runtime, keys)
        block.tiers_by_child = olx.keyed(block.children, tiers)
        return block

    def add_xml_to_node(self, node: Any) -> None:
        super().add_xml_to_node(node)
        olx.put_tiers(node, self.children, self.tiers_by_child)

    @staticmethod
    def workbench_scenarios() -> list[tuple[str, str]]:
        return loader.load_scenarios_from_path("scenarios")

    # What the pages and the form ask of the block

    def say(self, text: str, **values: object) -> str:
        translated = self.runtime.service(self, "i18n").gettext(text)
        return translated.format(**values) if values else translated

    def title(self) -> str:
        return self.say(self.display_name) if self.display_name == texts.PATH else self.display_name

    def tier_name(self, tier: str) -> str:
        return self.say(texts.TIER_NAMES[tier]) if tier in texts.TIER_NAMES else tier

    def tiers_of(self, child: Any) -> list[str]:
        return list(self.tiers_by_child.get(path.child_key(child.scope_ids.usage_id), []))

    def part_title(self, child: Any, number: int) -> str:
        name = getattr(child, "display_name", None) or child.name
        return str(name or self.say(texts.PART, number=number))

    def resource(self, name: str) -> str:
        return str(self.runtime.local_resource_url(self, f"public/{name}"))

    def _look_up(self, *, insist: bool = False) -> path.Known:
        known, kept = path.look_up(
            self.placement,
            service=compat.path_service(self),
            sub=compat.learner(self).sub,
            language=compat.language(),
            now=compat.now(),
            insist=insist,
        )
        if kept != self.placement:
            self.placement = kept
        return known

    def _shown_to(self, known: path.Known) -> list[Any]:
        return [c for c in self.get_children() if path.shown(self.tiers_of(c), placement=known.placement)]
