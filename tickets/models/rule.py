"""Rules: what happens by itself, its versions, and each time it did."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.models import BusinessCalendar
from common.models.user import validate_time_zone
from tickets.choices import HoursOf, RuleTrigger, RunOutcome
from tickets.models.history import TicketEvent
from tickets.models.ticket import Ticket


class Rule(models.Model):
    """When something happens, or a time is over, and the conditions hold, then do this.

    ``conditions`` is a tree (``tickets.policies.conditions``), ``actions`` a list of
    ``{"action": name, "inputs": {…}}`` (``tickets.services.rules.actions``). ``checked_to`` is how far the clock has
    looked for a time rule: what lies between it and now is looked at once.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("what it is for"), blank=True)
    is_active = models.BooleanField(_("switched on"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    trigger = models.CharField(_("when"), max_length=12, choices=RuleTrigger.choices, default=RuleTrigger.EVENT)
    events = ArrayField(models.CharField(max_length=40), verbose_name=_("events"), default=list, blank=True)
    anchor = models.CharField(_("counted from"), max_length=40, blank=True)
    delay = models.DurationField(_("after"), null=True, blank=True, validators=[MinValueValidator(timedelta(0))])
    hours_of = models.CharField(_("counted in"), max_length=12, choices=HoursOf.choices, default=HoursOf.WALL)
    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("calendar")
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)]),
        verbose_name=_("weekdays"),
        default=list,
        blank=True,
    )
    at_times = ArrayField(models.TimeField(), verbose_name=_("at"), default=list, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_time_zone])
    conditions = models.JSONField(_("if"), default=dict, blank=True)
    actions = models.JSONField(_("then"), default=list, blank=True)
    stops = models.BooleanField(_("no later rule after this one"), default=False)
    cap_per_hour = models.PositiveSmallIntegerField(
        _("at most so often a ticket and hour"), default=3, validators=[MinValueValidator(1)]
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    shipped_key = models.CharField(max_length=60, blank=True, editable=False)
    checked_to = models.DateTimeField(null=True, editable=False)
    updated_at = models.DateTimeField(_("changed"), editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering: ClassVar = ["order", "id"]
        permissions: ClassVar = [("switch_rules", _("Can switch all rules off and on"))]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(trigger__in=RuleTrigger.values), name="rule_trigger"),
            models.CheckConstraint(
                condition=~Q(trigger=RuleTrigger.TIME) | ~Q(anchor="") & Q(delay__isnull=False), name="rule_time_whole"
            ),
            models.UniqueConstraint(fields=["shipped_key"], condition=~Q(shipped_key=""), name="rule_shipped_once"),
        ]

    def __str__(self) -> str:
        return gettext(self.name) if self.shipped_key and self.name else self.name


class RuleVersion(models.Model):
    """How a rule read when it was saved: runs name their version. ``backtested_at``: when it was last tried so."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField()
    made_at = models.DateTimeField(_("saved"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    backtested_at = models.DateTimeField(_("backtested"), null=True, editable=False)

    class Meta:
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of rules")
        default_permissions = ("view",)
        ordering: ClassVar = ["rule", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_unique")]

    def __str__(self) -> str:
        return f"{self.rule} v{self.number}"


class RuleRun(models.Model):
    """One time a rule matched: why, what it did, and how deep in a chain of rules. ``occasion`` makes it happen once.

    An event rule's occasion is the event's sequence, a time rule's the moment it counts from, a schedule's its date.
    ``why`` holds the leaves that were true with the values seen, ``did`` a result an action. An event written by a rule
    has its run as ``actor_id``: the next rule's depth is one more, also in another ticket.
    """

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="runs")
    version = models.PositiveIntegerField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="rule_runs")
    event = models.ForeignKey(TicketEvent, on_delete=models.PROTECT, null=True, related_name="+")
    occasion = models.CharField(max_length=64)
    at = models.DateTimeField(_("when"))
    depth = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(_("outcome"), max_length=12, choices=RunOutcome.choices)
    why = models.JSONField(default=list)
    did = models.JSONField(default=list)

    class Meta:
        verbose_name = _("run of a rule")
        verbose_name_plural = _("runs of rules")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "ticket", "occasion"], name="rule_run_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "-at"], name="rule_run_of_ticket"),
            models.Index(fields=["-at", "-id"], name="rule_run_latest"),
            models.Index(fields=["rule", "-at"], name="rule_run_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} · {self.ticket.reference}"


class EventToSettle(models.Model):
    """An event whose consequences (rules, an owner) are still to come: written with it, taken away with them."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+", db_index=False)
    sequence = models.PositiveIntegerField()
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "sequence"], name="event_to_settle_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.sequence}"


class RuleSwitch(models.Model):
    """The switch for all rules: one row. Off, nothing is done and nothing is caught up later."""

    is_on = models.BooleanField(_("rules work"), default=True)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("switch for all rules")
        verbose_name_plural = _("switch for all rules")
        default_permissions = ()
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="rule_switch_one_row")]

    def __str__(self) -> str:
        return "on" if self.is_on else "off"
