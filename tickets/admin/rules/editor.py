"""The page of one rule: when, if, then, in words underneath, tried before it is switched on."""

from __future__ import annotations

import json
import zoneinfo
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.admin import words
from common.errors import DomainError, InvalidInput, PermissionRefused
from common.models import BusinessCalendar
from tickets.admin import access
from tickets.admin.rules.description import describe_actions, fields_of_triggers
from tickets.admin.rules.drafts import BUILDERS, Look, look_at, said_of
from tickets.admin.rules.reading import UNITS, read_json, read_rule
from tickets.admin.rules.trying import USUAL_DAYS
from tickets.admin.rules.versions import differences, rule_of
from tickets.admin.rules.widgets import builder_context
from tickets.choices import HoursOf, RuleTrigger
from tickets.errors import SavedMeanwhile
from tickets.models import Rule
from tickets.policies.events import EVENT_LABELS
from tickets.policies.fields import FIELDS
from tickets.services.rules.backtest import MOST_DAYS
from tickets.services.rules.saving import content_of, save_rule
from tickets.services.rules.timed import ANCHORS
from tickets.services.rules.tried import note_token, was_tried
from tickets.services.rules.wording import Said, description_of_rule, name_of_rule, say

_TIMES = 3
_HOURS = (HoursOf.WALL, HoursOf.TEAM, HoursOf.CALENDAR)


def editor_view(model_admin: Any, request: HttpRequest, rule: Rule | None) -> HttpResponse:
    """The form, and saving it. What was typed stays when it cannot be saved."""
    may_change = request.user.has_perm("tickets.change_rule" if rule else "tickets.add_rule")
    if request.method != "POST":
        return _show(model_admin, request, rule, typed=_typed_of(rule), look=None, may_change=may_change)
    if not may_change:
        raise PermissionDenied
    now = timezone.now()
    try:
        data = read_rule(request.POST, rule=rule)
        saved = save_rule(
            data=data,
            actor=access.actor(request),
            now=now,
            rule_id=rule.pk if rule else None,
            version=_version(request.POST),
        )
    except InvalidInput as error:
        look = look_at(request.POST, rule)
        if look.is_fine:  # only saving found it, like a circle or a name that is taken
            look = Look(look.rule, {name: [str(one) for one in lines] for name, lines in error.data.items()})
        return _show_again(model_admin, request, rule, look, error=_("This is not saved yet."), status=422)
    except SavedMeanwhile as error:
        assert rule is not None
        return _show_again(model_admin, request, rule, look_at(request.POST, rule), error=str(error), status=409)
    except PermissionRefused as error:
        raise PermissionDenied from error
    except DomainError as error:
        return _show_again(model_admin, request, rule, look_at(request.POST, rule), error=str(error), status=409)
    note_token(saved.rule, request.POST.get("tried", "")[:500], now=now)
    for warning in saved.warnings:
        messages.warning(request, warning)
    if rule is None:
        messages.success(request, _("The rule is saved. It is still switched off."))
    else:
        messages.success(request, _("The rule is saved."))
    return HttpResponseRedirect(reverse("admin:tickets_rule_change", args=[saved.rule.pk]))


def _version(post: QueryDict) -> int | None:
    """The version that the author looked at, or the newer one that they want to save over."""
    text = post.get("over") or post.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _show_again(
    model_admin: Any, request: HttpRequest, rule: Rule | None, look: Look, *, error: str, status: int
) -> HttpResponse:
    return _show(
        model_admin,
        request,
        rule,
        typed=_typed(request.POST),
        look=look,
        may_change=True,
        error=error,
        is_newer=status == 409 and rule is not None and _version(request.POST) != rule.version,
        status=status,
    )


def _show(
    model_admin: Any,
    request: HttpRequest,
    rule: Rule | None,
    *,
    typed: dict[str, Any],
    look: Look | None,
    may_change: bool,
    error: str = "",
    is_newer: bool = False,
    status: int = 200,
) -> HttpResponse:
    said = said_of(look) if look else say([rule])[0] if rule else None
    said = said or Said(when="…", conditions="", actions=[])
    sentences = dict(look.sentences) if look else {}
    beside = {name: sentences.pop(name, []) for name in typed if name not in BUILDERS}
    above = [one for name in BUILDERS for one in sentences.pop(name, [])]
    above += [one for lines in sentences.values() for one in lines]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": name_of_rule(rule) if rule else _("New rule"),
        "opts": model_admin.opts,
        "is_fullwidth": "1",
        "rule": rule,
        "may_change": may_change,
        "may_switch": rule is not None and request.user.has_perm("tickets.change_rule"),
        "may_remove": rule is not None and request.user.has_perm("tickets.delete_rule") and not rule.runs.exists(),
        "typed": typed,
        "errors": beside,
        "error": error,
        "above": above,
        "newer": _newer(rule, request.POST) if is_newer and rule else None,
        "said": said,
        "always": pgettext("condition", "always"),
        "address": reverse("admin:tickets_rule_changelist"),
        "was_tried": rule is not None and was_tried(rule),
        "usual_days": USUAL_DAYS,
        "most_days": MOST_DAYS,
        "saved_words": _saved(rule) if rule else "",
        "runs_address": f"{reverse('admin:tickets_rulerun_changelist')}?rule__id__exact={rule.pk}" if rule else "",
        **(_choices(typed, look) if may_change else {}),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/tickets/rules/rule.html", context, status=status)


def _choices(typed: dict[str, Any], look: Look | None) -> dict[str, Any]:
    """What the form offers, and what its script has to know."""
    trees = {name: _read(typed[name], {} if name == "conditions" else []) for name in BUILDERS}
    builder = builder_context(
        trees["conditions"],
        name="conditions",
        fields=FIELDS,
        event_rule=True,
        problems=look.conditions if look else [],
        zones=sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC"),
    )
    return {
        **builder,
        "triggers": RuleTrigger.choices,
        "events": [(name, label, name in typed["events"]) for name, label in EVENT_LABELS.items()],
        "anchors": [(name, anchor.label) for name, anchor in ANCHORS.items()],
        "units": [("minutes", _("minutes")), ("hours", _("hours")), ("days", pgettext("length of time", "days"))],
        "hours": [(one.value, one.label) for one in _HOURS],
        "calendars": [(str(key), name) for key, name in BusinessCalendar.objects.values_list("pk", "name")],
        "weekdays": [(str(day), label, str(day) in typed["weekdays"]) for day, label in _weekdays()],
        "editor": {
            "actions": describe_actions(),
            "fieldsOf": fields_of_triggers(),
            "eventTrigger": RuleTrigger.EVENT.value,
            "problems": look.as_json() if look else {},
        },
        "actions_value": json.dumps(trees["actions"], ensure_ascii=False),
    }


def _weekdays() -> list[tuple[Any, Any]]:
    options = FIELDS["now.weekday"].options
    return options() if options else []


def _read(text: str, empty: Any) -> Any:
    try:
        return read_json(text)
    except InvalidInput:
        return empty


def _typed(post: QueryDict) -> dict[str, Any]:
    """The form as it was sent, whatever it holds."""
    names = ("name", "description", "order", "cap_per_hour", "trigger", "anchor", "delay", "delay_unit", "hours_of")
    typed: dict[str, Any] = {name: post.get(name, "")[:10_000] for name in (*names, "calendar", "time_zone", "tried")}
    times = [one[:20] for one in post.getlist("at_times")[:24] if one.strip()]
    return {
        **typed,
        "version": post.get("version", ""),
        "stops": post.get("stops") == "on",
        "events": post.getlist("events"),
        "weekdays": post.getlist("weekdays"),
        "at_times": [*times, *[""] * max(_TIMES - len(times), 1)],
        "conditions": post.get("conditions", "") or "{}",
        "actions": post.get("actions", "") or "[]",
    }


def _typed_of(rule: Rule | None) -> dict[str, Any]:
    """The form of a saved rule, or of a new one."""
    content = content_of(rule or Rule(trigger=RuleTrigger.EVENT))
    amount, unit = _amount(rule.delay if rule else None)
    return {
        **{name: content[name] for name in ("order", "cap_per_hour", "trigger", "anchor", "hours_of", "stops")},
        "name": name_of_rule(rule) if rule else "",
        "description": description_of_rule(rule) if rule else "",
        "delay": amount,
        "delay_unit": unit,
        "calendar": "" if content["calendar"] is None else str(content["calendar"]),
        "time_zone": content["time_zone"] or timezone.get_current_timezone_name(),
        "version": rule.version if rule else "",
        "tried": "",
        "events": content["events"],
        "weekdays": [str(day) for day in content["weekdays"]],
        "at_times": [*content["at_times"], *[""] * max(_TIMES - len(content["at_times"]), 1)],
        "conditions": json.dumps(content["conditions"], ensure_ascii=False),
        "actions": json.dumps(content["actions"], ensure_ascii=False),
    }


def _amount(delay: timedelta | None) -> tuple[str, str]:
    """A length of time in its largest whole unit."""
    if delay is None:
        return "", "hours"
    seconds = int(delay.total_seconds())
    for unit in ("days", "hours"):
        if seconds and seconds % UNITS[unit] == 0:
            return str(seconds // UNITS[unit]), unit
    return str(seconds // 60), "minutes"


def _saved(rule: Rule) -> str:
    said = {"version": rule.version, "when": words.moment(rule.updated_at), "who": rule.updated_by or "Clearway"}
    return _("version %(version)d, %(when)s, %(who)s") % said


def _newer(rule: Rule, post: QueryDict) -> dict[str, Any]:
    """What somebody else saved meanwhile, and the version with which to save over it."""
    seen = _version(post)
    kept = rule.versions.filter(number=seen).first() if seen is not None else None
    found = []
    if kept is not None:
        before = rule_of(kept.content)
        before.shipped_key = rule.shipped_key
        before_said, after_said = say([before, rule])
        found = differences(before, before_said, rule, after_said)
    return {"version": rule.version, "differences": found}
