"""The customers' pages: one link, one purpose; looking changes nothing; what is sent arrives or is explained."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from common.models import VisitCount
from knowledge_base.models.checklist import PaperType
from logistics.models import Customer, Shipment, TrackingEvent
from tickets.choices import ActorKind, LinkPurpose, PaperState, Via, WaitingOn
from tickets.models import Attachment, CustomerLink, PaperRequest, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.portal.reader import LANGUAGES
from tickets.services.customer_links import make_link, revoke_links
from tickets.services.linking import open_ticket
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 an invoice"
LANGUAGES_OF_LINKS = ["en", "zh-Hans", "es", "de", "fr", "pt", "ja"]
RULE = Actor(ActorKind.RULE, Via.RULE)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def customer() -> Customer:
    return Customer.objects.create(name="<b>María</b>", language="es", time_zone="Europe/Madrid")


@pytest.fixture
def shipment(customer: Customer) -> Shipment:
    parcel = Shipment.objects.create(
        tracking_number="RR123456785CN", customer=customer, origin_country="CN", destination_country="ES"
    )
    TrackingEvent.objects.create(
        shipment=parcel,
        key="1",
        at=datetime(2026, 11, 20, 23, 30, tzinfo=UTC),
        status="customs",
        reason="documents_required",
        location="<script>alert(1)</script> Madrid",
        source="test",
        received_at=datetime(2026, 11, 21, tzinfo=UTC),
    )
    return parcel


@pytest.fixture
def hold(shipment: Shipment, now: datetime) -> Ticket:
    """A customs hold that waits for two papers of its customer."""
    ticket = open_ticket(kind="clearance", shipment=shipment, customer=shipment.customer, actor=RULE, now=now)
    take_way(ticket_id=ticket.pk, way="triage", actor=RULE, now=now)
    take_way(
        ticket_id=ticket.pk,
        way="request_documents",
        data={
            "papers": [PaperType.COMMERCIAL_INVOICE, PaperType.IDENTITY],
            "asked_of": WaitingOn.CUSTOMER,
            "due_at": (now + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M"),
        },
        actor=RULE,
        now=now,
    )
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def failed(shipment: Shipment, now: datetime) -> Ticket:
    ticket = open_ticket(kind="failed_delivery", shipment=shipment, customer=shipment.customer, actor=RULE, now=now)
    take_way(ticket_id=ticket.pk, way="request_instructions", data={"problem": "absent"}, actor=RULE, now=now)
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def lost(shipment: Shipment, now: datetime) -> Ticket:
    ticket = open_ticket(kind="loss", shipment=shipment, customer=shipment.customer, actor=RULE, now=now)
    take_way(
        ticket_id=ticket.pk, way="request_evidence", data={"papers": ["photos", "declaration"]}, actor=RULE, now=now
    )
    return Ticket.objects.get(pk=ticket.pk)


def path_of(ticket: Ticket, purpose: str, *, language: str = "en", made: datetime | None = None) -> str:
    address = make_link(ticket=ticket, purpose=purpose, now=made or timezone.now(), language=language)
    return "/t/" + address.rpartition("/t/")[2]


def send(client: Client, path: str, **data: Any) -> HttpResponse:
    """Open the page and send its form as a browser would."""
    page = client.get(path)
    token = re.search(r'name="form_token" value="([^"]+)"', page.content.decode())
    return client.post(path, {"form_token": token[1] if token else "", **data})  # type: ignore[return-value]


def pdf(name: str = "invoice.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def everything_stored() -> list[str]:
    rows = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy and model is not VisitCount:  # visits are counted
                cursor.execute(f'SELECT row_to_json(t)::text FROM "{model._meta.db_table}" AS t')
                rows += [f"{model._meta.label} {row[0]}" for row in cursor.fetchall()]
    return sorted(rows)


@pytest.mark.parametrize("purpose", LinkPurpose.values)
def test_looking_changes_nothing(client: Client, hold: Ticket, purpose: str) -> None:
    path = path_of(hold, purpose)
    before = everything_stored()

    for _ in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200

    assert everything_stored() == before


def asks_nothing(page: str) -> bool:
    """Whether a page asks for nothing; that a customer may have notices stands on each."""
    return page.count("<form") == page.count('name="notices"') == 1


def test_page_says_how_it_stands_in_the_customers_time(client: Client, hold: Ticket) -> None:
    response = client.get(path_of(hold, LinkPurpose.STATUS))
    page = response.content.decode()

    assert "Your parcel is at customs" in page
    assert "Customs need papers before they let the parcel go." in page
    assert "It is your turn" in page
    assert "RR123456785CN" in page
    assert hold.reference in page
    assert "21 November 2026, 00:30" in page
    assert re.search(r"Times are those of Madrid, UTC\+[12]\.", page)
    assert asks_nothing(page)


def test_without_a_zone_the_destinations_time_is_shown(client: Client, hold: Ticket, customer: Customer) -> None:
    Customer.objects.update(time_zone="")
    Shipment.objects.update(destination_country="JP")

    assert "Times are those of Tokyo, UTC+9." in client.get(path_of(hold, LinkPurpose.STATUS)).content.decode()


def test_names_of_people_places_and_files_are_escaped(client: Client, hold: Ticket) -> None:
    path = path_of(hold, LinkPurpose.DOCUMENTS)
    send(client, path, paper_identity=pdf('"><img src=x onerror=alert(1)>.pdf'))

    page = client.get(path).content.decode()

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>María" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Madrid" in page


def test_pages_may_run_nothing_leak_nothing_and_are_not_kept(client: Client, hold: Ticket) -> None:
    for response in (client.get(path_of(hold, LinkPurpose.DOCUMENTS)), client.get("/t/nothing/")):
        page = response.content.decode()
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert "script-src" not in response["Content-Security-Policy"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "no-store"
        assert "noindex" in response["X-Robots-Tag"]
        assert response["X-Frame-Options"] == "DENY"
        assert not response.cookies
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page)


@pytest.mark.parametrize("language", LANGUAGES_OF_LINKS)
@pytest.mark.parametrize("purpose", [LinkPurpose.STATUS, LinkPurpose.DOCUMENTS])
def test_every_language_renders(client: Client, hold: Ticket, language: str, purpose: str) -> None:
    response = client.get(path_of(hold, purpose, language=language))

    assert response.status_code == 200
    assert response["Content-Language"] == language
    assert f'<html lang="{language}">' in response.content.decode()


def test_link_without_a_language_follows_the_browser_and_the_reader_may_pick(client: Client, hold: Ticket) -> None:
    path = path_of(hold, LinkPurpose.STATUS, language="ko")

    assert client.get(path, headers={"accept-language": "nl, pt-BR;q=0.8"})["Content-Language"] == "pt"
    assert client.get(path, headers={"accept-language": "xx"})["Content-Language"] == "en"
    assert client.get(f"{path}?lang=ja")["Content-Language"] == "ja"
    assert client.get(f"{path}?lang=<script>")["Content-Language"] == "en"
    assert client.get("/t/nothing/", headers={"accept-language": "de"})["Content-Language"] == "de"
    assert len(LANGUAGES) == 7


@pytest.mark.parametrize("wrong", ["ended", "revoked", "unknown", "cut", "strange"])
def test_whatever_is_wrong_with_a_link_the_answer_is_the_same(client: Client, hold: Ticket, wrong: str) -> None:
    path = path_of(hold, LinkPurpose.DOCUMENTS)
    unknown = client.get("/t/" + "A" * 43 + "/")
    if wrong == "ended":
        CustomerLink.objects.update(created_at=timezone.now() - timedelta(days=15), expires_at=timezone.now())
    elif wrong == "revoked":
        assert revoke_links(ticket_id=hold.pk, now=timezone.now()) >= 1
    elif wrong == "unknown":
        path = "/t/" + "B" * 43 + "/"
    elif wrong == "cut":
        path = path[:-5] + "/"
    else:
        path = "/t/%ff'%22%3Cscript%3E/"
    before = everything_stored()

    shown, sent = client.get(path), client.post(path, {"paper_identity": pdf()})

    assert (shown.status_code, sent.status_code) == (404, 404)
    assert shown.content == sent.content == unknown.content
    assert everything_stored() == before


def test_links_live_fourteen_days_and_are_kept_as_hashes(hold: Ticket) -> None:
    now = timezone.now()
    token = make_link(ticket=hold, purpose=LinkPurpose.STATUS, now=now).split("/")[-2]

    link = CustomerLink.objects.order_by("-id")[0]
    assert link.expires_at - link.created_at == timedelta(days=14)
    assert len(bytes(link.token_hash)) == 32
    assert len(token) == 43
    assert not any(token in row for row in everything_stored())


def test_papers_come_one_by_one_until_all_are_there(client: Client, hold: Ticket) -> None:
    path = path_of(hold, LinkPurpose.DOCUMENTS)

    first = send(client, path, paper_commercial_invoice=[pdf("one.pdf"), pdf("two.pdf")])

    assert first.status_code == 302
    assert Ticket.objects.get(pk=hold.pk).state == "documents_requested"
    page = client.get(first["Location"]).content.decode()
    assert "Thank you, we have received it." in page
    assert "Some papers are still missing." in page
    assert "one.pdf" in page

    second = send(client, path, paper_identity=pdf("id.pdf"))

    page = client.get(second["Location"]).content.decode()
    assert "You need not do anything more now." in page
    hold = Ticket.objects.get(pk=hold.pk)
    assert (hold.state, hold.waiting_on) == ("documents_received", WaitingOn.US)
    assert set(PaperRequest.objects.values_list("type", "state")) == {
        ("commercial_invoice", PaperState.RECEIVED), ("identity", PaperState.RECEIVED),
    }  # fmt: skip
    assert dict(Attachment.objects.values_list("name", "paper__type")) == {
        "one.pdf": "commercial_invoice", "two.pdf": "commercial_invoice", "id.pdf": "identity",
    }  # fmt: skip
    event = TicketEvent.objects.filter(type="transition").order_by("-sequence")[0]
    assert (event.actor_kind, event.via, event.actor_id) == (ActorKind.CUSTOMER, Via.LINK, hold.customer_id)
    assert CustomerLink.objects.order_by("-id")[0].last_used_at is not None


def test_all_papers_at_once_are_told_apart(client: Client, hold: Ticket) -> None:
    send(
        client,
        path_of(hold, LinkPurpose.DOCUMENTS),
        paper_commercial_invoice=[pdf("a.pdf"), pdf("b.pdf")],
        paper_identity=[pdf("c.pdf")],
    )

    assert dict(Attachment.objects.values_list("name", "paper__type")) == {
        "a.pdf": "commercial_invoice", "b.pdf": "commercial_invoice", "c.pdf": "identity",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "Choose at least one file."),
        (("empty.pdf", b""), "is empty"),
        (("big.pdf", b"%PDF" + b"x" * 5_000), "larger than"),
        (("virus.exe", b"MZ\x90"), "Programs and web pages are not taken."),
        (("photo.jpg", b"<html><script>alert(1)</script>"), "Programs and web pages are not taken."),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_field(
    client: Client, hold: Ticket, settings: Any, file: tuple[str, bytes] | None, sentence: str
) -> None:
    settings.MAX_ATTACHMENT_BYTES = 4_096
    before = Ticket.objects.get(pk=hold.pk).event_sequence
    data = {"paper_identity": SimpleUploadedFile(*file)} if file else {}

    response = send(client, path_of(hold, LinkPurpose.DOCUMENTS), **data)

    assert response.status_code == 400
    assert re.search(rf'class="error"[^>]*>[^<]*{re.escape(sentence)}', response.content.decode())
    assert Attachment.objects.count() == 0
    assert Ticket.objects.get(pk=hold.pk).event_sequence == before


def test_form_of_another_link_or_none_is_refused(client: Client, hold: Ticket) -> None:
    one, other = path_of(hold, LinkPurpose.DOCUMENTS), path_of(hold, LinkPurpose.DOCUMENTS)
    token = re.search(r'form_token" value="([^"]+)"', client.get(other).content.decode())[1]  # type: ignore[index]

    for data in ({}, {"form_token": "made up"}, {"form_token": token}):
        response = client.post(one, {**data, "paper_identity": pdf()})
        assert response.status_code == 403

    assert Attachment.objects.count() == 0


@pytest.mark.parametrize("purpose", [LinkPurpose.STATUS, LinkPurpose.INSTRUCTIONS, LinkPurpose.EVIDENCE])
def test_link_of_another_purpose_sends_no_papers(client: Client, hold: Ticket, purpose: str) -> None:
    path = path_of(hold, purpose)
    from tickets.portal.drawing import signer

    token = signer(CustomerLink.objects.order_by("-id")[0]).sign("form")

    response = client.post(path, {"form_token": token, "paper_identity": pdf(), "instruction": "refuse"})

    assert response.status_code == 409
    assert Attachment.objects.count() == 0
    assert Ticket.objects.get(pk=hold.pk).state == "documents_requested"


def test_nothing_is_asked_once_the_ticket_has_moved_on(client: Client, hold: Ticket, now: datetime) -> None:
    path = path_of(hold, LinkPurpose.DOCUMENTS)
    take_way(ticket_id=hold.pk, way="release", actor=RULE, now=now)

    page = client.get(path).content.decode()

    assert "Customs have released the parcel." in page
    assert asks_nothing(page)
    assert client.get(path).status_code == 200


def test_instructions_are_stored_with_the_day(client: Client, failed: Ticket) -> None:
    day = timezone.now().date() + timedelta(days=3)

    response = send(
        client, path_of(failed, LinkPurpose.INSTRUCTIONS), instruction="redeliver", wished_date=day.isoformat()
    )

    assert response.status_code == 302
    page = client.get(response["Location"]).content.decode()
    assert "We pass your instructions to the carrier" in page
    ticket = Ticket.objects.get(pk=failed.pk).typed()
    assert (ticket.state, ticket.detail.instruction, ticket.detail.wished_date) == (  # type: ignore[attr-defined]
        "instructions_received", "redeliver", day,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose one of these."),
        ({"instruction": "fly"}, "fly is not one of the available choices"),
        ({"instruction": "new_address"}, "Write the address to deliver to."),
        ({"instruction": "redeliver", "wished_date": "2020-01-01"}, "This day has passed."),
        ({"instruction": "redeliver", "wished_date": "2999-01-01"}, "This day is too far ahead."),
        ({"instruction": "redeliver", "wished_date": "tomorrow"}, "Write the day like 2026-12-31."),
        ({"instruction": "new_address", "new_address": "Card 4111 1111 1111 1111"}, "Leave out card and identity"),
        ({"instruction": "new_address", "new_address": "x" * 1_001}, "at most 1000 characters"),
    ],
)
def test_instructions_that_do_not_fit_are_explained(
    client: Client, failed: Ticket, data: dict[str, str], sentence: str
) -> None:
    response = send(client, path_of(failed, LinkPurpose.INSTRUCTIONS), **data)

    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert Ticket.objects.get(pk=failed.pk).state == "instructions_requested"


@pytest.mark.parametrize("instruction", ["new_address", "pickup", "refuse"])
def test_every_instruction_is_taken(client: Client, failed: Ticket, instruction: str) -> None:
    response = send(
        client,
        path_of(failed, LinkPurpose.INSTRUCTIONS),
        instruction=instruction,
        new_address="Calle Mayor 1\n28013 Madrid",
    )

    assert response.status_code == 302
    detail = Ticket.objects.get(pk=failed.pk).typed().detail
    expected = "Calle Mayor 1\n28013 Madrid" if instruction == "new_address" else ""
    assert detail.new_address.replace("\r\n", "\n") == expected  # type: ignore[attr-defined]


def test_second_instruction_finds_that_things_have_moved(client: Client, failed: Ticket) -> None:
    path = path_of(failed, LinkPurpose.INSTRUCTIONS)
    form = re.search(r'form_token" value="([^"]+)"', client.get(path).content.decode())[1]  # type: ignore[index]
    client.post(path, {"form_token": form, "instruction": "pickup"})

    again = client.post(path, {"form_token": form, "instruction": "refuse"})

    assert again.status_code == 409
    assert Ticket.objects.get(pk=failed.pk).typed().detail.instruction == "pickup"  # type: ignore[attr-defined]


def test_ticket_that_moves_while_the_form_is_sent_is_shown_as_it_stands_now(
    client: Client, failed: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tickets.portal import views

    def quicker(**arguments: Any) -> Ticket:
        take_way(ticket_id=failed.pk, way="deliver", actor=RULE, now=timezone.now())
        return take_way(**arguments)

    monkeypatch.setattr(views, "take_way", quicker)

    response = send(client, path_of(failed, LinkPurpose.INSTRUCTIONS), instruction="pickup")

    assert response.status_code == 409
    assert "so what you sent was not taken." in response.content.decode()


def test_evidence_comes_in_one_go(client: Client, lost: Ticket) -> None:
    response = send(
        client,
        path_of(lost, LinkPurpose.EVIDENCE),
        paper_photos=[SimpleUploadedFile("1.jpg", b"\xff\xd8\xff1"), SimpleUploadedFile("2.jpg", b"\xff\xd8\xff2")],
        paper_declaration=pdf("signed.pdf"),
    )

    assert response.status_code == 302
    assert Ticket.objects.get(pk=lost.pk).state == "evidence_received"
    assert dict(Attachment.objects.values_list("name", "paper__type")) == {
        "1.jpg": "photos", "2.jpg": "photos", "signed.pdf": "declaration",
    }  # fmt: skip


def test_too_many_sends_and_too_many_guesses_are_slowed_down(client: Client, failed: Ticket) -> None:
    path = path_of(failed, LinkPurpose.INSTRUCTIONS)

    sends = [client.post(path, {}).status_code for _ in range(32)]
    assert (sends[0], sends[-1]) == (403, 429)
    guesses = [client.get(f"/t/guess{number}/").status_code for number in range(62)]
    assert (guesses[0], guesses[-1]) == (404, 429)


def test_unreadable_upload_is_answered_in_words(client: Client, hold: Ticket) -> None:
    response = client.post(path_of(hold, LinkPurpose.DOCUMENTS), b"--x\r\nnonsense", content_type="multipart/form-data")

    assert response.status_code in (400, 403)
    assert "Clearway" in response.content.decode()


def test_other_methods_are_refused(client: Client, hold: Ticket) -> None:
    assert client.delete(path_of(hold, LinkPurpose.DOCUMENTS)).status_code == 405
