"""How promises are said at the desk: a chip that counts down in the browser, in the reader's words and zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from common.admin import words
from common.policies.business_time import Hours
from common.services.calendars import places_of
from tickets.choices import Target, WaitingOn
from tickets.models import Ticket
from tickets.policies.urgency import Urgency, pressing_from, urgency
from tickets.services.promises import Countdown

_LONG_WAIT = timedelta(hours=4)
_WEEK = timedelta(days=6)

COMES = {
    Target.FIRST_RESPONSE: gettext_lazy("answer in %(span)s"),
    Target.NEXT_RESPONSE: gettext_lazy("answer in %(span)s"),
    Target.NEXT_UPDATE: gettext_lazy("update in %(span)s"),
    Target.RESOLUTION: gettext_lazy("solve in %(span)s"),
    Target.PARTNER_ANSWER: gettext_lazy("partner answers in %(span)s"),
    Target.CARRIER_ANSWER: gettext_lazy("carrier answers in %(span)s"),
}
OVER = {
    Target.FIRST_RESPONSE: gettext_lazy("answer overdue %(span)s"),
    Target.NEXT_RESPONSE: gettext_lazy("answer overdue %(span)s"),
    Target.NEXT_UPDATE: gettext_lazy("update overdue %(span)s"),
    Target.RESOLUTION: gettext_lazy("solution overdue %(span)s"),
    Target.PARTNER_ANSWER: gettext_lazy("partner overdue %(span)s"),
    Target.CARRIER_ANSWER: gettext_lazy("carrier overdue %(span)s"),
}


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise as a chip. With ``due`` the browser counts it down; ``amber`` and ``red`` are when its colour turns.

    ``color`` is a colour of chips or ``over``, which stands out by itself; ``exact`` is the moment for a reader.
    """

    text: str
    color: str = ""
    target: str = ""
    due: str = ""
    amber: str = ""
    red: str = ""
    exact: str = ""


class Counting:
    """Says the promises of one page as of one moment."""

    def __init__(self, clocks: Iterable[Countdown], now: datetime) -> None:
        self._now = now
        self._places = places_of({one.calendar_id for one in clocks})

    def next_promise(self, ticket: Ticket, running: Sequence[Countdown]) -> Promise | None:
        """What falls due first, or what stands still when nothing counts; None when nothing is promised."""
        return self.chip(running[0]) if ticket.is_open and running else None

    def chip(self, one: Countdown) -> Promise:
        """One running promise as a chip."""
        place = self._places.get(one.calendar_id)
        return countdown(one, place.hours if place else Hours.always(), self._now)


def countdown(one: Countdown, hours: Hours, now: datetime) -> Promise:
    """One running promise, counted in these hours, as a chip."""
    if one.due_at is None:
        return Promise(paused_text(one.waiting_on, one.paused_since or now, now), target=one.target)
    red_at = pressing_from(hours, due=one.due_at, duration=one.duration)
    amber_at = one.started_at if one.warned else one.warn_at
    level = urgency(now, due=one.due_at, red_at=red_at, amber_at=amber_at)
    pattern = (OVER if level == Urgency.OVERDUE else COMES)[Target(one.target)]
    return Promise(
        str(pattern) % {"span": words.span(abs((one.due_at - now).total_seconds()))},
        color=str(level),
        target=one.target,
        due=one.due_at.isoformat(),
        amber=amber_at.isoformat() if amber_at else "",
        red=red_at.isoformat(),
        exact=exact(one.due_at),
    )


def waiting(ticket: Ticket, now: datetime) -> Promise:
    """How long somebody has waited: for tickets that promise nothing, and those that have ended."""
    if not ticket.is_open:
        return Promise(words.age(ticket.resolved_at, now))
    waited = now - ticket.waiting_since
    text = _("waits %(span)s") % {"span": words.span(waited.total_seconds())}
    if not ticket.is_ours:
        return Promise(text)
    return Promise(text, str(Urgency.SOON if waited > _LONG_WAIT else Urgency.IN_TIME))


def snoozed(ticket: Ticket, now: datetime) -> str:
    """Until when a ticket is put off; empty when it is not."""
    if not (ticket.is_open and ticket.snoozed_until and ticket.snoozed_until > now):
        return ""
    return _("snoozed until %(moment)s") % {"moment": words.moment(ticket.snoozed_until)}


def paused_text(waiting_on: str, since: datetime, now: datetime) -> str:
    """Since when a promise stands still, and whom it waits on."""
    whom = str(WaitingOn(waiting_on).label).lower() if waiting_on in WaitingOn.values else waiting_on
    return _("paused, waiting on %(whom)s since %(moment)s") % {"whom": whom, "moment": lately(since, now)}


def lately(value: datetime, now: datetime) -> str:
    """A moment of the last days by its weekday (Sun 10:00), else by its day; in the reader's zone."""
    if abs(now - value) > _WEEK:
        return words.moment(value)
    return formats.date_format(timezone.localtime(value), "D H:i")


def exact(value: datetime) -> str:
    """A moment with its weekday and the reader's zone: Tue 24 Nov 16:28, Asia/Shanghai."""
    weekday = formats.date_format(timezone.localtime(value), "D")
    return f"{weekday} {words.moment(value)}, {timezone.get_current_timezone_name()}"


def ticking(now: datetime, zone: str) -> SafeString:
    """The hour somewhere, which the browser goes on telling."""
    return format_html('<span class="d-num" data-clock="{}">{}</span>', zone, words.clock_time(now, ZoneInfo(zone)))


def page_words(now: datetime) -> dict[str, Any]:
    """What the browser needs to go on counting: the server's clock and the words in the reader's language."""
    return {
        "now": now.isoformat(),
        "comes": {str(target): str(text) for target, text in COMES.items()},
        "over": {str(target): str(text) for target, text in OVER.items()},
        "minutes": _("%(minutes)d min"),
        "hoursMinutes": _("%(hours)d h %(minutes)02d"),
        "hours": _("%(hours)d h"),
        "day": ngettext("%(days)d day", "%(days)d days", 1),
        "days": ngettext("%(days)d day", "%(days)d days", 2),
        "opens": _("opens in %(span)s"),
        "open": pgettext("hours", "open"),
    }
