"""The page that asks how it went: a tap is the mark, a second tap changes nothing, looking changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.models import User
from logistics.models import Customer
from tickets.choices import LinkPurpose
from tickets.models import SurveyAnswer, SurveySettings, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services.customer_links import make_link
from tickets.services.linking import open_ticket
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    now = timezone.now()
    us = Actor.staff(User.objects.create_user("li@clearway.example", is_staff=True, is_superuser=True))
    customer = Customer.objects.create(name="Anna", language="en", time_zone="Europe/Berlin")
    ticket = open_ticket(kind="inquiry", customer=customer, actor=us, now=now)
    take_way(ticket_id=ticket.pk, way="resolve", actor=us, now=now)
    SurveyAnswer.objects.create(ticket=ticket, asked_at=now)
    return ticket


def page_of(ticket: Ticket) -> str:
    return "/t/" + make_link(ticket=ticket, purpose=LinkPurpose.SURVEY, now=timezone.now()).split("/t/")[1]


def send(client: Client, page: str, **data: str) -> Any:
    token = re.search(r'name="form_token" value="([^"]+)"', client.get(page).content.decode())
    return client.post(page, {"form_token": token[1] if token else "", **data})


def test_five_buttons_and_one_tap_is_the_mark(client: Client, ticket: Ticket) -> None:
    page = page_of(ticket)
    shown = client.get(page).content.decode()
    assert re.findall(r'name="score" value="(\d)"', shown) == ["5", "4", "3", "2", "1"]

    answer = send(client, page, score="4")

    assert answer.status_code == 302
    after = client.get(answer["Location"]).content.decode()
    assert "thank you for your answer" in after
    assert 'name="score"' not in after
    row = SurveyAnswer.objects.get()
    assert (row.score, row.via) == (4, "link")
    assert not Ticket.objects.get(pk=ticket.pk).is_open


def test_looking_changes_nothing(client: Client, ticket: Ticket) -> None:
    page, events = page_of(ticket), TicketEvent.objects.count()

    client.get(page)
    client.get(f"{page}?score=1&done=1")
    client.head(page)

    assert SurveyAnswer.objects.get().score is None
    assert TicketEvent.objects.count() == events


def test_the_first_tap_counts(client: Client, ticket: Ticket) -> None:
    page = page_of(ticket)
    old = re.search(r'name="form_token" value="([^"]+)"', client.get(page).content.decode())
    assert old
    first = client.post(page, {"form_token": old[1], "score": "5"})
    second = client.post(page, {"form_token": old[1], "score": "1"})

    assert (first.status_code, second.status_code) == (302, 302)
    assert SurveyAnswer.objects.get().score == 5
    assert TicketEvent.objects.filter(type="survey_answered").count() == 1


def test_a_comment_comes_once_and_is_only_ever_text(client: Client, ticket: Ticket) -> None:
    page = page_of(ticket)
    send(client, page, score="1")
    assert "A supervisor looks at it now" in client.get(page).content.decode()
    hostile = '=cmd|"/c calc"!A1 <img src=x onerror=alert(1)> card 4111 1111 1111 1111'

    assert send(client, page, comment=hostile).status_code == 302
    send(client, page, comment="another")

    said = SurveyAnswer.objects.get().comment
    assert said.startswith('=cmd|"/c calc"!A1 <img')
    assert "4111 1111" not in said
    shown = client.get(page).content.decode()
    assert "<img" not in shown
    assert 'name="comment"' not in shown


@pytest.mark.parametrize("score", ["0", "6", "", "five", "٤", "1e0"])
def test_what_is_no_mark_is_refused(client: Client, ticket: Ticket, score: str) -> None:
    assert send(client, page_of(ticket), score=score).status_code == 400
    assert SurveyAnswer.objects.get().score is None


def test_without_the_pages_own_token_or_after_the_days_nothing_is_taken(client: Client, ticket: Ticket) -> None:
    page = page_of(ticket)
    assert client.post(page, {"score": "5"}).status_code == 403
    token = re.search(r'name="form_token" value="([^"]+)"', client.get(page).content.decode())
    assert token
    SurveySettings.objects.create(pk=1, answer_days=1)
    SurveyAnswer.objects.update(asked_at=timezone.now() - timedelta(days=2))
    assert client.post(page, {"form_token": token[1], "score": "5"}).status_code == 409
    assert SurveyAnswer.objects.get().score is None
