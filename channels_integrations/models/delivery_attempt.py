"""One try to hand a message to a provider."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from channels_integrations.choices import AttemptResult
from common.models import Connection
from tickets.models import Message


class DeliveryAttempt(models.Model):
    """What was tried, when, how long it took and what the provider said."""

    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="delivery_attempts", verbose_name=_("message")
    )
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+", verbose_name=_("connection"))
    number = models.PositiveSmallIntegerField(_("try"))
    started_at = models.DateTimeField(_("started"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)
    result = models.CharField(_("result"), max_length=12, choices=AttemptResult.choices)
    detail = models.TextField(_("what the provider said"), blank=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["message", "number"], name="delivery_attempt_number")]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.number} {self.result}"
