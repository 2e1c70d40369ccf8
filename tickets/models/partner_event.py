"""What a partner may know of a ticket's history, numbered for them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.models import Partner
from tickets.models.history import TicketEvent
from tickets.models.ticket import Ticket


class PartnerEvent(models.Model):
    """An event of a ticket as one partner hears of it. Written with the event, never changed.

    ``sequence`` counts what this partner hears of this ticket from 1 without a gap: who misses a number has missed an
    event. ``type`` is the public name (``tickets.policies.partner_events``). ``is_handed_on`` says that whoever tells
    partners has looked at it; it is all that changes.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="partner_events", db_index=False)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("partner")
    )
    sequence = models.PositiveIntegerField(_("number"))
    type = models.CharField(_("what"), max_length=40)
    at = models.DateTimeField(_("when"))
    event = models.ForeignKey(TicketEvent, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_handed_on = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("event for a partner")
        verbose_name_plural = _("events for partners")
        default_permissions = ()
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "partner", "sequence"], name="partner_event_sequence"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="partner_event_sequence_from_1"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(is_handed_on=False), name="partner_event_to_hand_on"),
            models.Index(fields=["partner", "at", "id"], name="partner_event_of_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.partner_id}/{self.sequence} {self.type}"
