"""The ticket: one exception of one customer or shipment, worked to its end."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_fsm import FSMField

from logistics.models import Customer, Incident, Shipment
from logistics.policies.subjects import told
from tickets.choices import (
    ENDED_PHASES,
    OPEN_PHASES,
    PREFIXES,
    Kind,
    LinkType,
    Phase,
    Priority,
    Resolution,
    WaitingOn,
)
from tickets.models.team import Team
from tickets.policies.states import State, combinations, state_of

if TYPE_CHECKING:
    from datetime import datetime

_REFERENCE = re.compile(r"^\s*([A-Z]{3})\s*-?\s*(\d{1,18})\s*$", re.IGNORECASE)
_KIND_OF_PREFIX = {prefix: kind for kind, prefix in PREFIXES.items()}

OPEN = Q(phase__in=OPEN_PHASES)
OURS = Q(waiting_on=WaitingOn.US) | Q(unanswered_since__isnull=False)
"""Waiting on us: the ball is ours, or a customer wrote while somebody else has it."""
THEIRS = ~Q(waiting_on=WaitingOn.US) & Q(unanswered_since__isnull=True)
"""Waiting on others, and nobody wrote meanwhile."""


def _legal_combinations() -> Func:
    """Each (kind, state, phase, waiting_on) that may stand in a row, as one list.

    PostgreSQL reads a CHECK anew for each statement that writes; a list of words costs it a third of what a tree of
    conditions does.
    """
    legal = [
        f"'{kind}/{state}/{phase}/{party}'" for kind, state, phase, waiting_on in combinations() for party in waiting_on
    ]
    return Func(
        *("kind", "state", "phase", "waiting_on"),
        # In the order in which migrations write them: expressions compare by it.
        arg_joiner=" || '/' || ",
        output_field=models.BooleanField(),
        template=f"(%(expressions)s) IN ({', '.join(legal)})",
    )


class TicketQuerySet(models.QuerySet["Ticket"]):
    """The vocabulary for reading tickets."""

    def open(self) -> Self:
        return self.filter(OPEN)

    def ended(self) -> Self:
        return self.filter(phase__in=ENDED_PHASES)

    def waiting_on_us(self) -> Self:
        return self.filter(OPEN, OURS)

    def waiting_on_others(self) -> Self:
        return self.filter(OPEN, THEIRS)

    def of(self, user_id: int) -> Self:
        return self.filter(OPEN, assignee_id=user_id)

    def unassigned(self) -> Self:
        return self.filter(OPEN, assignee__isnull=True)

    def visible_to(self, user: Any) -> Self:
        """What a member of staff may read: safety tickets only with their own permission."""
        if user.has_perm("tickets.view_safety"):
            return self
        return self.exclude(kind=Kind.SAFETY)

    def by_reference(self, text: str) -> Self:
        """The ticket a reference such as CLR-2041 names; none when the text is no reference."""
        match = _REFERENCE.match(text)
        kind = _KIND_OF_PREFIX.get(match[1].upper()) if match else None
        if match is None or kind is None or int(match[2]) > 2**63 - 1:
            return self.none()
        return self.filter(pk=int(match[2]), kind=kind)

    def get_typed(self, ticket_id: int) -> Ticket:
        """Load a ticket through its kind's proxy, whose methods are its transitions. Raises Ticket.DoesNotExist."""
        ticket = self.get(pk=ticket_id)
        return ticket.typed()

    def for_update(self) -> Self:
        """Lock the rows until the transaction ends, without standing in the way of rows that refer to them."""
        return self.select_for_update(no_key=True, of=("self",))


class Ticket(models.Model):
    """One exception. ``state`` is protected: it changes by a declared way of its kind alone (``tickets.workflows``).

    ``unanswered_since``: a customer wrote and nobody answered. ``queue_at``: the moment the queue sorts by.
    ``cause`` is what is behind it, in a word of its kind (weather, address, damaged …). ``event_sequence`` and
    ``event_hash`` are the head of its event chain; ``route_at`` is when to look for an owner again.
    """

    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    state = FSMField(_("state"), max_length=32, protected=True)
    phase = models.CharField(_("phase"), max_length=12, choices=Phase.choices, default=Phase.NEW)
    waiting_on = models.CharField(_("waiting on"), max_length=12, choices=WaitingOn.choices, default=WaitingOn.US)
    cause = models.CharField(_("cause"), max_length=24, blank=True)
    resolution = models.CharField(_("resolution"), max_length=16, choices=Resolution.choices, blank=True, default="")
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    summary = models.CharField(_("short summary"), max_length=200, blank=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("customer")
    )
    shipment = models.ForeignKey(
        Shipment, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("shipment")
    )
    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets", verbose_name=_("incident")
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        verbose_name=_("team"),
        db_index=False,  # the index of the team's deadlines serves as well
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        verbose_name=_("owner"),
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    country = models.CharField(_("customer's country"), max_length=2, blank=True)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    origin = models.CharField(_("origin"), max_length=2, blank=True)
    destination = models.CharField(_("destination"), max_length=2, blank=True)
    tags = ArrayField(models.CharField(max_length=60), verbose_name=_("tags"), default=list, blank=True)
    word_hits = ArrayField(models.CharField(max_length=120), verbose_name=_("words found"), default=list, blank=True)

    opened_at = models.DateTimeField(_("opened"))
    state_since = models.DateTimeField(_("in this state since"))
    unanswered_since = models.DateTimeField(_("unanswered since"), null=True, blank=True)
    next_due_at = models.DateTimeField(_("next promise due"), null=True, blank=True)
    queue_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    reopened_count = models.PositiveSmallIntegerField(_("reopened"), default=0)
    last_message_at = models.DateTimeField(_("last message"), null=True, blank=True)
    last_message_preview = models.CharField(_("last word"), max_length=160, blank=True)
    last_message_direction = models.CharField(max_length=4, blank=True)

    recent_tickets = models.PositiveSmallIntegerField(_("customer's other tickets of the last 7 days"), default=0)
    route_at = models.DateTimeField(null=True, blank=True, editable=False)
    event_sequence = models.PositiveIntegerField(default=0, editable=False)
    event_hash = models.BinaryField(max_length=32, default=bytes, editable=False)

    objects: ClassVar[TicketQuerySet] = TicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        permissions: ClassVar = [
            ("work_ticket", gettext_noop("Can work tickets: answer, assign, take its ordinary ways")),
            ("decide_customs", gettext_noop("Can decide customs matters: broker, duties, release, refusal")),
            ("decide_money", gettext_noop("Can decide money: settle, reject, refund, confirm payments")),
            ("decide_safety", gettext_noop("Can work safety tickets")),
            ("view_safety", gettext_noop("Can see safety tickets")),
            ("work_warehouse", gettext_noop("Can work warehouse tickets")),
            ("supervise", gettext_noop("Can supervise: dismiss, reassign in bulk, see everything the desk does")),
            ("erase_customer", gettext_noop("Can erase a customer's personal content")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_legal_combinations(), name="ticket_legal_combination"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="ticket_priority"),
            models.CheckConstraint(condition=Q(resolution__in=Resolution.values), name="ticket_resolution"),
            models.CheckConstraint(
                condition=Q(phase__in=OPEN_PHASES, resolution="", resolved_at__isnull=True)
                | Q(phase__in=ENDED_PHASES, resolved_at__isnull=False) & ~Q(resolution=""),
                name="ticket_ended_has_resolution",
            ),
            models.UniqueConstraint(
                fields=["shipment", "kind", "incident"],
                condition=OPEN & Q(shipment__isnull=False),
                nulls_distinct=False,
                name="ticket_one_open_per_incident",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["priority", "queue_at", "id"], condition=OPEN & OURS, name="ticket_queue_ours"),
            models.Index(fields=["priority", "queue_at", "id"], condition=OPEN & THEIRS, name="ticket_queue_theirs"),
            models.Index(fields=["priority", "queue_at", "id"], condition=OPEN, name="ticket_queue_open"),
            models.Index(fields=["assignee", "priority", "queue_at", "id"], condition=OPEN, name="ticket_queue_of"),
            models.Index(
                F("resolved_at").desc(), F("id").desc(), condition=Q(phase__in=ENDED_PHASES), name="ticket_ended"
            ),
            models.Index(fields=["resolved_at"], condition=Q(phase=Phase.RESOLVED), name="ticket_to_close"),
            models.Index(fields=["snoozed_until"], condition=Q(snoozed_until__isnull=False), name="ticket_snoozed"),
            # What time rules count from (tickets.services.rules.timed).
            models.Index(fields=["opened_at", "id"], condition=OPEN, name="ticket_counted_opened"),
            models.Index(fields=["state_since", "id"], condition=OPEN, name="ticket_counted_state"),
            models.Index(
                fields=["unanswered_since", "id"],
                condition=OPEN & Q(unanswered_since__isnull=False),
                name="ticket_counted_unanswered",
            ),
            models.Index(fields=["last_message_at", "id"], condition=OPEN, name="ticket_counted_message"),
            models.Index(fields=["route_at"], condition=Q(route_at__isnull=False), name="ticket_to_route"),
            models.Index(fields=["next_due_at"], condition=Q(next_due_at__isnull=False), name="ticket_due"),
            # What a team's shift has before it (tickets.services.zones_of_day).
            models.Index(fields=["team", "next_due_at"], name="ticket_due_of_team"),
            models.Index(fields=["customer", "-opened_at"], name="ticket_of_customer"),
            # What integrations ask for: those in a state, the newest first (tickets.api.filters).
            models.Index(fields=["state", "id"], name="ticket_in_state"),
            models.Index(fields=["shipment", "-opened_at"], name="ticket_of_shipment"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What people call it: CLR-2041."""
        return f"{PREFIXES[self.kind]}-{self.pk}"

    @property
    def subject(self) -> str:
        """``[tracking number] kind · short summary``, in the active language."""
        number = f"[{self.shipment.tracking_number}] " if self.shipment_id and self.shipment else ""
        summary = f" · {self.told_summary}" if self.summary else ""
        return f"{number}{self.get_kind_display()}{summary}"

    @property
    def told_summary(self) -> str:
        """The summary; what logistics gave, in the active language (a linked ticket has it without the incident)."""
        return told(self.summary, is_ours=self.incident_id is not None)

    @property
    def declared_state(self) -> State:
        return state_of(self.kind, self.state)

    @property
    def state_label(self) -> str:
        return str(self.declared_state.label)

    @property
    def is_open(self) -> bool:
        return self.phase in OPEN_PHASES

    @property
    def is_ours(self) -> bool:
        """Whether we are to act: see ``OURS``."""
        return self.is_open and (self.waiting_on == WaitingOn.US or self.unanswered_since is not None)

    @property
    def zone_of_customer(self) -> tzinfo:
        """Where the customer reads a clock; UTC when nobody knows."""
        return self.customer.zone if self.customer else UTC

    @property
    def waiting_since(self) -> datetime:
        return self.unanswered_since or self.state_since

    def typed(self) -> Ticket:
        """The same row as an instance of its kind's proxy (``tickets.workflows``)."""
        self.__class__ = next(proxy for proxy in Ticket.__subclasses__() if proxy.workflow_kind == self.kind)  # type: ignore[attr-defined]
        return self

    @property
    def detail(self) -> models.Model:
        """The kind's own facts (``tickets.models.details``)."""
        detail: models.Model = getattr(self, f"{self.kind}_detail")
        return detail


class TicketLink(models.Model):
    """Two tickets that belong together, read from the older to the newer."""

    from_ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links_out")
    to_ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links_in")
    type = models.CharField(max_length=16, choices=LinkType.choices)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("link between tickets")
        verbose_name_plural = _("links between tickets")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["from_ticket", "to_ticket", "type"], name="ticket_link_unique"),
            models.CheckConstraint(condition=~Q(from_ticket=F("to_ticket")), name="ticket_link_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.from_ticket_id} {self.type} {self.to_ticket_id}"
