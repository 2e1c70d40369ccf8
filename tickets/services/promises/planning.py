"""Which clocks of a ticket begin, change and end: the same for one change as for a recount of thousands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets.choices import Resolution, Target
from tickets.models import Clock, Ticket
from tickets.policies.promises import RESPONSES, Standing, deadline, is_fulfilled, is_paused, outcome, pauses
from tickets.services.promises.history import History
from tickets.services.promises.policies import Policy, Promises
from tickets.services.promises.rows import Written


@dataclass(frozen=True, slots=True)
class Happened:
    """What this moment brought: the customer was answered or told something, the ticket is new or was reopened."""

    answered: bool = False
    told: bool = False
    opened: bool = False
    reopened: bool = False


NOTHING = Happened()


@dataclass(slots=True)
class Plan:
    """Works out one ticket's clocks at one moment. ``running`` are those it has."""

    promises: Promises
    ticket: Ticket
    facts: Mapping[str, Any]
    history: History
    now: datetime
    happened: Happened = NOTHING
    anew: bool = False
    """Whether deadlines are computed again though nothing about the ticket changed: a policy or a calendar did."""

    def make(self, running: Sequence[Clock]) -> Written:
        """What has to be written, so that the clocks are those that the ticket owes. ``running`` is not changed."""
        written = Written()
        standing = self._standing()
        wanted = self._wanted(standing, running)
        by_target = {clock.target: clock for clock in running}
        for clock in running:
            start, policy = wanted.get(clock.target, (None, None))
            if policy is None or start != clock.started_at:
                self._end(clock, standing, written)
            elif self._settle(clock, policy, standing):
                written.changed.append(clock)
        for target, (start, policy) in wanted.items():
            known = by_target.get(target)
            if known is None or known.started_at != start:
                written.new.append(self._begin(target, start, policy, standing))
        return written

    def _standing(self) -> Standing:
        ticket = self.ticket
        return Standing(
            is_open=ticket.is_open,
            has_customer=ticket.customer_id is not None,
            waiting_on=ticket.waiting_on,
            state_since=ticket.state_since,
            unanswered_since=ticket.unanswered_since,
        )

    def _wanted(self, standing: Standing, running: Sequence[Clock]) -> dict[str, tuple[datetime, Policy]]:
        """What runs by now, from when, by which policy."""
        targets = standing.targets
        if not targets:
            return {}
        policies = self.promises.choose(self.facts)
        started = {clock.target: clock.started_at for clock in running}
        wanted: dict[str, tuple[datetime, Policy]] = {}
        for may_run in targets:
            target = self._response(policies, started) if may_run in RESPONSES else may_run
            policy = policies.get(target)
            if policy is not None:
                wanted[target] = (self._start(target, standing, started.get(target)), policy)
        return wanted

    def _response(self, policies: Mapping[str, Policy], started: Mapping[str, datetime]) -> Target:
        """Whether it is the first response that is owed, or the next one."""
        if not any(target in policies for target in RESPONSES):
            return Target.FIRST_RESPONSE
        for target in RESPONSES:
            if target in started:
                return target
        was_answered = not self.happened.opened and self.history.was_answered(self.ticket.pk)
        return Target.NEXT_RESPONSE if was_answered else Target.FIRST_RESPONSE

    def _start(self, target: str, standing: Standing, started_at: datetime | None) -> datetime:
        if target in RESPONSES:
            assert standing.unanswered_since is not None
            return standing.unanswered_since
        if target == Target.RESOLUTION:
            return started_at or self._began_at()
        if target == Target.NEXT_UPDATE:
            if self.happened.told:
                return self.now
            return started_at or self._told_at()
        return standing.state_since

    def _began_at(self) -> datetime:
        if self.happened.reopened:
            return self.now
        if self.happened.opened:
            return self.ticket.opened_at
        return self.history.reopened_at(self.ticket.pk) or self.ticket.opened_at

    def _told_at(self) -> datetime:
        """When the customer heard of us last. A ticket that goes on from another one begins with itself."""
        if self.happened.reopened or self.happened.opened:
            return self.now
        told_at = self.history.told_at(self.ticket.pk)
        began_at = self.history.alive_since(self.ticket.pk) or self.ticket.opened_at
        return max(told_at, began_at) if told_at else began_at

    def _begin(self, target: str, start: datetime, policy: Policy, standing: Standing) -> Clock:
        clock = Clock(ticket_id=self.ticket.pk, target=target, started_at=start)
        if target in (Target.PARTNER_ANSWER, Target.CARRIER_ANSWER):
            clock.partner_id = self.history.partner_asked(self.ticket.pk, target)
        self._compute(clock, policy, standing)
        return clock

    def _settle(self, clock: Clock, policy: Policy, standing: Standing) -> bool:
        """Bring a running clock in line with its ticket. Returns whether anything of it changed."""
        counted = self.promises.counted(policy, team_id=self.ticket.team_id, partner_id=clock.partner_id)
        paused = is_paused(clock.target, standing.waiting_on)
        is_as_it_was = (
            clock.policy_id == policy.id
            and clock.calendar_id == counted.calendar_id
            and clock.duration == counted.duration
        )
        if is_as_it_was and not self.anew:
            if paused == (clock.paused_since is not None):
                return False
            if paused:
                assert clock.due_at is not None
                if clock.due_at <= self.now:  # the time was up before
                    return False
                clock.due_at, clock.warn_at, clock.paused_since = None, None, max(self.now, clock.started_at)
                return True
        before = _computed(clock)
        if clock.policy_id != policy.id or clock.duration != counted.duration:
            clock.warned_percent = 0
        self._compute(clock, policy, standing)
        return before != _computed(clock)

    def _compute(self, clock: Clock, policy: Policy, standing: Standing) -> None:
        """Deadline, next warning and pause from the start, the policy and the facts."""
        counted = self.promises.counted(policy, team_id=self.ticket.team_id, partner_id=clock.partner_id)
        clock.policy_id, clock.calendar_id, clock.duration = policy.id, counted.calendar_id, counted.duration
        found = deadline(
            counted.hours,
            start=clock.started_at,
            duration=counted.duration,
            stood_still=self._pauses(clock, standing),
            warn_at=() if clock.breached_at else policy.warn_at,
            warned=clock.warned_percent,
            now=self.now,
        )
        clock.due_at, clock.paused_since, clock.warn_at = found.due_at, found.paused_since, found.warn_at

    def _pauses(self, clock: Clock, standing: Standing) -> list[tuple[datetime, datetime | None]]:
        if clock.target != Target.RESOLUTION:
            return []
        paused = is_paused(clock.target, standing.waiting_on)
        if clock.started_at == self.now and not paused:
            return []
        intervals = [] if self.happened.opened else self.history.intervals(self.ticket.pk)
        return pauses(intervals, start=clock.started_at, now=self.now, paused_now=paused)

    def _end(self, clock: Clock, standing: Standing, written: Written) -> None:
        fulfilled = is_fulfilled(
            clock.target,
            standing,
            resolution=self.ticket.resolution or Resolution.NONE,
            answered=self.happened.answered,
            told=self.happened.told,
        )
        is_late = clock.breached_at is not None or (clock.due_at is not None and clock.due_at <= self.now)
        clock.outcome = outcome(is_missed=is_late, fulfilled=fulfilled)
        clock.ended_at = max(self.now, clock.started_at)
        clock.warn_at = None
        written.ended.append(clock)
        if is_late and fulfilled:
            written.late.append(clock)


def _computed(clock: Clock) -> tuple[Any, ...]:
    return (
        *(clock.policy_id, clock.calendar_id, clock.duration, clock.due_at, clock.warn_at),
        *(clock.paused_since, clock.warned_percent),
    )
