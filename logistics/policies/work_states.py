"""Every state of warehouse work: who has to act, and by when. The database's CHECKs are generated from these tables."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, TextChoices

from logistics.choices import Awaiting, BookingState, CountState, InstructionState


class Due(enum.Enum):
    """By when a state has to be left; all of it on the partner's own calendar."""

    NEVER = "never"
    ANSWER = "answer"
    """Within the answer time agreed with the partner."""
    WORK = "work"
    """Within a working day: goods are moved, not words."""
    SLOT = "slot"
    """Within the answer time after the slot has ended."""


@dataclass(frozen=True, slots=True)
class State:
    """One state: its name, who has to act, by when. A state nobody has to act in is an end."""

    name: TextChoices
    awaiting: Awaiting
    due: Due = Due.NEVER

    @property
    def is_end(self) -> bool:
        return self.awaiting == Awaiting.NOBODY


def _table(*states: State) -> dict[str, State]:
    return {state.name.value: state for state in states}


BOOKING = _table(
    State(BookingState.ANNOUNCED, Awaiting.PARTNER, Due.ANSWER),
    State(BookingState.COUNTERED, Awaiting.US),
    State(BookingState.CONFIRMED, Awaiting.PARTNER, Due.SLOT),
    State(BookingState.ARRIVED, Awaiting.PARTNER, Due.WORK),
    State(BookingState.RECEIVED, Awaiting.US),
    State(BookingState.CLOSED, Awaiting.NOBODY),
    State(BookingState.CANCELLED, Awaiting.NOBODY),
)
COUNT = _table(
    State(CountState.ASKED, Awaiting.PARTNER, Due.ANSWER),
    State(CountState.COUNTED, Awaiting.PARTNER, Due.ANSWER),
    State(CountState.DIFFERENCE_EXPLAINED, Awaiting.US),
    State(CountState.ACCEPTED, Awaiting.NOBODY),
    State(CountState.CANCELLED, Awaiting.NOBODY),
)
INSTRUCTION = _table(
    State(InstructionState.SENT, Awaiting.PARTNER, Due.ANSWER),
    State(InstructionState.ACKNOWLEDGED, Awaiting.PARTNER, Due.WORK),
    State(InstructionState.PICKED, Awaiting.PARTNER, Due.WORK),
    State(InstructionState.DISPATCHED, Awaiting.NOBODY),
    State(InstructionState.REFUSED, Awaiting.US),
    State(InstructionState.CANCELLED, Awaiting.NOBODY),
)


def check_of(states: Iterable[State]) -> Q:
    """The condition that a row stands in one of these states and waits on whom that state waits on."""
    condition = Q()
    for state in states:
        condition |= Q(state=state.name.value, awaiting=state.awaiting.value)
    return condition
