"""Two people, or two clicks of one, on one ticket at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.utils import timezone

from common.models import User
from tests.tickets.admin.conftest import Opener
from tests.tickets.workflows.history import assert_history_is_whole
from tickets.choices import Direction, Kind
from tickets.models import Message, PaperRequest, Ticket, TicketEvent
from tickets.services.roles import set_up_roles

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_throttle")]


@pytest.fixture
def people(user_of: Callable[[str], User]) -> list[Client]:
    """The browsers of an agent and of a supervisor."""
    set_up_roles()
    clients = []
    for role in ("Agent", "Supervisor"):
        client = Client()
        client.force_login(user_of(role), backend="common.auth.EmployeeBackend")
        clients.append(client)
    return clients


def together(*calls: Callable[[], Any]) -> list[Any]:
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=20)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def copy_of(client: Client) -> Client:
    """The same browser's second request: the session without the client's state."""
    other = Client()
    other.cookies.update(client.cookies)
    return other


def post(client: Client, address: str, data: dict[str, Any]) -> Callable[[], Any]:
    return lambda: client.post(address, data)


@pytest.mark.parametrize("fetched", [False, True], ids=["page", "fetched"])
@pytest.mark.parametrize("who", ["two people", "one person twice"])
@pytest.mark.parametrize("way", ["triage", "request_documents"])
def test_of_one_step_sent_twice_one_is_taken_and_the_other_is_told(
    people: list[Client], open_one: Opener, way: str, who: str, fetched: bool
) -> None:
    ticket = open_one(Kind.CLEARANCE)
    path = f"/admin/tickets/ticket/{ticket.pk}/way"
    due = (timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    data: dict[str, Any] = {}
    if way == "request_documents":
        assert people[1].post(f"{path}/triage/").status_code == 302
        data = {"papers": ["commercial_invoice", "identity"], "asked_of": "customer", "due_at": due}
    before = TicketEvent.objects.filter(ticket=ticket).count()
    first, second = people if who == "two people" else (people[0], copy_of(people[0]))
    headers = {"x-requested-with": "fetch"} if fetched else {}

    answers = together(
        *(lambda client=client: client.post(f"{path}/{way}/", data, headers=headers) for client in (first, second))
    )

    (won,) = [answer for answer in answers if answer.status_code != 409]
    (lost,) = [answer for answer in answers if answer.status_code == 409]
    assert won.status_code in (200, 204, 302)
    event = TicketEvent.objects.filter(ticket=ticket, type="transition").order_by("-sequence")[0]
    assert f"since {event.actor_name} moved it. Look at it again." in lost.content.decode()
    assert who == "two people" or not list(get_messages(lost.wsgi_request))
    assert event.data["way"] == way
    added = TicketEvent.objects.filter(ticket=ticket).order_by("sequence")[before:]
    assert [one.type for one in added].count("transition") == 1
    assert PaperRequest.objects.count() == len(data.get("papers", []))
    assert Message.objects.filter(direction=Direction.OUT).count() <= 1
    assert_history_is_whole(ticket.pk)


@pytest.mark.parametrize("who", ["two people", "one person twice"])
def test_of_two_answers_at_once_one_goes_out_and_the_other_is_kept_to_be_read_again(
    people: list[Client], open_one: Opener, who: str
) -> None:
    ticket = open_one(Kind.CLEARANCE)
    path = f"/admin/tickets/ticket/{ticket.pk}/write/"
    data = {"audience": "customer", "text": "We are on it.", "seen": str(ticket.event_sequence)}
    first, second = people if who == "two people" else (people[0], copy_of(people[0]))

    answers = together(post(first, path, data), post(second, path, data))

    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (lost,) = [answer.content.decode() for answer in answers if answer.status_code == 409]
    assert "Read it, then send again." in lost
    assert "We are on it." in lost
    assert Message.objects.filter(direction=Direction.OUT).count() == 1
    assert_history_is_whole(ticket.pk)


def test_two_people_who_take_one_ticket_leave_one_owner_and_one_word_about_each(
    people: list[Client], open_one: Opener, user_of: Callable[[str], User]
) -> None:
    ticket = open_one(Kind.CLEARANCE)
    path = f"/admin/tickets/ticket/{ticket.pk}/act/assign/"
    agent, boss = user_of("Agent"), user_of("Supervisor")

    answers = together(
        post(people[0], path, {"assignee": str(agent.pk), "team": ""}),
        post(people[1], path, {"assignee": str(boss.pk), "team": ""}),
    )

    assert {answer.status_code for answer in answers} <= {302, 409}
    owner = Ticket.objects.get(pk=ticket.pk).assignee_id
    last = TicketEvent.objects.filter(ticket=ticket, type="assigned").order_by("-sequence")[0]
    assert owner == last.actor_id
    assert_history_is_whole(ticket.pk)
