"""What people of ours write from where they are called: it takes calls, and opens neither tickets nor customers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from common.models import Connection, User
from knowledge_base.models import MessageTemplate, TemplateText
from logistics.models import Customer
from tests.tickets.escalation.conftest import MINUTE, NOW, ladder, person, start, word
from tickets.choices import CallBy, PageState
from tickets.models import ChannelIdentity, Message, Page, StaffReach, Ticket
from tickets.services.escalation import reach

pytestmark = pytest.mark.django_db


def called(ticket: Ticket, user: User, way: str) -> Message:
    """A call that went out, with the id its provider gave it."""
    start(ticket, ladder(person(user, way)))
    message = Message.objects.filter(conversation__thread__startswith="call-").get()
    Message.objects.filter(pk=message.pk).update(external_id="call-1@box")
    return message


def link(bot: Connection, user: User, chat: str = "5") -> None:
    word(bot, chat, reach.new_code(user=user, now=NOW))


def test_a_mail_that_answers_a_call_takes_it(ticket: Ticket, mailbox: Connection, lena: User) -> None:
    called(ticket, lena, CallBy.EMAIL)

    received = word(mailbox, "lena@clearway.example", "On it", now=NOW + MINUTE, thread_keys=("call-1@box",))

    assert (received.outcome, received.ticket) == ("message", None)
    assert Page.objects.get().state == PageState.ACKNOWLEDGED
    assert Ticket.objects.get().assignee == lena
    assert not Customer.objects.exists()


def test_a_mail_under_their_name_that_answers_nothing_takes_nothing(
    ticket: Ticket, mailbox: Connection, lena: User
) -> None:
    """A sender's address can be forged."""
    called(ticket, lena, CallBy.EMAIL)

    word(mailbox, "lena@clearway.example", "I have it", now=NOW + MINUTE)

    assert Page.objects.get().state == PageState.OPEN
    assert (Ticket.objects.count(), Customer.objects.count()) == (1, 0)


def test_a_work_address_known_as_a_customers_still_answers_its_calls(
    ticket: Ticket, mailbox: Connection, lena: User
) -> None:
    word(mailbox, "lena@clearway.example", "Where is my own parcel?")
    called(ticket, lena, CallBy.EMAIL)

    word(mailbox, "lena@clearway.example", "On it", now=NOW + MINUTE, thread_keys=("call-1@box",))
    word(mailbox, "lena@clearway.example", "And my own parcel?", now=NOW + timedelta(days=1))

    assert Page.objects.get().state == PageState.ACKNOWLEDGED
    assert Ticket.objects.filter(customer__isnull=False).count() == 2  # hers as a customer's, as ever


def test_a_code_links_a_chat_and_is_good_once(bot: Connection, lena: User, wei: User) -> None:
    code = reach.new_code(user=lena, now=NOW)

    first = word(bot, "5", code)
    word(bot, "6", code, now=NOW + MINUTE)

    assert (first.ticket, first.outcome) == (None, "ignored")
    assert list(ChannelIdentity.objects.order_by("id").values_list("external_id", "user")) == [
        ("5", lena.pk),
        ("6", None),
    ]
    assert (Ticket.objects.count(), Customer.objects.count()) == (0, 0)
    assert not Message.objects.filter(text__contains=code).exists()
    assert code not in StaffReach.objects.get().code_hash


def test_a_code_is_void_after_a_quarter_of_an_hour(bot: Connection, lena: User) -> None:
    code = reach.new_code(user=lena, now=NOW)

    word(bot, "5", code, now=NOW + reach.CODE_LASTS)

    assert ChannelIdentity.objects.get().user is None


def test_a_code_of_whoever_has_left_links_nothing(bot: Connection, lena: User) -> None:
    code = reach.new_code(user=lena, now=NOW)
    User.objects.filter(pk=lena.pk).update(is_active=False)

    word(bot, "5", code)

    assert ChannelIdentity.objects.get().user is None


def test_a_code_that_comes_twice_is_answered_once(bot: Connection, lena: User) -> None:
    code = reach.new_code(user=lena, now=NOW)

    for _ in range(2):
        word(bot, "5", code, external_id="5:1")

    assert Message.objects.filter(direction="out").count() == 1


def test_a_word_in_the_linked_chat_takes_what_called_there(ticket: Ticket, bot: Connection, lena: User) -> None:
    link(bot, lena)
    start(ticket, ladder(person(lena, CallBy.TELEGRAM)))

    received = word(bot, "5", "I have it", now=NOW + MINUTE)

    assert received.ticket is None
    assert Page.objects.get().state == PageState.ACKNOWLEDGED
    said = Message.objects.filter(direction="out").latest("id")
    assert said.text == f"You have {ticket.reference} now."
    assert (Ticket.objects.count(), Customer.objects.count()) == (1, 0)


def test_a_word_that_answers_one_call_leaves_the_others(ticket: Ticket, bot: Connection, lena: User) -> None:
    link(bot, lena)
    start(ticket, ladder(person(lena, CallBy.TELEGRAM)))
    other = word(bot, "99", "Where is it?").ticket
    assert other is not None
    start(other, ladder(person(lena, CallBy.TELEGRAM), name="Other"))
    first = Message.objects.filter(conversation__thread__startswith="call-").earliest("id")
    Message.objects.filter(pk=first.pk).update(external_id="5:70")

    word(bot, "5", "This one", now=NOW + MINUTE, thread_keys=("5:70",))

    assert list(Page.objects.order_by("id").values_list("state", flat=True)) == [PageState.ACKNOWLEDGED, PageState.OPEN]


def test_an_unlinked_chat_is_a_customers_again(bot: Connection, lena: User) -> None:
    link(bot, lena)
    reach.unlink(user=lena, identity_id=ChannelIdentity.objects.get().pk)

    received = word(bot, "5", "Where is my parcel?", now=NOW + MINUTE)

    assert received.ticket is not None
    assert received.ticket.customer is not None


def test_whoever_does_not_want_mails_is_not_mailed(ticket: Ticket, mailbox: Connection, lena: User) -> None:
    reach.set_by_email(user=lena, by_email=False)

    start(ticket, ladder(person(lena, CallBy.EMAIL)))

    assert not Message.objects.exists()
    assert Page.objects.get().by == [CallBy.DESK]


def test_an_ordinary_senders_message_asks_nothing_about_calls(bot: Connection) -> None:
    word(bot, "77", "Where is my parcel?")

    with CaptureQueriesContext(database) as asked:
        word(bot, "77", "Hello?", now=NOW + MINUTE)

    assert [one["sql"] for one in asked if "tickets_page" in one["sql"] or "staffreach" in one["sql"]] == []


def test_a_call_is_written_by_the_houses_template_in_the_language_of_the_called_one(
    ticket: Ticket, mailbox: Connection, lena: User
) -> None:
    lena.language = "zh-hans"
    lena.save()
    own = TemplateText.objects.get(template__key="call_staff", language="zh-Hans")
    own.text = "工单 {reference} 等您处理。"
    own.save()

    message = called(ticket, lena, CallBy.EMAIL)

    assert f"工单 {ticket.reference} 等您处理。" in message.text
    assert message.text.count(ticket.reference) == 2


def test_a_template_that_is_switched_off_keeps_nobody_from_being_called(
    ticket: Ticket, mailbox: Connection, lena: User
) -> None:
    template = MessageTemplate.objects.get(key="call_staff")
    template.is_active = False
    template.save()

    message = called(ticket, lena, CallBy.EMAIL)

    assert ticket.subject in message.text
