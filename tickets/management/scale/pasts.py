"""What happened to tickets in the past weeks of a desk: with a weekly rhythm, people's own hours, and a storm.

All of it ends by a given moment unless tickets may stay open. Durations are drawn, then counted in the hours of whoever
works: a team's answers wait for its morning, a broker's for his.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from common.policies.business_time import Hours, NeverOpen, first_instant
from tickets.choices import Kind, WaitingOn
from tickets.policies.states import STATES, main_state

HOUR = timedelta(hours=1)
_WEEKDAYS = (1.25, 1.1, 1.0, 1.0, 1.05, 0.55, 0.45)
_HOURS_OF_DAY = (2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 13, 12, 11, 12, 13, 14, 15, 14, 12, 13, 16, 15, 9, 5)
_STORM_DAYS_AGO = (38, 37, 36)
_STORM = 3.0
STORM_COUNTRIES = ("DE", "FR", "GB")


@dataclass(frozen=True, slots=True)
class Place:
    """Where customers are: their country, zone and language, and how many of them there are."""

    country: str
    zone: ZoneInfo
    language: str
    weight: int


PLACES = tuple(
    Place(country, ZoneInfo(zone), language, weight)
    for country, zone, language, weight in (
        ("US", "America/New_York", "en", 22),
        ("DE", "Europe/Berlin", "de", 20),
        ("BR", "America/Sao_Paulo", "pt", 13),
        ("FR", "Europe/Paris", "fr", 11),
        ("MX", "America/Mexico_City", "es", 8),
        ("JP", "Asia/Tokyo", "ja", 8),
        ("GB", "Europe/London", "en", 7),
        ("CN", "Asia/Shanghai", "zh-Hans", 4),
        ("IN", "Asia/Kolkata", "en", 4),
        ("NP", "Asia/Kathmandu", "en", 3),
    )
)
_PLACE_WEIGHTS = tuple(accumulate(place.weight for place in PLACES))

# The usual courses: state and how often. Times come from whom the state waits on.
_COURSES: dict[str, tuple[tuple[int, tuple[str, ...]], ...]] = {
    Kind.CLEARANCE: (
        (
            5,
            (
                "reported",
                "under_review",
                "documents_requested",
                "documents_received",
                "with_broker",
                "awaiting_release",
                "released",
            ),
        ),
        (
            3,
            (
                "reported",
                "under_inspection",
                "under_review",
                "with_broker",
                "duties_assessed",
                "duties_requested",
                "awaiting_release",
                "released",
            ),
        ),
        (1, ("reported", "under_review", "with_broker", "refused", "returning", "returned")),
    ),
    Kind.DELAY: (
        (5, ("detected", "investigating", "carrier_answered", "to_inform", "informed", "delivered")),
        (3, ("detected", "delivered")),
        (1, ("detected", "investigating", "carrier_answered", "declared_lost")),
    ),
    Kind.LOSS: (
        (5, ("reported", "tracing", "evidence_requested", "evidence_received", "confirmed", "settled")),
        (2, ("reported", "tracing", "found", "delivered")),
        (1, ("reported", "evidence_requested", "evidence_received", "not_compensable")),
    ),
    Kind.FAILED_DELIVERY: (
        (5, ("attempted", "instructions_requested", "instructions_received", "redelivery_booked", "delivered")),
        (2, ("attempted", "held_for_pickup", "delivered")),
        (1, ("attempted", "instructions_requested", "returning", "returned")),
    ),
    Kind.RETURN: (
        (4, ("requested", "approved", "label_sent", "in_transit", "received", "inspected", "refunded")),
        (
            1,
            (
                "requested",
                "papers_requested",
                "approved",
                "label_sent",
                "in_transit",
                "received",
                "inspected",
                "exchanged",
            ),
        ),
    ),
    Kind.PAYMENT: ((3, ("failed", "retry_requested", "paid")), (1, ("failed", "with_finance", "refunded"))),
    Kind.WAREHOUSE: ((1, ("reported", "asked", "explained", "adjusted")),),
    Kind.INQUIRY: (
        (4, ("new", "open", "resolved")),
        (1, ("new", "open", "waiting_customer", "resolved")),
        (1, ("new", "open", "waiting_partner", "resolved")),
    ),
}
_KINDS = {
    Kind.INQUIRY: 25, Kind.DELAY: 24, Kind.CLEARANCE: 17, Kind.FAILED_DELIVERY: 13, Kind.LOSS: 8, Kind.RETURN: 7,
    Kind.PAYMENT: 4, Kind.WAREHOUSE: 2,
}  # fmt: skip
BY_SCAN = frozenset((Kind.CLEARANCE, Kind.DELAY, Kind.LOSS, Kind.FAILED_DELIVERY))
_LASTS: dict[str, float] = {
    WaitingOn.US: 1.1, WaitingOn.CUSTOMER: 14.0, WaitingOn.CARRIER: 5.0, WaitingOn.BROKER: 3.0, WaitingOn.CUSTOMS: 20.0,
    WaitingOn.WAREHOUSE: 6.0, WaitingOn.FINANCE: 6.0,
}  # fmt: skip
"""Half of the stays last less than so many hours, of whoever's hours they are."""


@dataclass(slots=True)
class Stay:
    """A time in one state. ``resolution`` is set for the end."""

    state: str
    phase: str
    waiting_on: str
    since: datetime
    resolution: str = ""


@dataclass(slots=True)
class Past:
    """One ticket's moments. ``words`` are who wrote when (True: the customer)."""

    kind: str
    place: Place
    opened_at: datetime
    by_scan: bool
    stays: list[Stay] = field(default_factory=list)
    words: list[tuple[datetime, bool]] = field(default_factory=list)
    reopened: int = 0

    @property
    def ended_at(self) -> datetime | None:
        """When it was resolved, if it is."""
        last = self.stays[-1]
        return last.since if last.phase == "resolved" else None


class Pasts:
    """Draws pasts of ``days`` days before ``now``; the same seed gives the same ones."""

    def __init__(self, chance: random.Random, *, days: int, now: datetime, may_stay_open: bool) -> None:
        self._chance, self._now, self._days, self._open = chance, now, days, may_stay_open
        first = now.astimezone(UTC).date() - timedelta(days=days)
        self._dates = [first + timedelta(days=number) for number in range(days + 1)]
        weights = [
            _WEEKDAYS[day.weekday()]
            * (0.85 + 0.3 * number / max(days, 1))
            * (_STORM if (now.astimezone(UTC).date() - day).days in _STORM_DAYS_AGO else 1.0)
            for number, day in enumerate(self._dates)
        ]
        self._weights = list(accumulate(weights))
        self._hours = list(accumulate(_HOURS_OF_DAY))

    def moment(self, place: Place) -> datetime:
        """A moment at which somebody there would write, by their own clock."""
        chance = self._chance
        day = self._dates[bisect_right(self._weights, chance.random() * self._weights[-1])]
        hour = bisect_right(self._hours, chance.random() * self._hours[-1])
        at = first_instant(day, time(hour, chance.randrange(60), chance.randrange(60)), place.zone)
        return min(at, self._now - HOUR)

    def draw(self, team: Hours, partner: Hours) -> Past:
        """One ticket's past; the team and the partner who work it keep their hours."""
        chance = self._chance
        place = PLACES[bisect_right(_PLACE_WEIGHTS, chance.random() * _PLACE_WEIGHTS[-1])]
        opened = self.moment(place)
        is_storm = (self._now.date() - opened.date()).days in _STORM_DAYS_AGO
        kind = chance.choices(tuple(_KINDS), tuple(_KINDS.values()))[0].value
        if is_storm and place.country in STORM_COUNTRIES and chance.random() < 0.7:
            kind = Kind.DELAY.value
        past = Past(kind, place, opened, by_scan=kind in BY_SCAN and chance.random() < 0.62)
        self._course(past, team, partner, slow=2.0 if is_storm else 1.0)
        self._talk(past, team, slow=2.2 if is_storm else 1.0)
        return past

    def _course(self, past: Past, team: Hours, partner: Hours, *, slow: float) -> None:
        courses = _COURSES[past.kind]
        weights, states = tuple(one[0] for one in courses), tuple(one[1] for one in courses)
        course: Sequence[str] = self._chance.choices(states, weights)[0]
        resolution = "solved"
        if self._chance.random() < 0.05:
            course = (course[0], "dismissed")
            resolution = self._chance.choice(("false_alarm", "withdrawn", "duplicate"))
        elif self._chance.random() < 0.05:
            past.reopened = 1
            course = (*course, main_state(past.kind).name, course[-1])
        at = past.opened_at
        for name in course:
            state = STATES[past.kind][name]
            party = state.waiting_on[0].value
            past.stays.append(Stay(name, state.phase.value, party, at, "" if state.is_open else resolution))
            if state.is_open:
                hours = (
                    team if party == WaitingOn.US else partner if party in ("carrier", "broker", "warehouse") else None
                )
                at = self._after(at, _LASTS[party] * slow, hours)
            else:
                at += timedelta(hours=self._chance.uniform(5, 60))
        self._cut(past)

    def _cut(self, past: Past) -> None:
        """What would lie in the future: it has not happened, or all of it happened quicker."""
        latest = self._now - HOUR / 2
        if past.stays[-1].since <= latest:
            return
        if self._open:
            past.stays = [stay for stay in past.stays if stay.since <= latest]
            past.reopened = min(past.reopened, sum(stay.phase == "resolved" for stay in past.stays[:-1]))
            return
        share = (latest - past.opened_at) / (past.stays[-1].since - past.opened_at)
        for stay in past.stays:
            stay.since = past.opened_at + (stay.since - past.opened_at) * share

    def _talk(self, past: Past, team: Hours, *, slow: float) -> None:
        """Who wrote when: the customer begins or hears of it from us, then to and fro until the end."""
        chance = self._chance
        end = past.ended_at or self._now
        at = past.opened_at
        if past.by_scan:
            if chance.random() < 0.3:  # they noticed it too
                at += timedelta(hours=chance.lognormvariate(math.log(9), 0.9))
                past.words.append((at, True))
        else:
            past.words.append((at, True))
        turns = 1 + min(7, int(chance.expovariate(0.33)))
        for turn in range(turns):
            at = self._after(at, (0.45 if turn == 0 else 0.8) * slow, team)
            past.words.append((at, False))
            if chance.random() < 0.75:
                at += timedelta(hours=chance.lognormvariate(math.log(5), 1.1))
                past.words.append((at, True))
        past.words = [word for word in past.words if word[0] < end]
        if past.words and past.words[-1][1] and past.ended_at is not None:
            last = past.words[-1][0]
            past.words.append((last + (end - last) * chance.uniform(0.1, 0.9), False))

    def _after(self, at: datetime, half: float, hours: Hours | None) -> datetime:
        """A moment after ``at``: half of them within so many hours, counted in somebody's working time."""
        lasts = timedelta(hours=self._chance.lognormvariate(math.log(half), 0.9)) + timedelta(seconds=40)
        if hours is None:
            return at + lasts
        try:
            return hours.add(at, lasts)
        except NeverOpen:
            return at + lasts
