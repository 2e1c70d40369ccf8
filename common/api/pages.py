"""Lists by cursor: a page begins behind a row, so a list neither counts its table nor skips through it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import F, Field, Model, QuerySet
from django.db.models.fields.tuple_lookups import (  # type: ignore[import-untyped,unused-ignore]
    Tuple,
    TupleGreaterThan,
    TupleLessThan,
)
from django.utils.translation import gettext as _
from rest_framework.request import Request

from common.api.errors import ApiProblem
from common.errors import InvalidInput

DEFAULT_SIZE = 50
LARGEST_SIZE = 200
_SALT = "common.api.pages"
_LONGEST_CURSOR = 2_000


def page_size(request: Request) -> int:
    """How many rows `limit` asks for."""
    text = request.query_params.get("limit")
    if text is None:
        return DEFAULT_SIZE
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= LARGEST_SIZE):
        raise InvalidInput(data={"limit": [_("From 1 to %(largest)d.") % {"largest": LARGEST_SIZE}]})
    return int(text)


def page_of(
    queryset: QuerySet[Any],
    request: Request,
    *,
    ordering: Sequence[str],
    row: Callable[[Any], dict[str, Any]],
) -> dict[str, Any]:
    """`{"results": […], "next": address or null}`: the rows behind the request's cursor.

    All columns of ``ordering`` point the same way, are never NULL, and the last is unique. Raises ApiProblem
    (`invalid_cursor`) and InvalidInput (`limit`).
    """
    size = page_size(request)
    names = [name.lstrip("-").replace(".", "__") for name in ordering]
    found = queryset.order_by(*ordering)
    if cursor := request.query_params.get("cursor"):
        behind = _read_cursor(cursor, ordering, queryset, names)
        compare = TupleLessThan if ordering[0].startswith("-") else TupleGreaterThan
        found = found.filter(compare(Tuple(*map(F, names)), behind))
    objects = list(found[: size + 1])
    more = len(objects) > size
    following = None
    if more:
        following = _next_address(request, _write_cursor(objects[size - 1], ordering, names))
    return {"results": [row(one) for one in objects[:size]], "next": following}


def _write_cursor(last: Any, ordering: Sequence[str], names: Sequence[str]) -> str:
    values = []
    for name in names:
        value = last[name] if isinstance(last, dict) else reduce(getattr, name.split("__"), last)
        values.append(value.isoformat() if isinstance(value, date | datetime) else value)
    return signing.dumps([list(ordering), values], salt=_SALT, serializer=_Json)


def _read_cursor(text: str, ordering: Sequence[str], queryset: QuerySet[Any], names: Sequence[str]) -> tuple[Any, ...]:
    try:
        if len(text) > _LONGEST_CURSOR:
            raise signing.BadSignature
        made_for, values = signing.loads(text, salt=_SALT, serializer=_Json)
        if made_for != list(ordering) or len(values) != len(names):
            raise signing.BadSignature
        return tuple(_column(queryset, name).to_python(value) for name, value in zip(names, values, strict=True))
    except (signing.BadSignature, DjangoValidationError, ValueError, TypeError, UnicodeError) as error:
        raise ApiProblem(code="invalid_cursor") from error


def _column(queryset: QuerySet[Any], name: str) -> Field[Any, Any]:
    if (annotation := queryset.query.annotations.get(name)) is not None:
        found: Field[Any, Any] = annotation.output_field
        return found
    model: type[Model] = queryset.model
    *path, last = name.split("__")
    for part in path:
        related = model._meta.get_field(part).related_model
        if not isinstance(related, type):
            raise FieldDoesNotExist(name)
        model = related
    column = model._meta.get_field(last)
    assert isinstance(column, Field)
    return column


def _next_address(request: Request, cursor: str) -> str:
    kept = [(name, value) for name, value in _pairs(request) if name != "cursor"]
    return request.build_absolute_uri(f"{request.path}?{urlencode([*kept, ('cursor', cursor)])}")


def _pairs(request: Request) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in request.query_params.lists() for value in values]


class _Json:
    """Cursors hold what orders rows: texts, numbers, moments as text."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value, separators=(",", ":"), default=_plain).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot order a list")
