"""Whole rules in plain words, in the active language: when, if, then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.models import BusinessCalendar
from tickets.choices import HoursOf, RuleTrigger
from tickets.models import Rule
from tickets.policies.conditions import Names, Tree, check, sentence, value_words
from tickets.policies.events import EVENT_LABELS
from tickets.policies.fields import FIELDS
from tickets.services.rules.actions import ACTIONS, offered, sentence_of
from tickets.services.rules.references import names_in
from tickets.services.rules.timed import ANCHORS


@dataclass(frozen=True, slots=True)
class Said:
    """A rule in words. ``conditions`` is empty where a rule always holds; ``problem`` where it cannot be read."""

    when: str
    conditions: str
    actions: list[str]
    problem: str = ""

    @property
    def then(self) -> str:
        """All actions in one line."""
        return _(", then ").join(self.actions)

    @property
    def whole(self) -> str:
        """The rule as one sentence."""
        parts = {"when": self.when, "if": self.conditions, "then": self.then}
        if not self.conditions:
            return _("%(when)s: %(then)s.") % parts
        return _("%(when)s, if %(if)s: %(then)s.") % parts


def name_of_rule(rule: Rule) -> str:
    """A rule's name; that of a shipped rule in the active language."""
    return _(rule.name) if rule.shipped_key and rule.name else rule.name


def description_of_rule(rule: Rule) -> str:
    """What a rule is for; of a shipped rule in the active language."""
    return _(rule.description) if rule.shipped_key and rule.description else rule.description


def say(rules: Sequence[Rule]) -> list[Said]:
    """Some rules in words; how many queries that takes does not depend on how many they are."""
    problems = [check(rule.conditions) for rule in rules]
    names = names_in(*(rule.conditions for rule, found in zip(rules, problems, strict=True) if not found))
    keys = {rule.calendar_id for rule in rules if rule.calendar_id is not None}
    calendars = dict(BusinessCalendar.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    with offered.read_once():
        return [
            Said(
                when=when_words(rule, calendars),
                conditions="" if found else if_words(rule.conditions, names),
                actions=then_words(rule.actions),
                problem=found[0].sentence if found else "",
            )
            for rule, found in zip(rules, problems, strict=True)
        ]


def if_words(tree: Tree, names: Names | None = None) -> str:
    """What a checked tree says; empty for one that always holds."""
    return sentence(tree, names=names) if tree else ""


def then_words(actions: Any) -> list[str]:
    """A sentence an action; those that are none are left out."""
    listed = actions if isinstance(actions, list) else []
    return [
        sentence_of(one)
        for one in listed
        if isinstance(one, dict) and str(one.get("action")) in ACTIONS and isinstance(one.get("inputs", {}), dict)
    ]


def when_words(rule: Rule, calendars: Mapping[int, str]) -> str:
    """When a rule runs. ``calendars`` gives calendars their names."""
    if rule.trigger == RuleTrigger.SENDING:
        return _("Before a message goes out")
    if rule.trigger == RuleTrigger.TIME:
        return _time_words(rule, calendars)
    if rule.trigger == RuleTrigger.SCHEDULE:
        return _schedule_words(rule)
    labels = [str(EVENT_LABELS[one]) for one in rule.events if one in EVENT_LABELS]
    return _listed([label if place == 0 else _small(label) for place, label in enumerate(labels)])


def _time_words(rule: Rule, calendars: Mapping[int, str]) -> str:
    anchor = ANCHORS.get(rule.anchor)
    said = {"delay": duration_words(rule.delay), "anchor": anchor.label if anchor else "…"}
    text = _("%(delay)s after %(anchor)s") % said
    if rule.hours_of == HoursOf.TEAM:
        return _("%(text)s, counted in the team's hours") % {"text": text}
    if rule.hours_of == HoursOf.CALENDAR:
        name = calendars.get(rule.calendar_id or 0, "…")
        return _("%(text)s, counted in the hours of “%(calendar)s”") % {"text": text, "calendar": name}
    return text


def _schedule_words(rule: Rule) -> str:
    day_names = dict(FIELDS["now.weekday"].options()) if FIELDS["now.weekday"].options else {}
    days = pgettext("list of weekdays", ", ").join(str(day_names[day]) for day in rule.weekdays if day in day_names)
    said = {
        "days": days or _("every day"),
        "times": pgettext("list of times", ", ").join(f"{at:%H:%M}" for at in rule.at_times),
        "zone": rule.time_zone.replace("_", " ") or "…",
    }
    return capfirst(_("%(days)s at %(times)s (%(zone)s)") % said)


def duration_words(delay: timedelta | None) -> str:
    """A length of time as rules say it."""
    return "…" if delay is None else value_words(FIELDS["ticket.age"], int(delay.total_seconds()))


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts) or "…"
    return _(", ").join(parts[:-1]) + _(" or ") + parts[-1]


def _small(label: str) -> str:
    return label[:1].lower() + label[1:]
