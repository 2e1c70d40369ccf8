"""The work queue: what it shows to whom, at what price, and what it does in bulk."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common.models import User
from tickets.choices import Kind, Priority
from tickets.models import Ticket
from tickets.policies.actor import Actor
from tickets.services import ownership, queue
from tickets.services.search import search_tickets
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db
QUEUE = "/admin/tickets/ticket/"


def shown(response: Any) -> list[int]:
    return [row.ticket.pk for row in response.context["rows"]]


def queries(client: Client, address: str) -> int:
    client.get(address)  # what is read once a process is read
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_number_of_queries_is_the_same_for_ten_and_for_fifty_rows(desk: Any, open_one: Any) -> None:
    client = desk()
    for _ in range(10):
        open_one()
    few = queries(client, QUEUE)
    for _ in range(50):
        open_one()
    many = queries(client, QUEUE)
    assert many == few
    # The page, its clocks, tabs and menus; what is handed over, who is called, who is here. Teams with hours: 4 more.
    assert many <= 16


def test_no_query_of_the_queue_counts_a_table(desk: Any, open_one: Any) -> None:
    client = desk()
    open_one()
    with CaptureQueriesContext(connection) as captured:
        client.get(QUEUE)
    counting = [one["sql"] for one in captured if re.search(r"count\(\*?", one["sql"], re.IGNORECASE)]
    # How many tickets a handover holds is counted by handover, and of those alone that nobody has confirmed.
    assert [sql for sql in counting if 'FROM "tickets_handover"' not in sql] == []


def test_pages_by_key_show_each_ticket_once_and_lead_back(desk: Any, open_one: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(queue, "PAGE", 7)
    for number in range(23):
        open_one(priority=(number % 4) + 1)
    client = desk()
    address, seen, pages = QUEUE, [], 0
    response: Any = None
    while address:
        response = client.get(address)
        seen += shown(response)
        pages += 1
        address = QUEUE + response.context["next"] if response.context["next"] else ""
    assert pages == 4
    assert len(seen) == 23
    assert sorted(seen) == sorted(Ticket.objects.values_list("pk", flat=True))
    expected = list(Ticket.objects.order_by("priority", "queue_at", "id").values_list("pk", flat=True))
    assert seen == expected
    back = client.get(QUEUE + response.context["back"])
    assert shown(back) == expected[14:21]


@pytest.mark.parametrize("key", ["x", "W10", "eyJhIjoxfQ", "WzEsMiwzXQ", "%FF", "W251bGwsbnVsbCxudWxsXQ"])
def test_a_key_that_cannot_be_read_shows_the_first_page(desk: Any, open_one: Any, key: str) -> None:
    ticket = open_one()
    assert shown(desk().get(f"{QUEUE}?after={key}")) == [ticket.pk]


def test_tabs_hold_what_they_say(desk: Any, open_one: Any, user_of: Any) -> None:
    ours, mine, others, ended = (open_one(Kind.INQUIRY) for _ in range(4))
    agent = user_of("Agent")
    staff = Actor.staff(agent)
    now = ours.opened_at
    ownership.assign(ticket_id=mine.pk, assignee_id=agent.pk, actor=staff, now=now)
    take_way(ticket_id=others.pk, way="take_up", actor=staff, now=now)
    take_way(ticket_id=others.pk, way="ask_customer", data={"question": "Which parcel?"}, actor=staff, now=now)
    take_way(ticket_id=ended.pk, way="dismiss", data={"resolution": "false_alarm"}, actor=staff, now=now)
    client = desk()
    assert set(shown(client.get(QUEUE))) == {ours.pk, mine.pk}
    assert shown(client.get(f"{QUEUE}?tab=mine")) == [mine.pk]
    assert set(shown(client.get(f"{QUEUE}?tab=unassigned"))) == {ours.pk, others.pk}
    assert shown(client.get(f"{QUEUE}?tab=others")) == [others.pk]
    assert shown(client.get(f"{QUEUE}?tab=resolved")) == [ended.pk]
    counts = {tab["name"]: tab["count"] for tab in client.get(QUEUE).context["tabs"]}
    # The customer of the first wrote three hours ago and was promised an answer within two.
    assert counts == {"ours": "2", "mine": "1", "unassigned": "2", "soon": "2", "others": "1", "resolved": ""}


def test_a_snoozed_ticket_is_hidden_until_asked_for(desk: Any, open_one: Any, user_of: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    ticket = open_one()
    now = timezone.now()
    ownership.snooze(ticket_id=ticket.pk, until=now + timedelta(days=1), actor=Actor.staff(user_of("Agent")), now=now)
    client = desk()
    assert shown(client.get(QUEUE)) == []
    assert shown(client.get(f"{QUEUE}?snoozed=1")) == [ticket.pk]


def test_filters_leave_what_fits_and_ignore_nonsense(desk: Any, open_one: Any) -> None:
    loss = open_one(Kind.LOSS, priority=Priority.URGENT)
    open_one(Kind.DELAY)
    client = desk()
    assert shown(client.get(f"{QUEUE}?kind=loss&priority=1&language=de&channel=email")) == [loss.pk]
    assert shown(client.get(f"{QUEUE}?kind=loss&kind=nonsense&team=abc&owner=99999999999999999999&priority=x")) == [
        loss.pk
    ]
    assert shown(client.get(f"{QUEUE}?tab=<script>&kind=loss")) == [loss.pk]


def test_search_finds_by_reference_number_name_address_and_words(open_one: Any, user_of: Any) -> None:
    ticket = open_one(name="Annegret Überall", text="Der Karton war völlig durchnässt")
    open_one(text="something else")
    agent = user_of("Agent")
    for text in (
        ticket.reference,
        ticket.reference.lower(),
        str(ticket.pk),
        ticket.shipment.tracking_number.lower(),
        "überall",
        "An",
        "c1@example.org",
        "durchnässt",
        "durchn",
    ):
        assert list(search_tickets(text, agent).values_list("pk", flat=True)) == [ticket.pk], text
    for text in ("", "   ", "%", "_", "CLR-999999", "' OR 1=1 --", "\\", "&|!()", "x" * 5000):
        assert list(search_tickets(text, agent)) == [], text


def test_safety_tickets_show_only_to_those_who_may_see_them(desk: Any, open_one: Any, user_of: Any) -> None:
    ticket = open_one(Kind.SAFETY, text="allergic reaction")
    assert shown(desk("Agent").get(QUEUE)) == []
    assert shown(desk("Legal").get(QUEUE)) == [ticket.pk]
    assert list(search_tickets("allergic", user_of("Agent"))) == []
    assert desk("Agent").get(f"{QUEUE}{ticket.pk}/change/").status_code == 404
    assert desk("Legal").get(f"{QUEUE}{ticket.pk}/change/").status_code == 200


def test_names_and_messages_are_escaped(desk: Any, open_one: Any) -> None:
    ticket = open_one(name="<script>alert(1)</script>", text="<img src=x onerror=alert(2)>", summary="</b><i>x")
    for address in (
        QUEUE,
        f"{QUEUE}?q=<script>alert(3)</script>",
        f"{QUEUE}{ticket.pk}/change/",
        f"{QUEUE}{ticket.pk}/log/",
    ):
        body = desk().get(address).content.decode()
        for dangerous in ("<script>alert", "<img src=x", "</b><i>x"):
            assert dangerous not in body, (address, dangerous)


def test_bulk_assign_gives_all_selected_open_tickets_an_owner(desk: Any, open_one: Any, user_of: Any) -> None:
    tickets = [open_one() for _ in range(3)]
    agent: User = user_of("Agent")
    data = {
        "ids": [one.pk for one in tickets[:2]],
        "act": "assign",
        "assignee": agent.pk,
        "return_to": f"{QUEUE}?tab=ours",
    }
    response = desk().post(f"{QUEUE}bulk/", data)
    assert response["Location"] == f"{QUEUE}?tab=ours"
    owners = dict(Ticket.objects.values_list("pk", "assignee_id"))
    assert owners == {tickets[0].pk: agent.pk, tickets[1].pk: agent.pk, tickets[2].pk: None}
    assert tickets[0].events.filter(type="assigned").count() == 1


@pytest.mark.parametrize(
    "data",
    [{"act": "priority", "priority": "9"}, {"act": "priority", "priority": "x"}, {"act": "drop"}, {"act": "snooze"}],
)
def test_bulk_with_nonsense_changes_nothing(desk: Any, open_one: Any, data: dict[str, str]) -> None:
    ticket = open_one()
    assert desk().post(f"{QUEUE}bulk/", {"ids": [ticket.pk], **data}).status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).event_sequence == ticket.event_sequence


def test_bulk_returns_only_to_addresses_of_ours(desk: Any, open_one: Any) -> None:
    ticket = open_one()
    data = {"ids": [ticket.pk], "act": "priority", "priority": "1", "return_to": "//evil.example/"}
    location = desk().post(f"{QUEUE}bulk/", data)["Location"]
    assert urlsplit(location).netloc == ""
    assert parse_qs(urlsplit(location).query) == {}


def test_command_search_finds_tickets_one_may_see(desk: Any, open_one: Any) -> None:
    seen, hidden = open_one(), open_one(Kind.SAFETY)
    client = desk("Agent")
    assert seen.reference in client.get(f"/admin/search/?s={seen.reference}").content.decode()
    assert f"/{hidden.pk}/change/" not in client.get(f"/admin/search/?s={hidden.reference}").content.decode()
