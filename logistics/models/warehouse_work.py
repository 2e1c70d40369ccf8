"""What the three kinds of warehouse work share: whose it is, where it stands, who has to act by when, what happened."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from logistics.choices import Awaiting, WhoKind, WorkVia
from logistics.models.party import Partner
from logistics.policies.work_states import State, check_of


class WorkQuerySet[Row: models.Model](models.QuerySet[Row]):
    """What is asked of warehouse work of any kind."""

    def open(self) -> Self:
        """Those that somebody still has to do something about."""
        return self.exclude(awaiting=Awaiting.NOBODY)

    def late(self, *, now: datetime) -> Self:
        """Those whose partner should have acted by ``now``, noticed or not."""
        return self.filter(answer_due_at__lte=now)

    def newly_late(self, *, now: datetime) -> Self:
        """Those late that nobody has noticed yet, longest first; an indexed range."""
        return self.filter(answer_due_at__lte=now, overdue_at__isnull=True).order_by("answer_due_at")


class WarehouseWork(models.Model):
    """One piece of work at a partner's. ``state`` moves by the steps of its workflow only.

    ``answer_due_at`` is set while the partner has to act, ``overdue_at`` once it passed and the clock has said so.
    ``event_sequence`` counts the events: whoever has read up to it knows the row as it is.
    """

    prefix: ClassVar[str] = ""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("partner"))
    our_number = models.CharField(
        _("our number"), max_length=64, blank=True, help_text=_("The order or purchase it belongs to.")
    )
    note = models.TextField(_("note"), blank=True, max_length=5_000)
    awaiting = models.CharField(_("waiting on"), max_length=12, choices=Awaiting.choices, default=Awaiting.PARTNER)
    state_since = models.DateTimeField(_("in this state since"))
    answer_due_at = models.DateTimeField(_("answer due"), null=True, blank=True)
    overdue_at = models.DateTimeField(_("noticed as overdue"), null=True, blank=True)
    created_at = models.DateTimeField(pgettext_lazy("of a row", "made"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    event_sequence = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How people call it, like ``IB-000012``."""
        return f"{self.prefix}-{self.pk or 0:06d}"


def work_constraints(name: str, states: dict[str, State]) -> list[models.BaseConstraint]:
    """What the database holds of every kind of warehouse work."""
    partners = [state.name.value for state in states.values() if state.awaiting == Awaiting.PARTNER]
    ends = [state.name.value for state in states.values() if state.is_end]
    return [
        models.CheckConstraint(condition=check_of(states.values()), name=f"{name}_state"),
        models.CheckConstraint(
            condition=Q(answer_due_at__isnull=True) | Q(state__in=partners), name=f"{name}_due_while_theirs"
        ),
        models.CheckConstraint(
            condition=Q(overdue_at__isnull=True) | Q(answer_due_at__isnull=False), name=f"{name}_overdue_has_due"
        ),
        models.CheckConstraint(
            condition=Q(ended_at__isnull=False, state__in=ends) | (Q(ended_at__isnull=True) & ~Q(state__in=ends)),
            name=f"{name}_ended",
        ),
    ]


def work_indexes(name: str) -> list[models.Index]:
    """What lists and the clock read by: a partner's own, newest first, what waits, and what is due."""
    return [
        models.Index(fields=["partner", "-id"], name=f"{name}_of_partner"),
        models.Index(
            fields=["awaiting", "answer_due_at"], condition=~Q(awaiting=Awaiting.NOBODY), name=f"{name}_waiting"
        ),
        models.Index(
            fields=["answer_due_at"],
            condition=Q(answer_due_at__isnull=False, overdue_at__isnull=True),
            name=f"{name}_due",
        ),
    ]


class WorkEvent(models.Model):
    """One thing that happened to warehouse work: who did it, when, through what. Rows are added, never changed.

    ``is_handed_on`` says that whoever tells partners has looked at it; it is all that changes.
    """

    sequence = models.PositiveIntegerField(pgettext_lazy("of an event", "number"))
    at = models.DateTimeField(_("when"))
    type = models.CharField(_("what"), max_length=40)
    from_state = models.CharField(_("from"), max_length=24, blank=True)
    to_state = models.CharField(_("to"), max_length=24, blank=True)
    who_kind = models.CharField(_("who"), max_length=12, choices=WhoKind.choices)
    who_id = models.BigIntegerField(null=True, blank=True)
    who_name = models.CharField(_("name"), max_length=120, blank=True)
    via = models.CharField(_("via"), max_length=12, choices=WorkVia.choices)
    content = models.JSONField(_("content"), default=dict)
    is_handed_on = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.sequence} {self.type}"


def event_indexes(name: str) -> list[models.Index]:
    """What is asked of every kind's events beside their own work's: which nobody has told the partner of."""
    return [models.Index(fields=["id"], condition=Q(is_handed_on=False), name=f"{name}_to_hand_on")]


def event_constraints(name: str) -> list[models.BaseConstraint]:
    """What the database holds of every kind's events."""
    return [
        models.UniqueConstraint(fields=["work", "sequence"], name=f"{name}_sequence"),
        models.CheckConstraint(condition=Q(who_kind__in=WhoKind.values), name=f"{name}_who"),
        models.CheckConstraint(condition=Q(via__in=WorkVia.values), name=f"{name}_via"),
    ]


def item_field() -> models.CharField[str, str]:
    """The item as the partner's shelf calls it: its stock keeping unit."""
    return models.CharField(_("item"), max_length=64)


def description_field() -> models.CharField[str, str]:
    """The item in words."""
    return models.CharField(_("description"), max_length=200, blank=True)
