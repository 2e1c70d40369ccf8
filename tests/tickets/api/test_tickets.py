"""Tickets over the API: what each caller reads, and how it answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tickets.api.conftest import World, asked, key_of
from tests.tickets.workflows import people
from tickets.models import Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services.conversations import add_note
from tickets.services.journal import changing

pytestmark = pytest.mark.django_db


def test_a_partner_lists_the_tickets_addressed_to_them_the_newest_first(world: World) -> None:
    newer = asked(world.partner, world.alice)

    body = world.api.read("tickets/").json()

    assert [row["id"] for row in body["results"]] == [newer.pk, world.mine.pk]
    assert body["next"] is None
    assert body["results"][0]["waiting_on"] == "warehouse"


def test_nothing_of_the_customer_or_of_ours_is_in_what_a_partner_reads(world: World) -> None:
    with changing(world.mine.pk, actor=Actor.staff(world.alice), now=world.mine.state_since) as change:
        add_note(change, text="Between us: Quintana is a nuisance")
    parts = ("", "messages/", "documents/", "transitions/", "events/")

    said = " ".join(world.api.read(f"tickets/{world.mine.pk}/{part}").content.decode() for part in parts)
    said += world.api.read("tickets/").content.decode()

    for secret in ("Marisol", "Quintana", "nuisance", "alice@", "Example", "customer_known", '"version"'):
        assert secret not in said
    assert "Where are the two boxes?" in said


def test_an_integration_reads_what_the_desk_shows(world: World) -> None:
    row = world.staff.read(f"tickets/{world.mine.pk}/").json()

    assert row["customer"]["name"] == "Marisol Quintana"
    assert row["summary"] == "Marisol misses two boxes"
    assert row["details"]["warehouse"] == {"id": world.partner.pk, "name": "Bremen Hub"}
    assert "alice@" not in json.dumps(row)


def test_staff_are_shown_by_their_first_name_or_team(world: World) -> None:
    Ticket.objects.filter(pk=world.mine.pk).update(assignee=world.alice)
    assert world.api.read(f"tickets/{world.mine.pk}/").json()["handled_by"] == "Alice"


PARTS = ("", "messages/", "documents/", "documents/1/content/", "transitions/", "events/")


@pytest.mark.parametrize("part", PARTS)
def test_a_foreign_ticket_is_answered_like_one_that_does_not_exist(world: World, part: str) -> None:
    foreign = world.api.read(f"tickets/{world.theirs.pk}/{part}")
    nowhere = world.api.read(f"tickets/{10**12}/{part}")

    assert (foreign.status_code, nowhere.status_code) == (404, 404)
    left, right = foreign.json(), nowhere.json()
    assert left.pop("request_id") != right.pop("request_id")
    assert left == right


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("messages/", {"text": "hello"}),
        ("acknowledge/", {}),
        ("transitions/explain/", {"explanation": "x"}),
        ("links/", {"purpose": "status"}),
    ],
)
def test_writing_to_a_foreign_ticket_changes_nothing(world: World, path: str, body: dict[str, Any]) -> None:
    before = TicketEvent.objects.count()

    answer = world.api.send(f"tickets/{world.theirs.pk}/{path}", body)

    assert answer.status_code == (403 if path == "links/" else 404)
    assert TicketEvent.objects.count() == before


@pytest.mark.parametrize("name", ["customer", "assignee", "team", "unanswered", "summary", "id__gt", "customer__name"])
def test_a_partner_cannot_filter_by_what_they_are_not_shown(world: World, name: str) -> None:
    answer = world.api.read(f"tickets/?{name}=1")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]


@pytest.mark.parametrize("ordering", ["customer__name", "-customer_id", "summary", "shared_id", "?", "id;drop"])
def test_only_the_orderings_named_are_taken(world: World, ordering: str) -> None:
    for api in (world.api, world.staff):
        answer = api.get("/api/v1/tickets/", {"ordering": ordering})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["ordering"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kind=warehouse", 200),
        ("kind=warehouse,loss", 200),
        ("kind=nothing", 400),
        ("state=asked", 200),
        ("open=true", 200),
        ("open=yes", 400),
        ("priority=normal", 200),
        ("priority=3", 400),
        ("opened_from=2026-01-01T00:00:00Z", 200),
        ("opened_from=yesterday", 400),
        ("reference=WHS-99999999999999999999999", 200),
        ("tracking_number=%00", 400),
        ("limit=0", 400),
        ("limit=201", 400),
        ("cursor=abc", 400),
        ("fields=id,state", 200),
        ("fields=nothing", 400),
        ("origin=" + "x" * 9_000, 400),
    ],
)
def test_filters_are_typed(world: World, query: str, status: int) -> None:
    for api in (world.api, world.staff):
        assert api.read(f"tickets/?{query}").status_code == status, query


def test_filters_leave_what_they_name(world: World) -> None:
    parcel = people.shipment("RB123456785CN")
    delayed = asked(world.partner, world.alice, shipment=parcel, priority=1)

    def ids(query: str) -> list[int]:
        return [row["id"] for row in world.api.read(f"tickets/?{query}").json()["results"]]

    assert ids("tracking_number=rb 123456785 cn") == [delayed.pk]
    assert ids("priority=urgent") == [delayed.pk]
    assert ids(f"reference={world.mine.reference}") == [world.mine.pk]
    assert ids(f"reference={world.theirs.reference}") == []
    assert ids("open=false") == []
    assert ids("ordering=id") == [world.mine.pk, delayed.pk]
    listed = world.staff.read(f"tickets/?customer={delayed.customer_id}").json()["results"]
    assert [row["id"] for row in listed] == [delayed.pk]


def test_pages_go_on_where_the_last_one_ended(world: World) -> None:
    newer = [asked(world.partner, world.alice).pk for _ in range(2)]
    first = world.api.read("tickets/?limit=2").json()
    second = world.api.get(first["next"]).json()
    ids = [row["id"] for row in [*first["results"], *second["results"]]]

    assert ids == [newer[1], newer[0], world.mine.pk]
    # A cursor opens nothing to somebody else, and belongs to one ordering.
    assert [row["id"] for row in world.other_api.get(first["next"]).json()["results"]] == [world.theirs.pk]
    assert world.api.get(first["next"] + "&ordering=id").json()["code"] == "invalid_cursor"


def test_a_page_costs_as_many_queries_for_one_ticket_as_for_many(world: World) -> None:
    def cost() -> dict[str, int]:
        found = {}
        for name, api in (("partner", world.api), ("staff", world.staff)):
            api.read("tickets/")
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert api.read("tickets/").status_code == 200
            found[name] = len(queries)
        return found

    one = cost()
    for number in range(5):
        asked(world.partner, world.alice, shipment=people.shipment(f"RB12345678{number}CN"))

    assert cost() == one
    assert one["partner"] <= 3


def test_etag_tells_partners_of_changes_they_can_see_and_of_no_others(world: World) -> None:
    def etag() -> str:
        return str(world.api.read(f"tickets/{world.mine.pk}/").headers["ETag"])

    before = etag()
    with changing(world.mine.pk, actor=Actor.staff(world.alice), now=world.mine.state_since) as change:
        add_note(change, text="Between us")
    assert etag() == before
    assert world.api.read(f"tickets/{world.mine.pk}/", headers={"If-None-Match": before}).status_code == 304

    world.api.send(f"tickets/{world.mine.pk}/messages/", {"text": "Row 7"})
    assert etag() != before


def test_a_step_with_an_old_etag_is_refused_and_nothing_happens(world: World) -> None:
    old = world.api.read(f"tickets/{world.mine.pk}/").headers["ETag"]
    world.api.send(f"tickets/{world.mine.pk}/messages/", {"text": "Row 7"})
    before = TicketEvent.objects.count()

    for path, body in (
        ("transitions/explain/", {"explanation": "x"}),
        ("messages/", {"text": "y"}),
        ("acknowledge/", {}),
    ):
        answer = world.api.send(f"tickets/{world.mine.pk}/{path}", body, headers={"If-Match": old})
        assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")

    assert TicketEvent.objects.count() == before


def test_an_integration_opens_a_ticket(world: World) -> None:
    customer, parcel = people.customer(), people.shipment()
    body = {
        "kind": "delay",
        "summary": "Nothing for days",
        "customer": customer.pk,
        "tracking_number": parcel.tracking_number,
        "priority": "high",
        "text": "They called.",
    }

    answer = world.staff.send("tickets/", body)

    assert answer.status_code == 201, answer.content
    row = answer.json()
    ticket = Ticket.objects.get(pk=row["id"])
    assert answer.headers["Location"] == f"/api/v1/tickets/{ticket.pk}/"
    assert (ticket.customer, ticket.shipment, ticket.priority) == (customer, parcel, 2)
    event = TicketEvent.objects.get(ticket=ticket, type="opened")
    assert (event.actor_kind, event.actor_id, event.via) == ("staff", world.alice.pk, "api")
    assert world.staff.get(answer.headers["Location"]).json() == row
    again = world.staff.send("tickets/", body)
    assert (again.status_code, again.json()["code"]) == (409, "already_open")


def test_opening_a_ticket_costs_few_statements(world: World) -> None:
    customer, parcel = people.customer(), people.shipment()
    world.staff.send("tickets/", {"kind": "inquiry"})
    body = {"kind": "delay", "customer": customer.pk, "tracking_number": parcel.tracking_number}

    with CaptureQueriesContext(connection) as queries:
        assert world.staff.send("tickets/", body).status_code == 201

    assert len(queries) <= 22, "\n".join(one["sql"][:200] for one in queries)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "nothing"}, "kind"),
        ({"kind": "delay", "customer": 10**15}, "customer"),
        ({"kind": "delay", "customer": True}, "customer"),
        ({"kind": "delay", "tracking_number": "RB999999999CN"}, "tracking_number"),
        ({"kind": "delay", "state": "delivered"}, "state"),
        ({"kind": "delay", "summary": "x" * 201}, "summary"),
        ({"kind": "delay", "text": "x" * 10_001}, "text"),
        ({"kind": ["delay"]}, "kind"),
    ],
)
def test_what_cannot_be_opened_is_refused_by_field(world: World, body: dict[str, Any], field: str) -> None:
    before = Ticket.objects.count()
    answer = world.staff.send("tickets/", body)
    assert answer.status_code == 400, answer.content
    assert field in answer.json()["errors"]
    assert Ticket.objects.count() == before


def test_partners_and_keys_without_the_scope_open_nothing(world: World) -> None:
    before = Ticket.objects.count()
    assert world.api.send("tickets/", {"kind": "delay"}).status_code == 403
    reads_only = key_of(user=world.alice, scopes=["read"])
    assert reads_only.send("tickets/", {"kind": "delay"}).status_code == 403
    nobody = key_of(user=people.person("Nora", "view_ticket"))
    assert nobody.send("tickets/", {"kind": "delay"}).status_code == 403
    assert Ticket.objects.count() == before


def test_safety_tickets_are_for_those_who_may_see_them(world: World) -> None:
    safety = people.ticket("safety")
    reader = key_of(user=people.person("Rita", "view_ticket", "work_ticket"))

    assert reader.read(f"tickets/{safety.pk}/").status_code == 404
    assert [row["id"] for row in reader.read("tickets/?kind=safety").json()["results"]] == []
    assert reader.send("tickets/", {"kind": "safety"}).status_code == 403
    assert world.staff.read(f"tickets/{safety.pk}/").status_code == 200
