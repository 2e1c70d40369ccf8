"""What is to happen later because a rule or a person said so: a reminder, a call to another program."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tickets.choices import WebhookState
from tickets.models.rule import RuleRun
from tickets.models.ticket import Ticket


class Reminder(models.Model):
    """Look at this ticket again at ``due_at``. Without ``user`` its owner of then is reminded, else its team."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="reminders")
    due_at = models.DateTimeField(_("when"))
    text = models.CharField(_("what"), max_length=300)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="reminder_due"),
            models.Index(fields=["ticket", "due_at"], name="reminder_of_ticket"),
        ]

    def __str__(self) -> str:
        return self.text


class WebhookCall(models.Model):
    """A rule's call to another program: kept until it was taken or given up. ``key`` is sent as the idempotency key."""

    run = models.ForeignKey(RuleRun, on_delete=models.PROTECT, related_name="webhook_calls")
    url = models.URLField(max_length=500)
    body = models.JSONField()
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(max_length=12, choices=WebhookState.choices, default=WebhookState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("call of a webhook")
        verbose_name_plural = _("calls of webhooks")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=WebhookState.WAITING, next_attempt_at__isnull=False)
                | ~Q(state=WebhookState.WAITING) & Q(next_attempt_at__isnull=True),
                name="webhook_call_waits_for_its_moment",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(next_attempt_at__isnull=False), name="webhook_call_waiting"
            )
        ]

    def __str__(self) -> str:
        return self.url
