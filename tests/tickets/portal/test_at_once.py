"""A customer sends the same twice, or two of a household send at once: nothing is lost, nothing is there twice."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from knowledge_base.models.checklist import PaperType
from logistics.models import Customer
from tests.tickets.workflows.history import assert_history_is_whole
from tickets.choices import ActorKind, LinkPurpose, PaperState, Via, WaitingOn
from tickets.models import Attachment, PaperRequest, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services.attachments import open_content
from tickets.services.customer_links import make_link
from tickets.services.linking import open_ticket
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db(transaction=True)
RULE = Actor(ActorKind.RULE, Via.RULE)
INVOICE, IDENTITY = PaperType.COMMERCIAL_INVOICE, PaperType.IDENTITY


def ask_for(ticket: Ticket, papers: Iterable[str], *, now: datetime) -> None:
    data = {
        "papers": list(papers),
        "asked_of": WaitingOn.CUSTOMER,
        "due_at": (now + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M"),
    }
    take_way(ticket_id=ticket.pk, way="request_documents", data=data, actor=RULE, now=now)


def hold(*papers: str) -> Ticket:
    """A customs hold that waits for papers of its customer."""
    now = timezone.now()
    customer = Customer.objects.create(name="Ana", language="en", time_zone="UTC")
    ticket = open_ticket(kind="clearance", customer=customer, actor=RULE, now=now)
    take_way(ticket_id=ticket.pk, way="triage", actor=RULE, now=now)
    ask_for(ticket, papers, now=now)
    return ticket


def page_of(ticket: Ticket, purpose: str) -> tuple[str, str]:
    """The path of a new link and the token of its form."""
    path = "/t/" + make_link(ticket=ticket, purpose=purpose, now=timezone.now()).rpartition("/t/")[2]
    found = re.search(r'form_token" value="([^"]+)"', Client().get(path).content.decode())
    assert found
    return path, found[1]


def send_together(path: str, token: str, *forms: dict[str, Any]) -> list[Any]:
    """Post all forms at the same moment, each on a database connection of its own."""
    start = threading.Barrier(len(forms))

    def run(form: dict[str, Any]) -> Any:
        try:
            start.wait(timeout=20)
            return Client().post(path, {"form_token": token, **form})
        finally:
            connection.close()

    with ThreadPoolExecutor(len(forms)) as pool:
        return list(pool.map(run, forms))


def pdf(name: str = "invoice.pdf", *, content: bytes = b"%PDF-1.4 an invoice") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def transitions(ticket: Ticket) -> list[str]:
    events = TicketEvent.objects.filter(ticket=ticket, type="transition", actor_kind=ActorKind.CUSTOMER)
    return [event.data["to"] for event in events.order_by("sequence")]


@pytest.mark.parametrize("papers", [[INVOICE], [INVOICE, IDENTITY]], ids=["the last paper", "one of two papers"])
def test_one_document_sent_four_times_at_once_is_there_once(papers: list[str]) -> None:
    ticket = hold(*papers)
    path, token = page_of(ticket, LinkPurpose.DOCUMENTS)

    answers = send_together(path, token, *({"paper_commercial_invoice": pdf()} for _ in range(4)))

    assert [(answer.status_code, answer.url) for answer in answers] == [(302, f"{path}?done=1")] * 4
    file = Attachment.objects.get()
    with open_content(file) as kept:
        assert kept.read() == b"%PDF-1.4 an invoice"
    assert file.paper == PaperRequest.objects.get(type=INVOICE)
    assert file.paper.state == PaperState.RECEIVED
    wanted = "documents_received" if papers == [INVOICE] else "documents_requested"
    assert Ticket.objects.get(pk=ticket.pk).state == wanted
    assert transitions(ticket) == [wanted]
    assert_history_is_whole(ticket.pk)


def test_two_papers_sent_at_once_are_both_there_and_the_ticket_moves_on() -> None:
    ticket = hold(INVOICE, IDENTITY)
    path, token = page_of(ticket, LinkPurpose.DOCUMENTS)

    answers = send_together(
        path,
        token,
        {"paper_commercial_invoice": [pdf("a.pdf", content=b"%PDF a"), pdf("b.pdf", content=b"%PDF b")]},
        {"paper_identity": pdf("id.pdf", content=b"%PDF id")},
    )

    assert [answer.status_code for answer in answers] == [302, 302]
    assert dict(Attachment.objects.values_list("name", "paper__type")) == {
        "a.pdf": INVOICE, "b.pdf": INVOICE, "id.pdf": IDENTITY,
    }  # fmt: skip
    assert Ticket.objects.get(pk=ticket.pk).state == "documents_received"
    assert transitions(ticket) == ["documents_requested", "documents_received"]
    assert_history_is_whole(ticket.pk)


def test_of_two_different_files_for_the_last_paper_the_later_one_is_said_not_to_be_taken() -> None:
    ticket = hold(INVOICE)
    path, token = page_of(ticket, LinkPurpose.DOCUMENTS)

    answers = send_together(
        path,
        token,
        {"paper_commercial_invoice": pdf("a.pdf", content=b"%PDF a")},
        {"paper_commercial_invoice": pdf("b.pdf", content=b"%PDF b")},
    )

    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (refused,) = [answer.content.decode() for answer in answers if answer.status_code == 409]
    kept = Attachment.objects.get()
    assert "so what you sent was not taken" in refused or "Nothing is needed from you here right now." in refused
    assert kept.name in refused
    assert transitions(ticket) == ["documents_received"]


def test_a_second_tap_is_thanked_for_like_the_first() -> None:
    ticket = hold(INVOICE)
    path, token = page_of(ticket, LinkPurpose.DOCUMENTS)

    answers = [
        Client().post(path, {"form_token": token, "paper_commercial_invoice": pdf(), "paper_identity": pdf("x.pdf")})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Attachment.objects.count() == 1
    assert transitions(ticket) == ["documents_received"]


def test_a_paper_that_is_asked_for_again_takes_the_same_file_again() -> None:
    ticket = hold(INVOICE)
    path, token = page_of(ticket, LinkPurpose.DOCUMENTS)
    Client().post(path, {"form_token": token, "paper_commercial_invoice": pdf()})
    ask_for(ticket, [INVOICE], now=timezone.now())
    path, token = page_of(ticket, LinkPurpose.DOCUMENTS)

    answer = Client().post(path, {"form_token": token, "paper_commercial_invoice": pdf()})

    assert answer.status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).state == "documents_received"
    assert transitions(ticket) == ["documents_received"] * 2


def test_one_instruction_sent_four_times_at_once_is_one_and_another_is_said_not_to_be_taken() -> None:
    customer = Customer.objects.create(name="Ana", language="en", time_zone="UTC")
    ticket = open_ticket(kind="failed_delivery", customer=customer, actor=RULE, now=timezone.now())
    way = "request_instructions"
    take_way(ticket_id=ticket.pk, way=way, data={"problem": "absent"}, actor=RULE, now=timezone.now())
    path, token = page_of(ticket, LinkPurpose.INSTRUCTIONS)
    day = (timezone.now() + timedelta(days=3)).date().isoformat()

    answers = send_together(path, token, *({"instruction": "redeliver", "wished_date": day} for _ in range(4)))
    other = Client().post(path, {"form_token": token, "instruction": "redeliver"})

    assert [answer.status_code for answer in answers] == [302] * 4
    assert other.status_code == 409
    assert transitions(ticket) == ["instructions_received"]
    detail = Ticket.objects.get_typed(ticket.pk).detail
    assert (detail.instruction, detail.wished_date.isoformat()) == ("redeliver", day)  # type: ignore[attr-defined]
    assert_history_is_whole(ticket.pk)
