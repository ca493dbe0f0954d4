"""From a pseudonym on the audit trail to a name, for the pages that say who acted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from lti_tools.people.models import Person


def names_of(pseudonyms: Iterable[str]) -> dict[str, str]:
    """Names by pseudonym; jobs and erased people have none. For callers who asked `audit.see` for what was done."""
    ids = [found for found in map(_person_id, set(pseudonyms)) if found]
    named = Person.objects.filter(id__in=ids).exclude(name="").values_list("id", "name")
    return {str(person_id): name for person_id, name in named}


def _person_id(pseudonym: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(pseudonym)
    except ValueError:
        return None
