"""The very tickets (or parcels) behind a figure, as a page of the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.admin import words
from tickets.admin.countdowns import Counting
from tickets.admin.dashboards.asked import UNKNOWN, filters_of, zone_of
from tickets.admin.dashboards.boards import BOARDS, TODAY
from tickets.admin.dashboards.drawing import part_label
from tickets.admin.queue import row
from tickets.choices import Kind
from tickets.errors import KpiRefused
from tickets.models import Message
from tickets.policies.kpi import CUTS, FIGURES, Period
from tickets.policies.states import STATES
from tickets.services import kpi
from tickets.services.due_ahead import HOURS, burning_tickets, due_tickets
from tickets.services.promises import standing

PAGE = 50
_COUNTED = 1_000
_ONLY = {"hits": "hits", "misses": "misses"}
_LONGEST = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Behind:
    """What an address leads to: its title, what it means, its rows. ``is_parcels``: shipments instead of tickets."""

    title: str
    rows: QuerySet[Any]
    help: str = ""
    when: str = ""
    is_parcels: bool = False


def behind_view(request: HttpRequest) -> HttpResponse:
    """The list, newest first, by key."""
    if not request.user.has_perm("tickets.view_ticket"):
        raise PermissionDenied
    now = timezone.now()
    filters = filters_of(request.GET)
    try:
        found = _found(request, filters, now)
    except KpiRefused as error:
        raise Http404(str(error)) from error
    if found.is_parcels and not request.user.has_perm("logistics.view_shipment"):
        raise PermissionDenied
    rows = found.rows if found.is_parcels else found.rows.visible_to(request.user)  # type: ignore[attr-defined]
    count = len(rows.order_by().values_list("pk", flat=True)[: _COUNTED + 1])
    after = request.GET.get("after", "")
    page = rows.order_by("-pk")
    if after.isascii() and after.isdigit() and len(after) <= 18:
        page = page.filter(pk__lt=int(after))
    page = page.select_related("carrier", "customer") if found.is_parcels else _for_lines(page)
    shown = list(page[: PAGE + 1])
    has_more, shown = len(shown) > PAGE, shown[:PAGE]
    kept = [(name, value) for name, values in request.GET.lists() if name != "after" for value in values]
    context = {
        **admin.site.each_context(request),
        "title": found.title,
        "is_fullwidth": "1",
        "found": found,
        "count": f"{_COUNTED:,}+" if count > _COUNTED else f"{count:,}",
        "is_one": count == 1,
        "lines": shown if found.is_parcels else _lines(shown, now),
        "filters": told_filters(filters),
        "next": "?" + urlencode([*kept, ("after", shown[-1].pk)]) if has_more else "",
        "first": "?" + urlencode(kept) if after else "",
        "back": _back(request),
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/tickets/dashboard_behind.html", context)


def _found(request: HttpRequest, filters: dict[str, tuple[str, ...]], now: datetime) -> Behind:
    query = request.GET
    for name, reading in _READ.items():
        if name in query:
            if name in {"figure", "state"} and not _may_read(request, query):
                raise PermissionDenied
            return reading(query, filters, now)
    raise Http404


def _may_read(request: HttpRequest, query: QueryDict) -> bool:
    """Agents see what stands behind today's figures alone."""
    return request.user.has_perm("tickets.view_dashboards") or query.get("figure", "") in TODAY.names


def _of_figure(query: QueryDict, filters: dict[str, tuple[str, ...]], now: datetime) -> Behind:
    name = query.get("figure", "")
    if name not in FIGURES:
        raise Http404
    figure, period = FIGURES[name], _period(query)
    title, when = str(figure.label), _when(period)
    if figure.of_parcels:
        return Behind(title, kpi.shipments_behind(name, period, filters), str(figure.help), when, is_parcels=True)
    only: Any = _ONLY.get(query.get("only", ""), "all")
    cell = None
    if "day" in query or "hour" in query:
        day, hour = _small(query.get("day", ""), 7), _small(query.get("hour", ""), 24)
        cell = (day, hour)
        when = _("%(period)s, only %(day)s from %(hour)s") % {
            "period": when,
            "day": [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")][day],
            "hour": f"{hour:02d}:00",
        }
    if only == "misses":
        title = _("%(figure)s: not reached") % {"figure": title}
    return Behind(title, kpi.tickets_behind(name, period, filters, only=only, cell=cell), str(figure.help), when)


def _of_state(query: QueryDict, filters: dict[str, tuple[str, ...]], now: datetime) -> Behind:
    kind, name = query.get("kind", ""), query.get("state", "")
    if kind not in STATES or name not in STATES[Kind(kind)]:
        raise Http404
    period = _period(query)
    title = _("%(kind)s: %(state)s") % {"kind": Kind(kind).label, "state": STATES[Kind(kind)][name].label}
    help_text = _("Tickets whose stay in this state ended in the period.")
    return Behind(title, kpi.tickets_behind_state(kind, name, period, filters), help_text, _when(period))


def _of_age(query: QueryDict, filters: dict[str, tuple[str, ...]], now: datetime) -> Behind:
    bands = kpi.backlog_ages(now, filters)
    band = bands[_small(query.get("age", ""), len(bands))]
    rows = kpi.open_tickets(filters).filter(opened_at__lte=now - band.at_least)
    if band.below is not None:
        rows = rows.filter(opened_at__gt=now - band.below)
    return Behind(_("Open tickets by age"), rows, when=_("now"))


def _of_now(query: QueryDict, filters: dict[str, tuple[str, ...]], now: datetime) -> Behind:
    titles = {
        "overdue": _("Overdue"),
        "due_1h": _("Due within the hour"),
        "due_4h": _("Due within 4 hours"),
        "ours": _("Waiting on us"),
        "unassigned": _("Nobody's"),
        "urgent": _("Urgent"),
        "open": _("Open"),
    }
    what = query.get("now", "")
    if what not in titles:
        raise Http404
    tickets: Any = kpi.open_tickets(filters)
    return Behind(titles[what], burning_tickets(tickets, what, now=now), when=_("now"))


def _of_due(query: QueryDict, filters: dict[str, tuple[str, ...]], now: datetime) -> Behind:
    zone, slot = query.get("of", ""), query.get("due", "")
    if "\x00" in zone or len(zone) > 64:
        raise Http404
    hour = None if not slot else _small(slot, HOURS + 1)
    tickets: Any = kpi.open_tickets(filters)
    rows = due_tickets(tickets, zone="" if zone == UNKNOWN else zone, hour=hour, now=now)
    when = _("now")
    if hour:
        when = _("between %(since)s and %(until)s") % {
            "since": f"{timezone.localtime(now + timedelta(hours=hour - 1)):%H:%M}",
            "until": f"{timezone.localtime(now + timedelta(hours=hour)):%H:%M}",
        }
    title = _("Overdue") if hour == 0 else _("Promises that fall due")
    return Behind(f"{title} · {zone if zone != UNKNOWN else _('Not known')}", rows, when=when)


_READ: dict[str, Callable[[QueryDict, dict[str, tuple[str, ...]], datetime], Behind]] = {
    "figure": _of_figure,
    "state": _of_state,
    "age": _of_age,
    "now": _of_now,
    "due": _of_due,
}


def _period(query: QueryDict) -> Period:
    try:
        since, until = (
            datetime.strptime(query.get(name, ""), "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC) for name in ("since", "until")
        )
    except ValueError as error:
        raise Http404 from error
    if not 1990 <= since.year <= until.year <= 2200 or until - since > _LONGEST:
        raise Http404
    return Period(since, until, zone_of(query.get("zone", "")))


def _when(period: Period) -> str:
    last = period.until - timedelta(minutes=15)
    if period.since.hour or period.until.hour or period.since.minute or period.until.minute:
        return f"{words.day(period.since.date())} {period.since:%H:%M} – {period.until:%H:%M}"
    if period.since.date() == last.date():
        return words.day(last.date())
    return f"{words.day(period.since.date())} – {words.day(last.date())}"


def _small(text: str, below: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 3 and int(text) < below):
        raise Http404
    return int(text)


def _for_lines(rows: QuerySet[Any]) -> QuerySet[Any]:
    last = Message.objects.filter(ticket_id=OuterRef("pk"), direction="out").order_by("-id").values("status")[:1]
    lines: QuerySet[Any] = rows.select_related("customer", "shipment__carrier", "assignee", "team").annotate(
        last_status=Subquery(last, output_field=CharField())
    )
    return lines


def _lines(tickets: list[Any], now: datetime) -> list[Any]:
    running = standing([ticket.pk for ticket in tickets], now)
    counting = Counting((one for clocks in running.values() for one in clocks), now)
    kept = QueryDict()
    return [row(ticket, counting.next_promise(ticket, running[ticket.pk]), now=now, kept=kept) for ticket in tickets]


def told_filters(filters: Mapping[str, Sequence[str]]) -> list[str]:
    """The filters in words, a line for each cut."""
    told = []
    for cut, parts in filters.items():
        labels = kpi.part_labels(cut, parts)
        told.append(f"{CUTS[cut].label}: {', '.join(part_label(cut, part, labels[part]) for part in parts)}")
    return told


def _back(request: HttpRequest) -> str:
    """The dashboard the reader came from, if it was one."""
    came_from = str(request.META.get("HTTP_REFERER", ""))
    for name in BOARDS:
        address = reverse("dashboards:board", args=[name])
        if (at := came_from.find(address)) >= 0 and came_from.startswith(f"{request.scheme}://{request.get_host()}/"):
            return came_from[at:]
    return reverse("dashboards:board", args=[TODAY.name])
