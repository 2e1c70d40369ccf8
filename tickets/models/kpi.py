"""Figures, kept: marks of tickets, their sums by quarter hour, and how far both have come.

All of it can be thrown away and counted anew (``manage.py rebuild_kpi``); ``tickets.services.kpi`` writes and reads it.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tickets.models.ticket import Ticket


class KpiDims(models.Model):
    """One combination of parts of all cuts that marks have. Its key is a digest of the parts; "" is not known."""

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=24)
    lane = models.CharField(max_length=5)
    carrier = models.CharField(max_length=20)
    partner = models.CharField(max_length=20)
    channel = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    country = models.CharField(max_length=2)
    team = models.CharField(max_length=20)
    agent = models.CharField(max_length=20)
    priority = models.CharField(max_length=2)
    tier = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.lane} {self.carrier}"


class KpiMark(models.Model):
    """Something that is counted (``tickets.policies.kpi.measures``) happened to a ticket.

    ``source`` is the row it comes from (a message, a clock …); ``n`` is 1, or −1 when a level goes down; ``value`` is
    seconds, thousandths of a currency's unit, a score, or 1 for yes and 0 for no.
    """

    pk = models.CompositePrimaryKey("ticket_id", "measure", "source")
    # Rows come and go by the thousand, and the ticket's row is locked by whoever changes it: no look-up, no lock.
    ticket = models.ForeignKey(
        Ticket, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    measure = models.IntegerField()
    source = models.BigIntegerField()
    at = models.DateTimeField()
    n = models.SmallIntegerField()
    value = models.BigIntegerField()
    dims = models.ForeignKey(
        KpiDims, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["measure", "at"], name="kpi_mark_of_measure")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.measure}"


class KpiRollup(models.Model):
    """A measure's sums of one day (UTC), for one part of a cut: of the day, and of each quarter hour of it.

    The arrays are cells side by side: ``slots`` (0 to 95, the quarter of the day), ``buckets`` (a duration's class, 0
    for what is none), ``ns`` and ``totals``. ``day_buckets`` and ``day_ns`` are the day's histogram.
    """

    pk = models.CompositePrimaryKey("measure", "cut", "day", "part")
    measure = models.IntegerField()
    cut = models.SmallIntegerField()
    day = models.DateField()
    part = models.CharField(max_length=70)
    n = models.IntegerField()
    total = models.BigIntegerField()
    day_buckets = ArrayField(models.SmallIntegerField())
    day_ns = ArrayField(models.IntegerField())
    slots = ArrayField(models.SmallIntegerField())
    buckets = ArrayField(models.SmallIntegerField())
    ns = ArrayField(models.IntegerField())
    totals = ArrayField(models.BigIntegerField())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.measure} {self.day} {self.part}"


class KpiProgress(models.Model):
    """How far the figures have come: one row.

    All events up to ``event_id`` are in for good. ``through_at``: all that had committed by then is in. ``formulas`` is
    a digest of what is counted and how: another one than the program's asks for a rebuild.
    """

    name = models.CharField(max_length=20, primary_key=True)
    event_id = models.BigIntegerField(default=0)
    through_at = models.DateTimeField(null=True)
    rebuilding_since = models.DateTimeField(null=True)
    formulas = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.event_id}"


class KpiTouched(models.Model):
    """A ticket whose figures changed without an event of its own; written in the transaction of the change."""

    ticket_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.ticket_id}"


class KpiParcelDay(models.Model):
    """A day (UTC) whose parcels have to be counted again; a trigger on shipments writes these."""

    day = models.DateField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day}"
