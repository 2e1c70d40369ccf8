"""Promises in the queue and on the ticket's page: what runs, what is late and why, what stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone, translation

from common.models import User
from common.policies.business_time import Hours
from tests.tickets.workflows import people
from tickets.admin import countdowns
from tickets.choices import ClockOutcome, HoursOf, Kind, Priority, Target
from tickets.models import Clock, PromisePolicy, Ticket
from tickets.policies.actor import Actor
from tickets.services.conversations import reply
from tickets.services.promises import countdown_of, sweep
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db
QUEUE = "/admin/tickets/ticket/"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _one_promise_of_each(db: None) -> None:
    PromisePolicy.objects.all().delete()


def promise(target: Target, duration: timedelta, **fields: Any) -> PromisePolicy:
    return PromisePolicy.objects.create(
        name=f"Our {target}", target=target, duration=duration, hours_of=HoursOf.WALL, **fields
    )


def page_of(client: Client, address: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).content, "html.parser")


def shown_promise(client: Client, ticket: Ticket, query: str = "") -> Any:
    return page_of(client, f"{QUEUE}{query}").select_one(f"tr[data-ticket='{ticket.pk}'] td:nth-last-of-type(2)")


def move(ticket: Ticket, due: timedelta) -> None:
    """Let the ticket's running promises fall due so long from now."""
    at = timezone.now() + due
    Clock.objects.filter(ticket=ticket, ended_at=None).update(due_at=at, warn_at=None)
    Ticket.objects.filter(pk=ticket.pk).update(next_due_at=at, queue_at=at)


@pytest.mark.parametrize(
    ("target", "due", "expected"),
    [
        (Target.FIRST_RESPONSE, 5 * HOUR + 30 * MINUTE, ("answer in 5 h 2", "green")),
        (Target.FIRST_RESPONSE, 11 * MINUTE + MINUTE / 2, ("answer in 11 min", "red")),
        (Target.FIRST_RESPONSE, -2 * HOUR - MINUTE, ("answer overdue 2 h 01", "over")),
        (Target.NEXT_UPDATE, 50 * HOUR, ("update in 2 days", "green")),
        (Target.RESOLUTION, 52 * MINUTE + MINUTE / 2, ("solve in 52 min", "red")),
        (Target.RESOLUTION, -26 * HOUR, ("solution overdue 1 day", "over")),
    ],
)
def test_queue_counts_down_by_what_is_promised(
    desk: Any, open_one: Any, target: Target, due: timedelta, expected: tuple[str, str]
) -> None:
    promise(target, 6 * HOUR)
    ticket = open_one()
    move(ticket, due)

    chip = shown_promise(desk(), ticket).select_one("time")

    words, color = expected
    assert chip.select_one("[data-words]").text.startswith(words)
    assert color in chip["class"]
    clock = Clock.objects.get(ticket=ticket, ended_at=None)
    assert clock.due_at is not None
    assert chip["datetime"] == clock.due_at.isoformat()
    assert chip["title"].endswith("Asia/Shanghai")
    assert chip["title"] in chip.get_text()  # for those who hear the page


def test_colour_turns_amber_at_the_warning(open_one: Any) -> None:
    promise(Target.FIRST_RESPONSE, 10 * HOUR, warn_at_percent=[50])
    clock = Clock.objects.get(ticket=open_one())

    def color(passed: timedelta) -> str:
        now = clock.started_at + passed
        return countdowns.countdown(countdown_of(clock, waiting_on="us", now=now), Hours.always(), now).color

    assert [color(hours * HOUR) for hours in (4, 5, 7, 8, 10)] == ["green", "amber", "amber", "red", "over"]


def test_a_promise_that_stands_still_says_since_when_and_for_whom(desk: Any) -> None:
    promise(Target.RESOLUTION, 10 * HOUR)
    now = timezone.now()
    ticket = people.ticket(Kind.PAYMENT, now=now - HOUR)
    take_way(
        ticket_id=ticket.pk,
        way="hand_to_finance",
        data={"failure": "Card declined"},
        actor=people.staff(),
        now=now - 30 * MINUTE,
    )

    cell = shown_promise(desk(), ticket, "?tab=others")

    with timezone.override("Asia/Shanghai"), translation.override("en"):
        since = countdowns.lately(now - 30 * MINUTE, now)
    assert cell.text.strip() == f"paused, waiting on finance since {since}"


def test_a_ticket_without_a_promise_says_how_long_it_waits(desk: Any, open_one: Any) -> None:
    assert shown_promise(desk(), open_one()).text.strip() == "waits 2 h 59"


def test_breaking_soon_holds_what_is_ours_and_due_within_the_hour(desk: Any, open_one: Any) -> None:
    promise(Target.FIRST_RESPONSE, 10 * HOUR)
    overdue, soon, later, urgent = (open_one() for _each in range(4))
    move(overdue, -3 * HOUR)
    move(soon, 59 * MINUTE)
    move(later, 61 * MINUTE)
    move(urgent, 30 * MINUTE)
    Ticket.objects.filter(pk=urgent.pk).update(priority=Priority.URGENT)

    response = desk().get(f"{QUEUE}?tab=soon")

    assert [row.ticket.pk for row in response.context["rows"]] == [urgent.pk, overdue.pk, soon.pk]
    counts = {tab["name"]: tab["count"] for tab in response.context["tabs"]}
    assert (counts["soon"], counts["ours"]) == ("3", "4")
    assert list(counts) == ["ours", "mine", "unassigned", "soon", "others", "resolved"]


def test_what_waits_on_others_without_a_word_is_not_about_to_break(desk: Any, open_one: Any) -> None:
    promise(Target.NEXT_UPDATE, 10 * HOUR)
    ticket = open_one(Kind.INQUIRY)
    staff = people.staff()
    take_way(ticket_id=ticket.pk, way="take_up", actor=staff, now=timezone.now())
    take_way(ticket_id=ticket.pk, way="ask_customer", data={"question": "Which?"}, actor=staff, now=timezone.now())
    move(ticket, 10 * MINUTE)
    assert desk().get(f"{QUEUE}?tab=soon").context["rows"] == []


def test_ticket_page_tells_each_promise_in_both_zones_with_its_policy(desk: Any, open_one: Any) -> None:
    answer = promise(Target.FIRST_RESPONSE, 30 * HOUR)
    promise(Target.RESOLUTION, 60 * HOUR)
    ticket = open_one()

    page = page_of(desk("Supervisor"), f"{QUEUE}{ticket.pk}/change/")

    head = page.select_one(".d-ticket-head time")
    card = page.select_one("#promises")
    assert head is not None
    assert card is not None
    assert "answer in" in head.text
    assert [one.text for one in card.select("b.d-grow")] == ["First response", "Resolution"]
    assert "there)" in card.text  # the customer reads another clock
    assert card.select_one(f"a[href='/admin/tickets/promisepolicy/{answer.pk}/change/']") is not None


def test_whoever_may_not_read_policies_sees_their_names_alone(desk: Any, open_one: Any) -> None:
    promise(Target.FIRST_RESPONSE, 30 * HOUR)
    ticket = open_one()
    reader = User.objects.create_user("reader@clearway.example", full_name="Reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_ticket"))
    client = Client()
    client.force_login(reader, backend="common.auth.EmployeeBackend")

    card = page_of(client, f"{QUEUE}{ticket.pk}/change/").select_one("#promises")
    assert card is not None
    assert "Our first_response" in card.text
    assert card.select_one("a") is None


def test_missed_promises_stand_in_red_with_their_cause_and_kept_ones_are_folded(
    desk: Any, open_one: Any, user_of: Callable[[str], Any]
) -> None:
    promise(Target.FIRST_RESPONSE, HOUR)
    promise(Target.NEXT_RESPONSE, 9 * HOUR)
    ticket = open_one()  # three hours ago
    sweep(now=timezone.now() - HOUR)
    staff = Actor.staff(user_of("Supervisor"))
    reply(ticket_id=ticket.pk, text="Sorry.", actor=staff, now=ticket.opened_at + HOUR + 47 * MINUTE)
    Clock.objects.create(
        ticket=ticket,
        target=Target.NEXT_UPDATE,
        policy=PromisePolicy.objects.latest("id"),
        duration=HOUR,
        started_at=ticket.opened_at,
        due_at=ticket.opened_at + HOUR,
        ended_at=ticket.opened_at + MINUTE,
        outcome=ClockOutcome.KEPT,
    )

    card = page_of(desk("Supervisor"), f"{QUEUE}{ticket.pk}/change/").select_one("#promises")

    assert card is not None
    missed = card.select_one(".d-promise")
    assert missed is not None
    assert "Missed · 47 min late" in missed.text
    assert "Nobody owned it" in missed.text
    folded = card.select_one("details:not([open])")
    assert folded is not None
    assert "1 ended lately" in folded.text
    assert "Kept" in folded.text


def test_words_of_the_browser_are_those_of_the_reader(desk: Any, open_one: Any) -> None:
    with translation.override("zh-hans"):
        chinese = countdowns.page_words(timezone.now())
    english = countdowns.page_words(timezone.now())
    assert english["minutes"] == "%(minutes)d min"
    assert set(chinese["comes"]) == set(Target.values)
    assert (english["day"], english["days"]) == ("%(days)d day", "%(days)d days")
