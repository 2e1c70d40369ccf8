"""Several rows in one trip to the database: a trip costs more than the row it carries, and a message has many.

The statements go as one text, which PostgreSQL runs in order; the last one may return a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Func, Value
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

Statement = tuple[str, Sequence[Any]]


def insertion(*rows: models.Model, ignore_conflicts: bool = False, returning: str = "") -> Statement:
    """The INSERT of new rows of one model, whose keys the database gives. ``returning`` names columns."""
    model = type(rows[0])
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, models.AutoField)]
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE if ignore_conflicts else None)
    query.insert_values(fields, list(rows))
    [(sql, values)] = query.get_compiler(connection=connection).as_sql()
    return (f"{sql} RETURNING {returning}" if returning else sql), values


def last_key(model: type[models.Model]) -> Func:
    """The key that the last row of a model inserted in this session got, for the statements behind it."""
    sequence = Func(Value(model._meta.db_table), Value("id"), function="pg_get_serial_sequence")
    return Func(sequence, function="currval", output_field=models.BigIntegerField())


def run_together(*statements: Statement) -> tuple[Any, ...]:
    """Run statements in one trip; the row that the last one returns."""
    with connection.cursor() as cursor:
        cursor.execute("; ".join(sql for sql, _ in statements), [value for _, values in statements for value in values])
        while cursor.nextset():
            pass
        row: tuple[Any, ...] = cursor.fetchone()
    return row
