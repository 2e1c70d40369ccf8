"""Forgetting a customer: personal content goes, the history of what was done stays provable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from common.errors import PermissionRefused
from logistics.models import Customer
from tickets.models import (
    DETAILS,
    Attachment,
    ChannelIdentity,
    Conversation,
    CustomerLink,
    Message,
    SurveyAnswer,
    Ticket,
    TicketEventContent,
)
from tickets.policies.actor import Actor
from tickets.services.attachments import forget_content
from tickets.services.journal import changing
from tickets.signals import customer_erased

ERASED = "—"


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows lost their content."""

    tickets: int
    messages: int
    attachments: int


@transaction.atomic
def erase_customer(*, customer_id: int, actor: Actor, now: datetime) -> Erased:
    """Erase what a customer said and who they are: names, addresses, texts, files, typed-in details.

    Tickets, their states and events stay; the chain still verifies, because it holds only salted commitments.
    Raises PermissionRefused unless the actor may erase.
    """
    if not actor.may("tickets.erase_customer"):
        raise PermissionRefused(_("You may not erase customers."))
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    ticket_ids = list(Ticket.objects.filter(customer=customer).values_list("pk", flat=True))
    for ticket_id in ticket_ids:
        with changing(ticket_id, actor=actor, now=now) as change:
            change.ticket.summary = ""
            change.ticket.last_message_preview = ""
            change.record("customer_erased")
    messages = Message.objects.filter(identity__customer=customer) | Message.objects.filter(ticket__in=ticket_ids)
    message_ids = list(messages.values_list("pk", flat=True).distinct())
    Message.objects.filter(pk__in=message_ids).update(
        subject=ERASED,
        text=ERASED,
        quoted_text="",
        html="",
        search=None,
        latitude=None,
        longitude=None,
        place="",
        failure="",
        # Some channels put the person's own number into a message's id.
        external_id=Concat(Value("erased-"), Cast("pk", models.CharField())),
        reply_to_external_id="",
    )
    # A conversation is called what its first mail was, and a provider's refusal names the address.
    (
        Conversation.objects.filter(identity__customer=customer) | Conversation.objects.filter(ticket__in=ticket_ids)
    ).update(subject="")
    attachments = Attachment.objects.filter(ticket__in=ticket_ids) | Attachment.objects.filter(message__in=message_ids)
    hashes = set(attachments.exclude(sha256="").values_list("sha256", flat=True))
    attachment_ids = list(attachments.values_list("pk", flat=True).distinct())
    Attachment.objects.filter(pk__in=attachment_ids).update(
        name=ERASED, sha1="", sha256="", remote_id="", refusal=str(_("Erased at the customer's wish"))
    )
    TicketEventContent.objects.filter(event__ticket__in=ticket_ids).delete()
    CustomerLink.objects.filter(ticket__in=ticket_ids).delete()
    SurveyAnswer.objects.filter(ticket__in=ticket_ids).update(comment="")
    _forget_details(ticket_ids)
    identities = list(ChannelIdentity.objects.filter(customer=customer))
    customer_erased.send(Customer, message_ids=message_ids, identity_ids=[identity.pk for identity in identities])
    for identity in identities:
        identity.external_id = f"erased-{identity.pk}"
        identity.display_name = ""
        identity.has_consent = False
        identity.save(update_fields=["external_id", "display_name", "has_consent"])
    customer.name = customer.note = customer.time_zone = ""
    customer.erased_at = now
    customer.save(update_fields=["name", "note", "time_zone", "erased_at"])
    for sha256 in hashes:
        transaction.on_commit(partial(forget_content, sha256), robust=True)
    return Erased(len(ticket_ids), len(message_ids), len(attachment_ids))


def _forget_details(ticket_ids: list[int]) -> None:
    """Blank the free text that people typed into the forms of ways; choices, dates and amounts are business records."""

    for detail in DETAILS.values():
        texts = [
            field.name
            for field in detail._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and not field.name.endswith("currency")
        ]
        if texts:
            detail._default_manager.filter(ticket__in=ticket_ids).update(**dict.fromkeys(texts, ""))
