"""What people of ours write to us from where they are called: answers to calls, never customers' words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from common.jobs import nudge
from common.models import Connection, User
from tickets.choices import Audience, Direction, MessageStatus, PageState, Via
from tickets.models import ChannelIdentity, Conversation, Message, Page, Ticket
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundMessage
from tickets.policies.reading import Reading, fit_id
from tickets.services.conversations import save_message, write_notice
from tickets.services.entering import written
from tickets.services.escalation.calls import take
from tickets.services.escalation.contacts import call_of_thread
from tickets.services.identities import Sender, is_mail
from tickets.services.journal import changing

_MOST_KEYS = 30
_MOST_CALLS = 50
_COMMAND = "/"


@dataclass(frozen=True, slots=True)
class StaffAnswer:
    """A message of a person of ours, who is called by ``connection``."""

    connection: Connection
    inbound: InboundMessage
    reading: Reading
    sender: Sender
    now: datetime

    @property
    def identity(self) -> ChannelIdentity:
        return self.sender.identity

    def take(self) -> Message:
        """Keep the message and acknowledge what it answers. It opens no ticket and makes no customer.

        A sender's address in a mail can be forged, a Message-ID of ours cannot be guessed: by mail only the call that
        is answered is acknowledged. A chat is known by its provider: a word there takes the call it replies to, else
        all that called there.
        """
        answered = self._answered()
        conversation = answered or self._conversation()
        message = Message(
            conversation=conversation,
            connection=self.connection,
            identity=self.identity,
            direction=Direction.IN,
            audience=Audience.INTERNAL,
            status=MessageStatus.RECEIVED,
            external_id=self.sender.message_id,
            **written(self.inbound, self.reading, now=self.now),
        )
        save_message(message)
        calls = self._calls(answered)
        taken = [ticket for call in calls if (ticket := self._acknowledge(call)) is not None]
        if not is_mail(self.connection) and not self.inbound.text.startswith(_COMMAND):
            self._say(conversation, list(dict.fromkeys(taken)))
        return message

    def _answered(self) -> Conversation | None:
        """The call's conversation that this message answers."""
        keys = [fit_id(key) for key in self.inbound.thread_keys[:_MOST_KEYS]]
        if not keys:
            return None
        sent = (
            Message.objects.filter(connection=self.connection, external_id__in=keys, direction=Direction.OUT)
            .filter(identity=self.identity, conversation__audience=Audience.INTERNAL)
            .select_related("conversation__identity", "conversation__connection")
            .order_by("-id")
            .first()
        )
        return sent.conversation if sent else None

    def _conversation(self) -> Conversation:
        """Where what answers no call is kept: their chat, or a mail by itself."""
        thread = fit_id(self.inbound.external_id if is_mail(self.connection) else f"own-{self.inbound.sender_id}")
        conversation, _made = Conversation.objects.get_or_create(
            connection=self.connection,
            identity=self.identity,
            thread=thread,
            defaults={"audience": Audience.INTERNAL, "started_at": self.now, "last_message_at": self.now},
        )
        return conversation

    def _calls(self, answered: Conversation | None) -> list[Page]:
        if self.inbound.text.startswith(_COMMAND):
            return []
        waiting = Page.objects.filter(state=PageState.OPEN, user__is_active=True).select_related("user")
        if answered is not None:
            named = call_of_thread(answered.thread)
            return list(waiting.filter(pk=named[0])) if named else []
        if is_mail(self.connection) or self.identity.user_id is None:
            return []
        way = self.connection.provider
        return list(waiting.filter(user=self.identity.user_id, by__contains=[way]).order_by("id")[:_MOST_CALLS])

    def _acknowledge(self, call: Page) -> str | None:
        """Take a call; the ticket's reference, or None when it was answered meanwhile."""
        user: User | None = call.user
        if user is None:
            return None
        actor = Actor.staff(user, via=Via.CHANNEL)
        with changing(call.ticket_id, actor=actor, now=self.now) as change:
            if not take(change, Page.objects.filter(ticket_id=call.ticket_id, user=user), actor=actor):
                return None
        return Ticket.objects.only("id", "kind").get(pk=call.ticket_id).reference

    def _say(self, conversation: Conversation, taken: list[str]) -> None:
        """Tell them what they have now, so that nobody only believes it."""
        user = self.identity.user
        if user is None:
            return
        with translation.override(user.language):
            text = (
                _("You have %(tickets)s now.") % {"tickets": ", ".join(taken)}
                if taken
                else _("No call waits for you here. What you write here opens no ticket.")
            )
        write_notice(conversation, subject="", text=text, language=user.language, now=self.now)
        nudge("message_queued")
