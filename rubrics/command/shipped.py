"""Everything that ships, checked as if a bureau had sent it: each file, the lock, and what they say of one another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from gettext import gettext as _
from importlib.resources import files
from importlib.resources.abc import Traversable

from rubrics import library
from rubrics.command.given import Given
from rubrics.command.refusals import Refused
from rubrics.errors import DefinitionError, RubricsError
from rubrics.model import Framework
from rubrics.references import check_together, newest

LOCK = "definitions.lock"
SHELVES = ("definitions", "policies")

Problem = Refused | RubricsError


def definitions(root: Traversable | None = None) -> Iterator[Given | Problem]:
    """Every shipped definition, or why it is none, by path."""
    house = root or files("rubrics")
    for path, file in _texts(house):
        text = file.read_text(encoding="utf-8")
        try:
            yield _in_its_place(Given(library.parse(text, source=path), path, text))
        except DefinitionError as error:
            yield error


def _texts(house: Traversable) -> Iterator[tuple[str, Traversable]]:
    for shelf in SHELVES:
        for key in sorted(house.joinpath(shelf).iterdir(), key=lambda entry: entry.name):
            if key.is_dir():
                for file in sorted(key.iterdir(), key=lambda entry: entry.name):
                    if file.name.endswith(".toml"):
                        yield f"{shelf}/{key.name}/{file.name}", file


def _in_its_place(found: Given) -> Given:
    one = found.definition
    if found.source.split("/")[1:] != [one.key, f"v{one.version}.toml"]:
        raise DefinitionError(
            "definition.misplaced",
            source=found.source,
            key="key",
            expected="the path <key>/v<version>.toml",
            found=f"{one.key} version {one.version}",
        )
    return found


def locked(root: Traversable | None = None) -> Iterator[Problem]:
    """What differs between the lock and the files: a published version never changes, nor goes missing."""
    house = root or files("rubrics")
    lines = house.joinpath(LOCK).read_text(encoding="utf-8").splitlines()
    lock = {path: (at, digest) for at, line in enumerate(lines, 1) for digest, path in [line.split("  ", 1)]}
    shipped = {path: hashlib.sha256(file.read_bytes()).hexdigest() for path, file in _texts(house)}
    for path, digest in shipped.items():
        if path not in lock:
            yield _not_locked(path, digest)
        elif lock[path][1] != digest:
            yield _changed(path, lock[path][0])
    for path, (at, _digest) in lock.items():
        if path not in shipped:
            advice = _("Bring the file back: a published version stays.")
            said = {"lock": LOCK, "line": at, "path": path}
            yield Refused(_("%(lock)s:%(line)s: %(path)s is not there") % said, advice=advice)


def _not_locked(path: str, digest: str) -> Refused:
    advice = _("Add the line:") + f"\n{digest}  {path}"
    return Refused(_("%(path)s: has no line in %(lock)s") % {"path": path, "lock": LOCK}, advice=advice)


def _changed(path: str, line: int) -> Refused:
    advice = _("A published version never changes. Bring it back and put the change into the next version.")
    said = {"path": path, "lock": LOCK, "line": line}
    return Refused(
        _("%(path)s: is not the text whose hash stands in %(lock)s:%(line)s") % said, advice=advice
    )


def frameworks() -> Iterator[Framework | Problem]:
    """Every framework; reading one proves its counts."""
    for key in library.FRAMEWORKS:
        try:
            yield library.framework(key)
        except RubricsError as error:
            yield error


def crosswalk() -> Iterator[int | Problem]:
    """How many indicators are related to other frameworks, or what is wrong."""
    try:
        yield len(library.crosswalk())
    except RubricsError as error:
        yield error


def newest_together(found: list[Given]) -> Iterator[Problem]:
    """What the newest versions say of one another and none of them defines."""
    try:
        check_together(newest(one.definition for one in found))
    except RubricsError as error:
        yield error
