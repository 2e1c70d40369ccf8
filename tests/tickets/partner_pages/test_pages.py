"""What partners see and do on their pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from common.models import Connection
from logistics.models import Partner, PushedScan
from tests.tickets.partner_pages.conftest import asked, shipment
from tests.tickets.workflows import people
from tickets.choices import Audience, Direction, Via
from tickets.models import Attachment, Message, Ticket, TicketEvent
from tickets.services.conversations import note

PDF = b"%PDF-1.7 papers"


def test_queue_shows_what_waits_for_the_partner_and_nothing_else(
    ines: Client, broker: Partner, stranger: Client, mailbox: Connection
) -> None:
    ticket = asked(broker, shipment=shipment())

    mine = ines.get("/partner/").content.decode()
    theirs = stranger.get("/partner/").content.decode()

    assert ticket.reference in mine
    assert "RR123456785CN" in mine
    assert "left" in mine
    assert ticket.reference not in theirs


def test_tracking_number_leads_to_the_ticket(ines: Client, broker: Partner, stranger: Client) -> None:
    ticket = asked(broker, shipment=shipment())

    found = ines.get("/partner/", {"q": "rr 1234 5678 5 cn"})
    foreign = stranger.get("/partner/", {"q": "RR123456785CN"})

    assert found.headers["Location"] == f"/partner/tickets/{ticket.pk}/"
    assert foreign.status_code == 200
    assert ticket.reference not in foreign.content.decode()


def test_ticket_shows_the_question_and_takes_an_answer_with_a_file(ines: Client, broker: Partner) -> None:
    ticket = asked(broker, question="Which form is missing?")
    where = f"/partner/tickets/{ticket.pk}/"

    shown = ines.get(where)
    sent = ines.post(
        f"{where}answer/",
        {"text": "Form C88.", "files": [SimpleUploadedFile("c88.pdf", PDF, "application/pdf")]},
    )

    assert "Which form is missing?" in shown.content.decode()
    assert sent.headers["Location"] == f"{where}?answered=1"
    message = Message.objects.get(ticket=ticket, direction=Direction.IN)
    assert (message.text, message.audience, message.partner_id) == ("Form C88.", Audience.PARTNER, broker.pk)
    assert [one.name for one in Attachment.objects.filter(message=message)] == ["c88.pdf"]
    assert TicketEvent.objects.filter(ticket=ticket, type="message_received", via=Via.PORTAL).exists()
    after = ines.get(where).content.decode()
    assert "Form C88." in after
    assert "c88.pdf" in after
    assert ticket.reference not in ines.get("/partner/").content.decode()
    assert ticket.reference in ines.get("/partner/?tab=open").content.decode()


def test_second_tap_is_no_second_answer(ines: Client, broker: Partner) -> None:
    ticket = asked(broker)

    for _tap in range(2):
        assert ines.post(f"/partner/tickets/{ticket.pk}/answer/", {"text": "Yes, it may."}).status_code == 302

    assert Message.objects.filter(ticket=ticket, direction=Direction.IN).count() == 1


def test_answer_without_words_or_files_comes_back_with_a_sentence(ines: Client, broker: Partner) -> None:
    ticket = asked(broker)

    refused = ines.post(f"/partner/tickets/{ticket.pk}/answer/", {"text": "  "})

    assert refused.status_code == 400
    assert "Write something, or choose a file." in refused.content.decode()
    assert not Message.objects.filter(ticket=ticket, direction=Direction.IN).exists()


def test_program_is_refused_and_nothing_kept(ines: Client, broker: Partner) -> None:
    ticket = asked(broker)
    page = SimpleUploadedFile("a.html", b"<html><script>alert(1)</script>", "text/html")

    refused = ines.post(f"/partner/tickets/{ticket.pk}/answer/", {"text": "See file", "files": [page]})

    assert refused.status_code == 400
    assert not Attachment.objects.filter(ticket=ticket).exists()
    assert not Message.objects.filter(ticket=ticket, direction=Direction.IN).exists()


def test_acknowledging_says_so_and_leaves_the_answer_owed(ines: Client, broker: Partner) -> None:
    ticket = asked(broker)
    where = f"/partner/tickets/{ticket.pk}/"
    assert "I have it" in ines.get(where).content.decode()

    assert ines.post(f"{where}acknowledge/").headers["Location"] == f"{where}?acknowledged=1"

    after = ines.get(where).content.decode()
    assert "I have it" not in after
    assert "Please answer by" in after
    assert Ticket.objects.get(pk=ticket.pk).waiting_on == "broker"


def test_step_of_the_partner_is_a_form_of_its_declared_inputs(ines: Client, broker: Partner) -> None:
    ticket = asked(broker)
    where = f"/partner/tickets/{ticket.pk}/"
    shown = ines.get(where).content.decode()
    assert f"{where}steps/" in shown
    name = shown.partition(f"{where}steps/")[2].partition("/")[0]

    taken = ines.post(f"{where}steps/{name}/", {"answer": "Released this morning.", "why": "x"})

    assert taken.status_code == 302, taken.content.decode()
    event = TicketEvent.objects.filter(ticket=ticket, type="transition").latest("sequence")
    assert (event.data["way"], event.actor_kind, event.actor_id, event.via) == (name, "partner", broker.pk, "portal")


def test_step_that_is_not_open_changes_nothing(ines: Client, broker: Partner) -> None:
    ticket = asked(broker)

    refused = ines.post(f"/partner/tickets/{ticket.pk}/steps/dismiss/", {})

    assert refused.status_code == 409
    assert Ticket.objects.get(pk=ticket.pk).state == ticket.state


def test_warehouse_confirms_a_booking_and_receives_it_with_a_difference(
    bo: Client, warehouse: Partner, work: Callable[..., Any]
) -> None:
    booking = work("booking", warehouse)
    where = f"/partner/work/booking/{booking.pk}/"
    assert booking.reference in bo.get("/partner/work/").content.decode()

    assert bo.post(f"{where}steps/confirm/", {}).status_code == 302
    assert bo.post(f"{where}steps/arrive/", {}).status_code == 302
    short = bo.post(f"{where}steps/receive/", {"lines-0-item": "CUP-1", "lines-0-received": ""})
    done = bo.post(
        f"{where}steps/receive/",
        {"lines-0-item": "CUP-1", "lines-0-received": "3", "lines-0-damaged": "", "lines-0-remark": "Two missing"},
    )

    assert short.status_code == 400
    assert "CUP-1" in short.content.decode()
    assert done.status_code == 302, done.content.decode()
    booking = type(booking).objects.get(pk=booking.pk)
    assert booking.state == "received"
    assert booking.events.latest("sequence").via == "portal"


def test_warehouse_counts_and_dispatches(bo: Client, warehouse: Partner, work: Callable[..., Any]) -> None:
    count, instruction = work("count", warehouse), work("instruction", warehouse)

    counted = bo.post(f"/partner/work/count/{count.pk}/steps/count/", {"lines-0-item": "CUP-1", "lines-0-counted": "5"})
    sent = bo.post(f"/partner/work/instruction/{instruction.pk}/steps/dispatch/", {"tracking_number": "RR123456785CN"})

    assert (counted.status_code, sent.status_code) == (302, 302), (counted.content, sent.content)
    assert "RR123456785CN" in bo.get(f"/partner/work/instruction/{instruction.pk}/").content.decode()


def test_scans_are_kept_line_by_line_and_wrong_lines_come_back(bo: Client, warehouse: Partner) -> None:
    said = {
        "status": "in_transit",
        "location": "Hamburg",
        "numbers": "RR123456785CN\nhello\nRR123456785CN",
        "token": "t1",
    }

    answer = bo.post("/partner/scans/", said)

    assert answer.status_code == 400
    text = answer.content.decode()
    assert "1 scan was taken." in text
    assert "hello" in text
    scan = PushedScan.objects.get()
    assert (scan.tracking_number, scan.status, scan.partner_id) == ("RR123456785CN", "in_transit", warehouse.pk)
    assert answer.headers["Permissions-Policy"].startswith("camera=(self)")


def test_same_scans_sent_twice_are_the_same_scans(bo: Client) -> None:
    said = {"status": "delivered", "location": "", "numbers": "RR123456785CN", "token": "t2"}

    for _tap in range(2):
        assert bo.post("/partner/scans/", said).status_code == 302

    assert len(set(PushedScan.objects.values_list("key", flat=True))) == 1


def test_figures_show_what_was_agreed_and_how_it_was_kept(ines: Client, broker: Partner) -> None:
    ticket = asked(broker)
    ines.post(f"/partner/tickets/{ticket.pk}/answer/", {"text": "Yes."})

    text = ines.get("/partner/figures/").content.decode()

    assert "100.0 % in time" in text
    assert "Nothing is written down yet." in text


@pytest.mark.parametrize("page", ["", "work/", "scans/", "figures/", "account/"])
def test_every_page_is_strict_about_what_runs_in_it(ines: Client, page: str) -> None:
    answer = ines.get(f"/partner/{page}")

    assert answer.status_code == 200
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_pages_are_chinese_for_whoever_reads_chinese(ines: Client) -> None:
    switched = ines.post("/partner/language/", {"language": "zh-hans", "next": "/partner/work/"})

    assert switched.headers["Location"] == "/partner/work/"
    text = ines.get("/partner/work/").content.decode()
    assert '<html lang="zh-Hans">' in text


def test_foreign_work_files_and_parcels_answer_like_those_that_do_not_exist(
    ines: Client, bo: Client, broker: Partner, warehouse: Partner, work: Callable[..., Any]
) -> None:
    booking, instruction = work("booking", warehouse), work("instruction", warehouse)
    bo.post(f"/partner/work/instruction/{instruction.pk}/steps/dispatch/", {"tracking_number": "RR123456785CN"})
    instruction = type(instruction).objects.get(pk=instruction.pk)
    ticket = asked(warehouse)
    photo = SimpleUploadedFile("a.pdf", PDF, "application/pdf")
    bo.post(f"/partner/tickets/{ticket.pk}/answer/", {"text": "See", "files": [photo]})
    file = Attachment.objects.get(ticket=ticket)
    addresses = [
        ("/partner/work/booking/{}/", booking.pk),
        ("/partner/work/instruction/{}/", instruction.pk),
        ("/partner/parcels/{}/", instruction.shipment_id),
        ("/partner/files/{}/", file.pk),
    ]

    for address, number in addresses:
        assert bo.get(address.format(number)).status_code == 200, address
        foreign, missing = ines.get(address.format(number)), ines.get(address.format(number + 10_000))
        assert (foreign.status_code, missing.status_code) == (404, 404), address
        assert len(foreign.content) - len(str(number)) == len(missing.content) - len(str(number + 10_000)), address
    refused = ines.post(f"/partner/work/booking/{booking.pk}/steps/confirm/", {})
    assert refused.status_code == 404
    assert type(booking).objects.get(pk=booking.pk).state == "announced"


def test_customers_words_and_notes_are_nowhere_on_a_partners_page(ines: Client, broker: Partner) -> None:
    ticket = asked(broker, summary="Marta Ruiz is angry")
    note(ticket_id=ticket.pk, text="The broker is slow.", actor=people.staff("Bob"), now=timezone.now())

    text = ines.get(f"/partner/tickets/{ticket.pk}/").content.decode() + ines.get("/partner/").content.decode()

    assert "Marta" not in text
    assert "slow" not in text
