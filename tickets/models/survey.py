"""Asking customers how it went: which tickets are to be asked of, and how an administrator wants it."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from logistics.models import Customer
from tickets.choices import Kind
from tickets.models.ticket import Ticket


def kinds_not_asked() -> list[str]:
    """Kinds after which nobody is asked, unless an administrator wants it: no customer, or no matter for marks."""
    return [Kind.SAFETY.value, Kind.WAREHOUSE.value]


class SurveySettings(models.Model):
    """How customers are asked; one row at most."""

    is_on = models.BooleanField(_("ask customers how it went"), default=True)
    wait_minutes = models.PositiveIntegerField(
        _("minutes after the end"),
        default=120,
        validators=[MaxValueValidator(10_080)],
        help_text=_("How long after a ticket was resolved its customer is asked; at night they are asked later."),
    )
    not_again_days = models.PositiveSmallIntegerField(
        _("days between two questions"),
        default=30,
        validators=[MaxValueValidator(365)],
        help_text=_("A customer is not asked again within so many days, whatever tickets they have."),
    )
    answer_days = models.PositiveSmallIntegerField(
        _("days to answer"), default=14, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    kinds_left_out = ArrayField(
        models.CharField(max_length=24, choices=Kind.choices),
        verbose_name=_("kinds left out"),
        default=kinds_not_asked,
        blank=True,
    )
    thanks = models.BooleanField(
        _("thank by message"), default=True, help_text=_("Whoever answers by message is thanked, by template.")
    )
    calls_supervisor = models.BooleanField(
        _("call a supervisor for bad marks"), default=True, help_text=_("A mark of 1 or 2 calls the team's leads.")
    )

    class Meta:
        verbose_name = _("follow-up settings")
        verbose_name_plural = _("follow-up settings")
        default_permissions = ("view", "change")
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="survey_settings_one_row")]

    def __str__(self) -> str:
        return str(_("follow-up settings"))

    @classmethod
    def current(cls) -> SurveySettings:
        """The row, or what holds until an administrator has saved one."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def wait(self) -> timedelta:
        return timedelta(minutes=self.wait_minutes)


class SurveyState(models.TextChoices):
    """What became of a ticket's question."""

    WAITING = "waiting", _("Waiting")
    ASKED = "asked", _("Asked")
    DROPPED = "dropped", _("Not asked")


class SurveyRequest(models.Model):
    """A ticket that ended, and whether its customer is asked how it went. Once a ticket.

    ``reason`` says in a stable word why not: off, kind, not_solved, erased, lately, unreachable, not_written, too_late.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="survey_request")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=SurveyState.choices, default=SurveyState.WAITING)
    reason = models.CharField(_("why not"), max_length=16, blank=True)
    due_at = models.DateTimeField(_("to be asked"))
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("question to a customer")
        verbose_name_plural = _("questions to customers")
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=SurveyState.DROPPED) & ~Q(reason="")
                | Q(state__in=[SurveyState.WAITING, SurveyState.ASKED], reason=""),
                name="survey_request_state",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=Q(state=SurveyState.WAITING), name="survey_request_due"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.state}"
