"""What all stories of the day share: the people, the world outside, the cases of the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from scripts.demo.cast import PARTNERS, STAFF, Cast, Client, Parcel
from scripts.demo.desk import Desk
from scripts.demo.outside import Aggregator, Chat, Mailbox
from scripts.demo.steps import Missing, Steps

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Case:
    """A ticket of the day and whose it is; ``channel`` as people say it.

    ``is_held``: a letter of it waits for its reader's morning.
    """

    ticket: int
    client: Client
    channel: str
    is_held: bool = False


@dataclass(slots=True)
class Day:
    """One run of the day.

    ``silent`` is the ticket whose partner does not answer, ``shift_ends`` when the shift in Los Angeles does.
    """

    steps: Steps
    cast: Cast
    site: str
    password: str
    smtp_port: int
    mail_url: str
    telegram_url: str
    scans: Aggregator
    cases: list[Case] = field(default_factory=list)
    silent: int = 0
    shift_ends: datetime = NEVER
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
        """The mailbox of a customer, of a partner's first contact, or of somebody of ours."""
        partner = next((one for one in PARTNERS if one.key == key), None)
        if partner is not None:
            return self._box(key, partner.contact, partner.email)
        if key in self.cast.clients:
            return self._box(key, self.cast.clients[key].name, self.cast.clients[key].address)
        person = next((one for one in STAFF if one.email.startswith(f"{key}@")), None)
        return self._box(key, person.name, person.email) if person else self._box(key, key, f"{key}@post.example")

    def backup(self, key: str) -> Mailbox:
        """The mailbox of whoever stands in for a partner's first contact."""
        partner = next(one for one in PARTNERS if one.key == key)
        return self._box(f"{key}, backup", partner.backup, partner.backup_email)

    def _box(self, key: str, name: str, address: str) -> Mailbox:
        if key not in self._boxes:
            seed = f"{self.cast.run}/{key}"
            box = Mailbox(name, address, smtp_port=self.smtp_port, mail_url=self.mail_url, seed=seed)
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

    def case(self, ticket: int, client: str, channel: str, *, is_held: bool = False) -> None:
        """Remember a ticket for the table."""
        if not any(one.ticket == ticket for one in self.cases):
            self.cases.append(Case(ticket, self.client(client), channel, is_held))

    def ticket_of(self, client: str) -> int:
        """The ticket of a customer of the day."""
        return next(case.ticket for case in self.cases if case.client.key == client)

    @staticmethod
    def in_days(days: int, zone: str) -> datetime:
        """Noon some days ahead where somebody is."""
        return (datetime.now(ZoneInfo(zone)) + timedelta(days=days)).replace(hour=12, minute=0, second=0, microsecond=0)


def expect(found: bool, expected: str, seen: str = "") -> None:
    """Raise Missing unless what was expected is there."""
    if not found:
        raise Missing(f"expected: {expected}" + (f"; seen: {seen}" if seen else ""))
