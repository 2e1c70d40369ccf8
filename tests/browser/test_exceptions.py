"""The longest real path of each kind of exception, through every form, as staff and customers meet them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from logistics.choices import PartnerKind
from logistics.models import Partner, PartnerContact
from tests.browser.desk import Desk, Post, assert_whole, fill_in, fits, held_parcel, papers
from tickets.models import Ticket
from tickets.services.drafts import suggested_reply

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BROKER = "papers@hafenzoll.example"


def day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


def moment(ahead: int) -> str:
    return f"{day(ahead)}T12:00"


@pytest.fixture
def broker() -> Partner:
    one = Partner.objects.create(kind=PartnerKind.BROKER, name="Hafen Zoll GmbH", language="de", country="DE")
    PartnerContact.objects.create(partner=one, name="Jan Meyer", email=BROKER, is_primary=True)
    return one


def test_clearance_through_every_form(sit_down: Callable[..., Desk], phone: Page, post: Post, broker: Partner) -> None:
    ticket = held_parcel("clearance", post)
    desk, money = sit_down("Customs specialist", "Li Wei"), sit_down("Finance", "Omar Haddad")
    desk.open(ticket)
    desk.step("Triage", "Under review", waiting_on="Us")

    # Papers of the customer, in parts, by the link in the letter.
    desk.refused("Request documents", "This field is required.", beside="papers", papers=[])
    desk.refused("Request documents", "This is in the past.", papers=["identity"], due_at=moment(-1))
    desk.step(
        "Request documents",
        "Documents requested",
        waiting_on="Customer",
        papers=["commercial_invoice", "identity"],
        asked_of="customer",
        due_at=moment(3),
    )
    expect(desk.side()).to_contain_text("○ Commercial invoice")
    assert post.leaves() == 1
    assert "Handelsrechnung" in post.text()
    desk.look_again()
    expect(desk.messages().last).to_contain_text("· sent")

    phone.goto(post.link())
    expect(phone.locator("li.missing")).to_have_count(2)
    fits(phone)
    phone.click("button[type=submit]")
    expect(phone.locator(".error").first).to_be_visible()
    phone.set_input_files("[name=paper_identity]", papers("ausweis.pdf"))
    phone.click("button[type=submit]")
    expect(phone.locator("li.there")).to_have_count(1)
    expect(phone.locator("li.there")).to_contain_text("ausweis.pdf")
    desk.look_again()
    assert desk.state() == "Documents requested"
    expect(desk.side()).to_contain_text("✓ Identity document")
    expect(desk.side()).to_contain_text("○ Commercial invoice")
    phone.set_input_files("[name=paper_commercial_invoice]", papers("rechnung-1.pdf", "rechnung-2.pdf"))
    phone.click("button[type=submit]")
    expect(phone.locator("li.there")).to_have_count(2)
    fits(phone)
    desk.look_again()
    assert desk.state() == "Documents received"

    # One of them cannot be read: asked again, comes by another way, noted by staff.
    desk.step(
        "Request documents",
        "Documents requested",
        papers=["commercial_invoice"],
        asked_of="customer",
        due_at=moment(2),
        message="Seite 2 ist unlesbar.",
    )
    post.leaves()
    assert "Seite 2 ist unlesbar." in post.text()
    desk.step("Receive documents", "Documents received", papers=["commercial_invoice"], files=["rechnung-3.pdf"])

    desk.refused("Submit to broker", "This field is required.", beside="broker", broker="")
    desk.step("Submit to broker", "With the broker", waiting_on="Broker", broker=broker.pk, message="Bitte heute noch.")
    post.leaves()
    assert "Bitte heute noch." in post.text(BROKER)
    sent = sorted(str(part.get_filename()) for part in post.last(BROKER).iter_attachments())
    assert sent == ["ausweis.pdf", "rechnung-1.pdf", "rechnung-2.pdf", "rechnung-3.pdf"]
    desk.step("Inspection started", "Under inspection", office="Zollamt Leipzig", inspection="X-ray")
    desk.step(
        "Request documents",
        "Documents requested",
        waiting_on="Shipper",
        papers=["packing_list"],
        asked_of="shipper",
        due_at=moment(2),
    )
    expect(desk.messages().last).to_contain_text("To be told by hand to: Shipper")
    desk.step("Receive documents", "Documents received", papers=["packing_list"])
    desk.step("Submit to broker", "With the broker", broker=broker.pk)

    # Customs refuse, the broker appeals, duties are assessed and paid.
    desk.step("Refuse", "Refused by customs", waiting_on="Us", reason="value", note="Value doubted.")
    desk.step("Appeal", "With the broker", grounds="The invoice proves the value.")
    desk.refused("Assess duties", "Give at least one amount.", duties_currency="EUR", terms="DAP")
    desk.refused("Assess duties", "Enter a valid value", duties_duty="5", duties_currency="euro", terms="DAP")
    desk.step(
        "Assess duties", "Duties assessed", duties_duty="12.50", duties_vat="21", duties_currency="EUR", terms="DAP"
    )
    expect(desk.side()).to_contain_text("Import VAT")
    desk.step(
        "Request duties",
        "Duties requested",
        waiting_on="Customer",
        payment_link="https://pay.example/77",
        last_day=day(5),
    )
    post.leaves()
    assert "https://pay.example/77" in post.text()
    assert not desk.has_step("Confirm payment")
    money.open(ticket)
    assert not money.has_step("Release")
    money.refused("Confirm payment", "three capital letters", receipt="R-77", paid="33.50", paid_currency="eur")
    money.step(
        "Confirm payment", "Awaiting release", waiting_on="Customs", receipt="R-77", paid="33.50", paid_currency="EUR"
    )
    desk.look_again()
    desk.step("Release", "Released")
    post.leaves()
    assert "freigegeben" in post.text()

    # What else may come of it, each from a reopened ticket.
    desk.step("Reopen", "Under review", why="Customs called back.")
    desk.step("Refuse", "Refused by customs", reason="licence")
    desk.step("Return to origin", "Returning", waiting_on="Carrier", payer="shipper")
    desk.step("Arrived back", "Returned")
    desk.step("Reopen", "Under review")
    desk.step("Refuse", "Refused by customs", reason="other")
    desk.step("Abandon", "Abandoned", consent="Anna Keller, by mail, today.")
    desk.step("Reopen", "Under review")
    desk.step("Refuse", "Refused by customs", reason="prohibited")
    desk.step("Destroy", "Destroyed", consent="Anna Keller, by mail, today.")
    desk.step("Reopen", "Under review")
    desk.step("Dismiss", "Dismissed", resolution="false_alarm", note="Mixed up.")
    desk.step("Close", "Closed")

    states = (
        "reported under_review documents_requested documents_received documents_requested documents_received "
        "with_broker under_inspection documents_requested documents_received with_broker refused with_broker "
        "duties_assessed duties_requested awaiting_release released under_review refused returning returned "
        "under_review refused abandoned under_review refused destroyed under_review dismissed closed"
    )
    assert_whole(ticket, states=states.split(), desks=[desk, money])


def test_delay_through_every_form(sit_down: Callable[..., Desk], post: Post) -> None:
    ticket = held_parcel("delay", post)
    desk = sit_down("Agent", "Sofía Marín")
    desk.open(ticket)
    desk.refused("Ask carrier", "This is in the past.", beside="answer_due", question="Where?", answer_due=moment(-1))
    desk.step("Ask carrier", "Investigating", waiting_on="Carrier", question="Where is it?", answer_due=moment(2))
    expect(desk.messages().last).to_contain_text("To be told by hand to: DHL")
    desk.step("Carrier answers", "Carrier answered", waiting_on="Us", answer="Stuck in a storm.")
    desk.refused("Revise date", "before it begins", beside="new_to", new_from=day(6), new_to=day(4), cause="weather")
    desk.refused("Revise date", "This is in the past.", beside="new_from", new_from=day(-2), cause="weather")
    desk.step("Revise date", "To inform", waiting_on="Us", new_from=day(4), new_to=day(6), cause="weather")

    # The customer counts as informed once a channel took a message that names the date.
    desk.refused("Inform customer", "no message names the new date")
    desk.write("Ihr Paket kommt etwas später.")
    post.leaves()
    desk.look_again()
    desk.refused("Inform customer", "no message names the new date")
    letter = suggested_reply(Ticket.objects.get_typed(ticket.pk))
    desk.page.click("a[data-suggest]")
    expect(desk.page.locator("#composer-text")).to_have_value(letter)
    desk.write(letter)
    desk.refused("Inform customer", "still on its way")
    post.leaves()
    assert letter.splitlines()[2] in post.text()
    desk.look_again()
    expect(desk.messages().last).to_contain_text("· sent")
    desk.step("Inform customer", "Customer informed", waiting_on="Carrier")

    # Later still: told again, asked again, lost.
    desk.step("Revise date", "To inform", new_from=day(9), cause="congestion")
    desk.refused("Inform customer", "no message names the new date")
    desk.write(f"Neuer Termin: {day(9)}.")
    post.leaves()
    desk.step("Inform customer", "Customer informed")
    desk.step("Ask carrier", "Investigating", question="Still nothing?", answer_due=moment(1))
    desk.step("Declare lost", "Declared lost", grounds="No scan for two weeks.")
    loss = Ticket.objects.get(kind="loss")
    post.leaves()
    assert loss.reference in post.text()
    desk.side().locator("a", has_text=loss.reference).first.click()
    expect(desk.page.locator(".d-ticket-head h1")).to_contain_text(loss.reference)
    expect(desk.page.locator(".d-strip .now")).to_have_text("Reported")
    expect(desk.side()).to_contain_text("Anna Keller")
    expect(desk.side().locator("a", has_text=ticket.reference).first).to_be_visible()

    desk.open(ticket)
    desk.step("Reopen", "Carrier answered", why="It was found after all.")
    desk.step("Cancel", "Cancelled", by="The shop")
    desk.step("Reopen", "Carrier answered")
    desk.step("Dismiss", "Dismissed", resolution="withdrawn")
    desk.step("Reopen", "Carrier answered")
    desk.step("Deliver", "Delivered")
    desk.step("Close", "Closed")

    states = (
        "detected investigating carrier_answered to_inform informed to_inform informed investigating declared_lost "
        "carrier_answered cancelled carrier_answered dismissed carrier_answered delivered closed"
    )
    assert_whole(ticket, states=states.split(), desks=[desk])


def test_loss_through_every_form(sit_down: Callable[..., Desk], phone: Page, post: Post) -> None:
    ticket = held_parcel("loss", post)
    desk, money = sit_down("Agent", "Sofía Marín"), sit_down("Finance", "Omar Haddad")
    desk.open(ticket)
    desk.step("Open trace", "Tracing", waiting_on="Carrier", reference="T-4711", due=moment(5))
    expect(desk.side()).to_contain_text("T-4711")
    desk.step(
        "Request evidence",
        "Evidence requested",
        waiting_on="Customer",
        papers=["photos", "purchase_invoice"],
        due_at=moment(4),
        message="Bitte auch vom Karton.",
    )
    post.leaves()
    assert "Bitte auch vom Karton." in post.text()
    phone.goto(post.link())
    fits(phone)
    phone.set_input_files("[name=paper_photos]", papers("vorn.pdf", "hinten.pdf"))
    phone.set_input_files("[name=paper_purchase_invoice]", papers("beleg.pdf"))
    phone.click("button[type=submit]")
    expect(phone.locator("li.there")).to_have_count(2)
    desk.look_again()
    assert desk.state() == "Evidence received"
    expect(desk.side()).to_contain_text("✓ Photos of the goods")

    desk.refused("Confirm", "three capital letters", what="lost", grounds="-", value="80", value_currency="€")
    desk.step(
        "Confirm", "Confirmed", waiting_on="Us", what="lost", grounds="Trace ended.", value="80", value_currency="EUR"
    )
    desk.step("Request evidence", "Evidence requested", papers=["declaration"])
    desk.refused("Receive evidence", "Say which evidence this is", papers=[])
    desk.step("Receive evidence", "Evidence received", papers=["declaration"], files=["erklaerung.pdf"])
    desk.step("Confirm", "Confirmed", what="lost", grounds="Declared too.", value="80", value_currency="EUR")

    # Money is finance's to decide; found afterwards, somebody says what comes back.
    assert not desk.has_step("Settle")
    money.open(ticket)
    money.refused("Settle", "Say how much.", beside="amount", how="refund", amount="")
    money.step("Settle", "Settled", how="refund", amount="80", amount_currency="EUR")
    post.leaves()
    assert "80,00" in post.text()
    desk.look_again()
    assert desk.state() == "Settled"
    desk.refused("Find", "say what is to be recovered", beside="recover", where="Depot Leipzig")
    desk.step("Find", "Found", waiting_on="Us", where="Depot Leipzig", recover="80 EUR or the parcel")
    expect(desk.side()).to_contain_text("80 EUR or the parcel")
    desk.step("Deliver", "Delivered")

    desk.step("Reopen", "Evidence received", why="It was another parcel.")
    desk.step("Dismiss", "Dismissed", resolution="duplicate")
    desk.step("Reopen", "Evidence received")
    money.look_again()
    money.step("Reject", "Not compensable", grounds="Packed without care.")
    desk.look_again()
    desk.step("Close", "Closed")

    states = (
        "reported tracing evidence_requested evidence_received confirmed evidence_requested evidence_received "
        "confirmed settled found delivered evidence_received dismissed evidence_received not_compensable closed"
    )
    assert_whole(ticket, states=states.split(), desks=[desk, money])


def asked(phone: Page) -> Locator:
    """The form that asks what to do with the parcel; the page has others."""
    return phone.locator("form:has([name=instruction])")


def test_failed_delivery_through_every_form(sit_down: Callable[..., Desk], phone: Page, post: Post) -> None:
    ticket = held_parcel("failed_delivery", post)
    desk = sit_down("Agent", "Sofía Marín")
    desk.open(ticket)
    desk.step("Request instructions", "Instructions requested", waiting_on="Customer", problem="absent")
    post.leaves()
    first = post.link()
    phone.goto(first)
    fits(phone)
    fill_in(asked(phone), instruction="new_address")
    phone.click("main button[type=submit]")
    expect(phone.locator(".error").first).to_be_visible()
    fill_in(asked(phone), instruction="redeliver", wished_date=day(3))
    phone.click("main button[type=submit]")
    phone.wait_for_url("**done=1**")
    fits(phone)
    desk.look_again()
    assert desk.state() == "Instructions received"
    expect(desk.side()).to_contain_text("Deliver again")

    # Twice more in vain; the carrier tries no fourth time.
    desk.refused("Book redelivery", "This is in the past.", beside="date", date=day(-1))
    desk.step("Book redelivery", "Redelivery booked", waiting_on="Carrier", date=day(3), window="14:00–18:00")
    post.leaves()
    assert "14:00–18:00" in post.text()
    desk.step("Failed again", "Attempted", waiting_on="Us", problem="access")
    expect(desk.side()).to_contain_text("failed")
    desk.step("Book redelivery", "Redelivery booked", date=day(4))
    desk.step("Failed again", "Attempted")
    expect(desk.side().locator(".d-chip.red", has_text="failed")).to_have_count(2)
    desk.refused("Book redelivery", "at most 3 times", date=day(5))
    desk.step("Hold for pickup", "Held for pickup", waiting_on="Customer", place="Post office Mitte", last_day=day(7))
    post.leaves()
    assert "Post office Mitte" in post.text()
    phone.goto(post.link())
    expect(phone.locator("main")).to_contain_text("Post office Mitte")
    fill_in(
        asked(phone),
        instruction="new_address",
        new_address="Hafenstraße 5, 20457 Hamburg",
    )
    phone.click("main button[type=submit]")
    phone.wait_for_url("**done=1**")
    desk.look_again()
    assert desk.state() == "Instructions received"
    expect(desk.side()).to_contain_text("Hafenstraße 5")
    desk.step("Hold for pickup", "Held for pickup", place="Post office Hafen", last_day=day(9))
    desk.step("Deliver", "Delivered")
    post.leaves()
    phone.goto(first)
    expect(asked(phone)).to_have_count(0)

    desk.step("Reopen", "Instructions received", why="It was the neighbour's.")
    desk.step("Request instructions", "Instructions requested", problem="address", message="Welche Hausnummer?")
    desk.refused(
        "Receive instructions", "Write the address", beside="new_address", instruction="new_address", new_address=""
    )
    desk.step("Receive instructions", "Instructions received", instruction="refuse")
    desk.step("Return to sender", "Returning", waiting_on="Carrier", payer="customer")
    desk.step("Arrived back", "Returned")
    desk.step("Reopen", "Instructions received")
    desk.step("Return to sender", "Returning", payer="us")
    desk.step("Dispose", "Disposed of", why="The sender does not want it.")
    desk.step("Reopen", "Instructions received")
    desk.step("Dismiss", "Dismissed", resolution="withdrawn")
    desk.step("Close", "Closed")

    states = (
        "attempted instructions_requested instructions_received redelivery_booked attempted redelivery_booked "
        "attempted held_for_pickup instructions_received held_for_pickup delivered instructions_received "
        "instructions_requested instructions_received returning returned instructions_received returning disposed "
        "instructions_received dismissed closed"
    )
    assert_whole(ticket, states=states.split(), desks=[desk])
