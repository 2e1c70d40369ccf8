"""The log shows names and values as people say them, not as they are stored."""

from __future__ import annotations

import zoneinfo

import pytest
from django.utils import timezone

from tickets.admin.event_details import content_details, event_details
from tickets.admin.event_words import event_title, event_who
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


def test_promises_calls_and_ladders_are_said_in_words() -> None:
    names: dict[str, dict[int, str]] = {"user": {7: "Lin Mei"}, "ladder": {3: "Urgent"}, "partner": {}, "rule": {}}
    missed = TicketEvent(
        type="promise_breached",
        data={"target": "next_update", "due_at": "2026-03-03T15:00:00+00:00", "clock": 12, "cause": "no_owner"},
    )
    shown = dict(event_details(missed, Kind.DELAY, names))
    assert shown.pop("due").endswith("16:00")
    assert shown == {"promise": "Next update", "cause": "Nobody owned it"}
    called = TicketEvent(type="paged", data={"user": 7, "page": 4, "level": 2, "by": ["desk", "email"]})
    assert event_details(called, Kind.DELAY, names) == [
        ("person", "Lin Mei"),
        ("level", "2"),
        ("by", "In the desk, By e-mail"),
    ]
    begun = TicketEvent(type="escalated", data={"escalation": 5, "policy": 3, "level": 0})
    assert event_details(begun, Kind.DELAY, names) == [("escalation", "Urgent")]
    ended = TicketEvent(type="escalation_ended", data={"end": "exhausted", "escalations": [5]})
    assert event_details(ended, Kind.DELAY, names) == [("how it ended", "Nobody answered")]
    warned = TicketEvent(type="advisory", data={"advisory": 1, "cause": "weather", "lane": "CN→BR"})
    assert event_details(warned, Kind.DELAY, names) == [("cause", "Weather"), ("lane", "CN→BR")]


def test_what_acts_by_itself_is_named_in_words() -> None:
    by_clock = TicketEvent(type="promise_breached", actor_kind="clock", actor_name="promises", via="clock")
    assert event_title(by_clock, Kind.DELAY) == "A promise was missed"
    assert event_who(by_clock) == "Promises through clock"
    by_person = TicketEvent(type="note", actor_kind="staff", actor_name="close", via="admin")
    assert event_who(by_person) == "close through desk"
