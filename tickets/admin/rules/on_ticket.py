"""What rules did on one ticket, for the ticket's own page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from tickets.admin.rules.run_words import Told, tell
from tickets.models import RuleRun, Ticket

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One run; ``address`` leads to its rule, empty for whoever may not see rules."""

    told: Told
    address: str


def rule_lines(request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
    """Template context: ``rule_runs`` (the latest, newest first) and ``more_rule_runs`` (where the others stand)."""
    runs = list(RuleRun.objects.filter(ticket=ticket).select_related("rule").order_by("-at", "-id")[: SHOWN + 1])
    may_see = request.user.has_perm("tickets.view_rule")
    lines = [
        Line(told, reverse("admin:tickets_rule_change", args=[told.run.rule_id]) if may_see else "")
        for told in tell(runs[:SHOWN])
    ]
    others = ""
    if len(runs) > SHOWN and request.user.has_perm("tickets.view_rulerun"):
        others = f"{reverse('admin:tickets_rulerun_changelist')}?ticket__id__exact={ticket.pk}"
    return {"rule_runs": lines, "more_rule_runs": others}
