"""Getting words out of an effect: to the customer, to a partner, to ourselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext as _

from logistics.models import Partner
from tickets.choices import Audience, Direction, LinkPurpose, MessageStatus, WaitingOn
from tickets.errors import CannotWrite
from tickets.models import Attachment, Message, Ticket
from tickets.services.conversations import save_message, write_to_customer, write_to_partner
from tickets.services.customer_links import make_link
from tickets.services.effects.wording import Letter, delivered
from tickets.services.journal import Change
from tickets.services.parties import partner_of

TOLD_LATELY = timedelta(days=1)


def tell_customer(change: Change, letter: Letter, *, typed: bool = False) -> Message | None:
    """Queue a letter to the customer.

    ``typed`` letters hold words of ours: those that must not be sent (a card number) refuse the way, and the
    customer's question counts as answered. A notice made by us alone never stands in the way of a scan: what cannot be
    sent is told in the ticket's events.
    """
    try:
        return write_to_customer(change, text=letter.text, subject=letter.subject, automatic=not typed)
    except CannotWrite as error:
        if typed:
            raise
        change.record("customer_not_told", {"code": error.code})
        return None


def tell_delivered(change: Change) -> None:
    """Tell the customer that the parcel was delivered, once: several tickets of one parcel end by the same scan."""
    ticket = change.ticket
    told = ticket.shipment_id is not None and (
        Ticket.objects.filter(
            shipment=ticket.shipment,
            customer=ticket.customer,
            state="delivered",
            resolved_at__gte=change.now - TOLD_LATELY,
        )
        .exclude(pk=ticket.pk)
        .exists()
    )
    if not told:
        tell_customer(change, delivered(ticket))


def tell_partner(
    change: Change, partner: Partner | None, letter: Letter, *, files: Iterable[Attachment] = (), whom: str = ""
) -> None:
    """Queue a letter to a partner with files of the ticket; without a way to write to them, a note for ourselves."""
    message = write_to_partner(change, partner=partner, text=letter.text, subject=letter.subject) if partner else None
    if message is None:
        name = partner.name if partner else whom
        note(change, _("To be told by hand to: %(whom)s") % {"whom": name} + f"\n\n{letter.text}")
        return
    Attachment.objects.bulk_create(
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
        for file in files
        if file.sha256
    )


def carrier_partner(change: Change) -> Partner | None:
    """Who speaks for the parcel's carrier."""
    return partner_of(change.ticket, WaitingOn.CARRIER)


def carrier_name(change: Change) -> str:
    """The carrier's name, empty when unknown."""
    shipment = change.ticket.shipment
    return shipment.carrier.name if shipment and shipment.carrier else ""


def note(change: Change, text: str) -> Message:
    """Write something down for ourselves, inside a change."""
    message = Message(
        ticket_id=change.ticket.pk,
        author=change.actor.user,
        direction=Direction.NOTE,
        audience=Audience.INTERNAL,
        status=MessageStatus.NOTED,
        is_automatic=True,
        text=text,
        sent_at=change.now,
        created_at=change.now,
    )
    save_message(message)
    change.record(
        "note", {"message": message.pk, "audience": Audience.INTERNAL, "channel": ""}, personal={"text": text}
    )
    return message


def link_for(change: Change, purpose: LinkPurpose) -> str:
    """A new customer's link to this ticket."""
    return make_link(ticket=change.ticket, purpose=purpose, now=change.now)
