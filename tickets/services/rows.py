"""Several rows in one trip to the database: a trip costs more than the row it carries, and a message has many.

The statements go as one text, which PostgreSQL runs in order; the last one may return a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.db.models import Func, Q, Value
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

Statement = tuple[str, Sequence[Any]]

_insertions: dict[tuple[type[models.Model], bool, bool, str], str] = {}
"""The text of each INSERT of plain values: putting it together costs more than the values."""


def insertion(*rows: models.Model, ignore_conflicts: bool = False, returning: str = "") -> Statement:
    """The INSERT of new rows of one model; the database gives the keys that they lack. ``returning`` names columns."""
    model = type(rows[0])._meta.concrete_model or type(rows[0])
    has_keys = rows[0].pk is not None
    fields = [field for field in model._meta.concrete_fields if has_keys or not isinstance(field, models.AutoField)]
    database = transaction.get_connection()
    known = (model, has_keys, ignore_conflicts, returning)
    values = [field.pre_save(rows[0], add=True) for field in fields] if len(rows) == 1 else []
    is_plain = bool(values) and not any(hasattr(value, "resolve_expression") for value in values)
    if is_plain and (sql := _insertions.get(known)):
        return sql, [field.get_db_prep_save(value, database) for field, value in zip(fields, values, strict=True)]
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE if ignore_conflicts else None)
    query.insert_values(fields, list(rows))
    [(sql, prepared)] = query.get_compiler(connection=database).as_sql()
    sql = f"{sql} RETURNING {returning}" if returning else sql
    if is_plain:
        _insertions[known] = sql
    return sql, prepared


def change(row: models.Model, names: Sequence[str]) -> Statement:
    """The UPDATE of some columns (``attname``) of one row, which must be locked: nobody looks whether it is there."""
    model = type(row)._meta.concrete_model or type(row)
    query = UpdateQuery(model)
    query.add_q(Q(pk=row.pk))
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    query.add_update_fields([(field, None, field.pre_save(row, add=False)) for field in fields])
    sql, values = query.get_compiler(connection=transaction.get_connection()).as_sql()
    return sql, values


def last_key(model: type[models.Model]) -> Func:
    """The key that the last row of a model inserted in this session got, for the statements behind it."""
    sequence = Func(Value(model._meta.db_table), Value("id"), function="pg_get_serial_sequence")
    return Func(sequence, function="currval", output_field=models.BigIntegerField())


def next_key(model: type[models.Model]) -> Func:
    """The key that the next row of a model gets, taken by the statement that holds it."""
    sequence = Func(Value(model._meta.db_table), Value("id"), function="pg_get_serial_sequence")
    return Func(sequence, function="nextval", output_field=models.BigIntegerField())


def run_together(*statements: Statement) -> tuple[Any, ...]:
    """Run statements in one trip; the row that the last one returns, () when it returns none."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("; ".join(sql for sql, _ in statements), [value for _, values in statements for value in values])
        while cursor.nextset():
            pass
        return cursor.fetchone() or () if cursor.description else ()
