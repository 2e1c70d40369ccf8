"""Sparse answers: `?fields=reference,state` leaves the other fields of a row out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _

from common.errors import InvalidInput


def wanted_fields(text: str | None, known: Collection[str]) -> frozenset[str] | None:
    """The fields that `fields` names; None without it. Raises InvalidInput for one that rows do not have."""
    if text is None:
        return None
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    if unknown := sorted(names - set(known)):
        raise InvalidInput(data={"fields": [_("There is no field “%(name)s”.") % {"name": unknown[0][:60]}]})
    if not names:
        raise InvalidInput(data={"fields": [_("Name at least one field, or leave it out.")]})
    return names


def thin(row: dict[str, Any], wanted: frozenset[str] | None) -> dict[str, Any]:
    """A row with the wanted fields only."""
    return row if wanted is None else {name: value for name, value in row.items() if name in wanted}


def thin_all(rows: Iterable[dict[str, Any]], wanted: frozenset[str] | None) -> list[dict[str, Any]]:
    """Rows with the wanted fields only."""
    return [thin(row, wanted) for row in rows]
