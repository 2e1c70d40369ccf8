"""A ticket that ended, with its customer on a channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from common.models import Connection, User
from logistics.models import Customer
from tickets.choices import Direction
from tickets.models import ChannelIdentity, Message, Ticket
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundMessage
from tickets.services import surveys
from tickets.services.conversations import reply
from tickets.services.intake import Received, receive_message
from tickets.services.transitions import take_way

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def worker() -> Actor:
    """Somebody of ours who works tickets."""
    user, _made = User.objects.get_or_create(email="li@clearway.example", is_staff=True, is_superuser=True)
    return Actor.staff(user)


class Desk:
    """One customer of ours and what they write."""

    def __init__(self, provider: str = "telegram", *, language: str = "de", zone: str = "Europe/Berlin") -> None:
        self.connection = Connection.objects.create(
            provider=provider, slug=f"box-{zone}", settings={"address": "desk@clearway.example"}
        )
        self.customer = Customer.objects.create(name="Anna Graf", language=language, time_zone=zone)
        self.address = "anna@graf.example" if provider == "email" else f"7{Connection.objects.count()}"
        self.identity = ChannelIdentity.objects.create(
            connection=self.connection,
            external_id=self.address,
            customer=self.customer,
            created_at=NOON,
            is_verified=True,
        )
        self._count = 0

    def write(self, text: str, *, now: datetime, answers: Message | None = None) -> Received:
        self._count += 1
        is_mail = self.connection.provider == "email"
        message = InboundMessage(
            external_id=f"in-{self.connection.pk}-{self._count}",
            sender_id=self.address,
            sender_name="Anna",
            sent_at=now,
            text=text,
            subject="Re: Frage" if is_mail else "",
            thread_id="" if is_mail else self.address,
            thread_keys=(answers.external_id,) if answers else (),
        )
        return receive_message(connection=self.connection, message=message, now=now)

    def ended(self, *, now: datetime = NOON) -> Ticket:
        """A question of theirs that was answered and is done."""
        ticket = self.write("Wie lange liefern Sie nach Brasilien?", now=now - HOUR).ticket
        assert ticket is not None
        reply(ticket_id=ticket.pk, text="Zehn Tage.", actor=worker(), now=now - HOUR)
        take_way(ticket_id=ticket.pk, way="resolve", actor=worker(), now=now)
        return Ticket.objects.get(pk=ticket.pk)

    def asked(self, *, now: datetime = NOON) -> Ticket:
        """The same, and the question how it went has gone out."""
        ticket = self.ended(now=now)
        surveys.plan(now=now)
        assert surveys.ask_due(now=now + 2 * HOUR) == 1
        for message in Message.objects.filter(direction=Direction.OUT, external_id=""):
            message.external_id = f"out-{message.pk}@clearway"
            message.save(update_fields=["external_id"])
        return Ticket.objects.get(pk=ticket.pk)

    def said(self) -> list[str]:
        """What we wrote them, the oldest first."""
        return list(
            Message.objects.filter(identity=self.identity, direction=Direction.OUT)
            .order_by("id")
            .values_list("text", flat=True)
        )
