"""Enters many new rows at once: one prepared statement for all of them, instead of a statement built for each few.

A roster of a whole prefecture is taken over in one transaction, in which nobody else can write (SQLite); building
statements took two thirds of that time. Nothing is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

# Kinds of fields whose value the database takes as it stands in the object.
PLAIN = (models.CharField, models.TextField, models.IntegerField)
MOST_KNOWN = 1_000


def enter_many(rows: Sequence[models.Model]) -> None:
    """Inserts new objects of one model in the running transaction; their ids are set beforehand or by the database.

    As with `bulk_create`, `save` is not called and no signal is sent.
    """
    if not rows:
        return
    model = type(rows[0])
    # The connection itself: the usual name is a stand-in that looks it up at each of a million touches.
    connection = connections[DEFAULT_DB_ALIAS]
    own = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    names = ", ".join(connection.ops.quote_name(field.column) for field in own)
    values = ", ".join(["%s"] * len(own))
    table = connection.ops.quote_name(model._meta.db_table)
    taken = [_value_of(field, connection) for field in own]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({values})",  # noqa: S608 (names of our own models)
            [[take(row) for take in taken] for row in rows],
        )
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _value_of(field: models.Field[Any, Any], connection: Any) -> Callable[[models.Model], Any]:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return lambda row: field.get_db_prep_save(field.pre_save(row, add=True), connection)
    take = attrgetter(field.attname)
    if isinstance(field, PLAIN):
        return take
    if field.primary_key or isinstance(field, models.JSONField):
        return lambda row: field.get_db_prep_save(take(row), connection)
    return _once_each(field, take, connection)


def _once_each(
    field: models.Field[Any, Any], take: Callable[[Any], Any], connection: Any
) -> Callable[[Any], Any]:
    """A school, a day, a programme stand in row after row: each is put into the database's form once."""
    known: dict[Any, Any] = {None: None}

    def value(row: models.Model) -> Any:
        found = take(row)
        if found not in known:
            if len(known) > MOST_KNOWN:
                return field.get_db_prep_save(found, connection)
            known[found] = field.get_db_prep_save(found, connection)
        return known[found]

    return value
