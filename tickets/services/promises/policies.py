"""The policies as every process keeps them: which promise a ticket gets, and in whose hours it counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from common.errors import InvalidInput
from common.policies.business_time import Hours
from common.revisions import CALENDARS, PROMISES, Kept, current
from common.services.calendars import hours_of
from logistics.policies.office_hours import office_hours
from logistics.services.agreements import Agreed, agreed_with
from tickets.choices import HoursOf, Target
from tickets.models import PromisePolicy, Team
from tickets.policies.conditions import fields_in, matches
from tickets.policies.fields import FIELDS, Moment

_ANSWERS = (Target.PARTNER_ANSWER, Target.CARRIER_ANSWER)
_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class Policy:
    """One promise as it is compiled."""

    id: int
    target: str
    conditions: Mapping[str, Any]
    duration: timedelta
    hours_of: str
    calendar_id: int | None
    warn_at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """In what time a clock is counted, and how much of it there is. Without ``calendar_id`` it is none of ours."""

    calendar_id: int | None
    hours: Hours
    duration: timedelta


class Promises:
    """The active policies in their order. What one combination of values gets is worked out once."""

    def __init__(
        self,
        policies: Iterable[Policy],
        *,
        team_calendars: Mapping[int, int | None],
        partners: Mapping[int, Agreed],
    ) -> None:
        self.policies = tuple(policies)
        self._team_calendars = team_calendars
        self._partners = partners
        names = sorted({name for policy in self.policies for name in fields_in(policy.conditions)})
        self._fields = [FIELDS[name] for name in names if name in FIELDS]
        self._chosen: dict[tuple[Any, ...], dict[str, Policy]] = {}
        self._hours: dict[int | None, Hours] = {}

    def choose(self, facts: Any) -> dict[str, Policy]:
        """The first policy of each target whose conditions fit these facts (a mapping of their columns, or a row)."""
        moment = Moment(facts)
        values = [field.read(moment) for field in self._fields]
        key = tuple(tuple(value) if isinstance(value, list) else value for value in values)
        if (known := self._chosen.get(key)) is not None:
            return known
        named = {field.name: value for field, value in zip(self._fields, values, strict=True)}
        chosen: dict[str, Policy] = {}
        for policy in self.policies:
            if policy.target not in chosen and matches(policy.conditions, named):
                chosen[policy.target] = policy
        if len(self._chosen) >= _REMEMBERED:
            self._chosen.clear()
        self._chosen[key] = chosen
        return chosen

    def counted(self, policy: Policy, *, team_id: int | None, partner_id: int | None) -> Counted:
        """Whose hours a clock of this policy counts, and how many.

        An answer time agreed with the partner goes before the policy's, in the hours agreed. Where a team or a partner
        is asked for and there is none, the other one's hours stand in; without any, and for a team without a calendar,
        it is around the clock.
        """
        agreed = self._partners.get(partner_id) if partner_id is not None else None
        if agreed is not None and _is_agreed(policy, agreed):
            return Counted(agreed.calendar_id, self._of_partner(agreed), agreed.answer or policy.duration)
        if policy.hours_of == HoursOf.CALENDAR:
            return Counted(policy.calendar_id, self._of_calendar(policy.calendar_id), policy.duration)
        if policy.hours_of == HoursOf.WALL:
            return Counted(None, self._of_calendar(None), policy.duration)
        if policy.hours_of == HoursOf.PARTNER and agreed is not None:
            return Counted(agreed.calendar_id, self._of_partner(agreed), policy.duration)
        calendar_id = self._team_calendars.get(team_id) if team_id is not None else None
        return Counted(calendar_id, self._of_calendar(calendar_id), policy.duration)

    def of_team(self, team_id: int | None) -> Hours:
        """A team's hours."""
        return self._of_calendar(self._team_calendars.get(team_id) if team_id is not None else None)

    def of_all_teams(self) -> list[Hours]:
        """The hours of every team that has a calendar."""
        return [self._of_calendar(number) for number in set(self._team_calendars.values()) if number is not None]

    def of_clock(self, policy_id: int, *, calendar_id: int | None, partner_id: int | None) -> Hours:
        """The hours that a running clock was given."""
        agreed = self._partners.get(partner_id) if calendar_id is None and partner_id is not None else None
        if agreed is not None and agreed.calendar_id is None:
            policy = next((one for one in self.policies if one.id == policy_id), None)
            if policy is not None and (policy.hours_of == HoursOf.PARTNER or _is_agreed(policy, agreed)):
                return office_hours(agreed.zone)
        return self._of_calendar(calendar_id)

    def warn_at(self, policy_id: int) -> tuple[int, ...]:
        """At what shares of the time a policy warns; none when it is switched off by now."""
        return next((policy.warn_at for policy in self.policies if policy.id == policy_id), ())

    @property
    def version(self) -> str:
        """A digest of all that deadlines are computed from. The same after a change that was undone, or was none."""
        said = [
            [
                [
                    *(one.id, one.target, one.conditions, one.duration.total_seconds()),
                    *(one.hours_of, one.calendar_id, one.warn_at),
                ]
                for one in self.policies
            ],
            sorted(self._team_calendars.items()),
            [
                [number, one.answer and one.answer.total_seconds(), one.calendar_id, one.zone]
                for number, one in sorted(self._partners.items())
            ],
            current(CALENDARS),
        ]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def _of_partner(self, agreed: Agreed) -> Hours:
        return office_hours(agreed.zone) if agreed.calendar_id is None else self._of_calendar(agreed.calendar_id)

    def _of_calendar(self, calendar_id: int | None) -> Hours:
        hours = self._hours.get(calendar_id)
        if hours is None:
            try:
                hours = hours_of(calendar_id)
            except InvalidInput:  # deleted since this was compiled
                hours = Hours.always()
            self._hours[calendar_id] = hours
        return hours


def _is_agreed(policy: Policy, agreed: Agreed) -> bool:
    """Whether the agreement says how long this may take: a partner's answer, where its time was agreed."""
    return agreed.answer is not None and policy.target in _ANSWERS


def load() -> Promises:
    """Compile what stands in the database now."""
    return Promises(
        [compiled(row) for row in PromisePolicy.objects.filter(is_active=True).order_by("target", "order", "id")],
        team_calendars=dict(Team.objects.values_list("pk", "calendar_id")),
        partners=agreed_with(),
    )


def compiled(row: PromisePolicy) -> Policy:
    """A policy's row as it is worked with."""
    return Policy(
        row.pk,
        row.target,
        row.conditions or {},
        row.duration,
        row.hours_of,
        row.calendar_id,
        tuple(sorted(set(row.warn_at_percent))),
    )


_kept = Kept(load, PROMISES, CALENDARS)


def promises() -> Promises:
    """The policies as they are now, at most a second old."""
    return _kept.get()
