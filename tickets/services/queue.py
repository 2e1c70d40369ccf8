"""Reading the work queue: its tabs, its filters, its pages by key. Nothing here counts a table.

Each tab reads along one index of the ticket table (``ticket_queue_*``, ``ticket_ended``) and stops after a page.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.db import models
from django.db.models import BooleanField, CharField, F, Func, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast

from tickets.choices import Direction, Priority
from tickets.models import Message, Ticket
from tickets.services.search import search_tickets

PAGE = 50
COUNT_LIMIT = 100
"""A tab's number is counted up to here; beyond it says 99+."""

MINE = "mine"
UNASSIGNED = "unassigned"
OURS = "ours"
SOON = "soon"
OTHERS = "others"
RESOLVED = "resolved"
FOUND = "found"
TABS = (OURS, MINE, UNASSIGNED, SOON, OTHERS, RESOLVED)
SOON_IS = timedelta(hours=1)
"""Ours that fall due within this, or are overdue, are about to break."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a page of the queue shows. Empty tuples and texts mean: any. ``search`` looks through all tabs."""

    tab: str = OURS
    kinds: tuple[str, ...] = ()
    priorities: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    origin: str = ""
    destination: str = ""
    teams: tuple[int, ...] = ()
    assignees: tuple[int, ...] = ()
    with_snoozed: bool = False
    search: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """The columns of the key, ``-`` in front of descending ones; the same as the tab's index."""
        if self.search:
            return ("-id",)
        if self.tab == RESOLVED:
            return ("-resolved_at", "-id")
        if self.tab in (MINE, UNASSIGNED):
            return ("assignee_id", "priority", "queue_at", "id")
        return ("priority", "queue_at", "id")


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some tickets in the queue's order; ``next`` and ``back`` are the keys of the neighbouring pages, if any."""

    tickets: list[Any] = field(default_factory=list)
    next: str = ""
    back: str = ""


class _Row(Func):
    """``(a, b, c)``, compared as a whole: PostgreSQL turns that into one range of the index."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


class _Compare(Func):
    template = "%(expressions)s"
    output_field = BooleanField()

    def __init__(self, left: _Row, right: _Row, *, operator: str) -> None:
        super().__init__(left, right, arg_joiner=f" {operator} ")


def tickets_of_tab(tab: str, user: Any, *, now: datetime) -> QuerySet[Ticket]:
    """The tickets of a tab that this person may see, in no order."""
    visible = Ticket.objects.visible_to(user)
    if tab == MINE:
        return visible.of(user.pk)
    if tab == UNASSIGNED:
        return visible.unassigned()
    if tab == SOON:
        # Of each priority the first of the index ``ticket_queue_ours``: whoever is promised something is queued by it.
        soon = visible.waiting_on_us().filter(priority__in=Priority.values, queue_at__lte=now + SOON_IS)
        return soon.filter(next_due_at__isnull=False)
    if tab == OTHERS:
        return visible.waiting_on_others()
    if tab == RESOLVED:
        return visible.ended()
    return visible.waiting_on_us()


def filtered(chosen: QueueFilter, user: Any, *, now: datetime) -> QuerySet[Ticket]:
    """The tickets that a filter leaves, in no order."""
    tickets = search_tickets(chosen.search, user) if chosen.search else tickets_of_tab(chosen.tab, user, now=now)
    conditions: dict[str, Any] = {
        "kind__in": chosen.kinds,
        "priority__in": chosen.priorities,
        "language__in": chosen.languages,
        "channel__in": chosen.channels,
        "origin": chosen.origin,
        "destination": chosen.destination,
        "team_id__in": chosen.teams,
        "assignee_id__in": chosen.assignees,
    }
    tickets = tickets.filter(**{name: value for name, value in conditions.items() if value})
    if not (chosen.with_snoozed or chosen.search or chosen.tab == RESOLVED):
        tickets = tickets.filter(snoozed_until__isnull=True)
    return tickets


def queue_page(chosen: QueueFilter, user: Any, *, now: datetime, after: str = "", before: str = "") -> QueuePage:
    """One page: from the start, after a key, or before one. A key that cannot be read means the start."""
    backwards = bool(before)
    key = _read_key(before or after, chosen)
    rows = _ordered(filtered(chosen, user, now=now), chosen, key, backwards=backwards and key is not None)
    rows = rows.select_related("customer", "shipment", "shipment__carrier", "assignee")
    rows = rows.annotate(last_status=_last_status())
    found: list[Any] = list(rows[: PAGE + 1])
    has_more = len(found) > PAGE
    found = found[:PAGE]
    if backwards and key is not None:
        found.reverse()
        return QueuePage(
            found,
            next=write_key(found[-1], chosen) if found else "",
            back=write_key(found[0], chosen) if found and has_more else "",
        )
    return QueuePage(
        found,
        next=write_key(found[-1], chosen) if has_more else "",
        back=write_key(found[0], chosen) if found and key is not None else "",
    )


def neighbours(ticket: Ticket, chosen: QueueFilter, user: Any, *, now: datetime) -> tuple[int, int | None, int | None]:
    """Where a ticket stands in a queue: its place (from 1, counted up to 100), the one before and the one after."""
    key = [getattr(ticket, name.lstrip("-")) for name in chosen.order]
    tickets = filtered(chosen, user, now=now)
    earlier = _ordered(tickets, chosen, _usable(key), backwards=True).values_list("id", flat=True)
    later = _ordered(tickets, chosen, _usable(key)).values_list("id", flat=True)
    before = list(earlier[:COUNT_LIMIT])
    after = later[:1]
    return len(before) + 1, before[0] if before else None, next(iter(after), None)


def tab_counts(user: Any, *, now: datetime) -> dict[str, int]:
    """How many tickets each tab of open work holds, up to ``COUNT_LIMIT``, in one query.

    In the order of the tab's own index: without one, a tab that holds little is looked for among all open tickets.
    """
    parts = [
        tickets_of_tab(tab, user, now=now)
        .filter(snoozed_until__isnull=True)
        .order_by("priority", "queue_at", "id")
        .values_list(Value(tab, output_field=CharField()))[:COUNT_LIMIT]
        for tab in (OURS, MINE, UNASSIGNED, SOON, OTHERS)
    ]
    counts = dict.fromkeys(TABS[:-1], 0)
    for (tab,) in parts[0].union(*parts[1:], all=True):
        counts[tab] += 1
    return counts


def write_key(ticket: Ticket, chosen: QueueFilter) -> str:
    """A ticket's place in the queue as text for an address."""
    values = [getattr(ticket, name.lstrip("-")) for name in chosen.order]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read_key(text: str, chosen: QueueFilter) -> Sequence[Any] | None:
    if not text:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(chosen.order):
            return None
        typed: list[Any] = []
        for name, value in zip(chosen.order, values, strict=True):
            if name.endswith("_at"):
                moment = datetime.fromisoformat(value)
                typed.append(moment.astimezone(UTC) if moment.tzinfo else None)
            else:
                limit = 2**15 if name == "priority" else 2**63
                typed.append(value if type(value) is int and abs(value) < limit else None)
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
        return None
    return _usable(typed)


def _usable(values: Sequence[Any]) -> Sequence[Any] | None:
    """The key without the assignee of the unassigned tab: NULL compares with nothing, and all there share it."""
    named = list(values)
    if len(named) == 4:
        named = named[1:]
    return None if any(value is None for value in named) else named


def _ordered(
    tickets: QuerySet[Ticket], chosen: QueueFilter, key: Sequence[Any] | None, *, backwards: bool = False
) -> QuerySet[Ticket]:
    order: Iterable[str] = chosen.order
    if backwards:
        order = [name[1:] if name.startswith("-") else f"-{name}" for name in order]
    if key is not None:
        columns = [name.lstrip("-") for name in chosen.order][-len(key) :]
        descending = chosen.order[0].startswith("-") != backwards
        fields = [cast("models.Field[Any, Any]", Ticket._meta.get_field(name)) for name in columns]
        values = [Cast(Value(value), one) for value, one in zip(key, fields, strict=True)]
        tickets = tickets.filter(_Compare(_Row(*map(F, columns)), _Row(*values), operator="<" if descending else ">"))
    return tickets.order_by(*order)


def _last_status() -> Subquery:
    """How far the last word from us came; read along the thread's index."""
    return Subquery(
        Message.objects.filter(ticket=OuterRef("pk"), direction=Direction.OUT)
        .order_by("-sent_at", "-id")
        .values("status")[:1]
    )


def read_filter(query: Mapping[str, Any], user: Any) -> QueueFilter:
    """A filter from an address' query (a QueryDict). What cannot be used is left out, never an error."""

    def several(name: str) -> tuple[str, ...]:
        values = query.getlist(name) if hasattr(query, "getlist") else []
        return tuple(dict.fromkeys(value[:40] for value in values if value and "\0" not in value))[:50]

    def numbers(name: str) -> tuple[int, ...]:
        return tuple(int(value) for value in several(name) if value.isascii() and value.isdigit() and len(value) < 19)

    def letters(name: str) -> str:
        value = str(query.get(name, "")).strip().upper()
        return value if len(value) == 2 and value.isascii() and value.isalpha() else ""

    tab = str(query.get("tab", OURS))
    return QueueFilter(
        tab=tab if tab in TABS else OURS,
        kinds=several("kind"),
        priorities=tuple(number for number in numbers("priority") if number < 10),
        languages=several("language"),
        channels=several("channel"),
        origin=letters("origin"),
        destination=letters("destination"),
        teams=numbers("team"),
        assignees=numbers("owner"),
        with_snoozed=query.get("snoozed") == "1",
        search=str(query.get("q", "")).replace("\0", "").strip()[:200],
    )
