"""The ticket's page: steps by their forms, writing, files, and who may not."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from knowledge_base.models import CountryChecklist
from tickets.choices import Direction, Kind
from tickets.models import Message, Ticket
from tickets.policies.actor import Actor
from tickets.services import attachments, conversations
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch"}


def page(ticket: Ticket, rest: str = "change/") -> str:
    return f"/admin/tickets/ticket/{ticket.pk}/{rest}"


def test_page_shows_the_thread_the_strip_and_the_steps(desk: Any, open_one: Any) -> None:
    ticket = open_one(text="Where is my parcel?")
    response = desk("Customs specialist").get(page(ticket))
    assert response.status_code == 200
    assert [state["now"] for state in response.context["strip"]].count(True) == 1
    assert "triage" in [step.way.name for step in response.context["main_steps"]]
    assert [entry.side for entry in response.context["thread"].entries] == ["event", "in"]


def test_number_of_queries_is_the_same_for_a_short_and_a_long_thread(desk: Any, open_one: Any, user_of: Any) -> None:
    ticket = open_one()
    client, agent = desk(), Actor.staff(user_of("Agent"))
    conversations.note(ticket_id=ticket.pk, text="one", actor=agent, now=timezone.now())
    client.get(page(ticket))
    with CaptureQueriesContext(connection) as few:
        client.get(page(ticket))
    for number in range(60):
        conversations.note(ticket_id=ticket.pk, text=f"note {number}", actor=agent, now=timezone.now())
    with CaptureQueriesContext(connection) as many:
        response = client.get(page(ticket))
    assert len(many) == len(few)
    assert len(many) <= 36
    thread = response.context["thread"]
    assert len([entry for entry in thread.entries if entry.message]) == 50
    earlier = client.get(f"{page(ticket)}?before={thread.earlier}").context["thread"]
    assert len([entry for entry in earlier.entries if entry.message]) == 12


def test_step_with_errors_says_them_beside_the_fields_and_changes_nothing(
    desk: Any, open_one: Any, user_of: Any
) -> None:
    ticket = open_one()
    take_way(ticket_id=ticket.pk, way="triage", actor=Actor.staff(user_of("Agent")), now=timezone.now())
    before = Ticket.objects.get(pk=ticket.pk)
    response = desk().post(page(ticket, "way/request_documents/"), {"asked_of": "customer"}, headers=FETCH)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"papers", "due_at"}
    assert "<html" not in response.content.decode()
    after = Ticket.objects.get(pk=ticket.pk)
    assert (after.state, after.event_sequence) == (before.state, before.event_sequence)


def test_step_by_its_form_moves_the_ticket_in_the_readers_zone(desk: Any, open_one: Any, user_of: Any) -> None:
    ticket = open_one()
    take_way(ticket_id=ticket.pk, way="triage", actor=Actor.staff(user_of("Agent")), now=timezone.now())
    data = {"papers": ["commercial_invoice", "eori"], "asked_of": "customer", "due_at": "2031-05-06T12:00"}
    response = desk().post(page(ticket, "way/request_documents/"), data)
    assert response["Location"] == page(ticket)
    moved = Ticket.objects.get(pk=ticket.pk).typed()
    assert moved.state == "documents_requested"
    due = moved.clearance_detail.papers_due_at
    assert due is not None
    assert due.isoformat() == "2031-05-06T04:00:00+00:00"


def test_papers_of_the_country_are_ticked_beforehand(desk: Any, open_one: Any, user_of: Any) -> None:
    CountryChecklist.objects.update_or_create(country="DE", defaults={"papers": ["eori", "packing_list"]})
    ticket = open_one()
    take_way(ticket_id=ticket.pk, way="triage", actor=Actor.staff(user_of("Agent")), now=timezone.now())
    form = desk().get(page(ticket, "way/request_documents/")).context["form"]
    assert form.initial["papers"] == ["eori", "packing_list"]
    assert form.initial["asked_of"] == "customer"
    assert form.initial["due_at"] > timezone.now()


def test_step_that_somebody_took_before_is_refused_with_a_sentence(desk: Any, open_one: Any, user_of: Any) -> None:
    ticket = open_one()
    take_way(ticket_id=ticket.pk, way="triage", actor=Actor.staff(user_of("Supervisor")), now=timezone.now())
    response = desk().post(page(ticket, "way/triage/"), headers=FETCH)
    assert response.status_code == 409
    assert "Supervisor" in response.content.decode()


def test_a_way_without_its_permission_is_denied_and_changes_nothing(desk: Any, open_one: Any) -> None:
    ticket = open_one()
    assert desk("Agent").post(page(ticket, "way/release/")).status_code == 403
    assert desk("Auditor").post(page(ticket, "way/triage/")).status_code == 403
    assert Ticket.objects.get(pk=ticket.pk).event_sequence == ticket.event_sequence
    assert desk("Customs specialist").post(page(ticket, "way/no_such_way/")).status_code == 404
    assert desk("Customs specialist").post(page(ticket, "way/dismiss_merged/")).status_code == 404


@pytest.mark.parametrize("rest", ["write/", "act/assign/", "act/priority/", "way/triage/", "act/kind/", "act/merge/"])
def test_an_auditor_reads_all_and_changes_nothing(desk: Any, open_one: Any, rest: str) -> None:
    ticket = open_one()
    client = desk("Auditor")
    assert client.get(page(ticket)).status_code == 200
    assert client.get(page(ticket, "log/")).status_code == 200
    data = {"text": "x", "audience": "note", "assignee": "", "priority": "1", "kind": "loss", "into": "CLR-1"}
    assert client.post(page(ticket, rest), data).status_code == 403
    assert Ticket.objects.get(pk=ticket.pk).event_sequence == ticket.event_sequence


def test_reply_is_queued_and_ends_the_waiting(desk: Any, open_one: Any) -> None:
    ticket = open_one()
    choice = desk().get(page(ticket)).context["audiences"][0]
    data = {"audience": choice.value, "text": "Am Freitag.", "seen": str(ticket.event_sequence)}
    response = desk().post(page(ticket, "write/"), data, headers=FETCH)
    assert response.json() == {"location": page(ticket)}
    message = Message.objects.get(ticket=ticket, direction=Direction.OUT)
    assert (message.text, message.status, str(message.author)) == ("Am Freitag.", "queued", "Agent")
    assert Ticket.objects.get(pk=ticket.pk).unanswered_since is None


def test_note_stays_among_us(desk: Any, open_one: Any) -> None:
    ticket = open_one()
    desk().post(page(ticket, "write/"), {"audience": "note", "text": "ask the broker"})
    message = Message.objects.get(ticket=ticket, direction=Direction.NOTE)
    assert (message.audience, message.text) == ("internal", "ask the broker")
    assert Ticket.objects.get(pk=ticket.pk).unanswered_since is not None


def test_reply_warns_once_when_the_ticket_moved_meanwhile(desk: Any, open_one: Any, user_of: Any) -> None:
    ticket = open_one()
    choice = desk().get(page(ticket)).context["audiences"][0]
    take_way(ticket_id=ticket.pk, way="triage", actor=Actor.staff(user_of("Supervisor")), now=timezone.now())
    data = {"audience": choice.value, "text": "Hallo", "seen": str(ticket.event_sequence)}
    first = desk().post(page(ticket, "write/"), data, headers=FETCH)
    assert first.status_code == 409
    assert "moved" in first.json()["warning"]
    assert not Message.objects.filter(direction=Direction.OUT).exists()
    second = desk().post(page(ticket, "write/"), {**data, "seen": str(first.json()["seen"])}, headers=FETCH)
    assert second.status_code == 200
    assert Message.objects.filter(direction=Direction.OUT).count() == 1


def test_text_that_could_not_be_sent_comes_back_without_scripts(desk: Any, open_one: Any) -> None:
    ticket = open_one()
    response = desk().post(page(ticket, "write/"), {"audience": "thread:999999", "text": "my <b>words</b>"})
    assert response.status_code == 409
    assert "my &lt;b&gt;words&lt;/b&gt;" in response.content.decode()
    assert not Message.objects.filter(direction=Direction.OUT).exists()


def test_reply_carries_uploaded_files(desk: Any, open_one: Any) -> None:
    ticket = open_one()
    choice = desk().get(page(ticket)).context["audiences"][0]
    upload = SimpleUploadedFile("label.pdf", b"%PDF-1.4 label", content_type="application/pdf")
    desk().post(page(ticket, "write/"), {"audience": choice.value, "text": "Label", "files": [upload]})
    kept = Message.objects.get(direction=Direction.OUT).attachments.get()
    response = desk().get(page(ticket, f"file/{kept.pk}/"))
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"%PDF-1.4 label"


def test_file_that_could_run_is_only_saved_and_of_another_ticket_not_found(desk: Any, open_one: Any) -> None:
    ticket, other = open_one(), open_one()
    page_file = attachments.store(
        content=b"<script>alert(1)</script>", name="x.html", content_type="text/html", ticket=ticket, now=timezone.now()
    )
    response = desk().get(page(ticket, f"file/{page_file.pk}/"))
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/octet-stream"
    assert "sandbox" in response["Content-Security-Policy"]
    assert desk().get(page(other, f"file/{page_file.pk}/")).status_code == 404


def test_formatted_mail_stands_in_a_sandbox(desk: Any, open_one: Any) -> None:
    ticket = open_one()
    message = ticket.messages.get()
    Message.objects.filter(pk=message.pk).update(html="<p>Hallo</p>")
    response = desk().get(page(ticket, f"message/{message.pk}/"))
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy


def test_merging_takes_the_reader_to_the_other_ticket(desk: Any, open_one: Any) -> None:
    one = open_one(Kind.INQUIRY)
    other = open_one(Kind.INQUIRY, customer=one.customer)
    response = desk().post(page(one, "act/merge/"), {"into": other.reference})
    assert response["Location"] == page(other)
    assert Ticket.objects.get(pk=one.pk).resolution == "merged"


def test_merging_into_a_ticket_one_may_not_see_is_as_good_as_none(desk: Any, open_one: Any) -> None:
    one, hidden = open_one(Kind.INQUIRY), open_one(Kind.SAFETY)
    response = desk().post(page(one, "act/merge/"), {"into": hidden.reference})
    assert response.status_code == 422
    assert Ticket.objects.get(pk=one.pk).is_open


def test_kind_is_corrected_with_one_click(desk: Any, open_one: Any) -> None:
    ticket = open_one(Kind.INQUIRY)
    response = desk().post(page(ticket, "act/kind/"), {"kind": "loss"})
    assert response.status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).resolution == "converted"
    assert Ticket.objects.get(kind="loss").customer_id == ticket.customer_id


def test_log_names_people_and_shows_what_was_written(desk: Any, open_one: Any, user_of: Any) -> None:
    ticket = open_one()
    agent = user_of("Agent")
    desk().post(page(ticket, "act/assign/"), {"assignee": agent.pk})
    desk().post(page(ticket, "act/hand-over/"), {"to_user": user_of("Supervisor").pk, "note": "She is angry."})
    body = desk().get(page(ticket, "log/")).content.decode()
    assert "Agent through desk" in body
    assert "<bdi>Supervisor</bdi>" in body
    assert "She is angry." in body
    assert "She is angry." in desk().get(page(ticket)).content.decode()


def test_ticket_opened_by_hand_takes_the_customer_of_its_shipment(desk: Any, open_one: Any) -> None:
    known = open_one(Kind.DELAY)
    data = {
        "kind": "loss",
        "priority": "2",
        "tracking_number": known.shipment.tracking_number.lower(),
        "summary": "phoned: nothing came",
        "text": "She called at noon.",
    }
    assert desk().post("/admin/tickets/ticket/add/", data).status_code == 302
    made = Ticket.objects.get(kind="loss")
    assert (made.customer_id, made.priority) == (known.customer_id, 2)
    assert made.messages.get().text == "She called at noon."
    assert desk("Auditor").post("/admin/tickets/ticket/add/", data).status_code == 403
