"""The versions of a rule: who saved what and when, and what that changed, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.admin import words
from tickets.models import Rule, RuleVersion
from tickets.services.rules.wording import Said, say

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of a rule that a version changed."""

    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version. ``differences`` are to the one before it; the first has none."""

    version: RuleVersion
    when: str
    who: str
    said: Said
    differences: list[Difference]
    is_now: bool


def version_lines(rule: Rule) -> list[VersionLine]:
    """The latest versions, newest first."""
    versions = list(rule.versions.select_related("made_by").order_by("-number")[: SHOWN + 1])
    rules = [rule_of(version.content) for version in versions]
    for one in rules:
        one.shipped_key = rule.shipped_key
    said = say(rules)
    lines = []
    for place, version in enumerate(versions[:SHOWN]):
        before = place + 1 if place + 1 < len(versions) else None
        lines.append(
            VersionLine(
                version=version,
                when=words.moment(version.made_at),
                who=str(version.made_by) if version.made_by else "Clearway",
                said=said[place],
                differences=[]
                if before is None
                else differences(rules[before], said[before], rules[place], said[place]),
                is_now=version.number == rule.version,
            )
        )
    return lines


def differences(before: Rule, before_said: Said, after: Rule, after_said: Said) -> list[Difference]:
    """What differs between two readings of a rule."""
    pairs = [
        (_("Name"), before.name, after.name),
        (_("What it is for"), before.description, after.description),
        (pgettext("rule", "When"), before_said.when, after_said.when),
        (_("If"), _conditions(before_said), _conditions(after_said)),
        (_("Then"), before_said.then, after_said.then),
        (_("Order"), str(before.order), str(after.order)),
        (_("No later rule after this one"), _yes(before.stops), _yes(after.stops)),
        (_("At most so often a ticket and hour"), str(before.cap_per_hour), str(after.cap_per_hour)),
    ]
    return [Difference(part, old or "—", new or "—") for part, old, new in pairs if old != new]


def rule_of(content: dict[str, Any]) -> Rule:
    """A rule as a version kept it, to be read only: nothing of it is looked up."""
    delay = content.get("delay")
    return Rule(
        name=content.get("name", ""),
        description=content.get("description", ""),
        order=content.get("order", 0),
        trigger=content.get("trigger", ""),
        events=content.get("events") or [],
        anchor=content.get("anchor", ""),
        delay=None if delay is None else timedelta(seconds=delay),
        hours_of=content.get("hours_of", ""),
        calendar_id=content.get("calendar"),
        weekdays=content.get("weekdays") or [],
        at_times=[time.fromisoformat(one) for one in content.get("at_times") or ()],
        time_zone=content.get("time_zone", ""),
        conditions=content.get("conditions") or {},
        actions=content.get("actions") or [],
        stops=bool(content.get("stops")),
        cap_per_hour=content.get("cap_per_hour", 0),
    )


def _conditions(said: Said) -> str:
    return said.problem or said.conditions or pgettext("condition", "always")


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")
