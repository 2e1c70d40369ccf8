"""Each kind's own facts, one row a ticket, and the rows below them: papers, duties, bookings.

Inputs of a transition are stored under the field of the same name (``Input.stores``), so that what people typed in is
what reports, filters and later forms read.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from knowledge_base.models.checklist import PaperType
from logistics.choices import DeliveryTerms
from logistics.models import Partner
from tickets.choices import (
    DelayCause,
    DeliveryProblem,
    DutyType,
    InstructionChoice,
    Kind,
    LossWhat,
    PaperState,
    Payer,
    RefusalReason,
    SettlementMethod,
    WaitingOn,
)
from tickets.models.ticket import Ticket


def _of(related_name: str) -> models.OneToOneField[Ticket, Ticket]:
    return models.OneToOneField(Ticket, on_delete=models.PROTECT, primary_key=True, related_name=related_name)


def _choice(label: object, choices: type[models.TextChoices], length: int = 24) -> models.CharField[str, str]:
    return models.CharField(label, max_length=length, choices=choices.choices, blank=True)  # type: ignore[arg-type]


def _partner(label: object) -> models.ForeignKey[Partner | None, Partner | None]:
    return models.ForeignKey(
        Partner,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,  # type: ignore[arg-type]
    )


def _amount(label: object) -> models.DecimalField[Decimal | str | None, Decimal | None]:
    return models.DecimalField(label, max_digits=14, decimal_places=3, null=True, blank=True)  # type: ignore[arg-type]


def _currency() -> models.CharField[str, str]:
    return models.CharField(_("currency"), max_length=3, blank=True)


class ClearanceDetail(models.Model):
    ticket = _of("clearance_detail")
    papers_due_at = models.DateTimeField(_("papers due"), null=True, blank=True)
    broker = _partner(_("broker"))
    inspection_office = models.CharField(_("customs office"), max_length=200, blank=True)
    inspection_kind = models.CharField(_("kind of inspection"), max_length=60, blank=True)
    terms = _choice(_("delivery terms"), DeliveryTerms, 3)
    duties_due_date = models.DateField(_("last day to pay"), null=True, blank=True)
    payment_link = models.URLField(_("payment link"), max_length=500, blank=True)
    receipt = models.CharField(_("receipt"), max_length=120, blank=True)
    paid_amount = _amount(_("paid"))
    paid_currency = _currency()
    refusal_reason = _choice(_("reason of refusal"), RefusalReason)
    appeal_grounds = models.TextField(_("grounds of appeal"), blank=True)
    return_payer = _choice(_("who pays the return"), Payer)
    consent = models.TextField(_("consent"), blank=True)


class DelayDetail(models.Model):
    ticket = _of("delay_detail")
    question = models.TextField(_("question to the carrier"), blank=True)
    answer_due_at = models.DateTimeField(_("answer due"), null=True, blank=True)
    answer = models.TextField(_("carrier's answer"), blank=True)
    new_from = models.DateField(_("new date from"), null=True, blank=True)
    new_to = models.DateField(_("new date to"), null=True, blank=True)
    cause = _choice(_("cause"), DelayCause)
    revised_at = models.DateTimeField(_("date revised"), null=True, blank=True)
    informed_at = models.DateTimeField(_("customer informed"), null=True, blank=True)
    lost_grounds = models.TextField(_("grounds to declare it lost"), blank=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(new_from__isnull=True) | Q(new_to__gte=models.F("new_from")), name="delay_dates_in_order"
            )
        ]


class LossDetail(models.Model):
    ticket = _of("loss_detail")
    what = _choice(_("what happened"), LossWhat)
    carrier_reference = models.CharField(_("carrier's reference"), max_length=120, blank=True)
    trace_due_at = models.DateTimeField(_("trace due"), null=True, blank=True)
    grounds = models.TextField(_("grounds"), blank=True)
    value = _amount(_("value"))
    value_currency = _currency()
    settlement = _choice(_("settled by"), SettlementMethod)
    settled_amount = _amount(_("settled amount"))
    settled_currency = _currency()
    rejection_grounds = models.TextField(_("grounds of rejection"), blank=True)
    found_where = models.CharField(_("found where"), max_length=200, blank=True)
    recover = models.CharField(_("what to recover"), max_length=200, blank=True)


class FailedDeliveryDetail(models.Model):
    ticket = _of("failed_delivery_detail")
    problem = _choice(_("problem"), DeliveryProblem)
    attempts = models.PositiveSmallIntegerField(pgettext_lazy("of a delivery", "attempts"), default=1)
    instruction = _choice(_("instruction"), InstructionChoice)
    new_address = models.TextField(_("new address"), blank=True)
    wished_date = models.DateField(_("wished day"), null=True, blank=True)
    pickup_place = models.CharField(_("pickup place"), max_length=200, blank=True)
    pickup_last_day = models.DateField(_("last day for pickup"), null=True, blank=True)
    return_payer = _choice(_("who pays the return"), Payer)


class ReturnDetail(models.Model):
    ticket = _of("return_detail")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    label_reference = models.CharField(_("return label"), max_length=120, blank=True)
    return_tracking_number = models.CharField(_("tracking number of the return"), max_length=64, blank=True)
    warehouse = _partner(_("warehouse"))
    condition = models.TextField(_("condition"), blank=True)
    refunded_amount = _amount(_("refunded"))
    refunded_currency = _currency()
    exchange_tracking_number = models.CharField(_("tracking number of the exchange"), max_length=64, blank=True)
    decline_grounds = models.TextField(_("grounds of declining"), blank=True)


class PaymentDetail(models.Model):
    ticket = _of("payment_detail")
    amount = _amount(_("amount"))
    currency = _currency()
    provider_reference = models.CharField(_("payment reference"), max_length=120, blank=True)
    failure = models.CharField(_("what failed"), max_length=200, blank=True)
    finance_answer = models.TextField(_("finance's answer"), blank=True)
    retry_link = models.URLField(_("payment link"), max_length=500, blank=True)
    cancelled_reason = models.CharField(_("why cancelled"), max_length=200, blank=True)


class SafetyDetail(models.Model):
    ticket = _of("safety_detail")
    assessment = models.TextField(_("assessment"), blank=True)
    question = models.TextField(_("question"), blank=True)
    information = models.TextField(_("what the customer told"), blank=True)
    answer = models.TextField(_("answer given"), blank=True)


class WarehouseDetail(models.Model):
    ticket = _of("warehouse_detail")
    warehouse = _partner(_("warehouse"))
    item = models.CharField(_("item"), max_length=200, blank=True)
    expected_units = models.IntegerField(_("units expected"), null=True, blank=True)
    counted_units = models.IntegerField(_("units counted"), null=True, blank=True)
    question = models.TextField(_("question"), blank=True)
    explanation = models.TextField(_("explanation"), blank=True)
    adjusted_units = models.IntegerField(_("units adjusted"), null=True, blank=True)
    claimed_amount = _amount(_("claimed"))
    claimed_currency = _currency()


class InquiryDetail(models.Model):
    ticket = _of("inquiry_detail")
    topic = models.CharField(_("topic"), max_length=120, blank=True)
    partner = _partner(_("partner asked"))
    answer = models.TextField(_("answer"), blank=True)
    question = models.TextField(_("question"), blank=True)


DETAILS: dict[str, type[models.Model]] = {
    Kind.CLEARANCE: ClearanceDetail,
    Kind.DELAY: DelayDetail,
    Kind.LOSS: LossDetail,
    Kind.FAILED_DELIVERY: FailedDeliveryDetail,
    Kind.RETURN: ReturnDetail,
    Kind.PAYMENT: PaymentDetail,
    Kind.SAFETY: SafetyDetail,
    Kind.WAREHOUSE: WarehouseDetail,
    Kind.INQUIRY: InquiryDetail,
}


class PaperRequest(models.Model):
    """One paper or piece of evidence asked for, and whether it is there. Asked again, it is the same row."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="papers")
    type = models.CharField(_("paper"), max_length=32, choices=PaperType.choices)
    asked_of = models.CharField(_("asked of"), max_length=12, choices=WaitingOn.choices)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=PaperState.choices, default=PaperState.MISSING)
    requested_at = models.DateTimeField(_("asked"))
    received_at = models.DateTimeField(_("received"), null=True, blank=True)

    class Meta:
        verbose_name = _("paper asked for")
        verbose_name_plural = _("papers asked for")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "type"], name="paper_request_unique"),
            models.CheckConstraint(
                condition=Q(state=PaperState.MISSING, received_at__isnull=True)
                | Q(state=PaperState.RECEIVED, received_at__isnull=False),
                name="paper_request_received_at",
            ),
        ]

    def __str__(self) -> str:
        return self.get_type_display()


class Duty(models.Model):
    """One amount customs or a broker asks."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="duties")
    type = models.CharField(_("type"), max_length=12, choices=DutyType.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=3)
    currency = models.CharField(_("currency"), max_length=3)
    assessed_at = models.DateTimeField(_("assessed"))

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "type"], name="duty_unique"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="duty_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.amount} {self.currency}"


class RedeliveryBooking(models.Model):
    """One further attempt agreed with the carrier, and how it ended."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="bookings")
    date = models.DateField(_("day"))
    window = models.CharField(_("window"), max_length=60, blank=True)
    booked_at = models.DateTimeField(_("booked"))
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=16, choices=DeliveryProblem.choices, blank=True)

    class Meta:
        verbose_name = _("redelivery")
        verbose_name_plural = _("redeliveries")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.window}"
