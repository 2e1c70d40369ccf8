"""Where people are reached: a partner's contacts by their part, people of ours by the addresses they gave."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from common.jobs import nudge
from common.models import Connection, User
from knowledge_base.errors import TemplateUnusable, ValuesMissing
from logistics.choices import ContactPart
from logistics.models import Partner, PartnerContact
from tickets.choices import Audience, CallBy, Direction, MessageStatus, WhomKind
from tickets.models import ChannelIdentity, Conversation, Message, Page, StaffReach
from tickets.services.conversations import save_message
from tickets.services.journal import Change
from tickets.services.letters import letter_to_staff

_THREAD = "call"
TEMPLATE = "call_staff"
_PART = {
    WhomKind.PARTNER_SUPERVISOR: ContactPart.SUPERVISOR,
    WhomKind.PARTNER_PUBLIC: ContactPart.PUBLIC,
    WhomKind.PARTNER_ASSOCIATION: ContactPart.ASSOCIATION,
}


def contact_for(partner: Partner, whom: str) -> PartnerContact | None:
    """The contact a partner's level calls; None when the partner has none for that part."""
    contacts = PartnerContact.objects.filter(partner=partner, is_active=True).select_related(
        "partner", "backup__partner"
    )
    if part := _PART.get(WhomKind(whom)):
        return contacts.filter(part=part).first()
    desk = contacts.filter(part=ContactPart.DESK).order_by("-is_primary", "id")
    first = desk.first()
    if whom != WhomKind.PARTNER_BACKUP or first is None:
        return first
    return (first.backup if first.backup and first.backup.is_active else None) or desk.exclude(pk=first.pk).first()


def staff_conversation(change: Change, call: Page, way: str) -> Message | None:
    """Queue a call to a person of ours by mail or chat; None when that does not reach them, or they do not want it.

    The message stands in no ticket: its answer is an acknowledgement, not a word in the thread. Its conversation's
    thread (``thread_of``) says which call it is.
    """
    assert call.user is not None
    identity = _address_of(change, call.user, way)
    if identity is None or identity.is_blocked:
        return None
    conversation = Conversation.objects.create(
        connection=identity.connection,
        identity=identity,
        thread=thread_of(call, way),
        audience=Audience.INTERNAL,
        started_at=change.now,
        last_message_at=change.now,
    )
    subject, text = _words_of(change, call, call.user)
    message = Message(
        conversation=conversation,
        connection=identity.connection,
        identity=identity,
        direction=Direction.OUT,
        audience=Audience.INTERNAL,
        status=MessageStatus.QUEUED,
        is_automatic=True,
        subject=subject[:300],
        text=text,
        language=call.user.language,
        sent_at=change.now,
        created_at=change.now,
        next_attempt_at=change.now,
    )
    save_message(message)
    if call.message_id is None:
        call.message = message
        call.save(update_fields=["message"])
    nudge("message_queued")
    return message


def _words_of(change: Change, call: Page, user: User) -> tuple[str, str]:
    """Subject and text of a call: the house's own template, why they are called, and how to take it.

    A template that is switched off or cannot be filled keeps nobody from being called.
    """
    with translation.override(user.language):
        said = {"ticket": change.ticket.reference, "reason": call.reason}
        subject = _("%(ticket)s needs you: %(reason)s") % said
        how = _(
            "Answer this message, or press “I have it” in the desk, to take it. Until somebody does, the next one is "
            "called."
        )
    try:
        body = letter_to_staff(key=TEMPLATE, ticket=change.ticket, user=user, now=change.now).text
    except (TemplateUnusable, ValuesMissing):
        body = change.ticket.subject
    return subject, f"{subject}\n\n{body}\n\n{how}"


def thread_of(call: Page, way: str) -> str:
    """The thread in which a call went out by ``way``."""
    return f"{_THREAD}-{call.pk}-{way}"


def call_of_thread(thread: str) -> tuple[int, str] | None:
    """The call and the way that a conversation's thread names; None for any other conversation."""
    word, _dash, rest = thread.partition("-")
    number, _dash, way = rest.partition("-")
    return (int(number), way) if word == _THREAD and number.isdecimal() and way in CallBy.values else None


def _address_of(change: Change, user: User, way: str) -> ChannelIdentity | None:
    """How a person of ours is reached: their work e-mail by our first mailbox, their chat once they have linked it.

    A work e-mail that is known as a customer's or partner's stays theirs; its answers are known by their thread.
    """
    if way != CallBy.EMAIL:
        return (
            ChannelIdentity.objects.filter(user=user, connection__provider=way, connection__is_active=True)
            .select_related("connection")
            .order_by("-id")
            .first()
        )
    mailbox = Connection.objects.filter(provider="email", is_active=True).order_by("id").first()
    if mailbox is None or not user.email or StaffReach.objects.filter(user=user, by_email=False).exists():
        return None
    identity, _made = ChannelIdentity.objects.select_related("connection").get_or_create(
        connection=mailbox,
        external_id=user.email.lower()[:255],
        defaults={"user": user, "display_name": str(user)[:200], "is_verified": True, "created_at": change.now},
    )
    if identity.customer_id is None and identity.partner_id is None and identity.user_id is None:
        identity.user = user
        identity.save(update_fields=["user"])
    return identity
