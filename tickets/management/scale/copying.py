"""Rows by COPY: what all rows of a table share is written into a template once, indexes are built when all is there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from django.db import connection, models

NULL: Final = "\\N"

_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY indexrelid
"""
_MAY_LEAVE_CHECKS = "SELECT has_parameter_privilege('session_replication_role', 'SET')"


class Table:
    """The lines of one table. ``columns`` differ from row to row, all others have the model's defaults.

    Values are numbers, and texts without tab, line break or backslash; ``NULL`` is none. The database gives a row its
    key when it has none.
    """

    def __init__(self, model: type[models.Model], *columns: str, **same: Any) -> None:
        self.model = model
        fields = model._meta.concrete_fields
        names: list[str] = []
        constant: dict[str, str] = {}
        for field in fields:
            name = str(field.column)
            if name in columns:
                names.append(name)
            elif name in same or not isinstance(field, models.AutoField):
                names.append(name)
                value = same[name] if name in same else field.get_default()
                constant[name] = _constant(field, value)
        order = [*columns, *constant]
        if missing := set(columns) - set(names):
            raise ValueError(f"{model.__name__} has no {sorted(missing)}")
        self._template = "\t".join(["%s"] * len(columns) + [constant[name] for name in order[len(columns) :]]) + "\n"
        self._sql = f"COPY {model._meta.db_table} ({', '.join(order)}) FROM STDIN"
        self._lines: list[str] = []

    def add(self, *values: object) -> None:
        """Append a row; the values in the order of ``columns``."""
        self._lines.append(self._template % values)

    def taken(self) -> Callable[[], None]:
        """What writes the lines added so far, on this thread's connection, from whichever thread it is called."""
        lines, self._lines = self._lines, []
        connection.ensure_connection()
        raw: psycopg.Connection[Any] = connection.connection

        def write() -> None:
            if lines:
                with raw.cursor() as cursor, cursor.copy(self._sql) as copy:
                    copy.write("".join(lines))

        return write


def first_free_id(model: type[models.Model]) -> int:
    """The first key above all that are there."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {model._meta.db_table}")  # noqa: S608 - our own name
        return int(cursor.fetchone()[0])


def move_sequences(tables: Iterable[Table]) -> None:
    """Let the next keys come after those that were written."""
    with connection.cursor() as cursor:
        for name in {table.model._meta.db_table for table in tables if table.model._meta.pk.column == "id"}:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"  # noqa: S608
            )


@contextmanager
def indexes_apart(tables: Sequence[str]) -> Iterator[None]:
    """Drop the indexes of these tables and build them again at the end; wants a transaction around it.

    What constraints stand on stays. The tables are locked until the transaction ends; if it fails, nothing happened.
    """
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, definition in indexes:
            cursor.execute(definition)


@contextmanager
def rows_unchecked() -> Iterator[None]:
    """Leave out the look-ups of foreign keys, where the database lets us; wants a transaction around it."""
    with connection.cursor() as cursor:
        cursor.execute(_MAY_LEAVE_CHECKS)
        if may := cursor.fetchone()[0]:
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        if may:
            cursor.execute("SET LOCAL session_replication_role = origin")


def _constant(field: models.Field[Any, Any], value: Any) -> str:
    """A value that all rows share, as COPY reads it, safe in a template."""
    if value is None:
        return NULL
    if field.get_internal_type() == "JSONField":
        text = json.dumps(value)
    elif isinstance(value, (list, tuple)):
        text = "{%s}" % ",".join(f'"{one}"' for one in value)  # noqa: UP031 - braces are what is written
    elif isinstance(value, (bytes, memoryview)):
        text = f"\\\\x{bytes(value).hex()}"
    elif isinstance(value, bool):
        text = "t" if value else "f"
    else:
        text = str(getattr(value, "value", value))
    return text.replace("%", "%%")
