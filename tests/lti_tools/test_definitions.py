from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from lti_tools.audit.models import AuditEvent
from lti_tools.definitions import api as definitions
from lti_tools.definitions.models import Definition
from lti_tools.errors import ShijieError
from rubrics import library

pytestmark = pytest.mark.django_db


def test_the_packaged_definitions_are_published_once() -> None:
    assert definitions.seed() > 0
    assert definitions.seed() == 0


def test_a_definition_is_found_by_key_and_by_hash() -> None:
    definitions.seed()
    rubric = definitions.get("rubric", "basic-operation")
    assert definitions.by_hash(rubric.hash) == rubric
    assert definitions.get("rubric", "basic-operation", 1) == rubric


def test_a_published_definition_never_changes() -> None:
    definitions.seed()
    row = Definition.objects.filter(kind="rubric").first()
    assert row is not None
    row.text += "\n"
    with pytest.raises(ShijieError, match="published_never_changes"):
        row.save()


def test_a_text_changed_behind_our_back_is_refused_when_it_is_used() -> None:
    definitions.seed()
    Definition.objects.filter(key="basic-operation").update(
        text=Definition.objects.get(key="basic-operation").text + "\n# changed\n"
    )
    with pytest.raises(ShijieError, match="hash_differs"):
        definitions.get("rubric", "basic-operation")


def test_a_package_whose_published_text_was_edited_does_not_start() -> None:
    definitions.seed()
    Definition.objects.filter(key="basic-operation").update(hash="0" * 64)
    with pytest.raises(ShijieError, match="published_never_changes"):
        definitions.seed()


@pytest.mark.parametrize("version", [None, 99])
def test_an_unknown_definition_is_said_to_be_unknown(version: int | None) -> None:
    with pytest.raises(ShijieError, match=r"definition\.unknown"):
        definitions.get("rubric", "no-such", version)
    with pytest.raises(ShijieError, match="unknown_hash"):
        definitions.by_hash("0" * 64)


# A bureau's own, by `manage.py definitions`


def shipped(key: str) -> str:
    return next(one.text for one in library.packaged() if one.key == key)


def own_rubric(**changed: str) -> str:
    text = shipped("standard-lesson").replace('key = "standard-lesson"', 'key = "county-standard"')
    for before, after in changed.items():
        text = text.replace(before, after)
    return text


def run(*files: Path) -> str:
    said = StringIO()
    call_command("definitions", *map(str, files), stdout=said)
    return said.getvalue()


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_new_installation_publishes_what_ships_with_one_command_and_again_nothing() -> None:
    first = run()
    assert str(len(library.packaged())) in first
    assert library.load("rubric", "standard-lesson").hash in first
    run()
    assert Definition.objects.count() == len(library.packaged())


def test_a_bureau_publishes_its_own_rubric_once_and_the_trail_says_so(tmp_path: Path) -> None:
    run()
    file = written(tmp_path, "own.toml", own_rubric())
    assert "county-standard  v1" in run(file)
    run(file)
    assert definitions.get("rubric", "county-standard").title.zh
    (event,) = AuditEvent.objects.filter(kind="definition.published")
    assert event.detail["key"] == "county-standard"


def test_a_published_version_with_another_text_is_refused_and_stays(tmp_path: Path) -> None:
    run()
    run(written(tmp_path, "own.toml", own_rubric()))
    before = definitions.get("rubric", "county-standard").hash
    with pytest.raises(CommandError, match="county-standard"):
        run(written(tmp_path, "other.toml", own_rubric() + "\n# changed\n"))
    assert definitions.get("rubric", "county-standard").hash == before


def test_of_several_files_all_are_published_or_none(tmp_path: Path) -> None:
    run()
    good = written(tmp_path, "good.toml", own_rubric())
    bad = written(tmp_path, "bad.toml", shipped("basic-operation").replace("weight = 10", "weight = 11", 1))
    with pytest.raises(CommandError, match=r"bad\.toml: criteria: .*100.*101"):
        run(good, bad)
    assert not Definition.objects.filter(key="county-standard").exists()


def test_what_names_something_nobody_defines_is_refused(tmp_path: Path) -> None:
    run()
    lost = own_rubric(**{'tier = "integrated"': 'tier = "nowhere"'})
    with pytest.raises(CommandError, match="nowhere"):
        run(written(tmp_path, "lost.toml", lost))


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["not there", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=r"broken\.toml"):
        run(path)
