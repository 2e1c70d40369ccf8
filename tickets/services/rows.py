"""Several rows in one trip to the database: a trip costs more than the row it carries, and a message has many.

The statements go as one text, which PostgreSQL runs in order; the last one may return a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.db.models.constants import OnConflict
from django.db.models.expressions import RawSQL
from django.db.models.sql import InsertQuery, UpdateQuery
from psycopg.adapt import Transformer

Statement = tuple[str, Sequence[Any]]

_insertions: dict[tuple[Any, ...], str] = {}
"""The text of each INSERT: putting it together costs more than the values."""
_updates: dict[tuple[Any, ...], str] = {}
"""The text of each UPDATE, by the columns and which of them become NULL."""


class Sql(RawSQL):
    """An expression that is the same text each time, so that the statement it stands in is put together once."""


def insertion(*rows: models.Model, ignore_conflicts: bool = False, returning: str = "") -> Statement:
    """The INSERT of new rows of one model; the database gives the keys that they lack. ``returning`` names columns."""
    model = type(rows[0])._meta.concrete_model or type(rows[0])
    has_keys = rows[0].pk is not None
    fields = _written(model, has_keys)
    database = transaction.get_connection()
    values = [field.pre_save(rows[0], add=True) for field in fields] if len(rows) == 1 else []
    expressions = [value for value in values if hasattr(value, "resolve_expression")]
    is_known_text = bool(values) and all(type(value) is Sql for value in expressions)
    known = (model, has_keys, ignore_conflicts, returning, *_texts(values, expressions))
    if is_known_text and (sql := _insertions.get(known)):
        prepared: list[Any] = []
        for field, value in zip(fields, values, strict=True):
            if type(value) is Sql:
                prepared += value.params
            else:
                prepared.append(field.get_db_prep_save(value, database))
        return sql, prepared
    query = InsertQuery(model, on_conflict=OnConflict.IGNORE if ignore_conflicts else None)
    query.insert_values(fields, list(rows))
    [(sql, prepared)] = query.get_compiler(connection=database).as_sql()
    sql = f"{sql} RETURNING {returning}" if returning else sql
    if is_known_text:
        _insertions[known] = sql
    return sql, prepared


@cache
def _written(model: type[models.Model], has_keys: bool) -> list[models.Field[Any, Any]]:
    """The columns of an INSERT."""
    return [field for field in model._meta.concrete_fields if has_keys or not isinstance(field, models.AutoField)]


def _texts(values: list[Any], expressions: list[Any]) -> list[tuple[int, str]]:
    """Where expressions stand, and their texts."""
    if not expressions:
        return []
    return [(place, value.sql) for place, value in enumerate(values) if type(value) is Sql]


@cache
def _by_attname(model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    return {field.attname: field for field in model._meta.concrete_fields}


def change(row: models.Model, names: Sequence[str]) -> Statement:
    """The UPDATE of some columns (``attname``) of one row, which must be locked: nobody looks whether it is there."""
    model = type(row)._meta.concrete_model or type(row)
    database = transaction.get_connection()
    by_name = _by_attname(model)
    fields = [by_name[name] for name in names]
    new = [field.pre_save(row, add=False) for field in fields]
    is_plain = not any(hasattr(value, "resolve_expression") for value in new)
    known = (model, *((name, value is None) for name, value in zip(names, new, strict=True)))
    if is_plain and (sql := _updates.get(known)):
        prepared = [field.get_db_prep_save(value, database) for field, value in zip(fields, new, strict=True)]
        return sql, [*(value for value in prepared if value is not None), row.pk]
    query = UpdateQuery(model)
    query.add_q(Q(pk=row.pk))
    query.add_update_fields([(field, None, value) for field, value in zip(fields, new, strict=True)])
    sql, values = query.get_compiler(connection=database).as_sql()
    if is_plain and len(values) == len([value for value in new if value is not None]) + 1:
        _updates[known] = sql
    return sql, values


def last_key(model: type[models.Model]) -> Sql:
    """The key that the last row of a model inserted in this session got, for the statements behind it."""
    return Sql("currval(pg_get_serial_sequence(%s, 'id'))", (model._meta.db_table,))


def next_key(model: type[models.Model]) -> Sql:
    """The key that the next row of a model gets, taken by the statement that holds it."""
    return Sql("nextval(pg_get_serial_sequence(%s, 'id'))", (model._meta.db_table,))


def _joined(statements: Sequence[Statement], connection: Any) -> str:
    """Statements as one text with their values in it, as the driver's own cursor would write them.

    It would take a long text apart at each run; here each statement's text is filled in as it is.
    """
    literal = Transformer(connection).as_literal
    filled = [
        sql.encode() % tuple([b"NULL" if value is None else literal(value) for value in values])
        for sql, values in statements
    ]
    return b"; ".join(filled).decode()


def run_together(*statements: Statement) -> tuple[Any, ...]:
    """Run statements in one trip; the row that the last one returns, () when it returns none."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute(_joined(statements, cursor.connection))
        while cursor.nextset():
            pass
        return cursor.fetchone() or () if cursor.description else ()
