"""What partners and integrations say and do over the API."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common.models import Connection
from logistics.models import PartnerContact
from tests.tickets.api.conftest import World, asked, key_of
from tests.tickets.workflows import people
from tickets.api.inputs import raw_of, schema_of
from tickets.choices import ActorKind, Audience, MessageStatus
from tickets.models import Attachment, ChannelIdentity, CustomerLink, Message, Ticket, TicketEvent
from tickets.policies.cells import safe_cell
from tickets.workflows import WORKFLOWS

pytestmark = pytest.mark.django_db


def _pdf(name: str = "invoice.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 invoice", "application/pdf")


def _upload(api: Any, path: str, data: dict[str, Any], **headers: str) -> Any:
    return api.post(f"/api/v1/{path}", data=data, headers=headers)


# ---------------------------------------------------------------- messages
def test_an_answer_puts_the_ticket_to_us_and_is_read_back(world: World) -> None:
    answer = world.api.send(f"tickets/{world.mine.pk}/messages/", {"text": "Row 7, behind the ladder."})

    assert answer.status_code == 201, answer.content
    row = answer.json()
    assert (row["direction"], row["audience"], row["author"]) == ("in", "partner", "Bremen Hub")
    ticket = Ticket.objects.get(pk=world.mine.pk)
    assert ticket.unanswered_since is not None
    listed = world.api.read(f"tickets/{world.mine.pk}/messages/").json()["results"]
    assert [one["text"] for one in listed][-1] == "Row 7, behind the ladder."
    assert listed[-1] == row


def test_the_same_key_answers_once(world: World) -> None:
    same = {"Idempotency-Key": "only-once"}
    first = world.api.send(f"tickets/{world.mine.pk}/messages/", {"text": "Row 7"}, headers=same)
    again = world.api.send(f"tickets/{world.mine.pk}/messages/", {"text": "Row 7"}, headers=same)
    other = world.api.send(f"tickets/{world.mine.pk}/messages/", {"text": "Row 8"}, headers=same)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.content == first.content
    assert Message.objects.filter(direction="in").count() == 1


def test_what_we_wrote_counts_as_read_once_fetched(world: World) -> None:
    Message.objects.filter(partner=world.partner).update(status=MessageStatus.SENT)
    world.staff.read(f"tickets/{world.mine.pk}/messages/")
    world.other_api.read(f"tickets/{world.mine.pk}/messages/")
    assert Message.objects.get(partner=world.partner).status == MessageStatus.SENT

    world.api.read(f"tickets/{world.mine.pk}/messages/")

    assert Message.objects.get(partner=world.partner).status == MessageStatus.READ


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 422, "cannot_write"),
        ({"text": " \n "}, 422, "cannot_write"),
        ({"text": "x" * 100_001}, 400, "invalid_input"),
        ({"text": ["x"]}, 400, "invalid_input"),
        ({"text": "x", "audience": "internal"}, 400, "invalid_input"),
        ({"text": "x", "files": ["y"]}, 400, "invalid_input"),
        ({"text": "x\u0000"}, 400, "malformed"),
        ([], 400, "invalid_input"),
    ],
)
def test_what_cannot_be_said_is_refused_and_nothing_happens(world: World, body: Any, status: int, code: str) -> None:
    before = (TicketEvent.objects.count(), Message.objects.count())

    answer = world.api.send(f"tickets/{world.mine.pk}/messages/", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (TicketEvent.objects.count(), Message.objects.count()) == before


def test_a_huge_body_is_refused(world: World) -> None:
    answer = world.api.send(f"tickets/{world.mine.pk}/messages/", {"text": "x" * 2**20})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_integrations_write_to_whom_they_say(world: World) -> None:
    mailbox = Connection.objects.create(
        provider="email", slug="support", name="Support", credentials={"address": "support@clearway.example"}
    )
    ChannelIdentity.objects.create(
        connection=mailbox,
        external_id="marisol@example.org",
        customer=world.mine.customer,
        created_at=world.mine.opened_at,
    )
    path = f"tickets/{world.mine.pk}/messages/"

    said = [
        world.staff.send(path, {"text": "We look.", "audience": "customer"}),
        world.staff.send(path, {"text": "Between us", "audience": "internal"}),
        world.staff.send(path, {"text": "And the third?", "audience": "partner", "partner": world.partner.pk}),
    ]

    assert [one.status_code for one in said] == [201, 201, 201], [one.content for one in said]
    assert [one.json()["audience"] for one in said] == ["customer", "internal", "partner"]
    assert [one.json()["author"] for one in said] == ["Alice Example"] * 3
    told = world.api.read(path).json()["results"]
    assert [one["text"] for one in told][-1] == "And the third?"
    assert told[-1]["author"] == "Alice"
    for wrong in ({"text": "x"}, {"text": "x", "audience": "partner"}, {"text": "x", "audience": "public"}):
        assert world.staff.send(path, wrong).status_code == 400


def test_acknowledging_says_so_and_answers_nothing(world: World) -> None:
    answer = world.api.send(f"tickets/{world.mine.pk}/acknowledge/", {})

    assert (answer.status_code, answer.json()["state"]) == (200, "asked")
    assert TicketEvent.objects.filter(ticket=world.mine, type="acknowledged", via="api").count() == 1
    assert world.staff.send(f"tickets/{world.mine.pk}/acknowledge/", {}).status_code == 403


# ---------------------------------------------------------------- documents
def test_documents_are_handed_in_listed_and_fetched_by_their_partner_alone(world: World) -> None:
    answer = _upload(
        world.api, f"tickets/{world.mine.pk}/documents/", {"files": [_pdf(), _pdf("b.pdf")], "text": "Here"}
    )

    assert answer.status_code == 201, answer.content
    files = answer.json()["results"]
    assert [file["name"] for file in files] == ["invoice.pdf", "b.pdf"]
    assert world.api.read(f"tickets/{world.mine.pk}/documents/").json()["results"] == files
    fetched = world.api.get(files[0]["url"])
    assert b"".join(fetched) == b"%PDF-1.4 invoice"
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="invoice.pdf"'
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    moved = files[0]["url"].replace(f"/{world.mine.pk}/", f"/{world.theirs.pk}/")
    assert [api.get(url).status_code for api, url in (
        (world.other_api, files[0]["url"]), (world.other_api, moved), (world.api, moved),
    )] == [404, 404, 404]  # fmt: skip
    assert world.staff.get(files[0]["url"]).status_code == 200


def test_a_customers_file_is_not_the_partners(world: World) -> None:
    world.staff.read("tickets/")
    added = _upload(world.staff, f"tickets/{world.mine.pk}/documents/", {"files": [_pdf("passport.pdf")]})
    assert added.status_code == 201, added.content
    url = added.json()["results"][0]["url"]

    assert world.api.read(f"tickets/{world.mine.pk}/documents/").json()["results"] == []
    assert world.api.get(url).status_code == 404


@pytest.mark.parametrize("name", ["run.exe", "page.html", "empty.pdf"])
def test_programs_pages_and_nothing_are_not_taken(world: World, name: str) -> None:
    content = {"run.exe": b"MZ\x90\x00", "page.html": b"<html><script>", "empty.pdf": b""}[name]
    answer = _upload(world.api, f"tickets/{world.mine.pk}/documents/", {"files": [SimpleUploadedFile(name, content)]})
    assert answer.status_code in (400, 422), answer.content
    assert not Attachment.objects.exists()


# ---------------------------------------------------------------- transitions
def test_a_partner_sees_the_steps_that_are_theirs_and_takes_one(world: World) -> None:
    steps = world.api.read(f"tickets/{world.mine.pk}/transitions/").json()["results"]
    assert [step["name"] for step in steps] == ["explain"]
    assert steps[0]["inputs"]["required"] == ["explanation"]
    assert steps[0]["inputs"]["properties"]["counted"] == {
        "type": "integer", "maximum": 10**9, "minimum": 0, "title": "Units counted",
    }  # fmt: skip

    answer = world.api.send(f"tickets/{world.mine.pk}/transitions/explain/", {"explanation": "In row 7", "counted": 12})

    assert (answer.status_code, answer.json()["state"]) == (200, "explained"), answer.content
    assert answer.json()["details"]["counted_units"] == 12
    event = TicketEvent.objects.get(ticket=world.mine, type="transition", data__way="explain")
    assert (event.actor_kind, event.actor_id, event.via) == ("partner", world.partner.pk, "api")
    assert world.api.read(f"tickets/{world.mine.pk}/transitions/").json()["results"] == []


def test_steps_of_others_are_refused_and_nothing_happens(world: World) -> None:
    before = TicketEvent.objects.count()
    for step, body, status in (
        ("adjust", {"units": 1}, 403),
        ("dismiss", {"resolution": "withdrawn"}, 403),
        ("dismiss_merged", {}, 403),
        ("nothing", {}, 409),
        ("reopen", {}, 409),
    ):
        answer = world.api.send(f"tickets/{world.mine.pk}/transitions/{step}/", body)
        assert answer.status_code == status, (step, answer.content)
    assert TicketEvent.objects.count() == before


def test_a_partner_who_was_only_written_to_moves_nothing(world: World) -> None:
    world.staff.send(
        f"tickets/{world.mine.pk}/messages/", {"text": "Look too", "audience": "partner", "partner": world.other.pk}
    )
    assert world.other_api.read(f"tickets/{world.mine.pk}/").json()["details"] == {}
    assert world.other_api.read(f"tickets/{world.mine.pk}/transitions/").json()["results"] == []

    answer = world.other_api.send(f"tickets/{world.mine.pk}/transitions/explain/", {"explanation": "x"})

    assert answer.status_code == 403
    assert Ticket.objects.get(pk=world.mine.pk).state == "asked"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "explanation"),
        ({"explanation": "x" * 5_001}, "explanation"),
        ({"explanation": {"a": 1}}, "explanation"),
        ({"explanation": "x", "counted": -1}, "counted"),
        ({"explanation": "x", "counted": 10**10}, "counted"),
        ({"explanation": "x", "counted": True}, "counted"),
        ({"explanation": "x", "state": "adjusted"}, "state"),
    ],
)
def test_inputs_of_a_step_are_refused_by_name(world: World, body: dict[str, Any], field: str) -> None:
    answer = world.api.send(f"tickets/{world.mine.pk}/transitions/explain/", body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert Ticket.objects.get(pk=world.mine.pk).state == "asked"


def test_a_step_that_takes_files_is_sent_as_a_form(world: World) -> None:
    ticket = people.ticket("clearance")
    broker = world.partner
    broker.kind = "broker"
    broker.save()
    for step, body in (
        ("triage", {}),
        ("submit_to_broker", {"broker": broker.pk, "message": "Please"}),
        (
            "request_documents",
            {"papers": ["commercial_invoice"], "asked_of": "broker", "due_at": "2031-01-01T00:00:00Z"},
        ),
    ):
        taken = world.staff.send(f"tickets/{ticket.pk}/transitions/{step}/", body)
        assert taken.status_code == 200, (step, taken.content)

    answer = _upload(
        world.api,
        f"tickets/{ticket.pk}/transitions/receive_documents/",
        {"papers": ["commercial_invoice"], "files": [_pdf()]},
    )

    assert (answer.status_code, answer.json()["state"]) == (200, "documents_received"), answer.content
    assert Attachment.objects.get(name="invoice.pdf").partner == broker
    assert [row["name"] for row in world.api.read(f"tickets/{ticket.pk}/documents/").json()["results"]] == [
        "invoice.pdf"
    ]


def test_every_step_of_every_kind_has_a_schema_and_takes_what_it_describes(world: World) -> None:
    seen = 0
    for workflow in WORKFLOWS.values():
        for way in workflow.ways().values():  # type: ignore[attr-defined]
            schema = schema_of(way)
            json.dumps(schema)
            if not way.by & {ActorKind.STAFF, ActorKind.PARTNER}:
                continue
            body = {name: _example(one) for name, one in schema["properties"].items() if _example(one) is not None}
            form = way.form()(data=raw_of(way, body))
            wrong = {name for name, said in form.errors.as_data().items() for one in said if one.code == "required"}
            assert not wrong - {"files", "photos", "evidence", "__all__"}, (way.name, form.errors)
            seen += 1
    assert seen > 50


def _example(schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema["type"]
    if kind == "object":
        return {name: _example(one) for name, one in schema["properties"].items()}
    if kind == "array":
        return None if schema["items"].get("format") == "binary" else [_example(schema["items"])]
    if kind == "integer":
        return max(1, schema.get("minimum", 1))
    by_format = {"date": "2031-01-02", "date-time": "2031-01-02T03:04:05Z", "time": "10:00", "uri": "https://a.example"}
    pattern = schema.get("pattern", "")
    return (
        "EUR" if pattern.startswith("^[A-Z]") else "12.50" if pattern else by_format.get(schema.get("format", ""), "x")
    )


# ---------------------------------------------------------------- events, links
def test_partners_read_their_own_numbering_of_events(world: World) -> None:
    world.api.send(f"tickets/{world.mine.pk}/messages/", {"text": "Row 7"})

    rows = world.api.read(f"tickets/{world.mine.pk}/events/").json()["results"]

    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["type"] for row in rows} >= {"ticket.addressed", "ticket.transitioned", "message.created"}
    later = world.api.read(f"tickets/{world.mine.pk}/events/?after={len(rows) - 1}").json()["results"]
    assert later == rows[-1:]
    assert world.api.read(f"tickets/{world.mine.pk}/events/?type=note").json()["results"] == []


def test_links_for_customers_are_made_and_ended_by_integrations(world: World) -> None:
    answer = world.staff.send(f"tickets/{world.mine.pk}/links/", {"purpose": "documents", "days": 3})

    assert answer.status_code == 201, answer.content
    link = CustomerLink.objects.get()
    assert "/t/" in answer.json()["url"]
    assert (link.purpose, (link.expires_at - link.created_at).days) == ("documents", 3)
    ended = world.staff.delete(f"/api/v1/tickets/{world.mine.pk}/links/")
    assert ended.json() == {"ended": 1}
    assert world.staff.send(f"tickets/{world.mine.pk}/links/", {"purpose": "status", "days": 400}).status_code == 400


# ---------------------------------------------------------------- search and export
def test_search_finds_what_the_desk_finds(world: World) -> None:
    parcel = people.shipment("RB123456785CN")
    ticket = asked(world.partner, world.alice, shipment=parcel)

    for text in ("RB123456785CN", ticket.reference, "Marisol Quintana"):
        found = world.staff.get("/api/v1/search/tickets/", {"q": text}).json()["results"]
        assert ticket.pk in {row["id"] for row in found}, text
    assert world.api.get("/api/v1/search/tickets/", {"q": "x"}).status_code == 403
    assert world.staff.get("/api/v1/search/tickets/", {"q": "x" * 201}).status_code == 400
    assert world.staff.get("/api/v1/search/tickets/").status_code == 400


def test_export_streams_what_filters_leave_and_no_formula(world: World) -> None:
    evil = people.ticket("inquiry", summary='=HYPERLINK("http://evil.example")')

    lines = b"".join(world.staff.read("export/tickets/?kind=inquiry")).decode().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [evil.pk]

    text = b"".join(world.staff.read("export/tickets/?format=csv")).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [int(row["id"]) for row in rows] == sorted([world.mine.pk, world.theirs.pk, evil.pk])
    assert rows[-1]["summary"] == '\'=HYPERLINK("http://evil.example")'
    assert rows[0]["customer_name"] == "Marisol Quintana"
    assert world.api.read("export/tickets/").status_code == 403
    assert world.staff.read("export/tickets/?format=xml").status_code == 400
    assert world.staff.read("export/tickets/?shape=1").status_code == 400


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_cells_that_a_spreadsheet_would_run_are_defused(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell(-1) == "-1"


def test_writing_by_mail_and_by_key_is_one_thread_for_the_desk(world: World) -> None:
    PartnerContact.objects.create(partner=world.partner, name="Ana", email="ana@hub.example")
    world.api.send(f"tickets/{world.mine.pk}/messages/", {"text": "Row 7"})
    assert set(Message.objects.filter(ticket=world.mine).values_list("audience", flat=True)) == {Audience.PARTNER}


def test_keys_of_readers_write_nothing(world: World) -> None:
    reader = key_of(partner=world.partner, scopes=["read"])
    for path in ("messages/", "acknowledge/", "transitions/explain/"):
        assert reader.send(f"tickets/{world.mine.pk}/{path}", {"text": "x"}).status_code == 403
