"""What happened (events, append-only and chained) and how it stood (facts, intervals)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tickets.choices import ActorKind, Kind, Phase, Priority, Via, WaitingOn
from tickets.models.ticket import Ticket


class TicketEvent(models.Model):
    """One change of one ticket. Rows are never changed or deleted: the database refuses it.

    ``data`` holds what is no personal data; personal content lies in ``TicketEventContent`` and is bound into the chain
    by ``commitment`` = SHA-256(salt ‖ content) alone. ``hash`` = SHA-256(previous hash ‖ canonical form of this row).
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    type = models.CharField(_("what"), max_length=40)
    at = models.DateTimeField(_("when"))
    actor_kind = models.CharField(_("who"), max_length=12, choices=ActorKind.choices)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    via = models.CharField(_("through"), max_length=12, choices=Via.choices)
    data = models.JSONField(default=dict)
    commitment = models.BinaryField(max_length=32, default=bytes)
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        default_permissions = ("view",)
        ordering: ClassVar = ["ticket", "sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "sequence"], name="ticket_event_sequence"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="ticket_event_sequence_from_1"),
        ]
        # Events are appended in the order of time: a few pages of this index find the events of some days.
        indexes: ClassVar = [BrinIndex(fields=["at"], name="ticket_event_at", autosummarize=True)]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.sequence} {self.type}"


class TicketEventContent(models.Model):
    """Personal content of an event, with the salt of its commitment. Erasing it leaves the chain whole."""

    event = models.OneToOneField(TicketEvent, on_delete=models.PROTECT, primary_key=True, related_name="content")
    salt = models.BinaryField(max_length=16)
    content = models.JSONField()

    class Meta:
        verbose_name = _("event's personal content")
        verbose_name_plural = _("events' personal content")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.event_id)


class TicketFacts(models.Model):
    """How a ticket stood from ``valid_from`` until ``valid_to`` (open: now). One row is current."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="facts")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    kind = models.CharField(max_length=24, choices=Kind.choices)
    state = models.CharField(max_length=32)
    phase = models.CharField(max_length=12, choices=Phase.choices)
    waiting_on = models.CharField(max_length=12, choices=WaitingOn.choices)
    cause = models.CharField(max_length=24, blank=True)
    resolution = models.CharField(max_length=16, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices)
    tier = models.CharField(max_length=12, blank=True)
    customer_id = models.BigIntegerField(null=True)
    shipment_id = models.BigIntegerField(null=True)
    carrier_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    assignee_id = models.BigIntegerField(null=True)
    language = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    origin = models.CharField(max_length=2, blank=True)
    destination = models.CharField(max_length=2, blank=True)
    tags = ArrayField(models.CharField(max_length=60), default=list)
    word_hits = ArrayField(models.CharField(max_length=120), default=list)
    is_unanswered = models.BooleanField(default=False)
    is_snoozed = models.BooleanField(default=False)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    recent_tickets = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("facts")
        verbose_name_plural = _("facts")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(valid_to__isnull=True), name="ticket_facts_one_current"
            ),
            models.UniqueConstraint(fields=["ticket", "valid_from"], name="ticket_facts_from"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="ticket_facts_interval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} from {self.valid_from}"


class ChainHead(models.Model):
    """A day's signed statement of how far each chain that grew that day went; a cut tail shows against it."""

    date = models.DateField(unique=True)
    heads = models.JSONField(help_text="[[ticket id, sequence, hash as hex], …] of the chains that grew that day")
    previous = models.BinaryField(max_length=32, default=bytes)
    digest = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("signed chain heads")
        verbose_name_plural = _("signed chain heads")
        default_permissions = ("view",)
        ordering: ClassVar = ["date"]

    def __str__(self) -> str:
        return f"{self.date}"
