"""The main path at the desk, in a real browser: sign in, queue, answer, a step with its form, the log."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from playwright.sync_api import Page, expect

from common.models import Connection, User
from logistics.models import Customer, Shipment
from tickets.choices import Audience, Direction, Kind, MessageStatus, Via
from tickets.models import ChannelIdentity, Conversation, Message, Ticket
from tickets.policies.actor import Actor
from tickets.services.conversations import save_message
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.services.roles import set_up_roles

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_throttle")]
PASSWORD = "a long enough password"


@pytest.fixture
def agent() -> User:
    set_up_roles()
    user = User.objects.create_user(
        "li@clearway.example",
        PASSWORD,
        full_name="Li Wei",
        employee_number="4711",
        is_staff=True,
        time_zone="Asia/Shanghai",
    )
    user.groups.add(Group.objects.get(name="Customs specialist"))
    return user


@pytest.fixture
def ticket() -> Ticket:
    """A customs hold of a customer who wrote, with a script where a name should be."""
    now = timezone.now()
    mailbox = Connection.objects.create(slug="mail", provider="email", name="Mailbox")
    customer = Customer.objects.create(
        name="Anna <script>document.title='broken'</script>", language="de", time_zone="Europe/Berlin", country="DE"
    )
    shipment = Shipment.objects.create(
        tracking_number="LX738201945CN", customer=customer, origin_country="CN", destination_country="DE"
    )
    made = open_ticket(
        kind=Kind.CLEARANCE,
        actor=Actor.system(),
        now=now,
        customer=customer,
        shipment=shipment,
        channel="email",
        language="de",
    )
    identity = ChannelIdentity.objects.create(
        connection=mailbox, external_id="anna@example.org", customer=customer, display_name="Anna", created_at=now
    )
    thread = Conversation.objects.create(
        connection=mailbox, identity=identity, thread="1", ticket=made, started_at=now, last_message_at=now
    )
    with changing(made.pk, actor=Actor.customer(customer.pk, via=Via.CHANNEL), now=now) as change:
        message = Message(
            ticket=made,
            conversation=thread,
            connection=mailbox,
            identity=identity,
            direction=Direction.IN,
            audience=Audience.CUSTOMER,
            status=MessageStatus.RECEIVED,
            text="Wann kommt das Paket an? <img src=x onerror=\"document.title='broken'\">",
            sent_at=now,
            created_at=now,
        )
        save_message(message)
        change.ticket.unanswered_since = change.ticket.last_message_at = now
        change.ticket.last_message_preview, change.ticket.last_message_direction = message.text, "in"
        change.record("message_received", {"message": message.pk})
    return made


def sign_in(page: Page) -> None:
    page.goto("/admin/")
    page.fill("[name=username]", "4711")
    page.fill("[name=password]", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.wait_for_url("**/admin/tickets/ticket/")


def test_main_path_from_signing_in_to_the_log(page: Page, agent: User, ticket: Ticket) -> None:
    sign_in(page)
    row = page.locator("#queue tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(ticket.reference)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{ticket.pk}/change/**")

    page.keyboard.press("r")
    page.keyboard.type("Wir kümmern uns darum.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".d-message.out")).to_contain_text("Wir kümmern uns darum.")
    expect(page.locator("#composer-text")).to_have_value("")

    page.locator("a[data-step]", has_text="Triage").click()
    page.locator("#dialog button[type=submit]").click()
    expect(page.locator(".d-strip .now")).to_have_text("Under review")

    page.locator("a[data-step]", has_text="Request documents").click()
    form = page.locator("#dialog form")
    expect(form.locator("[name=due_at]")).not_to_have_value("")
    while form.locator("input[name=papers]:checked").count():
        form.locator("input[name=papers]:checked").first.uncheck()
    form.locator("button[type=submit]").click()
    expect(form.locator(".d-error").first).to_be_visible()
    expect(form).to_be_visible()
    form.locator("input[value=commercial_invoice]").check()
    form.locator("button[type=submit]").click()
    expect(page.locator(".d-strip .now")).to_have_text("Documents requested")
    expect(page.locator(".d-side")).to_contain_text("Commercial invoice")

    page.locator("a.d-chip", has_text="Log").click()
    log = page.locator(".d-log")
    expect(log).to_contain_text("Request documents → Documents requested")
    expect(log).to_contain_text("Li Wei through desk")
    assert "broken" not in page.title()
    moved = Ticket.objects.get(pk=ticket.pk)
    assert (moved.state, moved.unanswered_since) == ("documents_requested", None)


def test_a_draft_survives_leaving_the_page(page: Page, agent: User, ticket: Ticket) -> None:
    sign_in(page)
    page.goto(f"/admin/tickets/ticket/{ticket.pk}/change/")
    page.fill("#composer-text", "half a sentence")
    expect(page.locator("#draft-state")).not_to_be_empty()
    page.goto("/admin/tickets/ticket/")
    page.goto(f"/admin/tickets/ticket/{ticket.pk}/change/")
    expect(page.locator("#composer-text")).to_have_value("half a sentence")


def test_menus_of_the_queue_work_by_keyboard(page: Page, agent: User, ticket: Ticket) -> None:
    sign_in(page)
    page.locator("summary", has_text="Kind").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**kind=delay**")
    expect(page.locator("#queue tbody tr")).to_have_count(0)
    expect(page.locator(".d-empty")).to_be_visible()


def test_pages_work_in_chinese_and_in_the_dark(page: Page, agent: User, ticket: Ticket) -> None:
    sign_in(page)
    page.locator(".site-language button").first.click()
    page.wait_for_load_state("load")
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    page.keyboard.press("Control+e")
    page.wait_for_timeout(100)
    color: Any = page.evaluate("getComputedStyle(document.querySelector('.d-card')).backgroundColor")
    assert color in ("rgb(19, 26, 37)", "rgb(255, 255, 255)")


def test_desk_is_worked_by_keys_alone_and_shows_where_they_are(page: Page, agent: User, ticket: Ticket) -> None:
    def focused() -> str:
        return str(page.evaluate("document.activeElement.textContent.trim()"))

    sign_in(page)
    page.keyboard.press("/")
    page.keyboard.type("Anna")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=Anna**")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{ticket.pk}/change/**")

    page.keyboard.press("t")
    assert focused() == "Triage"
    page.keyboard.press("ArrowRight")
    step = focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog[open]")).to_have_count(0)
    assert focused() == step

    page.keyboard.press("n")
    expect(page.locator("#composer-text")).to_be_focused()
    expect(page.locator("#composer input[value=note]")).to_be_checked()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.wait_for_url("**q=Anna**")
