"""A customer answers the question by message: a digit is the mark, what answers our sorry its comment.

Such a message is kept in its ticket and wakes nobody. Whatever else somebody writes goes the way of any message.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from common.models import Connection
from tickets.choices import Direction, Kind
from tickets.errors import SurveyRefused
from tickets.models import Message, SurveyAnswer, SurveySettings
from tickets.policies.inbound import InboundMessage
from tickets.policies.marks import BAD, Mark, read_mark
from tickets.policies.reading import Reading
from tickets.services.belonging import Place, answered_message
from tickets.services.entering import Entering
from tickets.services.identities import Sender, is_mail
from tickets.services.journal import Change, changing
from tickets.services.letters import send_letter
from tickets.services.surveys.answering import take_comment, take_mark

THANKS, SORRY = "survey_thanks", "survey_sorry"
COMMENT_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class _Answered:
    """The survey a message answers, and the message of ours it answers."""

    answer: SurveyAnswer
    message: Message


def take_reply(
    *, connection: Connection, inbound: InboundMessage, reading: Reading, sender: Sender, now: datetime
) -> Message | None:
    """Take a message as the answer to our question when it is one. None when it is a message like any other."""
    if sender.is_new or sender.identity.customer_id is None or inbound.attachments or not reading.text.strip():
        return None
    found = _answered(connection, inbound, sender)
    if found is None:
        return None
    mark = read_mark(reading.text)
    if mark is None and not _is_comment(found, reading, now=now):
        return None
    if mark is not None and found.answer.answered_at is None and not _in_time(found.answer, now=now):
        return None
    entering = Entering(connection, inbound, reading, sender, now)
    place = Place(thread="", conversation=found.message.conversation, ticket=found.answer.ticket)
    message = entering.keep(place)
    with changing(found.answer.ticket_id, actor=entering.actor, now=now) as change:
        _take(change, found.answer, mark, reading)
    return message


def _take(change: Change, answer: SurveyAnswer, mark: Mark | None, reading: Reading) -> None:
    """Note the mark, or the comment; whoever sends a second one is not told off."""
    try:
        if mark is None:
            take_comment(change, words=reading.text)
        else:
            answer = take_mark(change, score=mark.score, words=mark.comment)
    except SurveyRefused:
        return
    if SurveySettings.current().thanks and mark is not None:
        is_bad = answer.score is not None and answer.score <= BAD
        send_letter(change, key=SORRY if is_bad else THANKS, tells=False, at_once=True)


def _answered(connection: Connection, inbound: InboundMessage, sender: Sender) -> _Answered | None:
    """The survey that a message answers: a mail by what it replies to, a chat by what we said last."""
    ours = Message.objects.filter(identity=sender.identity, direction=Direction.OUT).select_related("conversation")
    named = answered_message(connection=connection, message=inbound, identity=sender.identity)
    last = ours.filter(pk=named.pk).first() if named is not None else None
    if last is None and not is_mail(connection):
        last = ours.order_by("-id").first()
    if last is None or last.ticket_id is None or not last.is_automatic or last.conversation is None:
        return None
    answer = SurveyAnswer.objects.select_related("ticket__customer", "ticket__shipment", "message")
    found = answer.filter(ticket=last.ticket_id, ticket__customer=sender.identity.customer_id).first()
    if found is None or found.message_id is None or last.pk < found.message_id:
        return None
    return _Answered(found, last)


def _in_time(answer: SurveyAnswer, *, now: datetime) -> bool:
    return now < answer.asked_at + timedelta(days=SurveySettings.current().answer_days)


def _is_comment(found: _Answered, reading: Reading, *, now: datetime) -> bool:
    """Whether a text is what we asked for after a bad mark. After a good one nobody was asked: it may be a matter."""
    answer = found.answer
    if answer.score is None or answer.answered_at is None or answer.score > BAD or answer.comment:
        return False
    number = answer.ticket.shipment.tracking_number if answer.ticket.shipment else ""
    return (
        found.message.pk != answer.message_id
        and now - answer.answered_at <= COMMENT_WITHIN
        and reading.guess.kind != Kind.SAFETY
        and not set(reading.tracking_numbers) - {number}
    )
