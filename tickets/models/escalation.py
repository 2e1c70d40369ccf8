"""Who is called when, until somebody answers: rotas, ladders, calls."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.models.user import validate_time_zone
from logistics.models import Partner, PartnerContact
from tickets.choices import CallBy, EscalationEnd, HoursOf, PageState, WhomKind
from tickets.models.conversation import Message
from tickets.models.team import Team
from tickets.models.ticket import Ticket


class Rota(models.Model):
    """Who is on call when. A later layer stands above an earlier one; an override stands above all."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])

    class Meta:
        verbose_name = _("rota")
        verbose_name_plural = _("rotas")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class RotaLayer(models.Model):
    """People who take turns: every ``turn_days`` days at ``hands_over_at``, local time of the layer's zone.

    With ``from_time`` and ``until_time`` the layer covers these hours of its ``weekdays`` alone (until at or before
    from: across midnight); without weekdays all days.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="layers", verbose_name=_("rota"))
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    name = models.CharField(_("name"), max_length=120, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, validators=[validate_time_zone], help_text=_("Empty: the rota's.")
    )
    starts_on = models.DateField(_("first day"))
    turn_days = models.PositiveSmallIntegerField(_("days a turn"), default=7, validators=[MinValueValidator(1)])
    hands_over_at = models.TimeField(_("hands over at"))
    from_time = models.TimeField(_("from"), null=True, blank=True)
    until_time = models.TimeField(_("until"), null=True, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("weekdays"), default=list, blank=True)

    class Meta:
        verbose_name = _("layer of a rota")
        verbose_name_plural = _("layers of rotas")
        ordering: ClassVar = ["rota", "order", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(turn_days__gte=1), name="rota_layer_turn"),
            models.CheckConstraint(
                condition=Q(from_time__isnull=True, until_time__isnull=True)
                | Q(from_time__isnull=False, until_time__isnull=False),
                name="rota_layer_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.name or gettext("Layer %(number)d") % {"number": self.order}


class RotaTurn(models.Model):
    """A person's place in a layer's turns."""

    layer = models.ForeignKey(RotaLayer, on_delete=models.CASCADE, related_name="turns")
    place = models.PositiveSmallIntegerField(_("place"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering: ClassVar = ["layer", "place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["layer", "place"], name="rota_turn_place")]

    def __str__(self) -> str:
        return f"{self.place}. {self.user}"


class RotaOverride(models.Model):
    """Somebody else for a while: a swap, an illness."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="overrides", verbose_name=_("rota"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    from_at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("until"))
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("override of a rota")
        verbose_name_plural = _("overrides of rotas")
        ordering: ClassVar = ["from_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="rota_override_interval")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.from_at:%Y-%m-%d %H:%M}"


class EscalationPolicy(models.Model):
    """A ladder: who is called after how long, level by level, until somebody acknowledges."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    description = models.TextField(_("what it is for"), blank=True)
    repeat = models.PositiveSmallIntegerField(_("times the whole ladder is climbed"), default=1)
    tells_customer = models.BooleanField(_("tell the customer what happens next"), default=False)
    shipped_key = models.CharField(max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["shipped_key"], condition=~Q(shipped_key=""), name="escalation_policy_shipped_once"
            )
        ]

    def __str__(self) -> str:
        return gettext(self.name) if self.shipped_key and self.name else self.name


class EscalationLevel(models.Model):
    """One step of a ladder: ``after`` the one before, in ``hours_of``, whom, by what, and how often again.

    ``after_urgent`` stands in for ``after`` on an urgent ticket; empty: no faster.
    Of ``whom`` kind person, role, team, rota the matching key is set; partner's contacts come from the ticket.
    ``needs_approval``: a message to somebody outside that a person of ours releases first.
    """

    policy = models.ForeignKey(EscalationPolicy, on_delete=models.CASCADE, related_name="levels")
    order = models.PositiveSmallIntegerField(_("level"))
    after = models.DurationField(_("after"), default=timedelta(0), validators=[MinValueValidator(timedelta(0))])
    after_urgent = models.DurationField(
        _("after, when urgent"), null=True, blank=True, validators=[MinValueValidator(timedelta(0))]
    )
    hours_of = models.CharField(_("counted in"), max_length=12, choices=HoursOf.choices, default=HoursOf.WALL)
    whom = models.CharField(_("whom"), max_length=20, choices=WhomKind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.ForeignKey("auth.Group", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rota = models.ForeignKey(Rota, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = ArrayField(
        models.CharField(max_length=12, choices=CallBy.choices), verbose_name=_("by"), default=list, blank=True
    )
    again_after = models.DurationField(_("again after"), null=True, blank=True)
    times = models.PositiveSmallIntegerField(_("times"), default=1, validators=[MinValueValidator(1)])
    template = models.CharField(_("template"), max_length=60, blank=True)
    needs_approval = models.BooleanField(_("a person releases the message"), default=False)

    class Meta:
        verbose_name = _("level of an escalation")
        verbose_name_plural = _("levels of escalations")
        ordering: ClassVar = ["policy", "order"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "order"], name="escalation_level_order"),
            models.CheckConstraint(
                condition=(~Q(whom=WhomKind.PERSON) | Q(user__isnull=False))
                & (~Q(whom=WhomKind.ROLE) | Q(role__isnull=False))
                & (~Q(whom=WhomKind.TEAM) | Q(team__isnull=False))
                & (~Q(whom=WhomKind.ON_CALL) | Q(rota__isnull=False)),
                name="escalation_level_whom",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Level %(number)d") % {"number": self.order}


class Escalation(models.Model):
    """A ladder being climbed for a ticket. ``next_at`` is the next step's moment; empty when it has ended."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="escalations")
    policy = models.ForeignKey(EscalationPolicy, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    started_at = models.DateTimeField(_("started"))
    level = models.PositiveSmallIntegerField(_("level"), default=0)
    times_at_level = models.PositiveSmallIntegerField(default=0)
    round = models.PositiveSmallIntegerField(default=1)
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    end = models.CharField(_("how it ended"), max_length=16, choices=EscalationEnd.choices, blank=True, default="")
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("running escalation")
        verbose_name_plural = _("running escalations")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ticket", "policy"], condition=Q(ended_at__isnull=True), name="escalation_one_running"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="")
                | Q(ended_at__isnull=False, next_at__isnull=True) & ~Q(end=""),
                name="escalation_ended_has_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="escalation_due")
        ]

    def __str__(self) -> str:
        return f"{self.ticket.reference} · {self.policy}"


class Page(models.Model):
    """A call for a human that wants an acknowledgement: one of ours, or a partner's contact.

    A call to somebody outside (``partner``, as which part of them: ``whom``) carries its message; one TO_APPROVE holds
    ``text`` until a person of ours releases it. ``told_at`` is when it went out, ``acknowledged_at`` when a person of
    ours took it or the partner answered: what is between them is how long the partner took. Without a ``message`` a
    person of ours told it by hand.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="pages")
    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, null=True, related_name="pages")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="pages")
    contact = models.ForeignKey(PartnerContact, on_delete=models.SET_NULL, null=True, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    whom = models.CharField(_("whom"), max_length=20, choices=WhomKind.choices, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=0)
    by = ArrayField(models.CharField(max_length=12, choices=CallBy.choices), default=list)
    reason = models.CharField(_("reason"), max_length=200)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("message"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=PageState.choices, default=PageState.OPEN)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("called"))
    told_at = models.DateTimeField(_("told"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=PageState.values), name="page_state"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-created_at"], condition=Q(state=PageState.OPEN), name="page_open_of"),
            models.Index(fields=["ticket", "-created_at"], name="page_of_ticket"),
            models.Index(fields=["id"], condition=Q(state=PageState.TO_APPROVE), name="page_to_approve"),
            models.Index(fields=["partner", "-created_at"], condition=Q(partner__isnull=False), name="page_of_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket.reference} → {self.user or self.contact}"


class StaffReach(models.Model):
    """How a person of ours wants to be called besides in the desk. Nobody's row: by their work e-mail.

    ``code_hash`` (SHA-256) is of the one-time code that links their chat, good until ``code_until``.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reach")
    by_email = models.BooleanField(_("call me by my work e-mail"), default=True)
    code_hash = models.CharField(max_length=64, blank=True, default="")
    code_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("how a person is called")
        verbose_name_plural = _("how people are called")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code_hash"], condition=~Q(code_hash=""), name="staff_reach_code")
        ]

    def __str__(self) -> str:
        return str(self.user)
