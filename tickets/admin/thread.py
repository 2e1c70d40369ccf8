"""The conversation of a ticket, ready to print: messages and, between them, what was done."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.admin import words
from tickets.admin.event_words import event_line, masked_label
from tickets.admin.queue import Chip
from tickets.choices import Audience, Direction, MessageStatus
from tickets.models import Message, Ticket, TicketEvent
from tickets.policies.channel_names import channel_label
from tickets.policies.states import STATES

PAGE = 50
TRANSITIONS = 400
_SIDES: dict[str, str] = {Direction.IN: "in", Direction.OUT: "out"}
_STATUS_COLORS: dict[str, str] = {
    MessageStatus.DEAD: "red",
    MessageStatus.IN_DOUBT: "amber",
    MessageStatus.DELIVERED: "green",
    MessageStatus.READ: "green",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the thread: a message (``side``: in, out, note) or a line about what happened."""

    at: datetime
    side: str
    when: str = ""
    who: str = ""
    channel: str = ""
    line: str = ""
    message: Message | None = None
    status: Chip | None = None
    chips: list[Chip] = field(default_factory=list)
    place: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """The entries oldest first. ``earlier`` is the id to ask for the ones before, 0 when there are none."""

    entries: list[Entry]
    earlier: int
    is_latest: bool


def thread(ticket: Ticket, events: list[TicketEvent], *, zone: zoneinfo.ZoneInfo | None, before: str = "") -> Thread:
    """The latest messages, or those before one, with the transitions of that time among them."""
    messages = Message.objects.filter(ticket=ticket)
    edge = _edge(ticket, before)
    if edge is not None:
        messages = messages.filter(Q(sent_at__lt=edge.sent_at) | Q(sent_at=edge.sent_at, id__lt=edge.pk))
    messages = messages.select_related("identity", "author", "partner", "connection").prefetch_related("attachments")
    found = list(messages.order_by("-sent_at", "-id")[: PAGE + 1])
    has_more, found = len(found) > PAGE, found[:PAGE]
    entries = [message_entry(message, zone=zone) for message in reversed(found)]  # of one second, in their order
    oldest = found[-1].sent_at if found and has_more else None
    entries += [
        Entry(at=event.at, side="event", when=words.moment(event.at), line=event_line(event, ticket.kind))
        for event in events
        if (oldest is None or event.at >= oldest) and (edge is None or event.at < edge.sent_at)
    ]
    entries.sort(key=lambda entry: (entry.at, entry.side != "event"))
    return Thread(entries, found[-1].pk if has_more else 0, edge is None)


def told_events(ticket: Ticket) -> list[TicketEvent]:
    """The ticket's latest transitions and turns, oldest first: for the strip and between the messages."""
    types = ("opened", "transition", "converted", "merged", "split", "handed_over", "reopened")
    events = (
        TicketEvent.objects.filter(ticket=ticket, type__in=types)
        .select_related("content")
        .order_by("-sequence")[:TRANSITIONS]
    )
    return list(events)[::-1]


def message_entry(message: Message, *, zone: zoneinfo.ZoneInfo | None) -> Entry:
    """A message as an entry of the thread."""
    side = _SIDES.get(message.direction, "note")
    chips = []
    if message.language and side == "in":
        chips.append(Chip(words.language(message.language)))
    if message.masked:
        told = ", ".join(dict.fromkeys(masked_label(kind) for kind in message.masked))
        chips.append(Chip(_("masked: %(what)s") % {"what": told}, "amber"))
    if message.edited_at:
        chips.append(Chip(_("edited %(moment)s") % {"moment": words.moment(message.edited_at)}))
    if message.is_automatic:
        chips.append(Chip(_("automatic")))
    return Entry(
        at=message.sent_at,
        side=side,
        when=words.both_times(message.sent_at, _zone_there(message, zone)),
        who=_who(message),
        channel=_("internal") if side == "note" else _channel(message),
        message=message,
        status=_status(message, zone) if side == "out" else None,
        chips=chips,
        place=_place(message),
    )


def _zone_there(message: Message, customers: zoneinfo.ZoneInfo | None) -> zoneinfo.ZoneInfo | None:
    """Where whoever wrote or reads it is: the customer, or the partner; None for a note of ours."""
    if message.direction == Direction.NOTE:
        return None
    if message.audience == Audience.PARTNER:
        return zoneinfo.ZoneInfo(message.partner.time_zone) if message.partner else None
    return customers


def _edge(ticket: Ticket, before: str) -> Message | None:
    if not (before.isascii() and before.isdigit() and len(before) < 19):
        return None
    return Message.objects.filter(ticket=ticket, pk=int(before)).only("id", "sent_at").first()


def _who(message: Message) -> str:
    if message.author:
        return str(message.author)
    if message.direction == Direction.OUT:
        return "Clearway"
    return str(message.partner or message.identity or _("Somebody"))


def _channel(message: Message) -> str:
    name = channel_label(message.connection.provider) if message.connection else ""
    if message.audience == Audience.PARTNER:
        partner = str(message.partner or message.identity or _("Partner"))
        return f"{partner} · {name}" if message.direction == Direction.OUT else name
    return name


def _status(message: Message, zone: zoneinfo.ZoneInfo | None) -> Chip:
    color = _STATUS_COLORS.get(message.status, "")
    text = str(MessageStatus(message.status).label).lower()
    if message.status == MessageStatus.QUEUED and message.attempts and message.next_attempt_at:
        text = _("to be tried again at %(time)s") % {"time": words.moment(message.next_attempt_at)}
        color = "amber"
    elif message.status == MessageStatus.QUEUED and message.held_until and message.held_until > timezone.now():
        if zone:
            text = _("held until %(time)s their time") % {"time": words.clock_time(message.held_until, zone)}
        else:
            text = _("held until %(time)s") % {"time": words.moment(message.held_until)}
        color = "amber"
    return Chip(text, color)


def _place(message: Message) -> str:
    if message.latitude is None or message.longitude is None:
        return ""
    return f"https://www.openstreetmap.org/?mlat={message.latitude:.6f}&mlon={message.longitude:.6f}&zoom=16"


def strip_of(ticket: Ticket, events: list[TicketEvent], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """The states of the usual course, each passed, now, or ahead; a state aside stands where the ticket left it."""
    labels = STATES[ticket.kind]
    passed = {str(event.data.get(side, "")) for event in events for side in ("from", "to", "state")} - {ticket.state}
    shown = list(names)
    if ticket.state not in shown:
        done = [place for place, name in enumerate(shown) if name in passed]
        shown.insert((done[-1] if done else -1) + 1, ticket.state)
    return [
        {
            "label": labels[name].label,
            "now": name == ticket.state,
            "done": name in passed and name != ticket.state,
            "side": name not in names,
        }
        for name in shown
        if name in labels
    ]
