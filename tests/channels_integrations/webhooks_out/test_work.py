"""Warehouse work is told by the same webhooks, and its task finds all there is to do."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from channels_integrations import clock, tasks
from channels_integrations.models import WebhookDelivery
from channels_integrations.webhooks_out.catalogue import EVENTS
from logistics.models import BookingEvent, InboundBooking, Partner
from tests.channels_integrations.webhooks_out.partner_system import Receiver, happen, subscribed, ticket_of

pytestmark = pytest.mark.django_db


def booking_of(partner: Partner, **event: Any) -> InboundBooking:
    now = timezone.now()
    made = InboundBooking.objects.create(
        partner=partner, expected_at=now, state_since=now, created_at=now, event_sequence=1
    )
    values = {"type": "opened", "to_state": "announced", "who_kind": "staff", "via": "admin"} | event
    BookingEvent.objects.create(work=made, sequence=1, at=now, **values)
    return made


def test_booking_is_told_to_its_warehouse_and_to_no_other(hall: Partner, quay: Partner, receiver: Receiver) -> None:
    _subscription, secret = subscribed(hall, receiver)
    booking = booking_of(hall)
    booking_of(quay)

    tasks.tell_partners()

    [body] = receiver.verified(secret)
    assert body["type"] == "booking.announced"
    assert body["data"]["sequence"] == 1
    assert body["data"]["booking"]["reference"] == booking.reference
    assert not BookingEvent.objects.filter(is_handed_on=False).exists()


def test_what_does_not_move_the_work_is_told_by_its_own_name(hall: Partner, receiver: Receiver) -> None:
    _subscription, secret = subscribed(hall, receiver, event_types=["booking.overdue"])
    booking_of(hall, type="overdue", from_state="announced")

    tasks.tell_partners()

    [body] = receiver.verified(secret)
    assert body["type"] == "booking.overdue"
    assert body["type"] in EVENTS


def test_clock_wakes_the_task_while_something_waits_and_not_after(hall: Partner, receiver: Receiver) -> None:
    subscribed(hall, receiver, event_types=["ticket.addressed"])
    assert not clock.look_for_partners_events(timezone.now())
    happen(ticket_of(hall))
    assert clock.look_for_partners_events(timezone.now())

    tasks.tell_partners()

    assert not clock.look_for_partners_events(timezone.now())
    assert len(receiver.calls) == 1


def test_event_is_handed_on_once_however_often_the_task_runs(hall: Partner, receiver: Receiver) -> None:
    subscribed(hall, receiver, event_types=["ticket.addressed"])
    happen(ticket_of(hall))

    for _ in range(3):
        tasks.tell_partners()

    assert len(receiver.calls) == WebhookDelivery.objects.count() == 1
