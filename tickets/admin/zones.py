"""The zones of the day: cards above the queue that say who is at work and how much falls due before they change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common.admin import words
from tickets.admin.countdowns import exact, ticking
from tickets.services.zones_of_day import COUNT_LIMIT, ZoneOfDay, zones_of_day

_MUCH, _TOO_MUCH = 0.8, 1.0


@dataclass(frozen=True, slots=True)
class Card:
    """A team's card. ``load`` is what falls due in percent of what its people take; ``color`` of its bar."""

    name: str
    address: str
    is_own: bool
    state: str
    color: str
    opens_at: str
    exact: str
    clock: SafeString
    zone: str
    line: str
    due: str
    due_title: str
    load: int
    load_text: str
    load_color: str


def cards(request: HttpRequest, *, now: datetime) -> dict[str, Any]:
    """What the page needs to draw the zones. Without any, how to begin, for those who may."""
    found = [card_of(one, now=now) for one in zones_of_day(request.user, now=now)]
    may_begin = not found and request.user.has_perm("tickets.change_team")
    return {
        "zones": found,
        "zones_begin": may_begin,
        "zones_calendars": reverse("admin:common_businesscalendar_changelist") if may_begin else "",
        "zones_teams": reverse("admin:tickets_team_changelist") if may_begin else "",
    }


def card_of(one: ZoneOfDay, *, now: datetime) -> Card:
    """A team as its card."""
    moment = one.until if one.is_open else one.opens_at
    load = min(100, round(100 * one.due / one.capacity)) if one.capacity else 100 if one.due else 0
    share = one.due / one.capacity if one.capacity else float(one.due)
    return Card(
        name=one.team.name,
        address="?" + f"team={one.team.pk}",
        is_own=one.is_own,
        state=_state(one, now),
        color="green" if one.is_open else "",
        opens_at=one.opens_at.isoformat() if one.opens_at and not one.is_open else "",
        exact=exact(moment) if moment else "",
        clock=ticking(now, one.zone.key),
        zone=one.zone.key,
        line=_line(one),
        due=_due(one),
        due_title=_due_title(one),
        load=load,
        load_text=_load(one),
        load_color="red" if share > _TOO_MUCH else "amber" if share >= _MUCH else "",
    )


def _state(one: ZoneOfDay, now: datetime) -> str:
    if one.is_open:
        return pgettext("hours", "open")
    if one.opens_at is None:
        return pgettext("hours", "never open")
    return _("opens in %(span)s") % {"span": words.span((one.opens_at - now).total_seconds())}


def _line(one: ZoneOfDay) -> str:
    if not one.is_open:
        if one.on_call:
            return _("on call: %(who)s") % {"who": ", ".join(str(user) for user in one.on_call)}
        return _("nobody on call")
    here = _("%(here)d of %(people)d here") % {"here": one.here, "people": one.people}
    if one.until is None:
        return f"{here} · {_('around the clock')}"
    until = words.clock_time(one.until, one.zone)
    change = _("hands over %(time)s") if one.hands_over else _("until %(time)s")
    return f"{here} · {change % {'time': until}}"


def _due(one: ZoneOfDay) -> str:
    number = f"{COUNT_LIMIT - 1}+" if one.due >= COUNT_LIMIT else str(one.due)
    if one.is_open:
        return _("%(number)s due") % {"number": number}
    return _("%(number)s due before") % {"number": number}


def _due_title(one: ZoneOfDay) -> str:
    if not one.is_open:
        return _("Promises that are overdue or fall due before this team opens")
    if one.until is None:
        return _("Promises that are overdue or fall due within 24 hours")
    return _("Promises that are overdue or fall due before this team's shift ends")


def _load(one: ZoneOfDay) -> str:
    taken = ngettext("its people take %(number)d ticket", "its people take %(number)d tickets", one.capacity)
    number = f"{COUNT_LIMIT - 1}+" if one.due >= COUNT_LIMIT else str(one.due)
    due = _("%(number)s due") % {"number": number}
    return f"{due}, {taken % {'number': one.capacity}}"
