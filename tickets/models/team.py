"""Who works tickets together."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import BusinessCalendar
from tickets.choices import HandoverWhy, Kind


class Team(models.Model):
    """People who share hours, languages and kinds of work. Empty languages or kinds mean: any."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("calendar")
    )
    languages = ArrayField(models.CharField(max_length=12), verbose_name=_("languages"), default=list, blank=True)
    kinds = ArrayField(
        models.CharField(max_length=24, choices=Kind.choices), verbose_name=_("kinds"), default=list, blank=True
    )

    lanes = ArrayField(
        models.CharField(max_length=5),
        verbose_name=_("lanes"),
        default=list,
        blank=True,
        help_text=_("Like CN-DE; CN-* and *-DE mean any other end."),
    )
    skills = ArrayField(models.CharField(max_length=40), verbose_name=_("skills"), default=list, blank=True)
    follows = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("hands over to"),
        help_text=_("Empty: whichever team is open."),
    )
    emergency_contact = models.CharField(
        _("emergency contact"),
        max_length=200,
        blank=True,
        default="",
        help_text=_("What customers who write while nobody works are told, like a phone number. Empty: nothing."),
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in a team. ``capacity`` is how many open tickets they take at a time."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("team"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    capacity = models.PositiveSmallIntegerField(_("capacity"), default=30)
    languages = ArrayField(
        models.CharField(max_length=12),
        verbose_name=_("languages"),
        default=list,
        blank=True,
        help_text=_("Empty: those of the team."),
    )
    skills = ArrayField(models.CharField(max_length=40), verbose_name=_("skills"), default=list, blank=True)
    is_lead = models.BooleanField(_("leads the team"), default=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [models.UniqueConstraint(fields=["team", "user"], name="membership_unique")]

    def __str__(self) -> str:
        return f"{self.user} · {self.team}"


class Presence(models.Model):
    """Whether a person takes new work now: here, or away until some time. Without a row: here."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presence")
    is_away = models.BooleanField(_("away"), default=False)
    away_until = models.DateTimeField(_("until"), null=True, blank=True)
    stand_in = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stand-in"),
    )
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")

    def __str__(self) -> str:
        return f"{self.user}"


class Handover(models.Model):
    """One shift's end: what one team hands to the next, with a note a person reads and confirms."""

    from_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", verbose_name=_("from"))
    to_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", verbose_name=_("to"))
    shift_ended_at = models.DateTimeField(_("shift ended"))
    created_at = models.DateTimeField()
    note = models.TextField(_("note"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        default_permissions = ("view",)
        ordering: ClassVar = ["-shift_ended_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["from_team", "to_team", "shift_ended_at"], name="handover_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["to_team", "-id"], condition=Q(confirmed_at__isnull=True), name="handover_unconfirmed")
        ]

    def __str__(self) -> str:
        return f"{self.from_team} → {self.to_team} {self.shift_ended_at:%Y-%m-%d %H:%M}"


class HandoverTicket(models.Model):
    """A ticket that went along, why, and what of it was due when (as it was then)."""

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="entries")
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=12, choices=HandoverWhy.choices)
    due_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handover", "ticket"], name="handover_ticket_once"),
            models.CheckConstraint(condition=Q(why__in=HandoverWhy.values), name="handover_ticket_why"),
        ]

    def __str__(self) -> str:
        return f"{self.handover_id} {self.ticket_id}"


class ShiftEnd(models.Model):
    """How far a team's last shift is handed over: which end of it, through which ticket, and when that was done.

    ``looked_at`` is up to when the team's calendar was searched for ends of shifts.
    """

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="+")
    looked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    tickets_through = models.BigIntegerField(default=0)
    handed_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.team_id} {self.ended_at}"
