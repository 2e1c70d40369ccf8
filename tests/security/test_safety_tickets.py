"""A safety ticket is not there for whoever may not see it: at no address, in no list, as no target."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from common.errors import DomainError
from config import streams
from tests.security import walking
from tests.security.scene import Scene, browser_of, user_of
from tests.security.walking import Route
from tickets.admin.acts import ACTS
from tickets.models import Message, Ticket
from tickets.policies.actor import Actor
from tickets.services import relations

BLIND = ("Ag", "Cu", "Wh", "Fi")
SEEING = ("Le", "Su", "Ad", "Au")
WORD = "zyzzyva"


def of_a_ticket() -> list[Route]:
    """Every pattern that names a ticket or something of one."""
    return [
        route
        for route in walking.routes()
        if route.pattern.startswith(("admin/tickets/ticket/<", "admin/tickets/message/<"))
        and not route.pattern.endswith("_id>/")  # sends on to the page
    ]


def as_safety(scene: Scene) -> Scene:
    """The scene whose addresses name the safety ticket."""
    ids = scene.ids | {"tickets.ticket": scene.safety.ticket.pk, "tickets.message": scene.safety.failed.pk}
    return Scene(scene.safety, scene.ordinary, ids, scene.link, scene.people)


@pytest.mark.parametrize("role", BLIND)
def test_no_address_shows_or_moves_it(scene: Scene, role: str) -> None:
    client, there = browser_of(role, raise_request_exception=False), as_safety(scene)

    found = {}
    for route in of_a_ticket():
        for method in walking.METHODS:
            data = walking.body(route, there) if method == "POST" else {}
            answer = walking.knock(client, method, walking.address(route, there), data)
            is_message = route.pattern.startswith("admin/tickets/message/")
            # A method that an address does not have (M) is refused for every ticket alike.
            hidden = {"N", "M"} if not is_message or "resend" in route.pattern else {"N", "M", "F", "3"}
            if (answer.letter not in hidden and not route.pattern.endswith("/delete/")) or answer.written:
                found[method, route.key] = (answer.letter, answer.written)
            assert WORD not in answer.body
            assert scene.safety.ticket.reference not in answer.body

    assert found == {}


@pytest.mark.parametrize("act", sorted(ACTS))
def test_no_act_reaches_it(scene: Scene, act: str) -> None:
    client = browser_of("Ag")

    for method in walking.METHODS:
        answer = walking.knock(client, method, f"/admin/tickets/ticket/{scene.safety.ticket.pk}/act/{act}/", {})

        assert (answer.letter, answer.written) == ("N", ())


@pytest.mark.parametrize("role", BLIND + SEEING)
def test_lists_and_searches_know_it_only_for_who_may_see_it(scene: Scene, role: str) -> None:
    client = browser_of(role)
    reference, number = scene.safety.ticket.reference, scene.safety.ticket.pk
    places = [
        "/admin/tickets/ticket/?tab=unassigned",
        "/admin/tickets/ticket/?tab=ours",
        f"/admin/tickets/ticket/?q={reference}",
        f"/admin/tickets/ticket/?q={number}",
        f"/admin/tickets/ticket/?q={WORD}",
        "/admin/tickets/ticket/?kind=safety",
        "/admin/tickets/ticket/?q=Marisol",
        "/admin/tickets/ticket/?q=marisol@example.org",
        f"/admin/tickets/ticket/{scene.ordinary.ticket.pk}/change/",
        f"/admin/search/?s={number}",
        "/admin/tickets/message/",
        f"/admin/logistics/customer/{scene.ids['logistics.customer']}/change/",
        "/admin/channels_integrations/deliveryattempt/",
    ]

    told = [place for place in places if _shows(client.get(place), reference, f"/{number}/change/")]

    if role in BLIND:
        assert told == []
    else:
        assert len(told) >= 8


def _shows(page: Any, *marks: str) -> bool:
    """Whether a page names the ticket; a search repeats what was asked for above its table."""
    text = page.content.decode()
    shown = text.partition("<tbody")[2] if "q=" in page.request["QUERY_STRING"] else text
    return any(mark in shown for mark in (*marks, WORD))


def test_files_and_messages_of_it_are_not_found_under_another_ticket(scene: Scene) -> None:
    client, open_to = browser_of("Ag"), f"/admin/tickets/ticket/{scene.ordinary.ticket.pk}"

    for rest in (f"file/{scene.safety.file.pk}/", f"message/{scene.safety.message.pk}/"):
        assert client.get(f"{open_to}/{rest}").status_code == 404
        assert browser_of("Le").get(f"/admin/tickets/ticket/{scene.safety.ticket.pk}/{rest}").status_code == 200


def test_bulk_actions_pass_it_by(scene: Scene) -> None:
    ids = [scene.safety.ticket.pk]

    browser_of("Ag").post("/admin/tickets/ticket/bulk/", {"act": "priority", "priority": "1", "ids": ids})
    browser_of("Ag").post(
        "/admin/tickets/message/", {"action": "resend_selected", "_selected_action": [scene.safety.failed.pk]}
    )

    assert Ticket.objects.get(pk=scene.safety.ticket.pk).event_sequence == scene.safety.ticket.event_sequence
    assert Message.objects.get(pk=scene.safety.failed.pk).status == "dead"


def test_it_is_no_target_and_no_source_for_agents(scene: Scene) -> None:
    agent, now = Actor.staff(user_of("Ag")), scene.safety.ticket.opened_at
    ordinary, safety = scene.ordinary, scene.safety
    tries: list[Any] = [
        lambda: relations.merge_tickets(ticket_id=ordinary.ticket.pk, into_id=safety.ticket.pk, actor=agent, now=now),
        lambda: relations.merge_tickets(ticket_id=safety.ticket.pk, into_id=ordinary.ticket.pk, actor=agent, now=now),
        lambda: relations.convert_ticket(ticket_id=safety.ticket.pk, kind="inquiry", actor=agent, now=now),
        lambda: relations.convert_ticket(ticket_id=ordinary.ticket.pk, kind="safety", actor=agent, now=now),
        lambda: relations.split_ticket(
            ticket_id=safety.ticket.pk, message_ids=[safety.message.pk], kind="inquiry", actor=agent, now=now
        ),
    ]

    for one in tries:
        with pytest.raises(DomainError):
            one()
    client = browser_of("Ag")
    answer = client.post(f"/admin/tickets/ticket/{ordinary.ticket.pk}/act/merge/", {"into": safety.ticket.reference})
    nothing = client.post(f"/admin/tickets/ticket/{ordinary.ticket.pk}/act/merge/", {"into": "SAF-999999"})
    assert answer.status_code == nothing.status_code == 422
    assert WORD not in answer.content.decode()


@pytest.mark.parametrize("role", ["an", "in", "ns", "ng", *BLIND, *SEEING])
def test_streams_let_in_who_may_see(scene: Scene, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "close_old_connections", lambda: None)  # it would close the test's transaction
    cookie = browser_of(role).cookies.get(settings.SESSION_COOKIE_NAME)
    session = cookie.value if cookie else ""

    def answer(ticket: int | None) -> int:
        try:
            streams.identify(session, ticket)
        except streams._Refused as refusal:
            return int(refusal.status)
        return 200

    seen = (answer(None), answer(scene.ordinary.ticket.pk), answer(scene.safety.ticket.pk))

    if role in ("an", "in", "ns"):
        assert seen == (401, 401, 401)
    elif role == "ng":
        assert seen == (403, 403, 403)
    else:
        assert seen == (200, 200, 200 if role in SEEING else 404)
    if role in BLIND:
        assert not streams.identify(session, None).sees_safety


def test_what_became_a_safety_matter_leaves_nothing_of_it_behind(scene: Scene) -> None:
    ticket, now = scene.ordinary.ticket, scene.ordinary.ticket.opened_at
    new = relations.convert_ticket(ticket_id=ticket.pk, kind="safety", actor=Actor.staff(user_of("Le")), now=now)
    client = browser_of("Ag")

    pages = [
        client.get(f"/admin/tickets/ticket/{ticket.pk}/{page}/").content.decode() for page in ("change", "log")
    ] + [client.get("/admin/tickets/ticket/?tab=resolved").content.decode()]

    for page in pages:
        assert new.reference not in page
        assert scene.ordinary.message.text not in page
