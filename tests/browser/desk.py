"""How staff, customers and the post act in the browser tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from channels_integrations.services.delivery import deliver_due
from common.models import Connection, User
from logistics.models import Carrier, Customer, Shipment
from scripts.standins.mail import MailStandIn
from tests.tickets.workflows.history import assert_history_is_whole
from tickets.choices import Audience, Direction, MessageStatus, Via
from tickets.models import ChannelIdentity, Conversation, Message, Ticket, TicketEvent, TicketFacts
from tickets.policies.actor import Actor
from tickets.services.chain import verify_chain
from tickets.services.conversations import save_message
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.workflows import WORKFLOWS

ANNA = "anna@keller.example"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
NEVER_BY_HAND = {"dismiss_merged", "dismiss_converted"}
"""Ways that no form leads to: merging and converting take them."""


@dataclass(frozen=True, slots=True)
class Post:
    """The mailbox and the mail server behind it."""

    server: MailStandIn
    mailbox: Connection

    def leaves(self) -> int:
        """Let the delivery service send what is queued."""
        return deliver_due(seconds=10)

    def last(self, address: str = ANNA) -> EmailMessage:
        return self.server.messages(address)[-1]

    def text(self, address: str = ANNA) -> str:
        body = self.last(address).get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    def link(self, address: str = ANNA) -> str:
        """The customer's link in the last letter."""
        found = re.search(r"https?://\S+/t/[\w-]+/", self.text(address))
        assert found, self.text(address)
        return found.group()


def held_parcel(kind: str, post: Post, *, says: str = "Wo bleibt mein Paket?") -> Ticket:
    """A ticket of a customer who wrote a mail about her parcel."""
    now = timezone.now()
    anna = Customer.objects.create(name="Anna Keller", language="de", time_zone="Europe/Berlin", country="DE")
    dhl = Carrier.objects.create(code="dhl", name="DHL", max_delivery_attempts=3)
    parcel = Shipment.objects.create(
        tracking_number="LX738201945CN",
        carrier=dhl,
        customer=anna,
        origin_country="CN",
        destination_country="DE",
        declared_value=120,
        declared_currency="EUR",
    )
    ticket = open_ticket(
        kind=kind, actor=Actor.system(), now=now, customer=anna, shipment=parcel, channel="email", language="de"
    )
    identity = ChannelIdentity.objects.create(
        connection=post.mailbox, external_id=ANNA, customer=anna, display_name="Anna Keller", created_at=now
    )
    thread = Conversation.objects.create(
        connection=post.mailbox,
        identity=identity,
        thread="first@keller.example",
        subject="Mein Paket",
        ticket=ticket,
        started_at=now,
        last_message_at=now,
    )
    with changing(ticket.pk, actor=Actor.customer(anna.pk, via=Via.CHANNEL), now=now) as change:
        message = Message(
            ticket=ticket,
            conversation=thread,
            connection=post.mailbox,
            identity=identity,
            direction=Direction.IN,
            audience=Audience.CUSTOMER,
            status=MessageStatus.RECEIVED,
            external_id="first@keller.example",
            text=says,
            sent_at=now,
            created_at=now,
        )
        save_message(message)
        change.ticket.last_message_at, change.ticket.last_message_preview = now, says
        change.record("message_received", {"message": message.pk})
    return ticket


@dataclass
class Desk:
    """Somebody at the desk, signed in, with one page in front of them."""

    page: Page
    user: User
    address: str
    ticket: Ticket | None = None
    seen: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        client = Client()
        client.force_login(self.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])

    def open(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.page.goto(f"/admin/tickets/ticket/{ticket.pk}/change/", wait_until="domcontentloaded")

    def look_again(self) -> None:
        self.page.reload(wait_until="domcontentloaded")

    # ------------------------------------------------------------ steps

    def has_step(self, label: str) -> bool:
        return self._link(label).count() > 0

    def begin(self, label: str, **values: Any) -> Locator:
        """Open a step's form as staff do and fill it in; returns the form."""
        link = self._link(label)
        if not link.is_visible():
            self.page.locator("#other-steps > summary").click()
        link.click()
        form = self.page.locator("#dialog[open] form")
        expect(form.locator("h2")).to_contain_text(label)
        fill_in(form, **values)
        return form

    def refused(self, label: str, sentence: str, *, beside: str = "", **values: Any) -> None:
        """Take a step that cannot be taken: the form stays, says why (beside a field), and can be put away."""
        before = self.state()
        form = self.begin(label, **values)
        form.locator("button[type=submit]").click()
        place = self.page.locator("#dialog form .d-field.bad", has=self.page.locator(f"[name={beside}]")).first
        errors = (place if beside else self.page.locator("#dialog form")).locator(".d-error")
        expect(errors.first).to_contain_text(sentence)
        self.page.keyboard.press("Escape")
        expect(self.page.locator("#dialog[open]")).to_have_count(0)
        assert self.state() == before

    def step(self, label: str, state: str, *, waiting_on: str = "", **values: Any) -> None:
        """Take a step through its form; the page then shows the new state and whom it waits on."""
        form = self.begin(label, **values)
        try:
            with self.page.expect_navigation(timeout=10_000, wait_until="domcontentloaded"):
                form.locator("button[type=submit]").click()
        except PlaywrightTimeout as error:
            raise AssertionError(f"{label}: {form.locator('.d-error').all_inner_texts()}") from error
        expect(self.page.locator(".d-strip .now")).to_have_text(state)
        if waiting_on:
            expect(self.page.locator(".d-steps")).to_contain_text(f"waiting on {waiting_on}")
        self.seen.append(label)

    def state(self) -> str:
        return self.page.locator(".d-strip .now").inner_text()

    def _link(self, label: str) -> Locator:
        return self.page.locator("a[data-step]", has_text=re.compile(rf"^\s*{re.escape(label)}…?\s*$"))

    # ------------------------------------------------------------ words

    def write(self, text: str) -> None:
        self.page.fill("#composer-text", text)
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            self.page.click("#composer button[type=submit]")
        expect(self.page.locator(".d-message.out").last).to_contain_text(text.splitlines()[0])

    def side(self) -> Locator:
        return self.page.locator(".d-side")

    def messages(self) -> Locator:
        return self.page.locator(".d-message")

    # ------------------------------------------------------------ what stays

    def log(self) -> list[str]:
        """The titles of the log, oldest first."""
        assert self.ticket is not None
        self.page.goto(f"/admin/tickets/ticket/{self.ticket.pk}/log/")
        return self.page.locator(".d-log summary").all_inner_texts()[::-1]


def fill_in(form: Locator, **values: Any) -> None:
    """Fill a form's fields by name: words, a choice, the choices to tick, or files as (name, content)."""
    for name, value in values.items():
        control = form.locator(f"[name={name}]")
        kind = control.first.get_attribute("type") or control.first.evaluate("element => element.tagName.toLowerCase()")
        if kind == "checkbox":
            for box in control.all():
                box.set_checked(box.get_attribute("value") in value)
        elif kind == "radio":
            form.locator(f"[name={name}][value={value}]").check()
        elif kind == "select":
            control.select_option(str(value))
        elif kind == "file":
            control.set_input_files(papers(*value))
        else:
            control.fill(str(value))


def papers(*names: str) -> Sequence[Any]:
    """Small PDF files of these names."""
    return [{"name": Path(name).name, "mimeType": "application/pdf", "buffer": PDF} for name in names]


def fits(phone: Page) -> None:
    """Nothing of the page stands outside a phone's screen."""
    wide = phone.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} pixels too wide"


def assert_whole(ticket: Ticket, *, states: Sequence[str], desks: Sequence[Desk]) -> None:
    """The log, the facts and the chain tell what happened, and every form of the kind was used."""
    events = TicketEvent.objects.filter(ticket_id=ticket.pk, type="transition").order_by("sequence")
    taken = [event.data["way"] for event in events]
    workflow: Any = WORKFLOWS[ticket.kind]
    assert set(workflow.ways()) - NEVER_BY_HAND - set(taken) == set()
    facts = TicketFacts.objects.filter(ticket_id=ticket.pk).order_by("valid_from", "id").values_list("state", flat=True)
    walked = [state for index, state in enumerate(facts) if index == 0 or state != facts[index - 1]]
    assert walked == list(states)
    verdict = verify_chain(ticket_id=ticket.pk)
    assert (verdict.tickets, verdict.broken) == (1, None)
    assert_history_is_whole(ticket.pk)
    log = desks[0].log()
    shown = [line for line in log if "→" in line]
    assert len(shown) == len(taken)
    assert sorted({line.partition(" →")[0] for line in shown}) >= sorted(
        {label for desk in desks for label in desk.seen}
    )
