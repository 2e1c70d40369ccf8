"""The work queue: the page staff start from and come back to all day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.admin import words
from common.models import Connection, User
from tickets.admin import countdowns, zones
from tickets.admin.countdowns import Counting, Promise, ticking
from tickets.admin.handovers import waiting_for
from tickets.choices import Kind, MessageStatus, Priority
from tickets.models import Team, Ticket
from tickets.policies.channel_names import channel_label
from tickets.policies.language import LANGUAGES
from tickets.services import queue
from tickets.services.promises import standing
from tickets.services.queue import COUNT_LIMIT, QueueFilter

TAB_LABELS = {
    queue.OURS: gettext_lazy("Waiting on us"),
    queue.MINE: gettext_lazy("Mine"),
    queue.UNASSIGNED: gettext_lazy("Unassigned"),
    queue.SOON: gettext_lazy("Breaking soon"),
    queue.OTHERS: gettext_lazy("Waiting on others"),
    queue.RESOLVED: gettext_lazy("Resolved"),
}
_EMPTY = {
    queue.OURS: gettext_lazy("Nothing waits on us. New messages and scans appear here by themselves."),
    queue.MINE: gettext_lazy("You own no open ticket. Take one from “Unassigned” or “Waiting on us”."),
    queue.UNASSIGNED: gettext_lazy("Every open ticket has an owner."),
    queue.SOON: gettext_lazy("No promise of ours falls due within the hour, and none is overdue."),
    queue.OTHERS: gettext_lazy("Nobody else owes us an answer."),
    queue.RESOLVED: gettext_lazy("No ticket has been resolved yet."),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A short coloured word: red = us and now, amber = soon, violet = state, green = in time, grey = not ours."""

    text: str
    color: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue, ready to print."""

    ticket: Ticket
    address: str
    number: str
    line: str
    waiting: Chip
    customer_wrote: bool
    country: str
    customer_line: str
    last_line: str
    is_undelivered: bool
    promise: Promise
    snoozed: str
    priority: Chip | None


@dataclass(frozen=True, slots=True)
class Option:
    """A choice in a filter's menu."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """A filter as a chip that opens a menu. ``kind``: many, one, lane."""

    name: str
    label: str
    options: list[Option]
    summary: str
    is_set: bool
    clear: str
    kind: str = "many"


def queue_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The page. A fixed number of queries, however many tickets there are and are shown."""
    now = timezone.now()
    chosen = queue.read_filter(request.GET, request.user)
    page = queue.queue_page(
        chosen,
        request.user,
        now=now,
        after=request.GET.get("after", "")[:300],
        before=request.GET.get("before", "")[:300],
    )
    kept = kept_query(request.GET)
    counts = queue.tab_counts(request.user, now=now)
    running = standing([ticket.pk for ticket in page.tickets], now)
    counting = Counting((one for clocks in running.values() for one in clocks), now)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Work queue"),
        "opts": model_admin.opts,
        "is_fullwidth": "1",
        "chosen": chosen,
        "rows": [
            row(ticket, counting.next_promise(ticket, running[ticket.pk]), now=now, kept=kept)
            for ticket in page.tickets
        ],
        "tabs": [
            {
                "name": tab,
                "label": label,
                "address": _address(kept, {"tab": tab, "q": None}),
                "count": _capped(counts.get(tab)),
                "is_current": tab == chosen.tab and not chosen.search,
            }
            for tab, label in TAB_LABELS.items()
        ],
        "menus": _menus(chosen, request, kept),
        "next": _address(kept, {"after": page.next}) if page.next else "",
        "back": _address(kept, {"before": page.back}) if page.back else "",
        "first": _address(kept, {}) if request.GET.get("after") or request.GET.get("before") else "",
        "empty": _("Nothing found. Try a reference like CLR-2041, a tracking number, a name or a word of a message.")
        if chosen.search
        else _EMPTY[chosen.tab],
        "is_filtered": chosen != QueueFilter(tab=chosen.tab, search=chosen.search),
        "clear_filters": _address(QueryDict(), {"tab": chosen.tab, "q": chosen.search or None}),
        "clear_search": _address(kept, {"q": None}),
        "may_work": request.user.has_perm("tickets.work_ticket"),
        "people": _people(request) if request.user.has_perm("tickets.work_ticket") else [],
        "teams": _teams(request),
        "priorities": Priority.choices,
        "return_to": request.get_full_path(),
        "handovers": waiting_for(request),
        "snooze_choices": snooze_choices(now),
        "your_time": ticking(now, timezone.get_current_timezone_name()),
        "your_zone": timezone.get_current_timezone_name(),
        "time_words": countdowns.page_words(now),
        **zones.cards(request, now=now),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/tickets/queue.html", context)


def kept_query(query: QueryDict) -> QueryDict:
    """The part of an address that says which queue it is, without the page."""
    kept = QueryDict(mutable=True)
    for name in (
        "tab",
        "kind",
        "priority",
        "language",
        "channel",
        "origin",
        "destination",
        "team",
        "owner",
        "snoozed",
        "q",
    ):
        if values := [value for value in query.getlist(name) if value]:
            kept.setlist(name, values)
    return kept


def row(ticket: Ticket, promise: Promise | None, *, now: datetime, kept: QueryDict) -> Row:
    """A ticket as a line of the queue."""
    address = reverse("admin:tickets_ticket_change", args=[ticket.pk])
    if query := kept.urlencode():
        address += "?" + urlencode({"queue": query})
    customer = ticket.customer
    country = (customer.country if customer else "") or ticket.country
    shipment = ticket.shipment
    lane = shipment.lane if shipment else lane_of(ticket)
    carrier = shipment.carrier.name if shipment and shipment.carrier else ""
    when, said = words.age(ticket.last_message_at, now), _delivery(ticket)
    is_undelivered = ticket.last_message_direction == "out" and getattr(ticket, "last_status", "") in (
        MessageStatus.DEAD,
        MessageStatus.IN_DOUBT,
    )
    return Row(
        ticket=ticket,
        address=address,
        number=shipment.tracking_number if shipment else "",
        line=_joined(lane, carrier, ticket.told_summary),
        waiting=Chip(ticket.get_waiting_on_display(), "red" if ticket.is_open and ticket.waiting_on == "us" else ""),
        customer_wrote=ticket.is_open and ticket.waiting_on != "us" and ticket.unanswered_since is not None,
        country=country,
        customer_line=_joined(
            words.language(ticket.language or (customer.language if customer else "")),
            words.clock_time(now, customer.zone) if customer and customer.time_zone else "",
            channel_label(ticket.channel),
        ),
        last_line=_joined(*((said, when) if is_undelivered else (when, said))),
        is_undelivered=is_undelivered,
        promise=promise or countdowns.waiting(ticket, now),
        snoozed=countdowns.snoozed(ticket, now),
        priority=priority_chip(ticket),
    )


def priority_chip(ticket: Ticket) -> Chip | None:
    """Urgent and high are said; the ordinary is not."""
    if ticket.priority == Priority.URGENT:
        return Chip(ticket.get_priority_display(), "red")
    if ticket.priority == Priority.HIGH:
        return Chip(ticket.get_priority_display(), "amber")
    return None


def lane_of(ticket: Ticket) -> str:
    """Where a ticket's parcel goes when it has no shipment."""
    if not (ticket.origin or ticket.destination):
        return ""
    return f"{ticket.origin or '?'}→{ticket.destination or '?'}"


def snooze_choices(now: datetime) -> list[tuple[str, str]]:
    """Usual moments to put a ticket off to, in the reader's zone: value for the form and label."""
    local = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    later = local.replace(hour=min(local.hour + 4, 23))
    tomorrow = (local + timedelta(days=1)).replace(hour=9)
    monday = (local + timedelta(days=7 - local.weekday())).replace(hour=9)
    return [
        (f"{later:%Y-%m-%dT%H:%M}", _("Today %(time)s") % {"time": f"{later:%H:%M}"}),
        (f"{tomorrow:%Y-%m-%dT%H:%M}", _("Tomorrow 09:00")),
        (f"{monday:%Y-%m-%dT%H:%M}", _("Monday 09:00")),
    ]


def _delivery(ticket: Ticket) -> str:
    if ticket.last_message_direction != "out":
        return channel_label(ticket.channel) if ticket.last_message_direction == "in" else ""
    status = getattr(ticket, "last_status", "")
    return str(MessageStatus(status).label).lower() if status else ""


def _joined(*parts: str) -> str:
    return " · ".join(str(part) for part in parts if part)


def _capped(count: int | None) -> str:
    if not count:
        return ""
    return f"{COUNT_LIMIT - 1}+" if count >= COUNT_LIMIT else str(count)


def _address(kept: QueryDict, changes: dict[str, str | None]) -> str:
    query = kept.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return "?" + query.urlencode()


def _menus(chosen: QueueFilter, request: HttpRequest, kept: QueryDict) -> list[Menu]:
    def menu(name: str, label: Any, rows: Iterable[tuple[Any, Any]], picked: Iterable[Any]) -> Menu:
        wanted = {str(value) for value in picked}
        options = [Option(str(value), str(text), str(value) in wanted) for value, text in rows]
        told = ", ".join(option.label for option in options if option.chosen) or ", ".join(sorted(wanted))
        return Menu(name, str(label), options, told or _("any"), bool(wanted), _address(kept, {name: None}))

    channels = [(provider, channel_label(provider)) for provider in _providers()]
    languages = sorted(((code, words.language(code)) for code in LANGUAGES), key=lambda pair: pair[1])
    owners = _people(request)
    lane = _joined_lane(chosen)
    menus = [
        menu("kind", _("Kind"), Kind.choices, chosen.kinds),
        menu("priority", _("Priority"), Priority.choices, chosen.priorities),
        Menu(
            "lane",
            _("Lane"),
            [],
            lane or _("any"),
            bool(lane),
            _address(kept, {"origin": None, "destination": None}),
            "lane",
        ),
        menu("channel", _("Channel"), channels, chosen.channels),
        menu("language", _("Language"), languages, chosen.languages),
        menu("team", _("Team"), [(team.pk, team.name) for team in _teams(request)], chosen.teams),
        menu("owner", _("Owner"), owners, chosen.assignees),
        menu("snoozed", _("Snoozed"), [("1", _("show snoozed too"))], ["1"] if chosen.with_snoozed else []),
    ]
    for one in menus:
        if one.name == "snoozed" and not one.is_set:
            menus[menus.index(one)] = Menu(one.name, one.label, one.options, _("hidden"), False, one.clear)
    return menus


def _joined_lane(chosen: QueueFilter) -> str:
    if not (chosen.origin or chosen.destination):
        return ""
    return f"{chosen.origin or '*'}→{chosen.destination or '*'}"


def _providers() -> list[str]:
    return sorted(set(Connection.objects.values_list("provider", flat=True)))


def people_and_teams(request: HttpRequest) -> tuple[list[tuple[int, str]], list[Team]]:
    """Who may own a ticket, the reader first, and which teams there are; read once a request."""
    return _people(request), _teams(request)


def _people(request: HttpRequest) -> list[tuple[int, str]]:
    cached: list[tuple[int, str]] | None = getattr(request, "desk_people", None)
    if cached is None:
        people = User.objects.filter(is_active=True, is_staff=True).order_by("full_name", "id")[:300]
        cached = [(person.pk, str(person)) for person in people.only("id", "full_name", "email")]
        cached.sort(key=lambda pair: pair[0] != request.user.pk)
        request.desk_people = cached  # type: ignore[attr-defined]
    return cached


def _teams(request: HttpRequest) -> list[Team]:
    cached: list[Team] | None = getattr(request, "desk_teams", None)
    if cached is None:
        cached = list(Team.objects.only("id", "name").order_by("name")[:200])
        request.desk_teams = cached  # type: ignore[attr-defined]
    return cached
