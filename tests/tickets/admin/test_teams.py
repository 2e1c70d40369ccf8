"""Teams, presence, handovers and the reasons of an assignment, as people meet them at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from common.models import User
from tests.tickets.workflows import people
from tickets.choices import HandoverWhy, Kind
from tickets.models import Handover, HandoverTicket, Membership, Presence, Team, Ticket
from tickets.services.routing import route
from tickets.services.routing.presence import set_presence

pytestmark = pytest.mark.django_db


def form_of(team: Team | None = None, **fields: Any) -> dict[str, Any]:
    rows = list(team.memberships.all()) if team else []
    return {
        "name": "Customs desk",
        "memberships-TOTAL_FORMS": len(rows),
        "memberships-INITIAL_FORMS": len(rows),
        "memberships-MIN_NUM_FORMS": 0,
        "memberships-MAX_NUM_FORMS": 1000,
        **fields,
    }


def save(client: Any, team: Team | None = None, **fields: Any) -> Any:
    page = reverse("admin:tickets_team_change", args=[team.pk]) if team else reverse("admin:tickets_team_add")
    return client.post(page, form_of(team, **fields))


def refusals(response: Any) -> str:
    assert response.status_code == 200
    context = response.context
    found = [str(one) for errors in context["adminform"].form.errors.values() for one in errors]
    found += [
        str(one)
        for formset in context["inline_admin_formsets"]
        for errors in formset.formset.errors
        for texts in errors.values()
        for one in texts
    ]
    return " ".join(found)


def test_a_team_is_written_with_names_and_lines(desk: Any) -> None:
    response = save(
        desk("Administrator"),
        languages=["de", "zh-Hans"],
        kinds=["clearance"],
        lanes="cn-de, CN→*, *-DE, cn-de",
        skills="batteries，  large   goods",
        emergency_contact="+49 30 901820",
    )

    assert response.status_code == 302
    team = Team.objects.get()
    assert (team.languages, team.kinds) == (["de", "zh-Hans"], ["clearance"])
    assert (team.lanes, team.skills) == (["CN-DE", "CN-*", "*-DE"], ["batteries", "large goods"])
    assert team.emergency_contact == "+49 30 901820"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"lanes": "China to Germany"}, "“China to Germany” is no lane: write two countries like CN-DE"),
        ({"lanes": "CN-QQ"}, "“QQ” in “CN-QQ” is no country"),
        ({"lanes": "*-*"}, "leave the field empty instead"),
        ({"languages": ["klingon"]}, "“klingon” is no language that we know"),
        ({"kinds": ["weather"]}, "weather"),
        ({"skills": "x" * 41}, "is too long: at most 40 characters"),
    ],
)
def test_an_impossible_team_is_refused_with_a_sentence(desk: Any, fields: dict[str, Any], sentence: str) -> None:
    response = save(desk("Administrator"), **fields)
    assert sentence in refusals(response)
    assert not Team.objects.exists()


def test_a_team_cannot_hand_over_to_itself(desk: Any) -> None:
    team = Team.objects.create(name="Customs desk")
    assert "cannot hand over to itself" in refusals(save(desk("Administrator"), team, follows=team.pk))


def test_who_works_no_tickets_joins_no_team(desk: Any, user_of: Any) -> None:
    team = Team.objects.create(name="Customs desk")
    auditor, agent = user_of("Auditor"), user_of("Agent")
    row = {"memberships-TOTAL_FORMS": 1, "memberships-0-capacity": 30, "memberships-0-languages": ["de"]}

    refused = save(desk("Administrator"), team, **row, **{"memberships-0-user": auditor.pk})
    assert "does not work tickets" in refusals(refused)
    assert save(desk("Administrator"), team, **row, **{"memberships-0-user": agent.pk}).status_code == 302

    assert list(Membership.objects.values_list("user", "languages")) == [(agent.pk, ["de"])]


def test_a_team_in_use_is_not_deleted_and_says_why(desk: Any) -> None:
    used, unused = Team.objects.create(name="Used"), Team.objects.create(name="Unused")
    people.ticket(Kind.DELAY, team=used)
    client = desk("Administrator")

    refused = client.post(reverse("admin:tickets_team_delete", args=[used.pk]), {"post": "yes"}, follow=True)
    client.post(reverse("admin:tickets_team_delete", args=[unused.pk]), {"post": "yes"})

    assert "Used is not deleted, for it is in use. There are tickets of it." in refused.content.decode()
    assert list(Team.objects.values_list("name", flat=True)) == ["Used"]


def test_the_teams_page_says_who_is_here_and_who_is_missed(desk: Any, user_of: Any) -> None:
    team = Team.objects.create(name="Customs desk")
    agent = user_of("Agent")
    Membership.objects.create(team=team, user=agent, is_lead=True)
    now = timezone.now()
    ticket = people.ticket(Kind.DELAY, team=team, assignee=agent, now=now)
    Ticket.objects.filter(pk=ticket.pk).update(next_due_at=now + timedelta(hours=5))
    set_presence(user=agent, away=True, now=now, until=now + timedelta(days=4))

    page = desk("Supervisor").get(reverse("admin:tickets_team_change", args=[team.pk])).content.decode()

    assert "At work now." in page
    assert "Away until" in page
    assert "Away for long, with tickets that fall due" in page
    assert "1 ticket ·" in page


def test_one_is_away_and_back_by_two_forms(desk: Any, user_of: Any) -> None:
    client, agent = desk("Agent"), user_of("Agent")
    page = reverse("admin:tickets_team_presence")
    until = timezone.localtime(timezone.now() + timedelta(days=2)).replace(tzinfo=None, second=0, microsecond=0)

    client.post(page, {"act": "away", "until": f"{until:%Y-%m-%dT%H:%M}"})
    assert Presence.objects.get(user=agent).is_away
    assert "Away until" in client.get(reverse("admin:tickets_ticket_changelist")).content.decode()

    client.post(page, {"act": "here"})
    assert not Presence.objects.get(user=agent).is_away


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"until": "2020-01-01T10:00"}, "still to come"), ({"until": "soon"}, "Enter a valid date/time")],
)
def test_an_impossible_absence_is_refused_in_its_form(desk: Any, fields: dict[str, str], sentence: str) -> None:
    response = desk("Agent").post(reverse("admin:tickets_team_presence"), {"act": "away", **fields})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Presence.objects.exists()


@pytest.fixture
def handover(user_of: Any) -> Handover:
    one, other = Team.objects.create(name="Shanghai"), Team.objects.create(name="Berlin")
    Membership.objects.create(team=other, user=user_of("Agent"))
    now = timezone.now()
    made = Handover.objects.create(
        from_team=one, to_team=other, shift_ended_at=now, created_at=now, note="2 tickets come to you from Shanghai."
    )
    for kind in (Kind.DELAY, Kind.SAFETY):
        ticket = people.ticket(kind, team=other, now=now)
        HandoverTicket.objects.create(handover=made, ticket=ticket, why=HandoverWhy.URGENT)
    return made


def test_a_handover_stands_above_the_queue_of_its_team_until_somebody_confirms(
    desk: Any, user_of: Any, handover: Handover
) -> None:
    client, queue = desk("Agent"), reverse("admin:tickets_ticket_changelist")
    assert "Shanghai has handed over to Berlin: 2 tickets" in client.get(queue).content.decode()
    assert "has handed over" not in desk("Finance").get(queue).content.decode()

    page = reverse("admin:tickets_handover_change", args=[handover.pk])
    assert "I have read it" in client.get(page).content.decode()
    client.post(reverse("admin:tickets_handover_confirm", args=[handover.pk]))

    handover.refresh_from_db()
    assert handover.confirmed_by == user_of("Agent")
    assert "has handed over" not in client.get(queue).content.decode()
    assert "Confirmed by Agent" in client.get(page).content.decode()


def test_only_the_team_that_takes_over_and_supervisors_confirm(desk: Any, handover: Handover) -> None:
    address = reverse("admin:tickets_handover_confirm", args=[handover.pk])

    assert desk("Agent").get(address).status_code == 405
    desk("Finance").post(address)
    assert desk("Auditor").post(address).status_code == 403
    assert not Handover.objects.filter(confirmed_at__isnull=False).exists()

    desk("Supervisor").post(address)
    assert Handover.objects.filter(confirmed_at__isnull=False).exists()


def test_a_handover_shows_safety_tickets_to_those_alone_who_may_see_them(desk: Any, handover: Handover) -> None:
    page = reverse("admin:tickets_handover_change", args=[handover.pk])
    assert "SAF-" not in desk("Agent").get(page).content.decode()
    assert "SAF-" in desk("Legal").get(page).content.decode()


def test_the_ticket_says_why_this_owner_and_asks_no_more_for_more_candidates(desk: Any, open_one: Any) -> None:
    team = Team.objects.create(name="Berlin")
    members = [people.person(f"P{number}", "work_ticket") for number in range(30)]
    Membership.objects.create(team=team, user=members[0], languages=["de"])
    few, many = open_one(), open_one()
    client = desk("Agent")

    def queries(ticket: Ticket) -> tuple[int, str]:
        route(ticket_id=ticket.pk, now=timezone.now())
        page = reverse("admin:tickets_ticket_change", args=[ticket.pk])
        client.get(page)
        with CaptureQueriesContext(connection) as captured:
            text = client.get(page).content.decode()
        return len(captured), text

    first, _page = queries(few)
    Membership.objects.bulk_create([Membership(team=team, user=one, languages=["ja"]) for one in members[1:]])
    team.save()
    second, page = queries(many)

    assert second == first
    assert "Why this owner" in page
    assert "P0 was chosen." in page
    assert page.count("does not speak the language") == 29


def test_an_owner_is_found_again_by_a_button(desk: Any, open_one: Any, user_of: Any) -> None:
    team = Team.objects.create(name="Berlin")
    agent: User = user_of("Agent")
    Membership.objects.create(team=team, user=agent)
    ticket = open_one()
    client = desk("Finance")
    address = reverse("admin:tickets_ticket_act", args=[ticket.pk, "route"])

    assert desk("Auditor").post(address).status_code == 403
    client.post(address)

    assert Ticket.objects.get(pk=ticket.pk).assignee == agent
