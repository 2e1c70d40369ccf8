"""Which subscriptions want an event: a pure question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a ticket what filters ask for; an event that is about no ticket has none and passes them."""

    kind: str
    priority: int
    destination: str


class Wishes(Protocol):
    """What a subscription asks for. Empty lists ask for all."""

    event_types: list[str]
    kinds: list[str]
    priorities: list[int]
    destinations: list[str]


def wants(wishes: Wishes, *, what: str, facts: Facts | None) -> bool:
    """Whether a subscription wants an event of this public name about such a ticket."""
    if wishes.event_types and what not in wishes.event_types:
        return False
    if facts is None:
        return True
    return (
        (not wishes.kinds or facts.kind in wishes.kinds)
        and (not wishes.priorities or facts.priority in wishes.priorities)
        and (not wishes.destinations or facts.destination in wishes.destinations)
    )
