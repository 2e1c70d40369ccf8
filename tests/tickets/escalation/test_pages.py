"""Pages about calls, rotas and ladders: what they show, what they refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.models import Connection, User
from logistics.models import Customer, Partner
from tests.tickets.escalation.conftest import ladder, partners, person, start
from tickets.choices import EscalationEnd, HoursOf, PageState, WhomKind
from tickets.models import (
    ChannelIdentity,
    Escalation,
    EscalationLevel,
    EscalationPolicy,
    Message,
    Page,
    Rota,
    RotaLayer,
    RotaOverride,
    RotaTurn,
    Rule,
    StaffReach,
    Ticket,
)

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="common.auth.EmployeeBackend")
    return client


@pytest.fixture
def boss(lena: User) -> User:
    user = User.objects.create_user("boss@clearway.example", full_name="Boss", is_staff=True)
    user.groups.add(Group.objects.get(name="Supervisor"))
    return user


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:tickets_{name}", args=args)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


# ---------------------------------------------------------------------------------------------------------- calls
def test_a_called_person_sees_the_call_in_the_head_and_above_the_ticket(ticket: Ticket, lena: User, wei: User) -> None:
    start(ticket, ladder(person(lena)), now=timezone.now())

    for_lena = text_of(browser(lena).get(page("ticket_change", ticket.pk)))
    for_wei = text_of(browser(wei).get(page("ticket_change", ticket.pk)))

    assert "You are called" in for_lena
    assert '<b class="site-calls-number">1</b>' in for_lena
    assert "You are called" not in for_wei
    assert browser(lena).get(page("page_count")).json() == {"open": 1}
    assert browser(wei).get(page("page_count")).json() == {"open": 0}


def test_i_have_it_is_said_by_post_alone(ticket: Ticket, lena: User) -> None:
    start(ticket, ladder(person(lena)), now=timezone.now())
    call = Page.objects.get()
    client = browser(lena)

    client.get(page("page_take", call.pk))
    before = Page.objects.get().state
    answer = client.post(page("page_take", call.pk), {"return_to": page("ticket_change", ticket.pk)})

    assert before == PageState.OPEN
    assert answer.headers["Location"] == page("ticket_change", ticket.pk)
    assert Page.objects.get().state == PageState.ACKNOWLEDGED


def test_somebody_elses_call_cannot_be_taken(ticket: Ticket, lena: User, wei: User) -> None:
    start(ticket, ladder(person(lena)), now=timezone.now())

    answer = browser(wei).post(page("page_take", Page.objects.get().pk))

    assert answer.status_code == 403
    assert Page.objects.get().state == PageState.OPEN


def waiting(ticket: Ticket, whom: str) -> Page:
    start(ticket, ladder(partners(whom, needs_approval=True)), now=timezone.now())
    return Page.objects.get()


def test_a_message_is_read_changed_and_released(ticket: Ticket, mailbox: Connection, lena: User) -> None:
    call = waiting(ticket, WhomKind.PARTNER_SUPERVISOR)
    client = browser(lena)

    shown = text_of(client.get(page("page_release", call.pk)))
    client.post(page("page_release", call.pk), {"act": "send", "text": "Where is it, please?"})

    assert "cy@swift.example" in shown
    call.refresh_from_db()
    assert (call.state, call.text) == (PageState.OPEN, "Where is it, please?")
    assert Message.objects.get(audience="partner").text == "Where is it, please?"


def test_a_message_that_is_not_sent_leaves_the_ladder_running(ticket: Ticket, mailbox: Connection, lena: User) -> None:
    call = waiting(ticket, WhomKind.PARTNER_SUPERVISOR)

    browser(lena).post(page("page_release", call.pk), {"act": "dismiss"})

    assert Page.objects.get().state == PageState.WITHDRAWN
    assert Escalation.objects.get().ended_at is None
    assert not Message.objects.exists()


def test_a_public_account_is_posted_by_hand_and_never_written_to(
    ticket: Ticket, mailbox: Connection, lena: User
) -> None:
    call = waiting(ticket, WhomKind.PARTNER_PUBLIC)
    client = browser(lena)

    refused = client.post(page("page_release", call.pk), {"act": "send", "text": "Please answer us."})
    still = Page.objects.get().state
    client.post(page("page_release", call.pk), {"act": "by_hand", "text": "Please answer us."})

    assert refused.status_code == 200
    assert "cannot be sent from here" in text_of(refused)
    assert still == PageState.TO_APPROVE
    told = Page.objects.get()
    assert (told.state, told.message, told.told_at is not None) == (PageState.OPEN, None, True)
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Marta Ruiz waits for it",
        "Ruiz waits",
        "It cost 120 EUR",
        "It cost €120",
        "RR123456785CN is lost",
        "Write to marta@example.org",
        "Call +34 600 123 456",
        "Card 4111 1111 1111 1111",
    ],
)
def test_a_public_text_holds_nothing_private(ticket: Ticket, lena: User, text: str) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(customer=Customer.objects.create(name="Marta Ruiz"))
    call = waiting(ticket, WhomKind.PARTNER_PUBLIC)

    refused = browser(lena).post(page("page_release", call.pk), {"act": "by_hand", "text": text})

    assert "Everybody can read this" in text_of(refused)
    assert Page.objects.get().state == PageState.TO_APPROVE


def test_the_shipped_public_text_may_be_posted_as_it_is(ticket: Ticket, lena: User) -> None:
    policy = ladder(partners(WhomKind.PARTNER_PUBLIC, needs_approval=True) | {"template": "carrier_ladder_public"})
    start(ticket, policy, now=timezone.now())
    call = Page.objects.get()

    browser(lena).post(page("page_release", call.pk), {"act": "by_hand", "text": call.text})

    assert Page.objects.get().state == PageState.OPEN


def test_how_i_am_called_is_ones_own_to_say(bot: Connection, lena: User, wei: User) -> None:
    client = browser(lena)
    Connection.objects.filter(pk=bot.pk).update(settings={"account": "@clearway_bot"})
    theirs = ChannelIdentity.objects.create(connection=bot, external_id="9", user=wei, created_at=timezone.now())

    client.post(page("page_reach"), {"act": "email"})
    code = text_of(client.post(page("page_reach"), {"act": "code"}))
    client.post(page("page_reach"), {"act": "unlink", "identity": theirs.pk})

    row = StaffReach.objects.get()
    assert (row.user, row.by_email, len(row.code_hash)) == (lena, False, 64)
    assert "/start call-" in code
    assert "@clearway_bot" in code
    assert ChannelIdentity.objects.get().user == wei


# ---------------------------------------------------------------------------------------------------------- rotas
def rota_form(*layers: dict[str, Any], overrides: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    """What the browser sends for a rota."""
    data: dict[str, Any] = {"name": "Nights", "time_zone": "Europe/Berlin", **more}
    for prefix, rows in (("layers", layers), ("overrides", overrides)):
        data |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
        data |= {f"{prefix}-{number}-{name}": one for number, row in enumerate(rows) for name, one in row.items()}
    return data


def layer_row(*people: User, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"order": 1, "starts_on": "2026-01-05", "turn_days": 7, "hands_over_at": "09:00"}
    return row | {f"people_{place}": user.pk for place, user in enumerate(people)} | more


def test_a_rota_is_made_and_drawn(boss: User, lena: User, wei: User) -> None:
    client = browser(boss)

    client.post(page("rota_add"), rota_form(layer_row(lena, wei, weekdays=["0", "1", "2", "3", "4"])))

    rota = Rota.objects.get()
    assert list(RotaTurn.objects.values_list("place", "user")) == [(1, lena.pk), (2, wei.pk)]
    drawn = text_of(client.get(page("rota_change", rota.pk)))
    assert "Lena" in drawn
    assert "Nobody is on call" in drawn  # at weekends
    assert "gap" in drawn


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({}, "A layer without people calls nobody"),
        ({"from_time": "22:00"}, "Hours have a beginning and an end"),
        ({"turn_days": 400}, "A turn is a year at most"),
    ],
)
def test_an_impossible_layer_is_refused_with_a_sentence(
    boss: User, lena: User, row: dict[str, Any], sentence: str
) -> None:
    people = [lena] if row else []

    answer = browser(boss).post(page("rota_add"), rota_form(layer_row(*people, **row)))

    assert sentence in text_of(answer)
    assert not Rota.objects.exists()


def test_a_rota_without_layers_and_one_with_two_of_an_order_are_refused(boss: User, lena: User) -> None:
    client = browser(boss)

    none = client.post(page("rota_add"), rota_form())
    twice = client.post(page("rota_add"), rota_form(layer_row(lena), layer_row(lena)))

    assert "Nobody would ever be on call" in text_of(none)
    assert "Two layers have the order 1" in text_of(twice)
    assert not Rota.objects.exists()


def test_an_override_in_the_past_or_backwards_is_refused(boss: User, lena: User) -> None:
    now = timezone.now()

    def override(start: timedelta, end: timedelta) -> dict[str, Any]:
        row: dict[str, Any] = {"user": lena.pk}
        for name, moment in (("from_at", now + start), ("until_at", now + end)):
            row |= {f"{name}_0": f"{moment:%Y-%m-%d}", f"{name}_1": f"{moment:%H:%M}"}
        return row

    client, hour = browser(boss), timedelta(hours=1)
    past = client.post(page("rota_add"), rota_form(layer_row(lena), overrides=(override(-9 * hour, -5 * hour),)))
    backwards = client.post(page("rota_add"), rota_form(layer_row(lena), overrides=(override(9 * hour, 5 * hour),)))
    fine = client.post(page("rota_add"), rota_form(layer_row(lena), overrides=(override(hour, 5 * hour),)))

    assert "That is over already" in text_of(past)
    assert "It ends before it begins" in text_of(backwards)
    assert fine.status_code == 302
    assert RotaOverride.objects.get().user == lena


def test_a_rota_that_a_ladder_uses_is_not_deleted(boss: User, lena: User) -> None:
    rota = Rota.objects.create(name="Used")
    ladder({"whom": WhomKind.ON_CALL, "rota": rota})

    browser(boss).post(page("rota_delete", rota.pk), {"post": "yes"})

    assert Rota.objects.filter(pk=rota.pk).exists()


# -------------------------------------------------------------------------------------------------------- ladders
def ladder_form(*levels: dict[str, Any], initial: int = 0, **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"name": "Mine", "repeat": 1, **more}
    data |= {"levels-TOTAL_FORMS": len(levels), "levels-INITIAL_FORMS": initial}
    for number, row in enumerate(levels):
        whole = {"place": number + 1, "hours_of": HoursOf.WALL, "times": 1, "after_0": "0", "after_1": "minutes", **row}
        data |= {f"levels-{number}-{name}": one for name, one in whole.items()}
    return data


def test_a_ladder_is_made_and_says_what_happens(boss: User, lena: User) -> None:
    client = browser(boss)

    client.post(
        page("escalationpolicy_add"),
        ladder_form(
            {"whom": WhomKind.OWNER, "by": ["email"]},
            {"whom": WhomKind.PERSON, "user": lena.pk, "after_0": "5", "after_urgent_0": "1"},
        ),
    )

    policy = EscalationPolicy.objects.get(name="Mine")
    said = text_of(client.get(page("escalationpolicy_change", policy.pk)))
    assert "at once</b>: the ticket&#x27;s owner, in the desk and by e-mail" in said
    assert "after 5 min (urgent: 1 min)</b>: Lena, in the desk" in said


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"whom": WhomKind.PERSON}, "Choose the person who is called"),
        ({"whom": WhomKind.ON_CALL}, "Choose the rota"),
        ({"whom": WhomKind.OWNER, "times": 3}, "Say after how long they are called again"),
        ({"whom": WhomKind.OWNER, "after_0": "100", "after_1": "days"}, "longer than ninety days"),
    ],
)
def test_an_impossible_level_is_refused_with_a_sentence(boss: User, row: dict[str, Any], sentence: str) -> None:
    answer = browser(boss).post(page("escalationpolicy_add"), ladder_form(row))

    assert sentence in text_of(answer)
    assert not EscalationPolicy.objects.filter(name="Mine").exists()


def test_levels_change_places(boss: User, lena: User, wei: User) -> None:
    policy = ladder(person(lena), person(wei))
    first, second = policy.levels.order_by("order")

    browser(boss).post(
        page("escalationpolicy_change", policy.pk),
        ladder_form(
            {"id": first.pk, "policy": policy.pk, "place": 2, "whom": WhomKind.PERSON, "user": lena.pk},
            {"id": second.pk, "policy": policy.pk, "place": 1, "whom": WhomKind.PERSON, "user": wei.pk},
            initial=2,
        ),
    )

    assert list(EscalationLevel.objects.filter(policy=policy).order_by("order").values_list("order", "user")) == [
        (1, wei.pk),
        (2, lena.pk),
    ]


def test_a_level_that_reaches_nobody_is_warned_of(boss: User, lena: User) -> None:
    rota = Rota.objects.create(name="Empty")
    layer = RotaLayer.objects.create(rota=rota, starts_on="2026-01-05", hands_over_at="09:00")
    RotaTurn.objects.create(layer=layer, place=1, user=lena)
    User.objects.filter(pk=lena.pk).update(is_active=False)
    policy = ladder({"whom": WhomKind.ON_CALL, "rota": rota}, person(lena))

    said = text_of(browser(boss).get(page("escalationpolicy_change", policy.pk)))

    assert "Nobody is on call in the coming two weeks" in said
    assert "Lena cannot enter the desk any more" in said


def test_a_ladder_that_a_rule_starts_or_that_was_climbed_is_not_deleted(boss: User, ticket: Ticket, lena: User) -> None:
    named, climbed, free = (ladder(person(lena), name=name) for name in ("Named", "Climbed", "Free"))
    inputs = {"ladder": named.pk, "reason": ""}
    Rule.objects.create(
        name="Starts it",
        conditions={},
        actions=[{"action": "start_escalation", "inputs": inputs}],
        updated_at=timezone.now(),
    )
    start(ticket, climbed, now=timezone.now())
    client = browser(boss)

    said = [text_of(client.post(page("escalationpolicy_delete", one.pk), {"post": "yes"})) for one in (named, climbed)]
    client.post(page("escalationpolicy_delete", free.pk), {"post": "yes"})

    assert "Starts it" in said[0]
    assert "was started for tickets" in said[1]
    left = EscalationPolicy.objects.filter(name__in=["Named", "Climbed", "Free"])
    assert set(left.values_list("name", flat=True)) == {"Named", "Climbed"}


def test_a_supervisor_stops_a_running_ladder_and_an_agent_does_not(boss: User, ticket: Ticket, lena: User) -> None:
    running = start(ticket, ladder(person(lena), person(lena, after=timedelta(hours=9))), now=timezone.now())

    refused = browser(lena).post(page("escalation_stop", running.pk))
    shown = text_of(browser(boss).get(page("escalation_changelist")))
    browser(boss).post(page("escalation_stop", running.pk))

    assert refused.status_code == 403
    assert page("escalation_stop", running.pk) in shown
    assert Escalation.objects.get().end == EscalationEnd.STOPPED


def test_a_partners_page_says_how_they_answered(boss: User, ticket: Ticket, carrier: Partner) -> None:
    now = timezone.now()
    shared: dict[str, Any] = {"ticket": ticket, "partner": carrier, "reason": "x", "created_at": now}
    hour = timedelta(hours=1)
    Page.objects.create(
        whom=WhomKind.PARTNER_CONTACT,
        told_at=now - 3 * hour,
        acknowledged_at=now - hour,
        state="acknowledged",
        **shared,
    )
    Page.objects.create(whom=WhomKind.PARTNER_BACKUP, told_at=now, state="open", **shared)
    Page.objects.create(whom=WhomKind.PARTNER_CONTACT, told_at=now, state="failed", **shared)
    Page.objects.create(whom=WhomKind.PARTNER_SUPERVISOR, state="to_approve", **shared)

    response = browser(boss).get(reverse("admin:logistics_partner_change", args=[carrier.pk]))

    rows = dict(response.context["record"]["rows"])
    assert rows == {
        "Called": 3,
        "Answered": 1,
        "Answered within, on average": "2 h",
        "Without an answer": 1,
        "Backup asked": 1,
        "Supervisor asked": 0,
        "Did not arrive": 1,
    }
