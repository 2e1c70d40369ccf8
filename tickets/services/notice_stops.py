"""A customer answers a status notice with STOP: it is kept, notices are switched off, and that is said once."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from common.jobs import nudge
from common.models import Connection
from knowledge_base.errors import TemplateUnusable, ValuesMissing
from knowledge_base.services import templates
from logistics.models import Customer
from tickets.choices import Audience, Direction, MessageStatus
from tickets.models import Conversation, Message, Notice, NoticeWhat
from tickets.policies.inbound import InboundMessage
from tickets.policies.reading import Reading
from tickets.policies.stop_words import is_stop
from tickets.services.belonging import answered_message
from tickets.services.conversations import save_message, write_notice
from tickets.services.entering import written
from tickets.services.identities import Sender, is_mail
from tickets.services.notices import set_wish
from tickets.services.readers import zone_of_customer

logger = logging.getLogger(__name__)

TEMPLATE = "notice_stopped"


def take_stop(
    *, connection: Connection, inbound: InboundMessage, reading: Reading, sender: Sender, now: datetime
) -> Message | None:
    """Switch a customer's status notices off when the message asks for that and nothing else.

    None when it does not, or answers no notice: then it is a message like any other. Asked again, we stay silent.
    """
    customer = sender.identity.customer
    if customer is None or sender.is_new or inbound.attachments or not is_stop(reading.text):
        return None
    answered = _answered(connection, inbound, sender)
    if answered is None or answered.conversation is None:
        return None
    conversation = answered.conversation
    message = Message(
        conversation=conversation,
        connection=connection,
        identity=sender.identity,
        direction=Direction.IN,
        audience=Audience.CUSTOMER,
        status=MessageStatus.RECEIVED,
        external_id=sender.message_id,
        reply_to_external_id=answered.external_id,
        **written(inbound, reading, now=now),
    )
    save_message(message)
    wanted = Customer.objects.filter(pk=customer.pk, wants_notices=True).exists()
    set_wish(customer_id=customer.pk, wants=False)
    if wanted:
        _say_so(conversation, customer, now=now)
    return message


def _answered(connection: Connection, inbound: InboundMessage, sender: Sender) -> Message | None:
    """The notice (or the word that notices have ended) that a message answers."""
    if is_mail(connection):
        last = answered_message(connection=connection, message=inbound, identity=sender.identity)
    else:
        ours = Message.objects.filter(identity=sender.identity, direction=Direction.OUT)
        last = ours.select_related("conversation__connection").order_by("-id").first()
    if last is None or last.ticket_id is not None or last.conversation is None:
        return None
    status = Notice.objects.exclude(what=NoticeWhat.ADVISORY).filter(message__conversation=last.conversation)
    return last if last.is_automatic and status.exists() else None


def _say_so(conversation: Conversation, customer: Customer, *, now: datetime) -> None:
    try:
        template = templates.template(TEMPLATE)
        rendered = template.render(
            language=template.language_for([customer.language]),
            values={"customer_name": customer.name},
            zone=zone_of_customer(customer, None) or UTC,
        )
    except (TemplateUnusable, ValuesMissing):
        logger.warning("Customer %s was not told that notices have ended", customer.pk, exc_info=True)
        return
    write_notice(conversation, subject=rendered.subject, text=rendered.text, language=rendered.language, now=now)
    nudge("message_queued")
