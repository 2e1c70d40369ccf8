"""A digit that answers the question is the mark; it never reopens the ticket, and nothing else is taken for one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.models import User
from tests.tickets.surveys.conftest import HOUR, NOON, Desk
from tickets.models import Membership, Message, Page, SurveyAnswer, SurveySettings, Team, Ticket, TicketEvent
from tickets.policies.marks import Mark, read_mark
from tickets.services.roles import set_up_roles

LATER = NOON + 3 * HOUR


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("5", Mark(5, "")),
        (" 4! ", Mark(4, "")),
        ("５", Mark(5, "")),
        ("٣", Mark(3, "")),
        ("3️⃣", Mark(3, "")),
        ("4/5", Mark(4, "")),
        ("5 Sterne", Mark(5, "")),
        ("5分", Mark(5, "")),
        ("⭐⭐⭐⭐", Mark(4, "")),
        ("★★ zu langsam", Mark(2, "zu langsam")),
        ("2 - it took too long", Mark(2, "it took too long")),
        ("1\nNobody answered.\nFor days!", Mark(1, "Nobody answered.\nFor days!")),
        ("5, 很好", Mark(5, "很好")),
        ("5，很好", Mark(5, "很好")),
        ("0", None),
        ("6", None),
        ("12", None),
        ("3 parcels are missing", None),
        ("2.5", None),
        ("2,50 EUR", None),
        ("5-7 days?", None),
        ("1Z999AA10123456784", None),
        ("★★★★★★", None),
        ("", None),
        ("thanks, 5", None),
    ],
)
def test_only_what_begins_with_nothing_but_a_mark_is_one(text: str, mark: Mark | None) -> None:
    assert read_mark(text) == mark


@pytest.mark.django_db
@pytest.mark.parametrize("provider", ["telegram", "email"])
def test_a_digit_is_the_mark_is_thanked_for_and_reopens_nothing(provider: str) -> None:
    desk = Desk(provider)
    ticket = desk.asked()
    question = SurveyAnswer.objects.get().message

    received = desk.write("5, sehr schnell", now=LATER, answers=question if provider == "email" else None)

    answer = SurveyAnswer.objects.get()
    assert (answer.score, answer.comment, answer.via, answer.answered_at) == (5, "sehr schnell", "channel", LATER)
    assert received.ticket is not None
    assert received.ticket.pk == ticket.pk
    after = Ticket.objects.get(pk=ticket.pk)
    assert (after.is_open, after.unanswered_since, after.reopened_count) == (False, None, ticket.reopened_count)
    assert "danke für Ihre Antwort" in desk.said()[-1]
    assert not Page.objects.exists()
    event = TicketEvent.objects.get(ticket=ticket, type="survey_answered")
    assert event.data == {"score": 5}


@pytest.mark.django_db
def test_the_first_mark_counts_and_a_second_one_wakes_nobody() -> None:
    desk = Desk()
    ticket = desk.asked()
    desk.write("5", now=LATER)
    said = desk.said()

    desk.write("1", now=LATER + HOUR)

    assert SurveyAnswer.objects.get().score == 5
    assert desk.said() == said
    assert not Ticket.objects.get(pk=ticket.pk).is_open
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
def test_a_bad_mark_calls_the_teams_lead_and_what_follows_is_its_comment() -> None:
    lead = User.objects.create_user("lead@clearway.example", language="zh-hans", is_staff=True)
    other = User.objects.create_user("other@clearway.example", is_staff=True)
    team = Team.objects.create(name="Berlin")
    Membership.objects.create(team=team, user=lead, is_lead=True)
    Membership.objects.create(team=team, user=other)
    desk = Desk()
    ticket = desk.asked()
    Ticket.objects.filter(pk=ticket.pk).update(team=team)

    desk.write("2", now=LATER)
    desk.write('=HYPERLINK("http://evil.example") <script>alert(1)</script> zu spät', now=LATER + HOUR)

    call = Page.objects.get()
    assert (call.user_id, call.state, call.ticket_id) == (lead.pk, "open", ticket.pk)
    answer = SurveyAnswer.objects.get()
    assert answer.score == 2
    assert answer.comment.endswith("zu spät")
    assert "tut uns leid" in desk.said()[-1]
    assert not Ticket.objects.get(pk=ticket.pk).is_open

    desk.write("Wo ist mein Paket?", now=LATER + 2 * HOUR)  # a comment was given: this is a matter of its own
    assert Ticket.objects.get(pk=ticket.pk).is_open


@pytest.mark.django_db
def test_without_a_lead_supervisors_are_called_and_an_administrator_can_switch_that_off() -> None:
    set_up_roles()
    boss = User.objects.create_user("boss@clearway.example", is_staff=True)
    boss.groups.add(*boss.groups.model.objects.filter(name="Supervisor"))
    first, second = Desk(), Desk(zone="Europe/Paris")
    first.asked()
    first.write("1", now=LATER)
    assert list(Page.objects.values_list("user_id", flat=True)) == [boss.pk]

    SurveySettings.objects.create(pk=1, calls_supervisor=False, thanks=False)
    second.asked()
    said = second.said()
    second.write("1", now=LATER)
    assert Page.objects.count() == 1
    assert second.said() == said
    assert SurveyAnswer.objects.filter(score=1).count() == 2


@pytest.mark.django_db
def test_words_a_late_digit_and_a_digit_to_another_message_are_messages_like_any_other() -> None:
    desk = Desk()
    ticket = desk.asked()
    desk.write("Das Paket ist noch nicht da", now=LATER)
    assert Ticket.objects.get(pk=ticket.pk).is_open
    assert SurveyAnswer.objects.get().score is None

    mail = Desk("email", zone="Europe/Paris")
    mail.asked()
    earlier = Message.objects.filter(identity=mail.identity, direction="out").order_by("id")[0]
    mail.write("3", now=LATER, answers=earlier)
    assert SurveyAnswer.objects.filter(score__isnull=False).count() == 0

    late = Desk(zone="Europe/Rome")
    late.asked()
    late.write("5", now=NOON + timedelta(days=20))
    assert SurveyAnswer.objects.filter(score__isnull=False).count() == 0
