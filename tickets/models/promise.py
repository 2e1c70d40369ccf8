"""What we promise, by when, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.models import BusinessCalendar
from logistics.models import Partner
from tickets.choices import BreachCause, ClockOutcome, HoursOf, Target
from tickets.models.team import Team
from tickets.models.ticket import Ticket


class PromisePolicy(models.Model):
    """How long one target may take for the tickets its conditions fit; of several the first in order holds.

    ``hours_of`` says in whose working time ``duration`` is counted. ``conditions`` is a tree as rules have it, over
    ``ticket.*``; an empty one fits all.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    target = models.CharField(_("promise"), max_length=20, choices=Target.choices)
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    conditions = models.JSONField(_("for which tickets"), default=dict, blank=True)
    duration = models.DurationField(_("within"), validators=[MinValueValidator(timedelta(minutes=1))])
    hours_of = models.CharField(_("counted in"), max_length=12, choices=HoursOf.choices, default=HoursOf.TEAM)
    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("calendar")
    )
    warn_at_percent = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(99)]),
        verbose_name=_("warn at percent of the time"),
        default=list,
        blank=True,
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering: ClassVar = ["target", "order", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(target__in=Target.values), name="promise_policy_target"),
            models.CheckConstraint(condition=Q(duration__gt=timedelta(0)), name="promise_policy_duration"),
            models.CheckConstraint(
                condition=Q(hours_of=HoursOf.CALENDAR, calendar__isnull=False)
                | ~Q(hours_of=HoursOf.CALENDAR) & Q(calendar__isnull=True),
                name="promise_policy_calendar",
            ),
        ]

    def __str__(self) -> str:
        return gettext(self.name) if self.name else ""


class PromiseRecount(models.Model):
    """How far a recomputation of all open tickets has come: one row, ``version`` names what it computes for.

    The version is a digest of the policies and of whose hours they count in. When it is another one than the policies
    have now, the clock begins again behind ticket 0; a process that was killed leaves the last finished batch here.
    """

    name = models.CharField(max_length=20, primary_key=True)
    version = models.CharField(max_length=64, blank=True)
    through = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.version[:8]} {self.through}"


class ClockQuerySet(models.QuerySet["Clock"]):
    def running(self) -> ClockQuerySet:
        """Not ended: counting, paused, or overdue and still owed."""
        return self.filter(ended_at__isnull=True)

    def due(self, *, now: object) -> ClockQuerySet:
        """Deadlines that have passed and whose breach is not written yet, the earliest first."""
        return self.filter(ended_at__isnull=True, breached_at__isnull=True, due_at__lte=now).order_by("due_at", "id")


class Clock(models.Model):
    """One promise about one ticket, with its deadline. It stays when it has ended: what was kept is proven by it.

    ``due_at`` is empty while the clock is paused. It is computed from the start, the policy's duration and the pauses
    in the ticket's facts, never from a running counter. ``warn_at`` is the next warning, ``warned_percent`` the share
    of the time at which the last one was given. A breached clock runs on until what was promised is done.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="clocks")
    target = models.CharField(_("promise"), max_length=20, choices=Target.choices)
    # Nothing looks clocks up by these three, and a ticket has several clocks: an index less is a write less.
    policy = models.ForeignKey(PromisePolicy, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    duration = models.DurationField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    warned_percent = models.PositiveSmallIntegerField(default=0)
    paused_since = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=ClockOutcome.choices, blank=True, default="")

    objects: ClassVar[models.Manager[Clock]] = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket", "target"], condition=Q(ended_at__isnull=True), name="clock_one_running"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="") | Q(ended_at__isnull=False) & ~Q(outcome=""),
                name="clock_ended_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False)
                | Q(due_at__isnull=True, paused_since__isnull=False)
                | Q(due_at__isnull=False, paused_since__isnull=True),
                name="clock_runs_or_is_paused",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="clock_ends_after_start"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(ended_at__isnull=True, breached_at__isnull=True, due_at__isnull=False),
                name="clock_due",
            ),
            models.Index(
                fields=["warn_at", "id"], condition=Q(ended_at__isnull=True, warn_at__isnull=False), name="clock_warn"
            ),
            # How a partner kept its word; the clocks that are ours are not in it.
            models.Index(fields=["partner", "started_at"], condition=Q(partner__isnull=False), name="clock_of_partner"),
            models.Index(
                fields=["partner", "due_at"],
                condition=Q(partner__isnull=False, ended_at__isnull=True),
                name="clock_owed_by_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.target}"


class Breach(models.Model):
    """A promise missed, and why as far as the facts tell. ``late_by`` is known when it was kept after all."""

    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="breach")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="breaches")
    target = models.CharField(_("promise"), max_length=20, choices=Target.choices)
    due_at = models.DateTimeField(_("was due"))
    noticed_at = models.DateTimeField(_("noticed"))
    cause = models.CharField(_("cause"), max_length=20, choices=BreachCause.choices)
    assignee_id = models.BigIntegerField(null=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    late_by = models.DurationField(_("late by"), null=True)

    class Meta:
        verbose_name = _("missed promise")
        verbose_name_plural = _("missed promises")
        default_permissions = ("view",)
        indexes: ClassVar = [models.Index(fields=["-due_at", "-id"], name="breach_latest")]

    def __str__(self) -> str:
        return f"{self.ticket.reference} · {Target(self.target).label}"
