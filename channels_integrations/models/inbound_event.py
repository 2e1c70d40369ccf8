"""A payload as it came: stored first, understood later."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels_integrations.choices import EventState, Outcome
from common.models import Connection
from tickets.models import Message


class InboundEvent(models.Model):
    """One event of a provider. ``sender`` groups what must be handled in order; ``raw`` are the bytes as received."""

    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, related_name="inbound_events", verbose_name=_("connection")
    )
    external_id = models.CharField(_("id at the provider"), max_length=255)
    sender = models.CharField(_("sender"), max_length=255, blank=True)
    raw = models.BinaryField()
    received_at = models.DateTimeField(_("received"))
    state = models.CharField(_("state"), max_length=12, choices=EventState.choices, default=EventState.PENDING)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    detail = models.TextField(_("detail"), blank=True)
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("message")
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    processed_at = models.DateTimeField(_("handled"), null=True, blank=True)

    class Meta:
        verbose_name = _("inbound event")
        verbose_name_plural = _("inbound events")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="inbound_event_once"),
            models.CheckConstraint(condition=Q(state__in=EventState.values), name="inbound_event_state"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["connection", "sender", "id"],
                condition=Q(state=EventState.PENDING),
                name="inbound_event_pending",
            ),
            models.Index(fields=["id"], condition=Q(state=EventState.PENDING), name="inbound_event_waiting"),
            models.Index(
                fields=["-id"],
                condition=Q(state__in=[EventState.MALFORMED, EventState.UNSUPPORTED, EventState.FAILED]),
                name="inbound_event_to_look_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}/{self.external_id}"
