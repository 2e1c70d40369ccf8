"""What the editor asks while somebody writes: how the rule reads, and what it would have done. Nothing is changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.admin import words
from common.errors import InvalidInput
from tickets.admin import access
from tickets.admin.rules.drafts import Look, look_at, said_of
from tickets.admin.rules.reading import read_days, read_json
from tickets.admin.rules.widgets import problems_of
from tickets.models import Rule
from tickets.policies.events import EVENT_LABELS
from tickets.policies.fields import PROMISE_FIELDS
from tickets.services.rules.backtest import Backtest, Match, backtest
from tickets.services.rules.references import names_in
from tickets.services.rules.tried import note_tried, token_of
from tickets.services.rules.wording import if_words

USUAL_DAYS = 30
MOST_OCCASIONS = 200_000
MOST_SECONDS = 20.0
SHOWN = 100


def sentence_view(request: HttpRequest, rule: Rule | None) -> HttpResponse:
    """The draft in the form, in words, with what is wrong beside its place."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    look = look_at(request.POST, rule)
    said = said_of(look)
    return JsonResponse(
        {
            "when": said.when if said else "",
            "if": said.conditions if said else "",
            "then": said.actions if said else [],
            "problems": look.as_json(),
        }
    )


def conditions_view(request: HttpRequest) -> HttpResponse:
    """Conditions that promises are chosen by, in words."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        tree = read_json(request.POST.get("conditions", "") or "{}")
    except InvalidInput as error:
        return JsonResponse({"if": "", "problems": {"conditions": [{"path": "", "sentence": str(error)}]}})
    problems = problems_of(tree, PROMISE_FIELDS)
    return JsonResponse(
        {
            "if": "" if problems else if_words(tree, names_in(tree)),
            "problems": {"conditions": [{"path": one.path, "sentence": one.sentence} for one in problems]},
        }
    )


def backtest_view(request: HttpRequest, rule: Rule | None) -> HttpResponse:
    """What the draft in the form would have done in the last days, as a part of the page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    now = timezone.now()
    look = look_at(request.POST, rule)
    stands_in_the_way = _stands_in_the_way(look)
    if look.rule is None or stands_in_the_way:
        return _part(request, {"problems": stands_in_the_way}, status=422)
    days = read_days(request.POST, USUAL_DAYS)
    try:
        found = backtest(look.rule, days=days, now=now, limit=SHOWN, most=MOST_OCCASIONS, seconds=MOST_SECONDS)
    except InvalidInput as error:
        return _part(request, {"problems": [str(error)]}, status=422)
    if rule is not None:
        note_tried(look.rule, now=now)
    return _part(request, _shown(request, found, look, days=days, now=now))


def _stands_in_the_way(look: Look) -> list[str]:
    """What has to be put right before a draft can be tried. It needs no name, and no action yet."""
    lines = [
        one for name, sentences in look.sentences.items() if name not in ("name", "description") for one in sentences
    ]
    lines += [one.sentence for one in look.conditions]
    if look.rule is None:
        lines += [one.sentence for one in look.actions]
    return lines


def _part(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, "admin/tickets/rules/_backtest.html", context, status=status)


def _shown(request: HttpRequest, found: Backtest, look: Look, *, days: int, now: datetime) -> dict[str, Any]:
    numbers = [match.ticket_id for match in found.matches]
    visible = set(access.readable(request).filter(pk__in=numbers).values_list("pk", flat=True)) if numbers else set()
    assert look.rule is not None
    return {
        "summary": _summary(found, days),
        "found": found,
        "runs": found.matched - found.held_back,
        "held_back": _held_back(found.held_back) if found.held_back else "",
        "reached": "" if found.is_whole else words.moment(found.reached),
        "rows": [_row(match, may_see=match.ticket_id in visible) for match in found.matches],
        "more": max(found.matched - len(found.matches), 0),
        "would": list(dict.fromkeys(found.matches[0].would)) if found.matches else [],
        "actions_missing": [one.sentence for one in look.actions],
        "seconds": f"{found.seconds:.1f}",
        "token": token_of(look.rule) if not look.actions else "",
    }


def _summary(found: Backtest, days: int) -> str:
    looked = ngettext("%(count)d moment looked at", "%(count)d moments looked at", found.looked_at)
    period = ngettext("In the last day", "In the last %(days)d days", days) % {"days": days}
    said = {"period": period, "looked": looked % {"count": found.looked_at}}
    if not found.matched:
        return _("%(period)s it would never have run (%(looked)s).") % said
    runs = found.matched - found.held_back
    times = ngettext("once", "%(count)d times", runs) % {"count": runs}
    tickets = ngettext("on %(count)d ticket", "on %(count)d tickets", found.tickets) % {"count": found.tickets}
    return _("%(period)s it would have run %(times)s %(tickets)s (%(looked)s).") % {
        **said,
        "times": times,
        "tickets": tickets,
    }


def _held_back(count: int) -> str:
    return ngettext(
        "%(count)d more time it would have been held back: too often on one ticket within an hour.",
        "%(count)d more times it would have been held back: too often on one ticket within an hour.",
        count,
    ) % {"count": count}


def _row(match: Match, *, may_see: bool) -> dict[str, Any]:
    event = EVENT_LABELS.get(match.event)
    return {
        "reference": match.reference if may_see else _("A ticket you may not see"),
        "address": access.page_of(match.ticket_id) if may_see else "",
        "when": words.moment(match.at),
        "exact": match.at.isoformat(),
        "event": str(event) if event else "",
        "why": [one for one in match.why if one["holds"]] if may_see else [],
        "others": [one for one in match.why if not one["holds"]] if may_see else [],
        "is_held_back": match.is_held_back,
    }
