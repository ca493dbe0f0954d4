"""Inside the service: an applet is entered through its door, every view has its row, files stay readable."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from itertools import chain

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from house import APPLETS, PACKAGES, ROOT, Module, files, modules, short

MOST_LINES = 400
READ_BY_PEOPLE = {".py", ".js", ".css", ".html", ".sh"}
# Generated from the models, read by nobody from top to bottom.
GENERATED = re.compile(r"/migrations/\d{4}_")


def service() -> list[Module]:
    """The service without its demo, which loads its invented district as an operator would by hand."""
    return [one for one in modules("lti_tools") if not one.name.startswith("lti_tools.demo")]


def inner_imports(one: Module) -> Iterator[tuple[str, str]]:
    """(applet, module of it) for every import that goes to a module of an applet."""
    for name in one.imports():
        parts = name.split(".")
        if parts[0] == "lti_tools" and len(parts) > 2 and parts[1] in APPLETS:
            yield parts[1], parts[2]


def test_models_of_an_applet_are_imported_by_the_applet_and_by_django_only() -> None:
    wrong = {
        f"{short(one.path)} imports the models of {applet}"
        for one in service()
        for applet, module in inner_imports(one)
        if module == "models" and one.room != applet and one.name != "lti_tools.models"
    }
    assert not wrong


def test_an_applet_is_entered_through_its_api() -> None:
    """What lies behind the door may be rearranged without looking at the rest of the house."""
    wrong = {
        f"{short(one.path)} reaches lti_tools.{applet}.{module}"
        for one in service()
        for applet, module in inner_imports(one)
        if module not in {"api", "models"} and one.room != applet
    }
    assert not wrong


def test_the_site_and_the_jobs_take_nothing_from_inside_an_applet_as_text() -> None:
    """Dotted names in settings are imports too."""
    for path in files("lti_tools/config"):
        for applet, module in re.findall(r"[\"']lti_tools\.(\w+)\.(\w+)", path.read_text(encoding="utf-8")):
            assert applet not in APPLETS or module == "api", f"{short(path)}: lti_tools.{applet}.{module}"


@pytest.mark.parametrize("applet", APPLETS)
def test_a_door_says_what_it_offers_and_offers_it(applet: str) -> None:
    door = importlib.import_module(f"lti_tools.{applet}.api")
    assert door.__all__, f"lti_tools.{applet}.api has no __all__"
    assert not [name for name in door.__all__ if not hasattr(door, name)]
    assert (door.__doc__ or "").strip(), f"lti_tools.{applet}.api does not say what the applet is for"


@pytest.mark.parametrize("applet", APPLETS)
def test_what_is_taken_through_a_door_is_on_its_list(applet: str) -> None:
    door = importlib.import_module(f"lti_tools.{applet}.api")
    taken = {
        name.rsplit(".", 1)[1]
        for one in service()
        if one.room != applet
        for name in one.imports()
        if name.startswith(f"lti_tools.{applet}.api.")
    }
    assert not taken - set(door.__all__)


def test_foreign_keys_between_applets_are_names() -> None:
    """A class there would import the other applet's models."""
    for one in service():
        if not one.name.endswith(".models") or one.name == "lti_tools.models":
            continue
        own = {node.name for node in one.tree.body if isinstance(node, ast.ClassDef)}
        for node in ast.walk(one.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {
                "ForeignKey",
                "OneToOneField",
            }:
                target = node.args[0]
                assert isinstance(target, ast.Constant) or getattr(target, "id", "") in own, short(one.path)


def views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, address)
        else:
            yield address, pattern.callback


def test_every_view_has_its_row_in_the_authorization_table() -> None:
    from lti_tools.people.api import ACTIONS

    found = list(views(get_resolver().url_patterns))
    assert len(found) > 20
    assert not [address for address, view in found if getattr(view, "action", None) not in ACTIONS]


def test_every_row_of_the_authorization_table_is_asked_somewhere() -> None:
    """A row that nothing asks for promises a protection that is not there."""
    from lti_tools.people.api import ACTIONS

    texts = {
        node.value
        for one in service()
        if one.name != "lti_tools.people.access"
        for node in ast.walk(one.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not sorted(set(ACTIONS) - texts)


def test_views_that_waive_the_csrf_check_are_the_protocols_own() -> None:
    exempt = {
        address for address, view in views(get_resolver().url_patterns) if getattr(view, "csrf_exempt", False)
    }
    assert exempt == {"lti/login", "lti/launch"}


def test_every_kind_of_outbox_row_has_a_handler() -> None:
    from lti_tools import jobs

    kinds = {
        node.args[0].value
        for one in service()
        for node in ast.walk(one.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "outbox.put"
        and isinstance(node.args[0], ast.Constant)
    }
    assert kinds == set(jobs.HANDLERS) | set(jobs.MEDIA)


def test_no_file_is_too_long_to_read_at_one_sitting() -> None:
    places = (*PACKAGES, "tests", "tools", "fixtures", "bench")
    long = {
        short(path): lines
        for path in files(*places)
        if path.suffix in READ_BY_PEOPLE and not GENERATED.search(short(path))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert not long


SPEAKING = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


@pytest.mark.parametrize("one", modules(*PACKAGES), ids=lambda one: one.name)
def test_a_text_is_looked_up_where_the_catalogue_finds_it(one: Module) -> None:
    """xgettext does not read inside f-strings: a text looked up there would never be translated."""
    inside = [
        call.lineno
        for text in ast.walk(one.tree)
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in SPEAKING
    ]
    assert not inside, f"{short(one.path)}, lines {inside}: look the text up before the f-string"


def test_nothing_tells_on_which_machine_it_was_written() -> None:
    """Absolute folders of one machine, and hosts of package indexes: mirrors are the operator's own business."""
    machine = re.compile(r"(?<![\w.$}>-])/(?:work|root|Users|home/\w+|opt/\w+)/")
    index = re.compile(
        "|".join([r"pypi\.", "python" + "hosted", "npm" + "js", "npm" + "mirror", "artifact" + "ory"])
    )
    wrong = []
    for path in files():
        if path.suffix in {".xlsx", ".png", ".mp4", ".jpg"}:
            continue
        # A county's sheet in GB18030 is a fixture too: what is looked for is ASCII in any encoding of Chinese.
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        ):
            if machine.search(line) or index.search(line):
                wrong.append(f"{short(path)}:{number}: {line.strip()[:80]}")
    assert not wrong


def test_no_room_is_called_after_nothing() -> None:
    """`utils`, `helpers` and `common` are where things go that nobody thought about."""
    parts = chain.from_iterable(path.relative_to(ROOT).with_suffix("").parts for path in files(*PACKAGES))
    assert not set(parts) & {"utils", "util", "helpers", "helper", "common", "misc"} - lms_settings_names()


def lms_settings_names() -> set[str]:
    """edx-platform's plugin system looks for `settings/common.py` by that name."""
    return {"common"} if (ROOT / "xblocks/lms_app/settings/common.py").exists() else set()
