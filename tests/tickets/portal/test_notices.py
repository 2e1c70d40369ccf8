"""The button by which a customer asks to be told how their parcels move, and stops it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from logistics.models import Customer, Shipment
from tickets.choices import LinkPurpose
from tickets.models import Ticket
from tickets.policies.actor import Actor
from tickets.services.customer_links import make_link
from tickets.services.linking import open_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    customer = Customer.objects.create(name="Anna", language="en", time_zone="Europe/Berlin")
    parcel = Shipment.objects.create(tracking_number="RR123456785CN", customer=customer)
    return open_ticket(kind="delay", customer=customer, shipment=parcel, actor=Actor.system("test"), now=timezone.now())


def page_of(ticket: Ticket) -> str:
    address = make_link(ticket=ticket, purpose=LinkPurpose.STATUS, now=timezone.now())
    return "/t/" + address.split("/t/")[1]


def press(client: Client, page: str, value: str) -> Any:
    token = re.search(r'name="form_token" value="([^"]+)"', client.get(page).content.decode())
    assert token
    return client.post(page, {"form_token": token[1], "notices": value})


def wants(ticket: Ticket) -> bool:
    assert ticket.customer_id is not None
    return Customer.objects.get(pk=ticket.customer_id).wants_notices


def test_one_press_asks_for_them_and_one_stops_them(client: Client, ticket: Ticket) -> None:
    page = page_of(ticket)
    assert "Yes, tell me" in client.get(page).content.decode()

    answer = press(client, page, "on")
    assert (answer.status_code, wants(ticket)) == (302, True)
    shown = client.get(answer["Location"]).content.decode()
    assert "You hear from us when a parcel moves" in shown
    assert "Stop these messages" in shown

    press(client, page, "off")
    assert not wants(ticket)


def test_looking_at_the_page_chooses_nothing(client: Client, ticket: Ticket) -> None:
    client.get(page_of(ticket) + "?notices=on&chosen=1")
    assert not wants(ticket)


def test_without_the_pages_own_form_nothing_is_chosen(client: Client, ticket: Ticket) -> None:
    assert client.post(page_of(ticket), {"notices": "on"}).status_code == 403
    assert not wants(ticket)


def test_another_value_is_no_choice(client: Client, ticket: Ticket) -> None:
    assert press(client, page_of(ticket), "maybe").status_code == 409
    assert not wants(ticket)


def test_a_page_without_parcel_offers_nothing(client: Client, ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(shipment=None)
    assert 'name="notices"' not in client.get(page_of(ticket)).content.decode()


def test_a_link_that_has_ended_chooses_nothing(client: Client, ticket: Ticket) -> None:
    page = page_of(ticket)
    ticket.customer_links.update(
        created_at=timezone.now() - timedelta(days=15), expires_at=timezone.now() - timedelta(days=1)
    )
    assert client.post(page, {"notices": "on"}).status_code == 404
    assert not wants(ticket)
