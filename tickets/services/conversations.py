"""Writing: to customers, to partners, among ourselves. A message to send is a row; who carries it reads that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Case, F, When
from django.utils import translation
from django.utils.translation import gettext as _

from common.errors import PermissionRefused
from common.jobs import nudge
from logistics.models import Partner, PartnerContact
from tickets.choices import Audience, Direction, MessageStatus
from tickets.errors import CannotWrite
from tickets.models import Attachment, Conversation, Message, Participant, Ticket
from tickets.policies.actor import Actor
from tickets.policies.customer_languages import customer_language
from tickets.policies.language import detect_language
from tickets.policies.personal_data import contains_personal_data, mask
from tickets.policies.search_words import index_text
from tickets.policies.text import safe
from tickets.services import quiet_hours
from tickets.services.addressing import chosen, elsewhere, latest_of_ticket, with_partner
from tickets.services.attachments import store_uploads
from tickets.services.identities import is_mail
from tickets.services.journal import Change, changing
from tickets.services.partner_scope import admit
from tickets.services.rows import Sql, Statement, insertion, run_together

MAX_TEXT = 100_000
_PREVIEW = 160
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is to be said."""

    text: str
    subject: str = ""
    automatic: bool = False
    answers: bool = True
    tells: bool = True
    at_once: bool = False


def reply(
    *,
    ticket_id: int,
    text: str,
    actor: Actor,
    now: datetime,
    conversation_id: int | None = None,
    attachments: Sequence[UploadedFile[bytes] | Attachment] = (),
    automatic: bool = False,
) -> Message:
    """Queue an answer in one of the ticket's conversations, without ``conversation_id`` in the customer's latest.

    An answer that is not automatic ends ``unanswered_since``. ``attachments`` are uploads or files of this ticket.
    Raises CannotWrite when there is nobody to write to, nothing to say, or a card or identity number in the text;
    AttachmentRefused; PermissionRefused.
    """
    refuse_unless_may(actor)
    _refuse_text(text, empty_is_fine=bool(attachments))
    with changing(ticket_id, actor=actor, now=now) as change:
        conversation = chosen(change, conversation_id)
        draft = _Draft(text=text, automatic=automatic, answers=not automatic)
        message = _queue(change, conversation, draft)
        _attach(change, message, attachments)
    return message


def note(*, ticket_id: int, text: str, actor: Actor, now: datetime) -> Message:
    """Write down something for ourselves, card and identity numbers masked. Raises CannotWrite, PermissionRefused."""
    refuse_unless_may(actor)
    if not text.strip():
        raise CannotWrite(_("Write something first."))
    with changing(ticket_id, actor=actor, now=now) as change:
        return add_note(change, text=text)


def add_note(change: Change, *, text: str) -> Message:
    """Write down something for ourselves, inside a change."""
    masked = mask(safe(text).strip()[:MAX_TEXT])
    message = Message(
        ticket_id=change.ticket.pk,
        author=change.actor.user,
        direction=Direction.NOTE,
        audience=Audience.INTERNAL,
        status=MessageStatus.NOTED,
        text=masked.text,
        masked=[finding.kind for finding in masked.found],
        language=detect_language(masked.text),
        sent_at=change.now,
        created_at=change.now,
    )
    save_message(message, *_joining(change))
    change.record(
        "note",
        {"message": message.pk, "audience": Audience.INTERNAL, "channel": ""},
        personal={"text": message.text},
    )
    return message


def write_to_customer(
    change: Change,
    *,
    text: str,
    subject: str = "",
    automatic: bool = True,
    answers: bool = False,
    tells: bool = True,
    at_once: bool = False,
) -> Message | None:
    """Queue a message to the ticket's customer, inside a change.

    Where: the ticket's latest conversation that may be used, else the customer's other addresses. None, and an event
    "customer_unreachable", when there is none. Unless it ``answers``, an automatic message leaves ``unanswered_since``.
    One that ``tells`` nothing (we are closed, we have your message) is no update: what was promised stays owed. One
    that goes ``at_once`` is read by somebody who is awake: no quiet hours hold it.
    Raises CannotWrite when the text holds a card or identity number.
    """
    _refuse_text(text)
    conversation = latest_of_ticket(change.ticket) or elsewhere(change)
    if conversation is None:
        change.record("customer_unreachable")
        return None
    draft = _Draft(
        text=text,
        subject=subject,
        automatic=automatic,
        answers=answers or not automatic,
        tells=tells,
        at_once=at_once,
    )
    return _queue(change, conversation, draft)


def write_to_partner(
    change: Change, *, partner: Partner, text: str, subject: str = "", contact: PartnerContact | None = None
) -> Message | None:
    """Queue a message to a partner, inside a change, in a conversation the customer never sees.

    To ``contact`` by mail, else by the channel agreed on (``addressing.with_partner``). None, and an event
    "partner_unreachable", when there is no address or no mailbox and nobody of theirs comes to us. Either way the
    ticket is theirs to see from then on.
    """
    _refuse_text(text)
    admit(change.ticket.pk, [partner.pk], now=change.now)
    conversation = with_partner(change, partner, contact)
    if conversation is None:
        change.record("partner_unreachable", {"partner": partner.pk})
        return None
    return _queue(change, conversation, _Draft(text=text, subject=subject, answers=False))


def write_elsewhere(change: Change, undelivered: Message) -> Message | None:
    """Queue what an address did not take at the next one its customer agreed to, inside a change. None without one."""
    if undelivered.audience != Audience.CUSTOMER:
        return None
    conversation = elsewhere(change)
    if conversation is None:
        return None
    draft = _Draft(text=undelivered.text, automatic=undelivered.is_automatic, answers=not undelivered.is_automatic)
    message = _queue(change, conversation, draft)
    Message.objects.filter(pk=message.pk).update(author=undelivered.author_id)
    _attach(change, message, list(undelivered.attachments.exclude(sha256="")))
    change.record("sent_elsewhere", {"message": message.pk, "instead_of": undelivered.pk})
    return message


def resend(*, message_id: int, actor: Actor, now: datetime) -> Message:
    """Queue again what was given up or may not have arrived, under the same key. Raises CannotWrite, PermissionRefused.

    Somebody who sends a message in doubt again accepts that it may arrive twice.
    """
    refuse_unless_may(actor)
    with transaction.atomic():
        message = Message.objects.select_related("identity").get(pk=message_id)
        if message.identity is not None and message.identity.is_blocked:
            raise CannotWrite(_("%(address)s cannot be reached.") % {"address": message.identity.external_id})
        before = message.status
        if message.ticket_id is not None:
            with changing(message.ticket_id, actor=actor, now=now) as change:
                _requeue(message, now=now)
                change.record("message_resent", {"message": message.pk, "from": before})
        else:
            _requeue(message, now=now)
        nudge("message_queued")
    message.refresh_from_db()
    return message


def mark_answered(*, ticket_id: int, actor: Actor, now: datetime) -> None:
    """Say that what was written last wants no answer. Raises PermissionRefused."""
    refuse_unless_may(actor)
    with changing(ticket_id, actor=actor, now=now) as change:
        if change.ticket.unanswered_since is not None:
            change.ticket.unanswered_since = None
            change.record("no_answer_needed")


def save_message(message: Message, *before: Statement) -> None:
    """Insert a message with what it is found by; statements that go ``before`` it go in the same trip."""
    message.search = search_vector(message.subject, message.text)
    (message.pk,) = run_together(*before, insertion(message, returning="id"))
    message._state.adding = False  # noqa: SLF001 - it was not saved by Django's own means
    del message.search  # read again when somebody asks


def search_vector(subject: str, text: str) -> Any:
    """What a message is found by, as an expression for its column."""
    return Sql("to_tsvector('simple'::regconfig, %s::text)", (index_text(f"{subject}\n{text}"),))


def preview(text: str) -> str:
    """The beginning of a message in one line, for lists."""
    return _BLANKS.sub(" ", text[: _PREVIEW * 4]).strip()[:_PREVIEW]


def show_last(ticket: Ticket, message: Message) -> None:
    """Let the ticket's row in the queue show this message as the last word."""
    ticket.last_message_at = message.created_at
    ticket.last_message_preview = preview(message.text or message.subject)
    ticket.last_message_direction = message.direction


def refuse_unless_may(actor: Actor) -> None:
    """Raise PermissionRefused for staff who do not work tickets."""
    if not actor.may("tickets.work_ticket"):
        raise PermissionRefused(_("You may not write here."))


def _refuse_text(text: str, *, empty_is_fine: bool = False) -> None:
    if not text.strip() and not empty_is_fine:
        raise CannotWrite(_("Write something first."))
    if len(text) > MAX_TEXT:
        raise CannotWrite(_("The message is too long: at most %(count)d characters.") % {"count": MAX_TEXT})
    found = contains_personal_data(text)
    if found:
        raise CannotWrite(
            _("The message holds a card or identity number. Take it out: such numbers are never sent."),
            data={"found": [finding.kind for finding in found]},
        )


def _queue(change: Change, conversation: Conversation, draft: _Draft) -> Message:
    ticket = change.ticket
    answered = _last_external_id(conversation)
    waits = draft.automatic and not draft.at_once
    held = quiet_hours.hold(ticket, audience=conversation.audience, now=change.now) if waits else None
    message = Message(
        ticket_id=ticket.pk,
        conversation=conversation,
        connection=conversation.connection,
        identity=conversation.identity,
        author=change.actor.user,
        partner_id=conversation.identity.partner_id,
        direction=Direction.OUT,
        audience=conversation.audience,
        status=MessageStatus.QUEUED,
        is_automatic=draft.automatic,
        subject=_subject(ticket, conversation, draft.subject, is_answer=bool(answered)),
        text=safe(draft.text).strip(),
        language=detect_language(draft.text, hint=ticket.language),
        reply_to_external_id=answered,
        sent_at=change.now,
        created_at=change.now,
        next_attempt_at=held or change.now,
        held_until=held,
    )
    save_message(message, *_joining(change, partner_id=conversation.identity.partner_id))
    Conversation.objects.filter(pk=conversation.pk).update(
        last_message_at=change.now, subject=conversation.subject or message.subject[:300]
    )
    change.record(
        "message_queued",
        {
            "message": message.pk,
            "audience": message.audience,
            "channel": conversation.connection.provider,
            **({} if draft.tells else {"tells": False}),
        },
        personal={"text": message.text},
    )
    show_last(ticket, message)
    if message.audience == Audience.CUSTOMER:
        change.told = change.told or draft.tells
        if draft.answers:
            change.answered = True
            ticket.unanswered_since = None
    nudge("message_queued")
    return message


def write_notice(conversation: Conversation, *, subject: str, text: str, language: str, now: datetime) -> Message:
    """Queue a message that belongs to no ticket. Raises CannotWrite when the text holds a card or identity number."""
    _refuse_text(text)
    message = Message(
        conversation=conversation,
        connection=conversation.connection,
        identity=conversation.identity,
        direction=Direction.OUT,
        audience=conversation.audience,
        status=MessageStatus.QUEUED,
        is_automatic=True,
        subject=safe(subject)[:300] if is_mail(conversation.connection) else "",
        text=safe(text).strip(),
        language=language,
        reply_to_external_id=_last_external_id(conversation) if is_mail(conversation.connection) else "",
        sent_at=now,
        created_at=now,
        next_attempt_at=now,
    )
    save_message(message)
    Conversation.objects.filter(pk=conversation.pk).update(
        last_message_at=now, subject=conversation.subject or message.subject
    )
    return message


def _last_external_id(conversation: Conversation) -> str:
    """The id of what is answered: their last word, else our own first one, so that all stays one thread."""
    return (
        Message.objects.filter(conversation=conversation, is_automatic=False)
        .exclude(external_id="")
        .order_by(Case(When(direction=Direction.IN, then=0), default=1), F("id").desc())
        .values_list("external_id", flat=True)
        .first()
        or ""
    )


def _subject(ticket: Ticket, conversation: Conversation, given: str, *, is_answer: bool) -> str:
    """The subject of a mail: "Re: …" in a thread that stands, and our reference; chats have none."""
    if not is_mail(conversation.connection):
        return ""
    customer = ticket.customer
    with translation.override(customer_language(ticket.language, customer.language if customer else "")):
        known = conversation.subject or given or ticket.told_summary
    base = _BLANKS.sub(" ", safe(known)).strip()
    reference = f"[{ticket.reference}]"
    if reference not in base:
        base = f"{base[: 280 - len(reference)]} {reference}".strip()
    if is_answer and not base.lower().startswith("re:"):
        base = f"Re: {base}"
    return base[:300]


def _attach(change: Change, message: Message, attachments: Sequence[UploadedFile[bytes] | Attachment]) -> None:
    uploads = [file for file in attachments if not isinstance(file, Attachment)]
    stored = store_uploads(change, uploads)
    Attachment.objects.filter(pk__in=[attachment.pk for attachment in stored]).update(message=message)
    again = []
    for file in attachments:
        if not isinstance(file, Attachment):
            continue
        if file.ticket_id != change.ticket.pk or not file.sha256:
            raise CannotWrite(_("%(name)s is no file of this ticket.") % {"name": file.name})
        again.append(
            Attachment(
                ticket_id=change.ticket.pk,
                message=message,
                name=file.name,
                content_type=file.content_type,
                size=file.size,
                sha1=file.sha1,
                sha256=file.sha256,
                created_at=change.now,
            )
        )
    Attachment.objects.bulk_create(again)


def _joining(change: Change, *, partner_id: int | None = None) -> list[Statement]:
    """Whoever writes is in the thread from then on, and the partner who is written to."""
    parties = [{"user_id": change.actor.id}] if change.actor.user else []
    parties += [{"partner_id": partner_id}] if partner_id is not None else []
    rows = [Participant(ticket_id=change.ticket.pk, joined_at=change.now, **party) for party in parties]
    return [insertion(row, ignore_conflicts=True) for row in rows]


def _requeue(message: Message, *, now: datetime) -> None:
    """Put a message back into the queue. Raises CannotWrite when somebody else was quicker."""
    moved = Message.objects.filter(pk=message.pk, status__in=[MessageStatus.DEAD, MessageStatus.IN_DOUBT]).update(
        status=MessageStatus.QUEUED, attempts=0, next_attempt_at=now, held_until=None, claimed_until=None, failure=""
    )
    if not moved:
        raise CannotWrite(_("This message is not waiting to be sent again."))
