"""The very tickets behind a figure: whoever sees a number can open the list it was counted from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any, Literal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone
from django.utils.translation import gettext as _

from logistics.models import Shipment
from tickets.errors import KpiRefused
from tickets.models import KpiMark, Ticket, TicketFacts
from tickets.policies.kpi.cuts import OF_PARCELS
from tickets.policies.kpi.figures import Figure, Of, figure_of, refuse_unknown_cuts
from tickets.policies.kpi.measures import MEASURES, stay_name
from tickets.policies.kpi.periods import Period
from tickets.services.kpi.cells import Filters

Only = Literal["all", "hits", "misses"]


def tickets_behind(
    name: str,
    period: Period,
    filters: Filters | None = None,
    *,
    only: Only = "all",
    cell: tuple[int, int] | None = None,
) -> QuerySet[Ticket]:
    """The tickets that a figure counts. ``only`` those that speak for it (a promise kept) or against it (missed).

    ``cell``: of one weekday (Monday is 0) and hour of the period's zone alone. Raises KpiRefused; a figure of parcels
    has no tickets (``shipments_behind``).
    """
    figure = figure_of(name)
    if figure.of_parcels:
        raise KpiRefused(_("This is counted of parcels, not of tickets."), code="unknown_figure", data={"figure": name})
    filters = filters or {}
    if figure.is_level:
        return _of_level(figure, period, filters)
    top = {term.measure for term in figure.top}
    over = {term.measure for term in figure.over if not MEASURES[term.measure].of_parcels}
    less = {term.measure for term in figure.over if term.sign < 0}
    is_yes_or_no = top == over and any(term.of == Of.TOTAL for term in figure.top) and not figure.histogram
    marks = _marks(period, filters, cell)
    if is_yes_or_no:
        wanted = marks(top).filter(**{} if only == "all" else {"value__gt": 0} if only == "hits" else {"value": 0})
        return _tickets(wanted)
    if not over or figure.histogram or only == "hits" or figure.is_money:
        return _tickets(marks(top))
    found = _tickets(marks((over - less) if only == "misses" else (over | top) - less))
    if less:
        found = found.exclude(pk__in=marks(less).values("ticket_id"))
    return found.exclude(pk__in=marks(top).values("ticket_id")) if only == "misses" else found


def tickets_behind_state(kind: str, state: str, period: Period, filters: Filters | None = None) -> QuerySet[Ticket]:
    """The tickets whose stay in a state ended in the period: what a funnel's step counts."""
    name = stay_name(kind, state)
    if name not in MEASURES:
        raise KpiRefused(_("There is no such state."), code="unknown_figure", data={"state": state})
    wanted = {cut: parts for cut, parts in (filters or {}).items() if cut != "kind"}
    return _tickets(_marks(period, wanted, None)({name}))


def shipments_behind(name: str, period: Period, filters: Filters | None = None) -> QuerySet[Shipment]:
    """The parcels that a figure of parcels counts. Raises KpiRefused."""
    figure = figure_of(name)
    if not figure.of_parcels:
        raise KpiRefused(_("This is counted of tickets, not of parcels."), code="unknown_figure", data={"figure": name})
    filters = filters or {}
    refuse_unknown_cuts(*filters)
    field = "created_at" if figure.measures == ("parcel",) else "delivered_at"
    rows = Shipment.objects.filter(**{f"{field}__gte": period.since, f"{field}__lt": period.until})
    if figure.measures == ("on_time",):
        rows = rows.filter(promised_date__isnull=False)
    for cut, parts in filters.items():
        if parts and cut in OF_PARCELS:
            rows = rows.filter(_of_parcel(cut, parts))
    return rows


def open_tickets(filters: Filters) -> QuerySet[Ticket]:
    """The tickets that are open at this moment."""
    refuse_unknown_cuts(*filters)
    rows = Ticket.objects.open()
    for cut, parts in filters.items():
        if parts:
            rows = rows.filter(_of_ticket(cut, list(parts)))
    return rows


def _tickets(marks: QuerySet[KpiMark]) -> QuerySet[Ticket]:
    return Ticket.objects.filter(pk__in=marks.values("ticket_id"))


def _marks(period: Period, filters: Filters, cell: tuple[int, int] | None) -> Any:
    refuse_unknown_cuts(*filters)
    of_dims = {f"dims__{cut}__in": list(parts) for cut, parts in filters.items() if parts}

    def of(measures: set[str]) -> QuerySet[KpiMark]:
        numbers = [MEASURES[name].number for name in measures]
        rows = KpiMark.objects.filter(measure__in=numbers, at__gte=period.since, at__lt=period.until, **of_dims)
        if cell is not None:
            weekday, hour = cell
            rows = rows.annotate(
                on=ExtractIsoWeekDay("at", tzinfo=period.zone), during=ExtractHour("at", tzinfo=period.zone)
            ).filter(on=weekday + 1, during=hour)
        return rows

    return of


def _of_level(figure: Figure, period: Period, filters: Filters) -> QuerySet[Ticket]:
    """What stood at the end of the period: what had come by then and had not gone."""
    if period.until.astimezone(UTC) > timezone.now():
        return open_tickets(filters)
    refuse_unknown_cuts(*filters)
    of_dims = {f"dims__{cut}__in": list(parts) for cut, parts in filters.items() if parts}
    numbers = [MEASURES[name].number for name in figure.measures]
    stood = (
        KpiMark.objects.filter(ticket_id=OuterRef("pk"), measure__in=numbers, at__lt=period.until, **of_dims)
        .values("ticket_id")
        .annotate(stood=Sum("n"))
        .filter(stood__gt=0)
    )
    return Ticket.objects.filter(Exists(stood), opened_at__lt=period.until)


def _numbers(parts: Sequence[str]) -> list[int]:
    return [int(part) for part in parts if part.isdigit()]


def _key(field: str, parts: Sequence[str]) -> Q:
    wanted = Q(**{f"{field}__in": _numbers(parts)})
    return wanted | Q(**{f"{field}__isnull": True}) if "" in parts else wanted


def _lane(parts: Sequence[str], origin: str, destination: str) -> Q:
    wanted = Q(pk__in=[])
    for part in parts:
        begins, _dash, ends = part.replace("?", "").partition("-")
        wanted |= Q(**{origin: begins, destination: ends})
    return wanted


def _of_ticket(cut: str, parts: list[str]) -> Q:
    """How a cut's parts read on an open ticket as it stands."""
    if cut == "lane":
        return _lane(parts, "origin", "destination")
    if cut == "carrier":
        return _key("shipment__carrier_id", parts)
    if cut == "team":
        return _key("team_id", parts)
    if cut == "agent":
        return _key("assignee_id", parts)
    if cut == "priority":
        return Q(priority__in=_numbers(parts))
    if cut in ("tier", "partner"):
        return Q(pk__in=_current(cut, parts))
    return Q(**{f"{cut}__in": parts})


def _current(cut: str, parts: list[str]) -> QuerySet[Any]:
    if cut == "tier":
        return TicketFacts.objects.filter(valid_to__isnull=True, tier__in=parts).values("ticket_id")
    backlog = MEASURES["backlog"].number
    return KpiMark.objects.filter(measure=backlog, n=1, dims__partner__in=parts).values("ticket_id")


def _of_parcel(cut: str, parts: Sequence[str]) -> Q:
    if cut == "lane":
        return _lane(parts, "origin_country", "destination_country")
    if cut == "country":
        return Q(destination_country__in=parts)
    return _key("carrier_id" if cut == "carrier" else "carrier__partner_id", parts)
