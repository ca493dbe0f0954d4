"""JSON kept as the very text that is hashed, the same on every database."""

from __future__ import annotations

import json
from typing import Any

from django.db import models


def canonical_text(value: object) -> str:
    """Sorted keys, no spaces, no escapes but the necessary: the one form. Numbers with a fraction are given as text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class CanonicalJSON(models.TextField):  # type: ignore[type-arg]
    """A mapping stored as its canonical text.

    A database's own JSON type orders keys and spaces as it likes; a proof would have to parse and print every row
    again. Nothing looks inside these columns by query.
    """

    def deconstruct(self) -> Any:
        """In a migration it is a text column like any other, which needs none of our code."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def from_db_value(self, value: str | None, *_: object) -> Any:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or hasattr(value, "resolve_expression") else canonical_text(value)

    def value_to_string(self, obj: models.Model) -> str:
        return canonical_text(self.value_from_object(obj))
