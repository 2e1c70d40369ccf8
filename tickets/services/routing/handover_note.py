"""What the team that takes over reads first, in its lead's language and zone.

The note names tickets by their number and kind alone: it is kept for good, and what a customer said may have to be
forgotten. What was said last stands beside it on the page, from the ticket itself.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.models import User
from common.policies.reader import Reader
from tickets.choices import HandoverWhy, Kind
from tickets.models import Handover, HandoverTicket, Membership

NAMED = 50
"""Tickets that a note names; the page lists all."""


def write_note(handover: Handover, *, back_at: datetime | None) -> None:
    """Write a handover's note anew from its tickets. ``back_at`` is when the team that gives is at work again."""
    lead = lead_of(handover.to_team_id)
    language = lead.language if lead else "en"
    reader = Reader.of(language.replace("zh-hans", "zh-Hans"), lead.zone if lead else ZoneInfo("UTC"))
    entries = list(handover.entries.select_related("ticket").order_by("ticket__priority", "due_at", "ticket_id"))
    with translation.override(language):
        note = "\n".join(_lines(handover, entries, reader, back_at))
    if note != handover.note:
        handover.note = note
        handover.save(update_fields=["note"])


def lead_of(team_id: int) -> User | None:
    """Who leads a team; without a lead its longest member. None when nobody is in it."""
    members = Membership.objects.filter(team_id=team_id, user__is_active=True).select_related("user")
    first = members.order_by("-is_lead", "id").first()
    return first.user if first else None


def _lines(handover: Handover, entries: list[HandoverTicket], reader: Reader, back_at: datetime | None) -> list[str]:
    count = len(entries)
    lines = [
        ngettext(
            "%(count)d ticket comes to you from %(team)s, whose shift ended on %(moment)s.",
            "%(count)d tickets come to you from %(team)s, whose shift ended on %(moment)s.",
            count,
        )
        % {"count": count, "team": handover.from_team, "moment": reader.moment(handover.shift_ended_at)}
    ]
    if back_at is not None:
        lines.append(_("They are back on %(moment)s.") % {"moment": reader.moment(back_at)})
    reasons = [f"{why.label}: {number}" for why in HandoverWhy if (number := sum(one.why == why for one in entries))]
    lines += ["; ".join(reasons), ""] if reasons else []
    open_to_all = [one for one in entries if one.ticket.kind != Kind.SAFETY]
    lines += [_line(one, reader) for one in open_to_all[:NAMED]]
    if len(open_to_all) > NAMED:
        lines.append(_("… and %(count)d more.") % {"count": len(open_to_all) - NAMED})
    return lines


def _line(entry: HandoverTicket, reader: Reader) -> str:
    ticket = entry.ticket
    parts = [ticket.reference, str(ticket.get_kind_display()), str(entry.get_why_display())]
    if entry.due_at is not None:
        parts.append(_("due %(moment)s") % {"moment": reader.moment(entry.due_at.astimezone(UTC))})
    return " · ".join(parts)
