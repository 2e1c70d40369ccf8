"""Every figure the slow way: all rows are read, and each ticket's story is walked through in plain Python.

It shares nothing with the figures' own SQL but the definitions of docs/kpi.md.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from logistics.models import Shipment
from tickets.models import (
    Breach,
    Claim,
    Clock,
    Compensation,
    KnowledgeUse,
    Message,
    SurveyAnswer,
    Ticket,
    TicketEvent,
    TicketFacts,
    TicketLink,
)
from tickets.services.promises.history import History
from tickets.services.promises.policies import promises

OPEN_PHASES = ("new", "active", "waiting")
GONE = ("merged", "converted", "duplicate")
ASIDE = ("false_alarm", "withdrawn")


@dataclass(slots=True)
class Bit:
    """One summand of a figure: when, of which parts, how much above and below the line."""

    at: datetime
    parts: dict[str, str]
    top: float = 0.0
    over: float = 0.0
    ticket: int | None = None
    seconds: float | None = None
    currency: str = ""


@dataclass(slots=True)
class Story:
    """A ticket and all that hangs on it."""

    ticket: Ticket
    messages: list[Message] = field(default_factory=list)
    events: list[TicketEvent] = field(default_factory=list)
    facts: list[TicketFacts] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)

    @property
    def said(self) -> list[Message]:
        """What customers and we said to each other."""
        return [
            one
            for one in self.messages
            if not one.is_automatic and one.direction != "note" and one.audience in ("customer", "public")
        ]

    @property
    def first_in(self) -> datetime | None:
        return min((one.created_at for one in self.said if one.direction == "in"), default=None)

    @property
    def by_customer(self) -> bool:
        return self.first_in is not None and self.first_in <= self.ticket.opened_at

    @property
    def solved(self) -> bool:
        return self.ticket.resolution == "solved" and self.ticket.resolved_at is not None

    def at(self, moment: datetime) -> TicketFacts:
        """The facts that held at a moment, the first ones before there were any."""
        held = [one for one in self.facts if one.valid_from <= moment]
        return held[-1] if held else self.facts[0]


class Raw:
    """All raw rows, and each figure's bits."""

    def __init__(self) -> None:
        self.stories = {one.pk: Story(one) for one in Ticket.objects.select_related("shipment__carrier", "incident")}
        for message in Message.objects.filter(ticket__isnull=False).order_by("created_at", "id"):
            self.stories[message.ticket_id].messages.append(message)  # type: ignore[index]
        for event in TicketEvent.objects.order_by("sequence"):
            self.stories[event.ticket_id].events.append(event)
        for facts in TicketFacts.objects.order_by("valid_from"):
            self.stories[facts.ticket_id].facts.append(facts)
        self.breaches = {one.clock_id: one for one in Breach.objects.all()}
        for clock in Clock.objects.order_by("id"):
            self.stories[clock.ticket_id].clocks.append(clock)
        self.split = set(TicketLink.objects.filter(type="split_from").values_list("to_ticket_id", flat=True))
        self.used = set(KnowledgeUse.objects.values_list("message_id", flat=True))
        asked = History(list(self.stories))
        self.partners = {
            key: asked.partner_asked(key, "partner_answer") or asked.partner_asked(key, "carrier_answer")
            for key in self.stories
        }
        self.figures: dict[str, Callable[[], Iterable[Bit]]] = self._figures()

    def parts(
        self, story: Story, at: datetime | None, *, agent: int | None = None, partner: int | None = None
    ) -> dict[str, str]:
        """The parts of a moment of a ticket; without a moment as it stands now."""
        ticket = story.ticket
        stood = story.facts[-1] if at is None else story.at(at)
        owner = agent or stood.assignee_id
        return {
            "kind": ticket.kind,
            "lane": _lane(ticket.origin, ticket.destination),
            "carrier": _text(ticket.shipment.carrier_id if ticket.shipment else None),
            "partner": _text(partner or self.partners[ticket.pk]),
            "channel": ticket.channel,
            "language": ticket.language,
            "country": ticket.country,
            "team": _text(stood.team_id),
            "agent": _text(owner),
            "priority": str(stood.priority),
            "tier": stood.tier,
        }

    # ------------------------------------------------------------------ what figures are made of

    def _bit(self, story: Story, at: datetime, *, top: float = 0.0, over: float = 0.0, **more: object) -> Bit:
        latest = bool(more.pop("latest", False))
        agent, partner = more.pop("agent", None), more.pop("partner", None)
        parts = self.parts(story, None if latest else at, agent=agent, partner=partner)  # type: ignore[arg-type]
        return Bit(at, parts, top, over, story.ticket.pk, **more)  # type: ignore[arg-type]

    def _opened(self, counts: Callable[[Story], float], over: Callable[[Story], float] | None = None) -> Iterator[Bit]:
        for story in self.stories.values():
            if story.ticket.resolution not in GONE:
                below = over(story) if over else 0.0
                top = counts(story)
                if top or below:
                    yield self._bit(story, story.ticket.opened_at, top=top, over=below, latest=True)

    def _again(self, story: Story, days: int) -> bool:
        ticket = story.ticket
        if ticket.customer_id is None or ticket.pk in self.split:
            return False
        return any(
            other.ticket.customer_id == ticket.customer_id
            and other.ticket.resolution not in GONE
            and (other.ticket.opened_at, other.ticket.pk) < (ticket.opened_at, ticket.pk)
            and ticket.opened_at - other.ticket.opened_at <= timedelta(days=days)
            for other in self.stories.values()
        )

    def _waits(self) -> Iterator[tuple[Story, Message, datetime, bool]]:
        """Story, our answer, since when they waited, whether it was our first word to them."""
        for story in self.stories.values():
            line: list[tuple[datetime, int, Message | None]] = []
            line += [(one.created_at, 0 if one.direction == "in" else 1, one) for one in story.said]
            line += [(one.at, 2, None) for one in story.events if one.type == "no_answer_needed"]
            line += [(one.valid_from, 2, None) for one in story.facts if one.phase == "resolved"]
            since: datetime | None = None
            is_first = True
            for at, what, message in sorted(
                line, key=lambda entry: (entry[0], entry[1], entry[2].pk if entry[2] else 0)
            ):
                if what == 0:
                    since = since or at
                    continue
                if what == 1 and message is not None:
                    if since is not None:
                        yield story, message, since, is_first
                    is_first = False
                since = None

    def _responses(self, *, first: bool) -> Iterator[Bit]:
        for story, message, since, is_first in self._waits():
            if is_first or not first:
                seconds = _seconds(message.created_at - since)
                yield self._bit(
                    story, message.created_at, top=seconds, over=1, agent=message.author_id, seconds=seconds
                )

    def _ended_clocks(self, *targets: str) -> Iterator[tuple[Story, Clock, datetime, bool, bool]]:
        """Story, clock, when it counts, whether it was kept, whether it was done at all."""
        for story in self.stories.values():
            for clock in story.clocks:
                breach = self.breaches.get(clock.pk)
                if clock.target not in targets:
                    continue
                if clock.outcome == "kept":
                    assert clock.ended_at is not None
                    yield story, clock, clock.ended_at, True, True
                elif clock.outcome == "missed" or (clock.ended_at is None and breach is not None):
                    at = (breach.due_at if breach else None) or clock.due_at or clock.ended_at
                    assert at is not None
                    done = clock.outcome == "missed" and breach is not None and breach.late_by is not None
                    yield story, clock, at, False, done

    def _kept(self, *targets: str) -> Iterator[Bit]:
        for story, clock, at, kept, _done in self._ended_clocks(*targets):
            yield self._bit(story, at, top=float(kept), over=1, partner=clock.partner_id)

    def _asked(self) -> Iterator[Bit]:
        for story, clock, at, _kept, done in self._ended_clocks("partner_answer", "carrier_answer"):
            yield self._bit(story, at, top=float(done), over=1, partner=clock.partner_id)

    def _answer(self, target: str) -> Iterator[Bit]:
        for story, clock, _at, _kept, done in self._ended_clocks(target):
            if done and clock.ended_at is not None:
                seconds = _seconds(
                    promises()
                    .of_clock(clock.policy_id, calendar_id=clock.calendar_id, partner_id=clock.partner_id)
                    .between(clock.started_at, clock.ended_at)
                )
                yield self._bit(story, clock.ended_at, top=seconds, over=1, partner=clock.partner_id, seconds=seconds)

    def _solved(self, value: Callable[[Story], float], *, timed: bool = False, over: float = 1.0) -> Iterator[Bit]:
        for story in self.stories.values():
            if story.solved:
                assert story.ticket.resolved_at is not None
                top = value(story)
                yield self._bit(story, story.ticket.resolved_at, top=top, over=over, seconds=top if timed else None)

    def _our_time(self, story: Story) -> float:
        ended = story.ticket.resolved_at
        assert ended is not None
        total = timedelta()
        for one in story.facts:
            if one.waiting_on == "us" and one.phase in OPEN_PHASES and one.valid_from < ended:
                total += min(one.valid_to or ended, ended) - one.valid_from
        return _seconds(total)

    @staticmethod
    def _alone(story: Story) -> bool:
        wrote = any(one.author_id is not None for one in story.messages)
        return not wrote and not any(one.actor_kind == "staff" for one in story.events)

    def _reopenings(self, **kwargs: float) -> Iterator[Bit]:
        for story in self.stories.values():
            for event in story.events:
                if event.type == "transition" and event.data.get("way") == "reopen":
                    yield self._bit(story, event.at, top=1)

    def _troubles(self) -> Iterator[Story]:
        for story in self.stories.values():
            ticket = story.ticket
            if (
                ticket.kind in ("clearance", "delay", "loss", "failed_delivery")
                and ticket.shipment_id is not None
                and ticket.resolution not in (*GONE, *ASIDE)
            ):
                yield story

    def _found(self) -> Iterator[Bit]:
        for story in self._troubles():
            yield self._bit(story, story.ticket.opened_at, top=float(not story.by_customer), over=1, latest=True)

    def _lead(self) -> Iterator[Bit]:
        for story in self._troubles():
            if story.first_in is not None and story.first_in > story.ticket.opened_at:
                seconds = _seconds(story.first_in - story.ticket.opened_at)
                yield self._bit(story, story.ticket.opened_at, top=seconds, over=1, latest=True, seconds=seconds)

    def _said(self, direction: str, only: Callable[[Message], bool] = lambda _: True) -> Iterator[Bit]:
        for story in self.stories.values():
            for one in story.said:
                if one.direction == direction:
                    yield self._bit(story, one.created_at, top=float(only(one)), over=1, agent=one.author_id)

    def _surveys(self, value: Callable[[int], float]) -> Iterator[Bit]:
        for answer in SurveyAnswer.objects.filter(answered_at__isnull=False):
            assert answer.answered_at is not None
            story = self.stories[answer.ticket_id]
            yield self._bit(story, answer.answered_at, top=value(answer.score or 0), over=1)

    def _surveys_asked(self) -> Iterator[Bit]:
        for answer in SurveyAnswer.objects.all():
            story = self.stories[answer.ticket_id]
            yield self._bit(story, answer.asked_at, top=float(answer.answered_at is not None), over=1)

    def _compensation(self, sign: int = 1) -> Iterator[Bit]:
        for one in Compensation.objects.filter(paid_at__isnull=False):
            assert one.paid_at is not None
            yield self._bit(
                self.stories[one.ticket_id], one.paid_at, top=sign * float(one.amount), currency=one.currency
            )

    def _refunds(self) -> Iterator[Bit]:
        for story in self.stories.values():
            when = [one.valid_from for one in story.facts if one.state == "refunded"]
            if not when:
                continue
            detail = story.ticket.detail
            if story.ticket.kind == "return":
                amount, currency = detail.refunded_amount, detail.refunded_currency  # type: ignore[attr-defined]
            else:
                amount, currency = detail.amount, detail.currency  # type: ignore[attr-defined]
            if amount:
                yield self._bit(story, when[0], top=float(amount), currency=currency)

    def _claims(self, *, paid: bool, sign: int = 1) -> Iterator[Bit]:
        for one in Claim.objects.all():
            at, amount = (one.paid_at, one.paid_amount) if paid else (one.filed_at, one.amount)
            if at is not None and amount is not None:
                yield self._bit(
                    self.stories[one.ticket_id],
                    at,
                    top=sign * float(amount),
                    currency=one.currency,
                    partner=one.partner_id,
                )

    def _cost(self) -> Iterator[Bit]:
        yield from self._compensation()
        yield from self._refunds()
        yield from self._claims(paid=True, sign=-1)

    def _parcels(self, which: str) -> Iterator[Bit]:
        for one in Shipment.objects.select_related("carrier"):
            at = one.created_at if which == "parcel" else one.delivered_at
            if at is None or (which == "on_time" and one.promised_date is None):
                continue
            on_time = 0.0
            if which == "on_time":
                scan = one.events.filter(at=at, status="delivered").order_by("id").first()
                offset = scan.offset_minutes if scan and scan.offset_minutes else 0
                assert one.promised_date is not None
                on_time = float((at.astimezone(UTC) + timedelta(minutes=offset)).date() <= one.promised_date)
            parts = {
                "lane": _lane(one.origin_country, one.destination_country),
                "carrier": _text(one.carrier_id),
                "partner": _text(one.carrier.partner_id if one.carrier else None),
                "country": one.destination_country,
            }
            yield Bit(at, parts, on_time, 1.0)

    def _per_parcel(self, tops: Iterable[Bit]) -> Iterator[Bit]:
        yield from tops
        yield from self._parcels("parcel")

    @staticmethod
    def _tops(bits: Iterable[Bit]) -> Iterator[Bit]:
        """How many: what would be counted below the line, alone."""
        for bit in bits:
            bit.top, bit.over = 1.0, 0.0
            yield bit

    @staticmethod
    def _overs(bits: Iterable[Bit]) -> Iterator[Bit]:
        for bit in bits:
            bit.top, bit.over = 0.0, 1.0
            yield bit

    def _figures(self) -> dict[str, Callable[[], Iterable[Bit]]]:
        def complaint(story: Story) -> float:
            ticket = story.ticket
            return float(
                story.by_customer and ticket.resolution not in ASIDE and ticket.kind not in ("inquiry", "warehouse")
            )

        def to_the_end(story: Story) -> float:
            assert story.ticket.resolved_at is not None
            return _seconds(story.ticket.resolved_at - story.ticket.opened_at)

        def lost(story: Story) -> float:
            ticket = story.ticket
            return float(ticket.kind == "loss" and ticket.cause == "lost" and ticket.resolution not in ASIDE)

        def silent(story: Story) -> float:
            return float(story.ticket.incident is not None and story.ticket.incident.type == "stale")

        targets = ("first_response", "next_response", "next_update", "resolution", "partner_answer", "carrier_answer")
        chain = lambda *many: (bit for bits in many for bit in bits)  # noqa: E731 - as short as it reads
        found: dict[str, Callable[[], Iterable[Bit]]] = {
            "first_response": lambda: self._responses(first=True),
            "response": lambda: self._responses(first=False),
            "first_response_working": lambda: self._answer("first_response"),
            "response_working": lambda: self._answer("next_response"),
            "resolution": lambda: self._solved(to_the_end, timed=True),
            "resolution_ours": lambda: self._solved(self._our_time, timed=True),
            "opened": lambda: self._opened(lambda _: 1.0),
            "resolved": lambda: self._solved(lambda _: 1.0, over=0.0),
            "resolution_rate": lambda: self._opened(
                lambda one: float(one.ticket.resolution == "solved"),
                lambda one: float(one.ticket.resolution not in ASIDE),
            ),
            "promises_kept": lambda: self._kept(*targets),
            "reopened": self._reopenings,
            "reopened_share": lambda: chain(self._reopenings(), self._overs(self._solved(lambda _: 1.0))),
            "repeats_7d": lambda: self._opened(lambda one: float(self._again(one, 7)), lambda _: 1.0),
            "repeats_30d": lambda: self._opened(lambda one: float(self._again(one, 30)), lambda _: 1.0),
            "complaints": lambda: self._opened(complaint),
            "complaints_per_thousand": lambda: self._per_parcel(self._opened(complaint)),
            "parcels": lambda: self._tops(self._parcels("parcel")),
            "csat": lambda: self._surveys(lambda score: float(score >= 4)),
            "satisfaction": lambda: self._surveys(float),
            "survey_response": self._surveys_asked,
            "detection_rate": self._found,
            "detection_lead": self._lead,
            "compensation": self._compensation,
            "refunds": self._refunds,
            "claims_filed": lambda: self._claims(paid=False),
            "claims_recovered": lambda: self._claims(paid=True),
            "net_cost": self._cost,
            "cost_per_ticket": lambda: chain(self._cost(), self._overs(self._opened(lambda _: 1.0))),
            "messages_in": lambda: self._tops(self._said("in")),
            "messages_out": lambda: self._tops(self._said("out")),
            "messages_per_ticket": lambda: self._solved(lambda one: float(len(one.said))),
            "solved_without_person": lambda: self._solved(lambda one: float(self._alone(one))),
            "partner_answer": lambda: self._answer("partner_answer"),
            "carrier_answer": lambda: self._answer("carrier_answer"),
            "partner_answered": self._asked,
            "on_time": lambda: self._parcels("on_time"),
            "delivered": lambda: self._tops(self._parcels("delivered")),
            "lost_per_thousand": lambda: self._per_parcel(self._opened(lost)),
            "silent_share": lambda: self._per_parcel(self._opened(silent)),
            "knowledge_use": lambda: self._said("out", lambda one: one.pk in self.used),
        }
        for target in targets:
            found[f"promises_kept_{target}"] = lambda target=target: self._kept(target)  # type: ignore[misc]
        return found

    # ------------------------------------------------------------------ levels, asked at a moment

    def open_at(self, moment: datetime) -> list[tuple[dict[str, str], datetime, int]]:
        """What was open just before a moment: its parts then, when it was opened, which ticket."""
        found = []
        for story in self.stories.values():
            held = [one for one in story.facts if one.valid_from < moment]
            if held and held[-1].phase in OPEN_PHASES:
                parts = self.parts(story, held[-1].valid_from)
                found.append((parts, story.ticket.opened_at, story.ticket.pk))
        return found

    def stays(self, kind: str, state: str, since: datetime, until: datetime) -> list[float]:
        """How long (seconds) the stays in a state were that ended in a period."""
        found = []
        for story in self.stories.values():
            if story.ticket.kind != kind:
                continue
            began: datetime | None = None
            for one in [*story.facts, None]:
                if one is not None and one.state == state:
                    began = began or one.valid_from
                elif began is not None:
                    if one is not None and since <= one.valid_from < until:
                        found.append(_seconds(one.valid_from - began))
                    began = None
        return found


def total(bits: Iterable[Bit]) -> tuple[float, float, dict[str, Decimal]]:
    """Above the line, below it, and money by currency."""
    top = over = 0.0
    money: dict[str, Decimal] = defaultdict(Decimal)
    for bit in bits:
        over += bit.over
        if bit.currency:
            money[bit.currency] += Decimal(str(bit.top))
        else:
            top += bit.top
    return top, over, dict(money)


def nearest_rank(values: list[float], share: float) -> float:
    """The smallest value that ``share`` of all do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values) - 1e-9) - 1)]


def _seconds(span: timedelta) -> float:
    return float(round(span.total_seconds()))


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _lane(origin: str, destination: str) -> str:
    return f"{origin or '?'}-{destination or '?'}" if origin or destination else ""
