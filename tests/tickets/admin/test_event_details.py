"""The log shows names and values as people say them, not as they are stored."""

from __future__ import annotations

import zoneinfo

import pytest
from django.utils import timezone

from tickets.admin.event_details import content_details, event_details
from tickets.choices import Kind
from tickets.models import TicketEvent

NOBODY: dict[str, dict[int, str]] = {"user": {}, "team": {}}


@pytest.fixture(autouse=True)
def _in_berlin() -> object:
    with timezone.override(zoneinfo.ZoneInfo("Europe/Berlin")):
        yield


def test_step_shows_what_was_filled_in_under_the_labels_of_its_form() -> None:
    event = TicketEvent(
        type="transition",
        data={
            "way": "request_documents",
            "from": "under_review",
            "to": "documents_requested",
            "papers": ["commercial_invoice", "eori"],
            "asked_of": "customer",
            "due_at": "2031-11-25T16:13:00Z",
        },
    )
    shown = dict(event_details(event, Kind.CLEARANCE, NOBODY))
    assert shown["from"] == "Under review"
    assert shown["to"] == "Documents requested"
    assert shown["Which papers"] == "Commercial invoice, EORI number"
    assert shown["Of whom"] == "Customer"
    assert shown["By when"] == "25 Nov 2031 17:13"


def test_value_that_fits_no_list_is_shown_as_it_is() -> None:
    event = TicketEvent(type="incident", data={"type": "of_tomorrow", "at": "some day", "incident": 3})
    shown = dict(event_details(event, Kind.DELAY, NOBODY))
    assert shown == {"type": "of_tomorrow", "happened": "some day", "incident": "3"}


def test_personal_content_of_a_step_has_the_labels_of_its_form() -> None:
    event = TicketEvent(type="transition", data={"way": "request_documents"})
    assert content_details(event, Kind.CLEARANCE, {"message": "Only the invoice."}) == [
        ("Words to add", "Only the invoice.")
    ]


def test_priority_and_message_status_are_said_in_words() -> None:
    raised = TicketEvent(type="priority_changed", data={"from": 3, "to": 1})
    assert event_details(raised, Kind.DELAY, NOBODY) == [("from", "Normal"), ("to", "Urgent")]
    again = TicketEvent(type="message_resent", data={"from": "dead"})
    assert dict(event_details(again, Kind.DELAY, NOBODY))["from"] != "dead"
