"""A dashboard's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.admin import words
from tickets.admin import zones
from tickets.admin.dashboards import links, saying
from tickets.admin.dashboards.asked import OWN, PRESETS, UNKNOWN, Asked, read_address
from tickets.admin.dashboards.asked import zones as all_zones
from tickets.admin.dashboards.boards import BOARDS
from tickets.admin.dashboards.declared import Board, Due, Teams
from tickets.admin.dashboards.drawing import Cell, Drawn, Table, draw, part_label
from tickets.policies.kpi import CUTS, FIGURES
from tickets.services import kpi
from tickets.services.due_ahead import HOURS, burning, zones_ahead
from tickets.services.saved_views import views_for


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure at a glance."""

    label: str
    help: str
    text: str
    address: str
    goal: str
    color: str
    change: saying.Change | None
    misses: str = ""
    extra: str = ""


def board_of(request: HttpRequest, name: str) -> Board:
    """The dashboard of that name. Raises Http404, and PermissionDenied for whoever may not read it."""
    board = BOARDS.get(name)
    if board is None:
        raise Http404
    if not request.user.has_perm("tickets.view_ticket") or not request.user.has_perm(board.permission):
        raise PermissionDenied
    return board


def board_view(request: HttpRequest, name: str) -> HttpResponse:
    """One dashboard, drawn whole: scripts only turn its data into charts."""
    board = board_of(request, name)
    now = timezone.now()
    asked = read_address(board, request.GET, now=now)
    fresh = kpi.freshness(now)
    views = list(views_for(request.user, board.name))
    context = {
        **admin.site.each_context(request),
        "title": board.title,
        "is_fullwidth": "1",
        "board": board,
        "asked": asked,
        "boards": [one for one in BOARDS.values() if request.user.has_perm(one.permission)],
        "tiles": tiles(asked),
        "burns": burns(request, asked) if board.has_burning else [],
        "cards": drawn_cards(request, asked),
        "fresh": fresh,
        "fresh_at": fresh.through.isoformat() if fresh.through else "",
        "fresh_clock": f"{fresh.through.astimezone(asked.zone):%H:%M:%S}" if fresh.through else "",
        "fresh_age": words.age(fresh.through, now) if fresh.through else "",
        "presets": [
            (asked.address("period", "from", "to", period=preset), label, preset == asked.preset)
            for preset, label in PRESETS.items()
        ],
        "is_own": asked.preset == OWN,
        "kept_pairs": [pair for pair in asked.pairs if pair[0] not in {"period", "from", "to"}],
        "pairs_without_zone": [pair for pair in asked.pairs if pair[0] != "zone"],
        "pairs_without_funnel": [pair for pair in asked.pairs if pair[0] != "funnel"],
        "zones": all_zones(),
        "menus": _menus(asked),
        "parts_address": reverse("dashboards:parts", args=[board.name]),
        "is_filtered": bool(asked.filters),
        "unfiltered": "?" + urlencode([pair for pair in asked.pairs if pair[0] not in CUTS]),
        "views": [
            {
                "view": view,
                "address": f"?{view.query}",
                "is_own": view.owner_id == request.user.pk,
                "may_remove": request.user.has_perm("tickets.work_ticket")
                and (view.owner_id == request.user.pk or request.user.has_perm("tickets.supervise")),
            }
            for view in views
        ],
        "may_keep": request.user.has_perm("tickets.work_ticket"),
        "may_share": request.user.has_perm("tickets.supervise"),
        "query": urlencode([pair for pair in asked.pairs if pair[0] != "wall"]),
        "wall_address": asked.address("wall", wall="1"),
        "desk_address": asked.address("wall"),
        "refresh": 30 if board.has_burning else 60,
        "before_told": before_told(asked),
        "script_words": {
            "noData": _("No data"),
            "ago": _("%(seconds)s s ago"),
            "minutes": _("%(minutes)s min ago"),
        },
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/tickets/dashboard.html", context)


def drawn_cards(request: HttpRequest, asked: Asked) -> list[Drawn | dict[str, Any]]:
    """The cards of a dashboard, those left out that have nothing to say here at all."""
    drawn = (_card(request, card, asked) for card in asked.board.cards)
    return [card for card in drawn if card is not None]


def tiles(asked: Asked) -> list[Tile]:
    """The figures on top, against the period before."""
    now = kpi.figures(asked.board.figures, asked.period, asked.filters)
    before = kpi.figures(asked.board.figures, asked.before, asked.filters)
    found = []
    for name in asked.board.figures:
        figure, value = FIGURES[name], now[name]
        span = (asked.period.since, asked.period.until)
        is_promise = name.startswith("promises_kept")
        found.append(
            Tile(
                label=_("%(figure)s, median") % {"figure": figure.label}
                if figure.has_percentiles
                else str(figure.label),
                help=str(figure.help),
                text=saying.said(figure, value),
                address=links.behind(name, *span, asked, filters=asked.filters) if value.count else "",
                goal=saying.goal_of(figure),
                color=saying.color_of(figure, value),
                change=saying.change_of(figure, value, before[name]),
                misses=links.behind(name, *span, asked, filters=asked.filters, only="misses")
                if is_promise and value.count and (value.value or 0) < 1
                else "",
                extra=_("nine of ten within %(span)s") % {"span": saying.span(value.p90)} if value.p90 else "",
            )
        )
    return found


def burns(request: HttpRequest, asked: Asked) -> list[dict[str, Any]]:
    """What there is to do now, as numbers that lead to their tickets."""
    found = burning(kpi.open_tickets(asked.filters).visible_to(request.user), now=asked.now)  # type: ignore[attr-defined]
    said = (
        ("overdue", _("Overdue"), "red"),
        ("due_1h", _("Due within the hour"), "amber"),
        ("due_4h", _("Due within 4 hours"), ""),
        ("ours", _("Waiting on us"), ""),
        ("unassigned", _("Nobody's"), "amber"),
        ("urgent", _("Urgent"), "red"),
        ("open", _("Open"), ""),
    )
    return [
        {
            "label": label,
            "number": f"{getattr(found, name):,}",
            "color": color if getattr(found, name) else "",
            "address": links.now(name, asked),
        }
        for name, label, color in said
    ]


def parts_view(request: HttpRequest, name: str) -> HttpResponse:
    """What one filter offers, for the menu that opens: the parts with tickets in the period."""
    board = board_of(request, name)
    cut = request.GET.get("cut", "")
    if cut not in CUTS:
        raise Http404
    asked = read_address(board, request.GET, now=timezone.now())
    offered = kpi.available_parts(cut, asked.period)
    chosen = asked.filters.get(cut, ())
    return JsonResponse(
        {
            "parts": [
                {"value": part or UNKNOWN, "label": part_label(cut, part, label), "chosen": part in chosen}
                for part, label in offered[:300]
            ]
        }
    )


def _menus(asked: Asked) -> list[dict[str, Any]]:
    menus = []
    for cut in CUTS.values():
        chosen = asked.filters.get(cut.name, ())
        labels = kpi.part_labels(cut.name, chosen) if chosen else {}
        options = [(part or UNKNOWN, part_label(cut.name, part, labels[part])) for part in chosen]
        menus.append(
            {
                "name": cut.name,
                "label": cut.label,
                "options": options,
                "summary": ", ".join(label for _part, label in options) or _("any"),
                "is_set": bool(chosen),
                "clear": "?" + urlencode([pair for pair in asked.pairs if pair[0] != cut.name]),
                "kept": [pair for pair in asked.pairs if pair[0] != cut.name],
            }
        )
    return menus


def _card(request: HttpRequest, card: Any, asked: Asked) -> Drawn | dict[str, Any] | None:
    if isinstance(card, Teams):
        found = zones.cards(request, now=asked.now)
        return {"key": card.key, "is_teams": True, "zones": found["zones"]} if found["zones"] else None
    return _due(request, card, asked) if isinstance(card, Due) else draw(card, asked)


def _due(request: HttpRequest, card: Due, asked: Asked) -> Drawn:
    tickets = kpi.open_tickets(asked.filters).visible_to(request.user)  # type: ignore[attr-defined]
    found = zones_ahead(tickets, now=asked.now)
    found = [one for one in found if one.overdue or one.ahead]
    head = [_("Time zone"), _("There now"), _("Overdue"), *(f"+{hour} {_('h')}" for hour in range(1, HOURS + 1))]
    most = max((count for one in found for count in one.by_hour), default=0)
    rows = []
    for one in found:
        there = words.clock_time(asked.now, one.zone) if one.zone else saying.NONE
        rows.append(
            [
                Cell(one.name.replace("_", " ") or _("Not known"), is_head=True),
                Cell(there),
                Cell(
                    f"{one.overdue:,}" if one.overdue else "",
                    links.due(one.name, 0, asked),
                    "red" if one.overdue else "",
                ),
                *(
                    Cell(
                        f"{count:,}" if count else "",
                        links.due(one.name, hour, asked) if count else "",
                        f"h{1 + min(4, 5 * count // (most + 1))}" if count else "",
                    )
                    for hour, count in enumerate(one.by_hour, start=1)
                ),
            ]
        )
    return Drawn(
        card.key,
        str(card.title),
        card.is_wide,
        Table(head, rows),
        empty=_("Nothing is overdue, and nothing falls due in the next %(hours)d hours.") % {"hours": HOURS},
    )


def before_told(asked: Asked) -> str:
    """Against what the figures are held, in words."""
    first, last = asked.before.since.date(), (asked.before.until - timedelta(minutes=1)).date()
    if asked.preset == "today":
        return _("against yesterday until %(time)s") % {"time": f"{asked.before.until:%H:%M}"}
    return _("against %(first)s – %(last)s") % {"first": words.day(first), "last": words.day(last)}
