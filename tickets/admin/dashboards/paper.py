"""A dashboard on paper: its figures, charts of their course, and all its tables as a PDF, set by Typst."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.admin import words
from tickets.admin.dashboards.asked import Asked, read_address
from tickets.admin.dashboards.behind import told_filters
from tickets.admin.dashboards.drawing import Drawn
from tickets.admin.dashboards.page import before_told, board_of, drawn_cards, tiles
from tickets.services import kpi

_SOURCE = Path(__file__).resolve().parents[2] / "templates" / "paper" / "dashboard.typ"
_MOST_ROWS = 40
_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 900.0, 190.0, 46.0, 20.0
_COLORS = ("#1d4f91", "#93580a", "#0e6f7c", "#5b3a9e", "#c4320a", "#1b6e43", "#667085")


def paper_view(request: HttpRequest, name: str) -> HttpResponse:
    """The dashboard as it is filtered, as a file to keep or send."""
    board = board_of(request, name)
    now = timezone.now()
    asked = read_address(board, request.GET, now=now)
    content = typst.compile(
        _SOURCE.read_bytes(), format="pdf", sys_inputs={"data": json.dumps(_data(request, asked), default=str)}
    )
    assert isinstance(content, bytes)
    response = HttpResponse(content, content_type="application/pdf")
    day = now.astimezone(asked.zone).date().isoformat()
    response["Content-Disposition"] = f'attachment; filename="clearway-{board.name}-{day}.pdf"'
    return response


def _data(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    fresh = kpi.freshness(asked.now)
    through = words.moment(fresh.through, asked.zone) if fresh.through else _("never")
    warnings = []
    if fresh.is_rebuilding or fresh.needs_rebuild:
        warnings.append(_("The figures are being counted anew: until that is done, they may lack some days."))
    elif fresh.is_late:
        warnings.append(_("These figures are old."))
    return {
        "title": str(asked.board.title),
        "told": f"{asked.told} · {before_told(asked)}",
        "lang": "zh" if (get_language() or "").startswith("zh") else "en",
        "filters": told_filters(asked.filters),
        "warnings": warnings,
        "nothing": _("Nothing to show in this period."),
        "foot": _("Clearway · figures as of %(time)s · times in %(zone)s · for %(person)s")
        % {"time": through, "zone": asked.zone.key, "person": request.user},
        "tiles": [
            {
                "label": tile.label,
                "text": tile.text,
                "color": tile.color,
                "under": " · ".join(part for part in (tile.change.text if tile.change else "", tile.goal) if part),
            }
            for tile in tiles(asked)
        ],
        "cards": [_card(card) for card in drawn_cards(request, asked) if isinstance(card, Drawn)],
    }


def _card(card: Drawn) -> dict[str, Any]:
    chart = card.chart
    return {
        "title": card.title,
        "head": card.table.head,
        "rows": [[{"text": cell.text, "color": cell.color} for cell in row] for row in card.table.rows[-_MOST_ROWS:]],
        "svg": _lines(chart) if chart and chart["type"] == "lines" else "",
    }


def _lines(chart: dict[str, Any]) -> str:
    """The course of figures as a small drawing."""
    series, goals = chart["series"], chart["goals"]
    values = [value for one in series for value in one["values"] if value is not None] + [one["at"] for one in goals]
    top = max(values, default=0) or 1
    steps = max(len(chart["x"]) - 1, 1)

    def at(number: int, value: float) -> str:
        x = _LEFT + (_WIDTH - _LEFT - 10) * number / steps
        return f"{x:.1f},{(_HEIGHT - _BOTTOM) - (_HEIGHT - _BOTTOM - 22) * value / top:.1f}"

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" '
            'font-family="Inter, Noto Sans CJK SC, DejaVu Sans" font-size="11">'
        )
    ]
    for share in (0, 0.5, 1):
        y = at(0, top * share).split(",")[1]
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 10}" y1="{y}" y2="{y}" stroke="#e4e7ec"/>')
        said = escape(f"{top * share:,.4g} {chart['unit']}")
        parts.append(f'<text x="{_LEFT - 6}" y="{y}" text-anchor="end" fill="#667085">{said}</text>')
    for number in {0, steps // 2, steps} if len(chart["x"]) > 1 else {0}:
        x = at(number, 0).split(",")[0]
        label = escape(chart["x"][number])
        parts.append(f'<text x="{x}" y="{_HEIGHT - 4}" text-anchor="middle" fill="#667085">{label}</text>')
    for goal in goals:
        y = at(0, goal["at"]).split(",")[1]
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - 10}" y1="{y}" y2="{y}" stroke="#1b6e43" stroke-dasharray="5 4"/>'
        )
    beside = _LEFT
    for number, one in enumerate(series):
        color = "#98a2b3" if one.get("before") else _COLORS[number % len(_COLORS)]
        dash = ' stroke-dasharray="4 4"' if one.get("before") else ""
        for piece in _pieces(one["values"]):
            points = " ".join(at(step, value) for step, value in piece)
            parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"{dash}/>')
        name = str(one["name"])[:28]
        parts.append(f'<text x="{beside}" y="11" fill="{color}">{escape(name)}</text>')
        beside += 16 + sum(12 if ord(letter) > 0x2E80 else 6.6 for letter in name)
    return "".join([*parts, "</svg>"])


def _pieces(values: list[float | None]) -> list[list[tuple[int, float]]]:
    """A line's pieces between the steps that have no value."""
    pieces: list[list[tuple[int, float]]] = [[]]
    for step, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((step, value))
    return [piece for piece in pieces if piece]
