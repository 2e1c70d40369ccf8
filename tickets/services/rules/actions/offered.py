"""What an action's form offers: teams, people, partners, templates, ladders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.utils.translation import gettext as _

from common.models import User
from knowledge_base.models import MessageTemplate
from logistics.models import Partner
from tickets.models import EscalationPolicy, Team

Rows = list[tuple[Any, str]]

_read: ContextVar[dict[str, Rows] | None] = ContextVar("offered", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within it each list is read once, however many actions are put into words."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def _kept(read: Callable[[], Rows]) -> Callable[[], Rows]:
    @wraps(read)
    def rows() -> Rows:
        kept = _read.get()
        if kept is None:
            return read()
        if read.__name__ not in kept:
            kept[read.__name__] = read()
        return kept[read.__name__]

    return rows


@_kept
def teams() -> Rows:
    return list(Team.objects.values_list("pk", "name"))


@_kept
def people() -> Rows:
    return [(one.pk, str(one)) for one in User.objects.filter(is_active=True, is_staff=True).order_by("full_name")]


@_kept
def partners() -> Rows:
    return [(one.pk, str(one)) for one in Partner.objects.order_by("name")]


@_kept
def templates() -> Rows:
    """Templates for customers and partners, by key."""
    return [(one.key, str(one)) for one in MessageTemplate.objects.filter(is_active=True).order_by("name")]


@_kept
def ladders() -> Rows:
    return [(one.pk, str(one)) for one in EscalationPolicy.objects.order_by("name")]


def name_of(rows: Rows, value: Any) -> str:
    """The label of a value, or words for one that is gone."""
    for one, label in rows:
        if str(one) == str(value):
            return str(label)
    return _("(gone)")
