"""Some weeks at a desk, by chance from a seed: real services write what figures are counted from."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from common.errors import DomainError
from common.models import Connection
from logistics.choices import IncidentType, PartnerKind, TrackingStatus
from logistics.models import Carrier, Incident, Partner, Shipment, TrackingEvent
from tests.tickets.workflows import people
from tests.tickets.workflows.filling import filled
from tickets.choices import Direction, Kind, Priority
from tickets.models import ChannelIdentity, Claim, Compensation, KnowledgeUse, Message, SurveyAnswer, Team, Ticket
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundMessage
from tickets.services import kpi
from tickets.services.conversations import mark_answered, note, reply, write_to_customer
from tickets.services.ending import close_old
from tickets.services.incidents import handle_incidents
from tickets.services.intake import receive_message
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.services.ownership import assign, set_priority
from tickets.services.promises import sweep
from tickets.services.relations import convert_ticket, merge_tickets, split_ticket
from tickets.services.transitions import next_steps, take_way

BEGINS = datetime(2026, 3, 26, 21, 50, tzinfo=UTC)
"""Before Berlin's clocks go forward on 29 March, Lord Howe's half an hour back on 5 April."""
LANES = (("CN", "DE"), ("CN", "BR"), ("", "FR"), ("", ""))
KINDS = (Kind.CLEARANCE, Kind.DELAY, Kind.LOSS, Kind.FAILED_DELIVERY, Kind.RETURN, Kind.INQUIRY, Kind.PAYMENT)


class Chance:
    """Fills in forms by chance (``filling.Chooser``)."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def one(self, values: Sequence[str]) -> str:
        return self._chance.choice(list(values))

    def number(self, low: int, high: int) -> int:
        return self._chance.randint(low, high)

    def leaves_out(self) -> bool:
        return self._chance.random() < 0.5


class Story:
    """A desk with three people, four customers, two carriers; ``play`` lets things happen."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now = BEGINS
        self.bot = Connection.objects.create(provider="telegram", slug="bot", name="Bot")
        self.people = [people.staff(name) for name in ("Alice", "Bob", "Chen")]
        self.teams = [Team.objects.create(name=name) for name in ("Berlin", "Kathmandu")]
        self.customers = [
            people.customer(name=f"Customer {number}", country=country, tier=tier)
            for number, (country, tier) in enumerate(
                [("DE", "standard"), ("BR", "vip"), ("", "standard"), ("FR", "standard")]
            )
        ]
        for kind in (PartnerKind.BROKER, PartnerKind.WAREHOUSE):
            Partner.objects.create(kind=kind, name=str(kind), time_zone="UTC")
        carriers = [
            Carrier.objects.create(
                code=code, name=code, partner=Partner.objects.create(kind=PartnerKind.CARRIER, name=f"{code} desk")
            )
            for code in ("yun", "dhl")
        ]
        self.carriers: list[Carrier | None] = [*carriers, None]
        for number, customer in enumerate(self.customers, 1):
            ChannelIdentity.objects.create(
                connection=self.bot, external_id=str(number), customer=customer, is_verified=True, created_at=BEGINS
            )
        self._messages = 0

    def play(self, steps: int, *, each: Callable[[], object] = lambda: None) -> None:
        """Let so many things happen, some of which are refused; ``each`` is called now and then."""
        acts = [
            *(self._customer_writes,) * 6,
            *(self._scan_opens,) * 3,
            *(self._reply,) * 7,
            *(self._step,) * 12,
            *(self._assign,) * 3,
            *(self._parcel_comes, self._parcel_arrives, self._solve, self._solve) * 2,
            *(self._ask, self._answered, self._customer_notices, self._scan_ends) * 2,
            *(self._merge, self._convert, self._split, self._reopen, self._no_answer, self._note, self._automatic),
            *(
                self._urgent,
                *(self._survey,) * 6,
                self._money,
                self._money,
                self._knowledge,
                self._clock,
                self._learn_carrier,
            ),
        ]
        for number in range(steps):
            self.now += timedelta(minutes=self.chance.choice((0, 1, 7, 15, 40, 90, 200)))
            with suppress(DomainError):
                self.chance.choice(acts)()
            if number % 25 == 24:
                each()

    def _ticket(self, *, is_open: bool | None = True) -> Ticket:
        rows = Ticket.objects.order_by("id")
        if is_open is not None:
            rows = rows.open() if is_open else rows.ended()
        ids = list(rows.values_list("pk", flat=True))
        if not ids:
            raise DomainError("nothing there")
        return Ticket.objects.get_typed(self.chance.choice(ids))

    def _someone(self) -> Actor:
        return self.chance.choice(self.people)

    def _customer_writes(self) -> None:
        sender = self.chance.randint(1, 4)
        text = self.chance.choice(("Where is my parcel?", "Customs holds it", "It arrived broken", "Hello?"))
        theirs = Shipment.objects.filter(customer=self.customers[sender - 1]).order_by("id")
        numbers = list(theirs.values_list("tracking_number", flat=True))
        if numbers and self.chance.random() < 0.5:
            text = f"{text} {self.chance.choice(numbers)}"
        self._write(str(sender), text)

    def _write(self, sender: str, text: str) -> None:
        self._messages += 1
        message = InboundMessage(
            external_id=f"{sender}:{self._messages}",
            sender_id=sender,
            sender_name="Wei",
            thread_id=sender,
            sent_at=self.now,
            text=text,
        )
        receive_message(connection=self.bot, message=message, now=self.now)

    def _parcel(self) -> Shipment:
        return self._parcel_comes() if self.chance.random() < 0.5 else self._any_parcel()

    def _any_parcel(self) -> Shipment:
        parcels = list(Shipment.objects.order_by("id"))
        return self.chance.choice(parcels) if parcels else self._parcel_comes()

    def _parcel_comes(self) -> Shipment:
        origin, destination = self.chance.choice(LANES)
        promised = self.now.date() + timedelta(days=self.chance.randint(0, 3)) if self.chance.random() < 0.7 else None
        return Shipment.objects.create(
            tracking_number=f"YT{Shipment.objects.count():016d}",
            carrier=self.chance.choice(self.carriers),
            customer=self.chance.choice([*self.customers, None]),
            origin_country=origin,
            destination_country=destination,
            promised_date=promised,
            created_at=self.now,
        )

    def _parcel_arrives(self) -> None:
        parcel = self._any_parcel()
        parcel.delivered_at, parcel.status = self.now, TrackingStatus.DELIVERED
        parcel.save(update_fields=["delivered_at", "status"])
        if self.chance.random() < 0.7:
            TrackingEvent.objects.create(
                shipment=parcel,
                key=f"{self.now}",
                at=self.now,
                offset_minutes=self.chance.choice((None, 0, 345, -180, 600)),
                status=TrackingStatus.DELIVERED,
                source="test",
                received_at=self.now,
            )

    def _learn_carrier(self) -> None:
        parcel = self._any_parcel()
        parcel.carrier = self.chance.choice(self.carriers)
        parcel.save(update_fields=["carrier"])
        with transaction.atomic():
            kpi.touch(list(Ticket.objects.filter(shipment=parcel).values_list("pk", flat=True)))

    def _scan_opens(self) -> None:
        parcel = self._parcel()
        kind = self.chance.choice(KINDS[:4])
        incident = Incident.objects.create(
            type=self.chance.choice((IncidentType.STALE, IncidentType.DELAYED)),
            shipment=parcel,
            subject="noticed",
            dedupe_key=f"{Incident.objects.count()}",
            happened_at=self.now,
            noticed_at=self.now,
        )
        team = self.chance.choice([*self.teams, None])
        open_ticket(kind=kind, actor=Actor.scan(), now=self.now, shipment=parcel, incident=incident, team=team)

    def _reply(self) -> None:
        waiting = list(
            Ticket.objects.filter(unanswered_since__isnull=False).order_by("id").values_list("pk", flat=True)
        )
        key = self.chance.choice(waiting) if waiting and self.chance.random() < 0.8 else self._ticket(is_open=None).pk
        reply(ticket_id=key, text="We look into it.", actor=self._someone(), now=self.now)

    def _note(self) -> None:
        note(ticket_id=self._ticket().pk, text="Called them.", actor=self._someone(), now=self.now)

    def _automatic(self) -> None:
        with changing(self._ticket().pk, actor=Actor.clock(), now=self.now) as change:
            write_to_customer(change, text="We have it.", tells=False)

    def _no_answer(self) -> None:
        mark_answered(ticket_id=self._ticket().pk, actor=self._someone(), now=self.now)

    def _step(self, *, only: Callable[[Ticket, str], bool] = lambda _ticket, _way: True) -> None:
        ticket, actor = self._ticket(is_open=None), self.chance.choice([*self.people, Actor.rule(1, "a rule")])
        ways = [step.way for step in next_steps(ticket, actor) if only(ticket, step.way.name)]
        if ways:
            way = self.chance.choice(ways)
            data = filled(Chance(self.chance), way, self.now)
            take_way(ticket_id=ticket.pk, way=way.name, data=data, actor=actor, now=self.now)

    def _solve(self) -> None:
        """Move on towards an end, so that there are ends enough."""
        ends = ("release", "deliver", "settle", "resolve", "confirm_payment", "refund", "confirm", "inspect", "answer")
        self._step(only=lambda _ticket, way: way in ends)

    def _ask(self) -> None:
        asks = ("ask_carrier", "submit_to_broker", "ask_partner", "receive", "open_trace")
        self._step(only=lambda ticket, way: ticket.is_open and way in asks)

    def _answered(self) -> None:
        self._step(
            only=lambda ticket, way: ticket.waiting_on in ("carrier", "broker", "warehouse") and way != "dismiss"
        )

    def _scan_ends(self) -> None:
        """A parcel arrives, and its ticket ends by that alone."""
        rows = list(
            Ticket.objects.open().filter(incident__isnull=False).order_by("id").values_list("shipment", flat=True)
        )
        if not rows:
            return
        Incident.objects.create(
            type=IncidentType.DELIVERED,
            shipment_id=self.chance.choice(rows[-3:]),
            subject="delivered",
            dedupe_key=f"{Incident.objects.count()}",
            happened_at=self.now,
            noticed_at=self.now,
        )
        handle_incidents(now=self.now)

    def _customer_notices(self) -> None:
        """The customer writes about what a scan told us before."""
        rows = Ticket.objects.open().filter(incident__isnull=False, customer__in=self.customers).order_by("-id")
        ticket = rows.first()
        if ticket is not None and ticket.shipment is not None and ticket.customer is not None:
            sender = self.customers.index(ticket.customer) + 1
            self._write(str(sender), f"Where is {ticket.shipment.tracking_number}?")

    def _reopen(self) -> None:
        ticket = self._ticket(is_open=False)
        take_way(ticket_id=ticket.pk, way="reopen", data={}, actor=self._someone(), now=self.now)

    def _assign(self) -> None:
        person, team = self._someone(), self.chance.choice(self.teams)
        assign(ticket_id=self._ticket().pk, assignee_id=person.id, team_id=team.pk, actor=self._someone(), now=self.now)

    def _urgent(self) -> None:
        ticket = self._ticket()
        set_priority(
            ticket_id=ticket.pk, priority=self.chance.choice(Priority.values), actor=self._someone(), now=self.now
        )

    def _merge(self) -> None:
        merge_tickets(ticket_id=self._ticket().pk, into_id=self._ticket().pk, actor=self._someone(), now=self.now)

    def _convert(self) -> None:
        convert_ticket(ticket_id=self._ticket().pk, kind=self.chance.choice(KINDS), actor=self._someone(), now=self.now)

    def _split(self) -> None:
        ticket = self._ticket()
        messages = list(ticket.messages.exclude(direction=Direction.NOTE).values_list("pk", flat=True)[:1])
        split_ticket(ticket_id=ticket.pk, message_ids=messages, kind=Kind.INQUIRY, actor=self._someone(), now=self.now)

    def _survey(self) -> None:
        open_questions = SurveyAnswer.objects.filter(answered_at=None).order_by("id")
        answer = open_questions.first() if self.chance.random() < 0.6 else None
        if answer is not None:
            answer.answered_at, answer.score = self.now, self.chance.randint(1, 5)
            answer.save()
        else:
            ticket = self._ticket(is_open=False)
            answer, _ = SurveyAnswer.objects.get_or_create(ticket=ticket, defaults={"asked_at": self.now})
        with transaction.atomic():
            kpi.touch([answer.ticket_id])

    def _money(self) -> None:
        ticket = self._ticket(is_open=None)
        amount, currency = Decimal(self.chance.randint(1, 90_000)) / 1_000, self.chance.choice(("EUR", "USD"))
        if self.chance.random() < 0.5:
            Compensation.objects.bulk_create(
                [
                    Compensation(
                        ticket=ticket,
                        method="refund",
                        state="paid",
                        amount=amount,
                        currency=currency,
                        created_at=self.now,
                        paid_at=self.now,
                    )
                ]
            )
        else:
            Claim.objects.bulk_create(
                [
                    Claim(
                        ticket=ticket,
                        partner=self.chance.choice([*Partner.objects.order_by("id"), None]),
                        state="paid",
                        amount=amount * 2,
                        currency=currency,
                        created_at=self.now,
                        filed_at=self.now - timedelta(days=1),
                        paid_at=self.now,
                        paid_amount=amount,
                    )
                ]
            )
        with transaction.atomic():
            kpi.touch([ticket.pk])

    def _knowledge(self) -> None:
        message = Message.objects.filter(direction=Direction.OUT, ticket__isnull=False).order_by("-id").first()
        if message is not None and message.ticket_id is not None:
            KnowledgeUse.objects.create(
                ticket_id=message.ticket_id, message=message, template_key="we_look", at=self.now
            )
            with transaction.atomic():
                kpi.touch([message.ticket_id])

    def _clock(self) -> None:
        sweep(now=self.now)
        close_old(self.now)
