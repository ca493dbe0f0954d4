from __future__ import annotations

import pytest

from lti_tools.definitions import api as definitions
from lti_tools.definitions.models import Definition
from lti_tools.errors import ShijieError

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
