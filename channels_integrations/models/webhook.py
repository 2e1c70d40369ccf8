"""Events told to partners' systems: where to, what, and what came of it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels_integrations.choices import DeliveryState, SubscriptionReason, SubscriptionState, WorkKind
from common.crypto import EncryptedJSONField
from logistics.models import Partner
from tickets.models import PartnerEvent


class WebhookSubscription(models.Model):
    """An address of a partner's system, and which events it is told of. Empty lists mean all.

    ``secrets`` holds the signing secrets, ``current`` and, until ``previous_until``, ``previous``. ``failing_since``
    is the first failure after the last success and ``failures`` counts them; ``holds_until`` is a wish of the address
    to be left alone; ``is_slow`` says that it took its time lately.
    """

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+", verbose_name=_("partner"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    url = models.CharField(_("web address"), max_length=500, help_text=_("Begins with https://."))
    event_types = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("events"))
    kinds = ArrayField(models.CharField(max_length=24), default=list, blank=True, verbose_name=_("kinds of ticket"))
    priorities = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("priorities"))
    destinations = ArrayField(
        models.CharField(max_length=2), default=list, blank=True, verbose_name=_("destination countries")
    )
    contact_email = models.EmailField(
        _("whom to write to"), blank=True, help_text=_("When the address fails; empty: the partner's first contact.")
    )
    secrets = EncryptedJSONField(default=dict, editable=False)
    previous_until = models.DateTimeField(_("old secret holds until"), null=True, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=8, choices=SubscriptionState.choices, default=SubscriptionState.ACTIVE
    )
    reason = models.CharField(_("why"), max_length=8, choices=SubscriptionReason.choices, blank=True, editable=False)
    state_since = models.DateTimeField(_("since"), editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True, editable=False)
    last_failure_at = models.DateTimeField(_("last failure at"), null=True, blank=True, editable=False)
    last_failure = models.CharField(_("last failure"), max_length=300, blank=True, editable=False)
    holds_until = models.DateTimeField(_("asked us to wait until"), null=True, blank=True, editable=False)
    is_slow = models.BooleanField(_("slow"), default=False, editable=False)
    created_at = models.DateTimeField(pgettext_lazy("of a row", "made"), editable=False)
    changed_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("webhook subscription")
        verbose_name_plural = _("webhook subscriptions")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=SubscriptionState.values), name="webhook_subscription_state"),
            models.CheckConstraint(
                condition=Q(state=SubscriptionState.ACTIVE, reason="")
                | (~Q(state=SubscriptionState.ACTIVE) & ~Q(reason="")),
                name="webhook_subscription_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"


class WebhookDelivery(models.Model):
    """One event on its way to one subscription. ``body`` are the very bytes that are signed and sent.

    ``key`` is the message's id at the receiver, the same at each try and each replay. While ``claimed_until`` lies
    ahead a worker sends it; ``next_attempt_at`` is then the end of that lease.
    """

    subscription = models.ForeignKey(
        WebhookSubscription,
        on_delete=models.CASCADE,
        related_name="deliveries",
        db_index=False,
        verbose_name=_("subscription"),
    )
    key = models.UUIDField(_("id at the receiver"), default=uuid.uuid4, unique=True, editable=False)
    partner_event = models.ForeignKey(
        PartnerEvent, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    work_kind = models.CharField(max_length=12, choices=WorkKind.choices, blank=True)
    work_event = models.BigIntegerField(null=True)
    is_test = models.BooleanField(_("test"), default=False)
    type = models.CharField(_("event"), max_length=40)
    sequence = models.PositiveIntegerField(_("sequence"), default=0)
    happened_at = models.DateTimeField(_("happened"))
    body = models.TextField(_("body"))
    state = models.CharField(_("state"), max_length=12, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    first_attempt_at = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(_("next try"), null=True)
    claimed_until = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    failure = models.CharField(_("failure"), max_length=300, blank=True)
    created_at = models.DateTimeField(pgettext_lazy("of a row", "made"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        default_permissions = ("view", "change")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner_event", "subscription"],
                condition=Q(partner_event__isnull=False),
                name="webhook_delivery_once_an_event",
            ),
            models.UniqueConstraint(
                fields=["work_kind", "work_event", "subscription"],
                condition=Q(work_event__isnull=False),
                name="webhook_delivery_once_a_work_event",
            ),
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(is_test=True, state=DeliveryState.PENDING),
                name="webhook_delivery_one_test",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.PENDING, next_attempt_at__isnull=False, ended_at__isnull=True)
                | (~Q(state=DeliveryState.PENDING) & Q(next_attempt_at__isnull=True, ended_at__isnull=False)),
                name="webhook_delivery_pending_has_next",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["subscription", "next_attempt_at", "id"],
                condition=Q(state=DeliveryState.PENDING),
                name="webhook_delivery_due",
            ),
            models.Index(
                fields=["claimed_until"], condition=Q(claimed_until__isnull=False), name="webhook_delivery_claimed"
            ),
            models.Index(fields=["subscription", "-id"], name="webhook_delivery_latest"),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def message_id(self) -> str:
        """The header ``webhook-id``."""
        return f"msg_{self.key.hex}"


class WebhookAttempt(models.Model):
    """One try: when, how long, what was sent beside the body, and what was answered. Never a secret."""

    delivery = models.ForeignKey(
        WebhookDelivery, on_delete=models.CASCADE, related_name="tries", verbose_name=_("delivery")
    )
    started_at = models.DateTimeField(_("started"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    request_headers = models.JSONField(_("request headers"), default=dict)
    response_headers = models.JSONField(_("response headers"), default=dict)
    response_body = models.TextField(_("response"), blank=True)
    failure = models.CharField(_("failure"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("try of a webhook delivery")
        verbose_name_plural = _("tries of webhook deliveries")
        default_permissions = ("view",)
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status or self.failure}"
