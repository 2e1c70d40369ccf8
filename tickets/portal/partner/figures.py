"""A partner's own figures, and what was agreed with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from common.admin.words import span
from logistics.choices import PartnerChannel
from logistics.workflows import MACHINES
from tickets.portal.partner.pages import page
from tickets.portal.partner.reader import Reader, for_partner
from tickets.services.partner_performance import performance

PERIODS = (7, 30, 90)
"""In days, back from now."""


@require_safe
@for_partner
def figures(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """How the partner kept what was agreed in the last days."""
    wanted = request.GET.get("days", "")
    days = int(wanted) if wanted in map(str, PERIODS) else 30
    found = performance(reader.partner_id, since=reader.now - timedelta(days=days), until=reader.now)
    work = [
        {"label": machine.flow._meta.verbose_name_plural, "figures": found["warehouse"][name]}
        for name, machine in MACHINES.items()
        if any(found["warehouse"][name].values())
    ]
    context: dict[str, Any] = {
        "days": days,
        "periods": [(one, one == days) for one in PERIODS],
        "answers": found["answers"],
        "usual": _minutes(found["answers"]["median_minutes"]),
        "slowest": _minutes(found["answers"]["slowest_minutes"]),
        "calls": found["calls"],
        "work": work,
        "sync": found["daily_sync"],
        "agreed": _agreed(found["agreement"]),
    }
    return page(request, "figures", context)


def _minutes(value: int | None) -> str:
    return "—" if value is None else span(value * 60)


def _agreed(agreement: dict[str, Any] | None) -> list[tuple[str, str]]:
    """What was agreed, in words; what was not is left out."""
    if agreement is None:
        return []
    rows = []
    if agreement["answer_minutes"]:
        time = span(agreement["answer_minutes"] * 60)
        rows.append((_("You answer within"), _("%(time)s of your working time") % {"time": time}))
    if agreement["calendar"]:
        rows.append((_("Your hours"), agreement["calendar"]))
    rows.append((_("Time zone"), agreement["time_zone"].replace("_", " ")))
    if agreement["daily_sync_at"]:
        grace = span(agreement["daily_sync_tolerance_minutes"] * 60)
        hour = f"{agreement['daily_sync_at']:%H:%M}"
        rows.append((_("You report stock by"), _("%(hour)s, with %(grace)s of grace") % {"hour": hour, "grace": grace}))
    if agreement["channel"]:
        rows.append((_("We write to you"), str(PartnerChannel(agreement["channel"]).label)))
    if agreement["languages"]:
        rows.append((pgettext("agreement", "In"), ", ".join(agreement["languages"])))
    return rows
