"""What all stories of the day share: the people, the world outside, the cases of the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scripts.demo.cast import PARTNERS, STAFF, Cast, Client, Parcel
from scripts.demo.desk import Desk
from scripts.demo.outside import Aggregator, Chat, Mailbox
from scripts.demo.steps import Missing, Steps


@dataclass(slots=True)
class Case:
    """A ticket of the day and whose it is; ``channel`` as people say it."""

    ticket: int
    client: Client
    channel: str


@dataclass(slots=True)
class Day:
    """One run of the day."""

    steps: Steps
    cast: Cast
    site: str
    password: str
    smtp_port: int
    mail_url: str
    telegram_url: str
    scans: Aggregator
    cases: list[Case] = field(default_factory=list)
    _desks: dict[str, Desk] = field(default_factory=dict)
    _boxes: dict[str, Mailbox] = field(default_factory=dict)

    def desk(self, first_part: str) -> Desk:
        """The browser of somebody of ours, signed in; found by the first part of their address."""
        if first_part not in self._desks:
            person = next(one for one in STAFF if one.email.startswith(f"{first_part}@"))
            desk = Desk(self.site, person.email, person.name)
            desk.sign_in(self.password)
            self._desks[first_part] = desk
        return self._desks[first_part]

    def mailbox(self, key: str) -> Mailbox:
        """The mailbox of a customer, or of a partner's first contact."""
        if key not in self._boxes:
            partner = next((one for one in PARTNERS if one.key == key), None)
            client = self.cast.clients.get(key)
            name = partner.contact if partner else client.name if client else key
            address = partner.email if partner else client.address if client else f"{key}@post.example"
            box = Mailbox(
                name,
                address,
                smtp_port=self.smtp_port,
                mail_url=self.mail_url,
                seed=f"{self.cast.run}/{key}",
            )
            box.skip_received()
            self._boxes[key] = box
        return self._boxes[key]

    def chat(self, key: str) -> Chat:
        """The chat of a customer."""
        client = self.cast.clients[key]
        return Chat(client.name, client.chat, client.language.partition("-")[0], telegram_url=self.telegram_url)

    def client(self, key: str) -> Client:
        return self.cast.clients[key]

    def parcel(self, key: str) -> Parcel:
        return self.cast.parcels[key]

    def case(self, ticket: int, client: str, channel: str) -> None:
        """Remember a ticket for the table."""
        if not any(one.ticket == ticket for one in self.cases):
            self.cases.append(Case(ticket, self.client(client), channel))

    @staticmethod
    def in_days(days: int, zone: str) -> datetime:
        """Noon some days ahead where somebody is."""
        return (datetime.now(ZoneInfo(zone)) + timedelta(days=days)).replace(hour=12, minute=0, second=0, microsecond=0)


def expect(found: bool, expected: str, seen: str = "") -> None:
    """Raise Missing unless what was expected is there."""
    if not found:
        raise Missing(f"expected: {expected}" + (f"; seen: {seen}" if seen else ""))
