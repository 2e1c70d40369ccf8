"""Every state of every kind: its phase and whom it waits on. The database's CHECK is generated from this table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.choices import Kind, Phase, WaitingOn

W = WaitingOn


@dataclass(frozen=True, slots=True)
class State:
    """One state. ``waiting_on``: the parties it may wait on, the usual one first; ``main``: where reopening leads."""

    name: str
    label: str | Promise
    phase: Phase
    waiting_on: tuple[WaitingOn, ...] = (W.US,)
    main: bool = False

    @property
    def is_open(self) -> bool:
        return self.phase in (Phase.NEW, Phase.ACTIVE, Phase.WAITING)


def _new(name: str, label: str | Promise, *, main: bool = False) -> State:
    return State(name, label, Phase.NEW, main=main)


def _active(name: str, label: str | Promise, *, main: bool = False) -> State:
    return State(name, label, Phase.ACTIVE, main=main)


def _waiting(name: str, label: str | Promise, *on: WaitingOn) -> State:
    return State(name, label, Phase.WAITING, on)


def _resolved(name: str, label: str | Promise) -> State:
    return State(name, label, Phase.RESOLVED, (W.NOBODY,))


DISMISSED = _resolved("dismissed", _("Dismissed"))
CLOSED = State("closed", _("Closed"), Phase.CLOSED, (W.NOBODY,))

_TABLE: dict[Kind, tuple[State, ...]] = {
    Kind.CLEARANCE: (
        _new("reported", _("Reported")),
        _active("under_review", _("Under review"), main=True),
        _waiting("documents_requested", _("Documents requested"), W.CUSTOMER, W.SHIPPER, W.BROKER),
        _active("documents_received", _("Documents received")),
        _waiting("with_broker", _("With the broker"), W.BROKER),
        _waiting("under_inspection", _("Under inspection"), W.CUSTOMS),
        _active("duties_assessed", _("Duties assessed")),
        _waiting("duties_requested", _("Duties requested"), W.CUSTOMER, W.FINANCE),
        _waiting("awaiting_release", _("Awaiting release"), W.CUSTOMS),
        _active("refused", _("Refused by customs")),
        _waiting("returning", _("Returning"), W.CARRIER),
        _resolved("released", _("Released")),
        _resolved("returned", _("Returned")),
        _resolved("abandoned", _("Abandoned")),
        _resolved("destroyed", _("Destroyed")),
    ),
    Kind.DELAY: (
        _new("detected", _("Detected")),
        _waiting("investigating", _("Investigating"), W.CARRIER),
        _active("carrier_answered", _("Carrier answered"), main=True),
        _active("to_inform", _("To inform")),
        _waiting("informed", _("Customer informed"), W.CARRIER),
        _resolved("delivered", _("Delivered")),
        _resolved("declared_lost", _("Declared lost")),
        _resolved("cancelled", _("Cancelled")),
    ),
    Kind.LOSS: (
        _new("reported", _("Reported")),
        _waiting("tracing", _("Tracing"), W.CARRIER),
        _waiting("evidence_requested", _("Evidence requested"), W.CUSTOMER),
        _active("evidence_received", _("Evidence received"), main=True),
        _active("confirmed", _("Confirmed")),
        _active("found", _("Found")),
        _resolved("settled", _("Settled")),
        _resolved("delivered", _("Delivered")),
        _resolved("not_compensable", _("Not compensable")),
    ),
    Kind.FAILED_DELIVERY: (
        _new("attempted", _("Attempted")),
        _waiting("instructions_requested", _("Instructions requested"), W.CUSTOMER),
        _active("instructions_received", _("Instructions received"), main=True),
        _waiting("redelivery_booked", _("Redelivery booked"), W.CARRIER),
        _waiting("held_for_pickup", _("Held for pickup"), W.CUSTOMER),
        _waiting("returning", _("Returning"), W.CARRIER),
        _resolved("delivered", _("Delivered")),
        _resolved("returned", _("Returned")),
        _resolved("disposed", _("Disposed of")),
    ),
    Kind.RETURN: (
        _new("requested", _("Requested")),
        _waiting("papers_requested", _("Papers requested"), W.CUSTOMER),
        _active("approved", _("Approved"), main=True),
        _waiting("label_sent", _("Label sent"), W.CUSTOMER),
        _waiting("in_transit", _("In transit"), W.CARRIER),
        _waiting("received", pgettext_lazy("return", "Received"), W.WAREHOUSE),
        _active("inspected", _("Inspected")),
        _resolved("refunded", _("Refunded")),
        _resolved("exchanged", _("Exchanged")),
        _resolved("declined", _("Declined")),
    ),
    Kind.PAYMENT: (
        _new("failed", pgettext_lazy("payment", "Failed"), main=True),
        _waiting("with_finance", _("With finance"), W.FINANCE),
        _waiting("retry_requested", _("Retry requested"), W.CUSTOMER),
        _resolved("paid", _("Paid")),
        _resolved("refunded", _("Refunded")),
        _resolved("cancelled", _("Cancelled")),
    ),
    Kind.SAFETY: (
        _new("reported", _("Reported")),
        _active("with_legal", _("With legal"), main=True),
        _waiting("information_requested", _("Information requested"), W.CUSTOMER),
        _resolved("answered", _("Answered")),
    ),
    Kind.WAREHOUSE: (
        _new("reported", _("Reported")),
        _waiting("asked", _("Asked"), W.WAREHOUSE),
        _active("explained", _("Explained"), main=True),
        _waiting("recount", _("Recount"), W.WAREHOUSE),
        _resolved("adjusted", _("Adjusted")),
        _resolved("claimed", _("Claimed")),
    ),
    Kind.INQUIRY: (
        _new("new", pgettext_lazy("inquiry", "New")),
        _active("open", pgettext_lazy("inquiry", "Open"), main=True),
        _waiting("waiting_customer", _("Waiting for the customer"), W.CUSTOMER),
        _waiting("waiting_partner", _("Waiting for a partner"), W.CARRIER, W.BROKER, W.WAREHOUSE),
        _resolved("resolved", _("Resolved")),
    ),
}

STATES: dict[str, dict[str, State]] = {
    kind.value: {state.name: state for state in (*states, DISMISSED, CLOSED)} for kind, states in _TABLE.items()
}
"""Kind → name → state, in the order of the work; dismissed and closed end every kind."""


def state_of(kind: str, name: str) -> State:
    """The declaration of a state. KeyError when the kind has none of that name."""
    return STATES[kind][name]


def initial_state(kind: str) -> State:
    """Where a ticket of the kind begins: the first of its table."""
    return next(iter(STATES[kind].values()))


def main_state(kind: str) -> State:
    """Where reopening leads: the kind's main state in which the work is ours."""
    return next(state for state in STATES[kind].values() if state.main)


def combinations() -> Iterable[tuple[str, str, str, tuple[str, ...]]]:
    """All (kind, state, phase, waiting_on…) that may stand in a row."""
    for kind, states in STATES.items():
        for state in states.values():
            yield kind, state.name, state.phase.value, tuple(on.value for on in state.waiting_on)
