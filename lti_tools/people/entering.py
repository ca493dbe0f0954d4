"""Enters many new rows at once: one prepared statement for all of them, instead of a statement built for each few.

A roster of a whole prefecture is taken over in one transaction, in which nobody else can write (SQLite); building
statements took two thirds of that time. Nothing is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

# Kinds of fields whose value the database takes as it stands in the object.
PLAIN = (models.CharField, models.TextField, models.IntegerField)
MOST_KNOWN = 1_000


@dataclass(frozen=True)
class Ready:
    """One statement and the values it is to be run with, row by row, in the form the database takes them."""

    statement: str
    values: list[tuple[Any, ...]]


def enter_many(rows: Sequence[models.Model]) -> None:
    """Inserts new objects of one model in the running transaction; their ids are set beforehand or by the database.

    As with `bulk_create`, `save` is not called and no signal is sent.
    """
    if not rows:
        return
    write(ready_to_enter(rows))
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def ready_to_enter(rows: Sequence[models.Model]) -> Ready:
    """What `enter_many` would write, without touching the database; `rows` are one or more of one model."""
    model = type(rows[0])
    # The connection itself: the usual name is a stand-in that looks it up at each of a million touches.
    connection = connections[DEFAULT_DB_ALIAS]
    own = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    names = ", ".join(connection.ops.quote_name(field.column) for field in own)
    values = ", ".join(["%s"] * len(own))
    table = connection.ops.quote_name(model._meta.db_table)
    return Ready(
        f"INSERT INTO {table} ({names}) VALUES ({values})",  # noqa: S608 (names of our own models)
        _values(rows, own, connection),
    )


def ready_to_change(rows: Sequence[models.Model], *, fields: Sequence[str]) -> Ready:
    """Writes these fields of stored objects, each found by its id; `rows` are one or more of one model."""
    meta = type(rows[0])._meta
    connection = connections[DEFAULT_DB_ALIAS]
    own: list[Any] = [meta.get_field(name) for name in fields]
    key: Any = meta.pk
    names = ", ".join(f"{connection.ops.quote_name(field.column)} = %s" for field in own)
    table, column = connection.ops.quote_name(meta.db_table), connection.ops.quote_name(key.column)
    return Ready(
        f"UPDATE {table} SET {names} WHERE {column} = %s",  # noqa: S608 (names of our own models)
        _values(rows, [*own, key], connection),
    )


def write(ready: Ready) -> None:
    """Runs it in the running transaction."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.executemany(ready.statement, ready.values)


def _values(rows: Sequence[models.Model], fields: Sequence[Any], connection: Any) -> list[tuple[Any, ...]]:
    taken = [_value_of(field, connection) for field in fields]
    return [tuple([take(row) for take in taken]) for row in rows]


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
