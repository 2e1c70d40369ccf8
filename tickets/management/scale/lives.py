"""How tickets came to stand where they stand, so that every promise about them is as the clock would have it.

Nothing is overdue except what is wanted: who is still in time is less than half through it, so that no warning has been
due either. The figures of the shipped promises leave room for that; see ``tickets.services.promises.shipped``.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from common.policies.business_time import Hours
from tickets.choices import ClockOutcome, Target, WaitingOn
from tickets.policies.promises import ASKED, next_warning
from tickets.services.promises.policies import Policy, Promises

# Plain words: a member of an enumeration takes longer to be asked for its value than a whole line to be written.
_F, _N = Target.FIRST_RESPONSE.value, Target.NEXT_RESPONSE.value
_U, _R = Target.NEXT_UPDATE.value, Target.RESOLUTION.value
_US = WaitingOn.US.value
_KEPT = ClockOutcome.KEPT.value
_ASKED = {str(party): target.value for party, target in ASKED.items()}
_STORIES, _SO_OFTEN = ("fresh", "again", "answered"), (3, 5, 12)
"""How tickets under way stand with their customers, and how many do (added up)."""
_WITHOUT_PROMISE = timedelta(hours=8)
_IN_TIME = (0.02, 0.45)
_JUST_OVER = (0.001, 2.0)
_A_LITTLE = (60, 600)
CLOSED_AFTER = timedelta(days=7)


@dataclass(slots=True)
class Promised:
    """One clock, as its row has it."""

    policy: Policy
    calendar_id: int | None
    target: str
    started_at: datetime
    due_at: datetime | None = None
    warn_at: datetime | None = None
    warned_percent: int = 0
    paused_since: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""


@dataclass(slots=True)
class Life:
    """The moments of one ticket. ``words``: who wrote when, in order (True: the customer)."""

    opened_at: datetime
    since: datetime
    words: list[tuple[datetime, bool]]
    told_at: datetime | None = None
    unanswered_since: datetime | None = None
    snoozed_until: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    promised: list[Promised] = field(default_factory=list)

    @property
    def next_due_at(self) -> datetime | None:
        """The deadline that comes first."""
        running = [one.due_at for one in self.promised if one.due_at is not None and one.ended_at is None]
        return min(running, default=None)


class Lives:
    """Makes lives that are seen at one moment, ``now``."""

    def __init__(self, chance: random.Random, promises: Promises, *, now: datetime) -> None:
        self._chance, self._promises, self._now = chance, promises, now
        self._counted: dict[int, tuple[int | None, Hours]] = {}

    def ended(self, facts: Mapping[str, Any], *, is_closed: bool) -> Life:
        """A ticket that was answered and solved in time, within the last 90 days."""
        policies = self._promises.choose(facts)
        ago = timedelta(seconds=self._chance.randrange(60, 83 * 86_400 if is_closed else 7 * 86_400))
        resolved = self._now - ago - (CLOSED_AFTER if is_closed else timedelta(0))
        opened = resolved - self._share(policies, _R, 0.05, 0.9)
        told = opened + min(self._share(policies, _F, 0.05, 0.9), (resolved - opened) / 2)
        closed = resolved + CLOSED_AFTER if is_closed else None
        words = [(opened, True), (told, False), (told + (resolved - told) / 2, True)]
        life = Life(opened, closed or resolved, words, told_at=told, resolved_at=resolved, closed_at=closed)
        for target, until in ((_R, resolved), (_F, told)):
            if (policy := policies.get(target)) is not None:
                calendar, hours = self._hours(policy)
                due = hours.add(opened, policy.duration)
                life.promised.append(Promised(policy, calendar, target, opened, due, ended_at=until, outcome=_KEPT))
        return life

    def open(self, waiting_on: str, facts: Mapping[str, Any], *, stays: bool, is_due: bool) -> Life:
        """A ticket under way, or (``stays``) in its first state yet.

        ``is_due``: one of its promises has fallen due within the last two seconds.
        """
        policies = self._promises.choose(facts)
        asked = _ASKED.get(waiting_on)
        paused = waiting_on != _US
        story = self._chance.choices(_STORIES, cum_weights=_SO_OFTEN)[0]
        due = self._due_target(story, asked, paused=paused) if is_due else None
        if story == "fresh":
            life = self._fresh(policies, asked, due, stays=stays)
        else:
            life = self._answered(policies, asked, due, again=story == "again", paused=paused, stays=stays)
        if story == "answered" and due is None and self._chance.random() < 0.06:
            life.snoozed_until = self._now + timedelta(seconds=self._chance.randrange(3_600, 10 * 86_400))
        started: dict[str, datetime] = {_R: life.opened_at, _U: life.told_at or life.opened_at}
        if life.unanswered_since is not None:
            started[_F if story == "fresh" else _N] = life.unanswered_since
        if asked is not None:
            started[asked] = life.since
        for target, at in started.items():
            if (policy := policies.get(target)) is not None:
                paused_since = life.since if paused and target == _R else None
                life.promised.append(self._running(policy, target, at, paused_since, is_due=target == due))
        return life

    def _fresh(self, policies: Mapping[str, Policy], asked: str | None, due: str | None, *, stays: bool) -> Life:
        """Nobody has answered yet; the customer wrote twice."""
        opened = self._now - self._elapsed(policies, _F, due)
        if stays:
            since = opened
        elif asked is not None:
            since = max(opened + (self._now - opened) / 50, self._now - self._elapsed(policies, asked, due))
        else:
            since = self._between(opened, self._now)
        words = [(opened, True), (self._between(opened, self._now), True)]
        return Life(opened, since, words, unanswered_since=opened)

    def _answered(
        self,
        policies: Mapping[str, Policy],
        asked: str | None,
        due: str | None,
        *,
        again: bool,
        paused: bool,
        stays: bool,
    ) -> Life:
        """Answered, and perhaps asked again since."""
        chance, now = self._chance, self._now
        unanswered = now - self._elapsed(policies, _N, due) if again else None
        if due == _U:
            told = now - self._elapsed(policies, _U, due)
        else:
            room = min(self._share(policies, _U, 0.25, 0.25), self._share(policies, _R, 0.2, 0.2))
            told = (unanswered or now) - room * chance.uniform(0.05, 1)
        if paused:
            lasts = self._elapsed(policies, asked, due) if asked else timedelta(seconds=chance.uniform(60, 30 * 86_400))
            since = now - lasts
            opened = since - self._share(policies, _R, *_IN_TIME)
        else:
            since = None
            opened = now - self._elapsed(policies, _R, due)
        opened = min(opened, told - timedelta(seconds=chance.uniform(*_A_LITTLE)))
        if since is None:
            since = opened if stays else self._between(opened, now)
        elif due == _U:  # the time before the pause must not have been up
            since = opened + min(self._share(policies, _R, *_IN_TIME), now - opened)
        words = [(opened, True), (told, False)]
        words.append((unanswered, True) if unanswered else (opened + (told - opened) / 2, True))
        return Life(opened, since, sorted(words), told_at=told, unanswered_since=unanswered)

    @staticmethod
    def _due_target(story: str, asked: str | None, *, paused: bool) -> str:
        if story != "answered":
            return _F if story == "fresh" else _N
        return asked or (_U if paused else _R)

    def _running(
        self, policy: Policy, target: str, at: datetime, paused_since: datetime | None, *, is_due: bool
    ) -> Promised:
        calendar, hours = self._hours(policy)
        promised = Promised(policy, calendar, target, at, paused_since=paused_since)
        if paused_since is None:
            promised.due_at = hours.add(at, policy.duration)
            if is_due:
                promised.warned_percent = max(policy.warn_at, default=0)
            else:
                promised.warn_at = next_warning(
                    hours,
                    due=promised.due_at,
                    duration=policy.duration,
                    warn_at=policy.warn_at,
                    warned=0,
                    now=self._now,
                )
        return promised

    def _elapsed(self, policies: Mapping[str, Policy], target: str, due: str | None) -> timedelta:
        if target == due:
            over = timedelta(seconds=self._chance.uniform(*_JUST_OVER))
            return _duration(policies, target) + over
        return self._share(policies, target, *_IN_TIME)

    def _share(self, policies: Mapping[str, Policy], target: str, low: float, high: float) -> timedelta:
        return _duration(policies, target) * self._chance.uniform(low, high)

    def _between(self, low: datetime, high: datetime) -> datetime:
        return low + (high - low) * self._chance.uniform(0.02, 0.98)

    def _hours(self, policy: Policy) -> tuple[int | None, Hours]:
        known = self._counted.get(policy.id)
        if known is None:
            counted = self._promises.counted(policy, team_id=None, partner_id=None)
            known = self._counted[policy.id] = counted.calendar_id, counted.hours
        return known


def _duration(policies: Mapping[str, Policy], target: str) -> timedelta:
    policy = policies.get(target)
    return policy.duration if policy is not None else _WITHOUT_PROMISE
