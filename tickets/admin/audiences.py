"""Whom one may write to from a ticket."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from logistics.models import Partner
from tickets.choices import Audience
from tickets.models import Conversation, Ticket
from tickets.policies.channel_names import channel_label

NOTE = "note"
CONVERSATIONS = 12


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """Whom a text goes to. ``value`` is the form's, ``color`` that of its chip."""

    value: str
    label: str
    hint: str
    color: str


def audiences(ticket: Ticket) -> list[AudienceChoice]:
    """Whom one may write to from this ticket: its customers' threads, its partners, ourselves."""
    threads = (
        Conversation.objects.filter(ticket=ticket)
        .select_related("connection", "identity", "identity__partner")
        .order_by("-last_message_at")[:CONVERSATIONS]
    )
    choices, partners = [], set()
    for one in threads:
        channel = channel_label(one.connection.provider)
        if one.audience == Audience.PARTNER:
            partners.add(one.identity.partner_id)
            name = str(one.identity.partner or one.identity)
            choices.append(
                AudienceChoice(f"thread:{one.pk}", name, _("partner, by %(channel)s") % {"channel": channel}, "")
            )
        else:
            label = _("Customer") if one.audience == Audience.CUSTOMER else str(Audience(one.audience).label)
            hint = _("by %(channel)s to %(name)s") % {"channel": channel, "name": one.identity}
            choices.append(AudienceChoice(f"thread:{one.pk}", label, hint, "blue"))
    if not any(choice.color == "blue" for choice in choices) and ticket.customer_id:
        choices.insert(0, AudienceChoice("customer", _("Customer"), _("by a channel they agreed to"), "blue"))
    for partner in _partners(ticket):
        if partner and partner.pk not in partners:
            partners.add(partner.pk)
            choices.append(AudienceChoice(f"partner:{partner.pk}", str(partner), _("partner, by e-mail"), ""))
    choices.sort(key=lambda choice: choice.color != "blue")
    choices.append(AudienceChoice(NOTE, _("Internal note"), _("only we read it"), "amber"))
    return choices


def _partners(ticket: Ticket) -> list[Partner | None]:
    """Partners that have to do with this ticket: those its details name and its carrier's."""
    found = [
        getattr(ticket.detail, field.name)
        for field in ticket.detail._meta.concrete_fields
        if field.is_relation and field.related_model is Partner
    ]
    carrier = ticket.shipment.carrier if ticket.shipment else None
    if carrier and carrier.partner_id:
        found.append(carrier.partner)
    return found
