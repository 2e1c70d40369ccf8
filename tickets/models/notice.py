"""What customers are told without a ticket: that their parcel moved, or that its lane is disturbed. Each once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.models import Customer, LaneAdvisory, Shipment
from tickets.models.conversation import Message


class NoticeWhat(models.TextChoices):
    """What a notice is about. Each has a template of its own (``tickets.services.notices``)."""

    PICKED_UP = "picked_up", _("Picked up")
    CUSTOMS = "customs", _("At customs")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    DELIVERED = "delivered", _("Delivered")
    ADVISORY = "advisory", _("Lane advisory")


class NoticeState(models.TextChoices):
    WAITING = "waiting", _("Waiting for daytime")
    QUEUED = "queued", _("Written")
    DROPPED = "dropped", _("Not told")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self, *, now: object) -> NoticeQuerySet:
        """Those whose time has come, the earliest first."""
        return self.filter(state=NoticeState.WAITING, due_at__lte=now).order_by("due_at", "id")


class Notice(models.Model):
    """One thing that one customer is to be told, and what became of it.

    A status of a parcel is told once, an advisory once a customer. ``reason`` says in a stable word why not:
    superseded, too_old, unwanted, unreachable, not_written, in_ticket (it is told in a ticket of theirs), ended.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="notices")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, related_name="notices")
    advisory = models.ForeignKey(LaneAdvisory, on_delete=models.PROTECT, null=True, related_name="notices")
    what = models.CharField(_("what"), max_length=24, choices=NoticeWhat.choices)
    state = models.CharField(_("state"), max_length=12, choices=NoticeState.choices, default=NoticeState.WAITING)
    reason = models.CharField(_("why not"), max_length=24, blank=True)
    happened_at = models.DateTimeField(_("happened"))
    due_at = models.DateTimeField(_("to be told"))
    made_at = models.DateTimeField(_("made"))
    message = models.OneToOneField(Message, on_delete=models.PROTECT, null=True, related_name="notice")

    objects: ClassVar[models.Manager[Notice]] = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shipment", "what"], condition=Q(advisory__isnull=True), name="notice_status_once"
            ),
            models.UniqueConstraint(
                fields=["customer", "advisory"], condition=Q(advisory__isnull=False), name="notice_advisory_once"
            ),
            models.CheckConstraint(condition=Q(what__in=NoticeWhat.values), name="notice_what"),
            models.CheckConstraint(
                condition=Q(state=NoticeState.WAITING, message__isnull=True, reason="")
                | Q(state=NoticeState.QUEUED, message__isnull=False, reason="")
                | Q(state=NoticeState.DROPPED, message__isnull=True) & ~Q(reason=""),
                name="notice_state",
            ),
            models.CheckConstraint(
                condition=Q(what=NoticeWhat.ADVISORY, advisory__isnull=False)
                | ~Q(what=NoticeWhat.ADVISORY) & Q(advisory__isnull=True, shipment__isnull=False),
                name="notice_advisory",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(state=NoticeState.WAITING), name="notice_due"),
            models.Index(fields=["customer", "-made_at"], name="notice_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.what} · {self.shipment_id}"
