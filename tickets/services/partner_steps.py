"""The steps of a ticket that are a partner's to take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import PermissionRefused
from logistics.models import Partner
from tickets.choices import Via
from tickets.models import Ticket
from tickets.policies.actor import Actor
from tickets.services.parties import partner_of
from tickets.services.partner_scope import OUTSIDE, tickets_of
from tickets.services.transitions import NextStep, next_steps, take_way


def concerns(ticket: Ticket, partner_id: int) -> bool:
    """Whether a partner may act on a ticket, and not only speak.

    While it waits for a carrier, broker or warehouse, that one alone; else whoever is its carrier, broker or warehouse.
    """
    parties = {ticket.waiting_on} if ticket.waiting_on in OUTSIDE else OUTSIDE
    found = (partner_of(ticket, party) for party in sorted(parties))
    return any(partner is not None and partner.pk == partner_id for partner in found)


def steps_of(ticket: Ticket, partner_id: int) -> list[NextStep]:
    """The steps open to a partner from where their ticket stands, the usual one first."""
    if not concerns(ticket, partner_id):
        return []
    return next_steps(ticket, Actor.partner(partner_id, "", via=Via.API))


def take_step(
    *,
    ticket_id: int,
    partner_id: int,
    step: str,
    data: Mapping[str, Any],
    files: Mapping[str, list[UploadedFile[Any]]] | None = None,
    via: Via,
    now: datetime,
) -> Ticket:
    """Take a step in a partner's name with raw inputs, as a form or an API sent them.

    Raises Ticket.DoesNotExist for a ticket that is not theirs, PermissionRefused for a step that is not, and what
    ``transitions.take_way`` raises.
    """
    with transaction.atomic():
        if not tickets_of(partner_id).filter(pk=ticket_id).exists():
            raise Ticket.DoesNotExist
        ticket = Ticket.objects.for_update().get_typed(ticket_id)
        if not concerns(ticket, partner_id):
            raise PermissionRefused(_("This ticket does not wait for you: you may write, but not move it."))
        partner = Partner.objects.get(pk=partner_id)
        actor = Actor.partner(partner.pk, partner.name, via=via)
        return take_way(ticket_id=ticket_id, way=step, data=data, files=files, actor=actor, now=now)
