"""Saving rules, switching them, going back to an earlier version."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common.errors import InvalidInput, PermissionRefused
from common.models import BusinessCalendar
from tickets.choices import HoursOf, RuleTrigger
from tickets.errors import SavedMeanwhile
from tickets.models import Rule, RuleSwitch, RuleVersion
from tickets.policies.actor import Actor
from tickets.policies.conditions import Problem, check, zones_in
from tickets.policies.events import EVENT_LABELS
from tickets.policies.fields import fields_for
from tickets.services.rules.actions import check_actions
from tickets.services.rules.conflicts import conflicts_of
from tickets.services.rules.references import names_in, zones_unknown_to_the_database
from tickets.services.rules.timed import ANCHORS

MOST_DELAY = timedelta(days=366)
MOST_A_DAY = 24

_TEXTS = {"name": 120, "description": 5_000}
_NUMBERS = {"order": (0, 32_767), "cap_per_hour": (1, 1_000)}
_OF_TRIGGER: dict[str, tuple[str, ...]] = {
    RuleTrigger.EVENT: ("events",),
    RuleTrigger.TIME: ("anchor", "delay", "hours_of", "calendar"),
    RuleTrigger.SCHEDULE: ("weekdays", "at_times", "time_zone"),
    RuleTrigger.SENDING: (),
}
"""What a rule says of its trigger; the rest is emptied when it is saved."""

Sentences = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Saved:
    """A rule as it stands now, and what its author should know."""

    rule: Rule
    warnings: list[str]


def content_of(rule: Rule) -> dict[str, Any]:
    """How a rule reads, in JSON: what a version keeps."""
    return {
        "name": rule.name,
        "description": rule.description,
        "order": rule.order,
        "trigger": str(rule.trigger),
        "events": list(rule.events),
        "anchor": rule.anchor,
        "delay": None if rule.delay is None else int(rule.delay.total_seconds()),
        "hours_of": str(rule.hours_of),
        "calendar": rule.calendar_id,
        "weekdays": list(rule.weekdays),
        "at_times": [f"{at:%H:%M}" for at in rule.at_times],
        "time_zone": rule.time_zone,
        "conditions": rule.conditions,
        "actions": rule.actions,
        "stops": rule.stops,
        "cap_per_hour": rule.cap_per_hour,
    }


def draft_rule(data: Mapping[str, Any], *, rule: Rule | None = None) -> Rule:
    """An unsaved rule from data as ``content_of`` writes them (dates, times and keys may be Python's own).

    Fields that ``data`` leaves out stay as the ``rule`` has them, or at their defaults. Raises InvalidInput, with
    sentences by field, for values that are none of theirs; what they mean together is looked at by ``problems_in``.
    """
    content = {**content_of(rule or Rule()), **data}
    sentences: Sentences = {}
    made = Rule(pk=rule.pk if rule else None)
    if rule:
        for name in ("is_active", "version", "shipped_key", "checked_to", "updated_at", "updated_by_id"):
            setattr(made, name, getattr(rule, name))
    for name, longest in _TEXTS.items():
        text = content[name].strip() if isinstance(content[name], str) else ""
        setattr(made, name, text)
        if len(text) > longest:
            sentences[name] = [_("At most %(most)d characters.") % {"most": longest}]
    for name, (low, high) in _NUMBERS.items():
        number = content[name]
        if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
            sentences[name] = [_("Write a number from %(low)d to %(high)d.") % {"low": low, "high": high}]
        else:
            setattr(made, name, number)
    made.stops = content["stops"] is True
    made.conditions = {} if content["conditions"] is None else content["conditions"]
    made.actions = content["actions"]
    made.trigger = str(content["trigger"])
    if made.trigger not in RuleTrigger.values:
        raise InvalidInput(_("Choose when the rule runs."), data={"trigger": [_("Choose when the rule runs.")]})
    for name in _OF_TRIGGER[made.trigger]:
        if sentence := _SETTERS[name](made, content[name]):
            sentences[name] = [sentence]
    if sentences:
        raise InvalidInput(" ".join(one for lines in sentences.values() for one in lines), data=sentences)
    return made


def problems_in(rule: Rule) -> Sentences:
    """Everything that stands in the way of saving a draft: field → sentences. Conditions and actions included."""
    found: Sentences = {}
    if not rule.name:
        found["name"] = [_("Give the rule a name.")]
    found |= _trigger_problems(rule)
    if problems := condition_problems(rule):
        found["conditions"] = [problem.sentence for problem in problems]
    if problems := check_actions(rule.actions, trigger=rule.trigger):
        found["actions"] = [problem.sentence for problem in problems]
    return found


def condition_problems(rule: Rule) -> list[Problem]:
    """What is wrong with a draft's conditions, also that what they name is gone."""
    fields, is_event = fields_for(rule.trigger), rule.trigger == RuleTrigger.EVENT
    if problems := check(rule.conditions, fields=fields, event_rule=is_event):
        return problems
    names = names_in(rule.conditions)
    unknown = zones_unknown_to_the_database(zones_in(rule.conditions))
    return check(rule.conditions, fields=fields, event_rule=is_event, names=names) + [
        Problem("", _("The database does not know the time zone “%(zone)s”; choose another.") % {"zone": zone})
        for zone in sorted(unknown)
    ]


@transaction.atomic
def save_rule(
    *, data: Mapping[str, Any], actor: Actor, now: datetime, rule_id: int | None = None, version: int | None = None
) -> Saved:
    """Create a rule (switched off), or change one: then ``version`` is the one its author looked at.

    Raises InvalidInput with sentences by field (also when it would surely run in a circle with others),
    SavedMeanwhile when somebody else saved it since, PermissionRefused, Rule.DoesNotExist.
    """
    _refuse_unless(actor, "tickets.change_rule" if rule_id else "tickets.add_rule")
    before = Rule.objects.select_for_update().get(pk=rule_id) if rule_id else None
    if before and before.version != version:
        raise SavedMeanwhile(_meanwhile(before))
    rule = draft_rule(data, rule=before)
    if found := problems_in(rule):
        raise InvalidInput(" ".join(one for lines in found.values() for one in lines), data=found)
    warnings = _refuse_loops(rule) if rule.is_active else conflicts_of(rule, _active_besides(rule)).warnings
    if before and content_of(before) == content_of(rule):
        return Saved(before, warnings)
    rule.version = before.version + 1 if before else 1
    rule.checked_to = rule.updated_at = now
    rule.updated_by_id = actor.id if actor.user else None
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        if Rule.objects.filter(name=rule.name).exclude(pk=rule.pk).exists():
            sentence = _("There is already a rule with this name.")
            raise InvalidInput(sentence, data={"name": [sentence]}) from error
        raise
    RuleVersion.objects.create(
        rule=rule, number=rule.version, content=content_of(rule), made_at=now, made_by_id=rule.updated_by_id
    )
    return Saved(rule, warnings)


@transaction.atomic
def switch_rule(*, rule_id: int, is_on: bool, actor: Actor, now: datetime) -> Saved:
    """Switch a rule on or off. A time rule that comes on begins now: what was over before is not caught up.

    Raises InvalidInput when it has problems or would surely run in a circle, PermissionRefused, Rule.DoesNotExist.
    """
    _refuse_unless(actor, "tickets.change_rule")
    rule = Rule.objects.select_for_update().get(pk=rule_id)
    if rule.is_active == is_on:
        return Saved(rule, [])
    warnings: list[str] = []
    if is_on:
        if found := problems_in(rule):
            raise InvalidInput(" ".join(one for lines in found.values() for one in lines), data=found)
        warnings = _refuse_loops(rule)
        rule.checked_to = rule.updated_at = now
    rule.is_active = is_on
    rule.updated_by_id = actor.id if actor.user else None
    rule.save(update_fields=["is_active", "checked_to", "updated_at", "updated_by"])
    return Saved(rule, warnings)


@transaction.atomic
def switch_all(*, is_on: bool, actor: Actor, now: datetime) -> RuleSwitch:
    """Switch all rules off, or on again. Nothing of the time between is caught up. Raises PermissionRefused."""
    _refuse_unless(actor, "tickets.switch_rules")
    RuleSwitch.objects.get_or_create(pk=1)
    switch = RuleSwitch.objects.select_for_update().get(pk=1)
    if switch.is_on != is_on:
        if is_on:
            Rule.objects.filter(is_active=True).update(checked_to=now)
        switch.is_on, switch.changed_at, switch.changed_by_id = is_on, now, actor.id if actor.user else None
        switch.save()
    return switch


def restore_version(*, rule_id: int, number: int, version: int, actor: Actor, now: datetime) -> Saved:
    """Save a rule again as an earlier version read; it becomes the newest. Raises what ``save_rule`` raises."""
    kept = RuleVersion.objects.get(rule_id=rule_id, number=number)
    return save_rule(data=kept.content, actor=actor, now=now, rule_id=rule_id, version=version)


@transaction.atomic
def delete_rule(*, rule_id: int, actor: Actor) -> None:
    """Delete a rule that never ran. Raises InvalidInput for one that did: its runs say what happened to tickets."""
    _refuse_unless(actor, "tickets.delete_rule")
    rule = Rule.objects.select_for_update().get(pk=rule_id)
    if rule.runs.exists():
        raise InvalidInput(_("This rule has run: switch it off instead, so that tickets can say why they changed."))
    rule.delete()


def _refuse_loops(rule: Rule) -> list[str]:
    found = conflicts_of(rule, _active_besides(rule))
    if found.loops:
        raise InvalidInput(" ".join(found.loops), data={"actions": found.loops})
    return found.warnings


def _active_besides(rule: Rule) -> list[Rule]:
    return list(Rule.objects.filter(is_active=True).exclude(pk=rule.pk))


def _meanwhile(rule: Rule) -> str:
    return _("%(who)s saved this rule at %(time)s UTC. Look at it again, then make your change.") % {
        "who": rule.updated_by or _("Somebody"),
        "time": f"{rule.updated_at:%Y-%m-%d %H:%M}",
    }


def _refuse_unless(actor: Actor, permission: str) -> None:
    if not actor.may(permission):
        raise PermissionRefused(_("You may not change rules."))


def _trigger_problems(rule: Rule) -> Sentences:
    """What is missing of the trigger."""
    found: Sentences = {}
    if rule.trigger == RuleTrigger.EVENT and not rule.events:
        found["events"] = [_("Choose what has to happen.")]
    if rule.trigger == RuleTrigger.TIME:
        if not rule.anchor:
            found["anchor"] = [_("Choose what the time is counted from.")]
        if rule.delay is None:
            found["delay"] = [_("Say how much time has to go by.")]
        if rule.hours_of == HoursOf.CALENDAR and rule.calendar_id is None:
            found["calendar"] = [_("Choose whose working time counts.")]
    if rule.trigger == RuleTrigger.SCHEDULE:
        if not rule.at_times:
            found["at_times"] = [_("Give at least one time of day.")]
        if not rule.time_zone:
            found["time_zone"] = [_("Choose a time zone.")]
    return found


def _set_events(rule: Rule, value: Any) -> str:
    listed = value if isinstance(value, (list, tuple)) else []
    rule.events = list(dict.fromkeys(str(one) for one in listed))
    unknown = [one for one in rule.events if one not in EVENT_LABELS]
    return _("There is no event “%(event)s”.") % {"event": unknown[0][:40]} if unknown else ""


def _set_anchor(rule: Rule, value: Any) -> str:
    rule.anchor = str(value or "")
    return "" if not rule.anchor or rule.anchor in ANCHORS else _("Choose what the time is counted from.")


def _set_delay(rule: Rule, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST_DELAY.total_seconds():
        value = timedelta(seconds=value)
    if value is not None and not isinstance(value, timedelta):
        return _("Say how much time has to go by.")
    rule.delay = value
    if value is not None and not timedelta(0) <= value <= MOST_DELAY:
        return _("Choose a time between nothing and %(most)d days.") % {"most": MOST_DELAY.days}
    return ""


def _set_hours_of(rule: Rule, value: Any) -> str:
    rule.hours_of = str(value or HoursOf.WALL)
    if rule.hours_of in (HoursOf.WALL, HoursOf.TEAM, HoursOf.CALENDAR):
        return ""
    return _("A rule counts around the clock, in the team's hours, or in a calendar's.")


def _set_calendar(rule: Rule, value: Any) -> str:
    key = value.pk if isinstance(value, BusinessCalendar) else value
    rule.calendar_id = key if rule.hours_of == HoursOf.CALENDAR else None
    if rule.calendar_id is not None and not BusinessCalendar.objects.filter(pk=rule.calendar_id).exists():
        return _("This calendar does not exist any more; choose another.")
    return ""


def _set_weekdays(rule: Rule, value: Any) -> str:
    listed = value if isinstance(value, (list, tuple)) else []
    if any(isinstance(day, bool) or not isinstance(day, int) or not 0 <= day <= 6 for day in listed):
        return _("Weekdays are Monday to Sunday.")
    rule.weekdays = sorted(set(listed))
    return ""


def _set_at_times(rule: Rule, value: Any) -> str:
    try:
        times = [one if isinstance(one, time) else time.fromisoformat(str(one)) for one in value or ()]
    except (TypeError, ValueError):
        return _("Write times of day like 09:30.")
    rule.at_times = sorted({one.replace(second=0, microsecond=0, tzinfo=None) for one in times})
    return _("At most %(most)d times a day.") % {"most": MOST_A_DAY} if len(rule.at_times) > MOST_A_DAY else ""


def _set_time_zone(rule: Rule, value: Any) -> str:
    rule.time_zone = str(value or "")
    if rule.time_zone and rule.time_zone not in zoneinfo.available_timezones():
        return _("“%(zone)s” is no time zone; write it like Asia/Shanghai.") % {"zone": rule.time_zone[:80]}
    return ""


_SETTERS = {
    "events": _set_events,
    "anchor": _set_anchor,
    "delay": _set_delay,
    "hours_of": _set_hours_of,
    "calendar": _set_calendar,
    "weekdays": _set_weekdays,
    "at_times": _set_at_times,
    "time_zone": _set_time_zone,
}
