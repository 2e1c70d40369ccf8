"""Declaring a way: one transition with everything there is to know about it, beside the method that takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django_fsm import GET_STATE, RETURN_VALUE, transition

from common.inputs import Input, WayForm, form_class
from logistics.choices import IncidentType
from tickets.choices import ENDED_PHASES, OPEN_PHASES, ActorKind, Phase
from tickets.policies.states import STATES, main_state

if TYPE_CHECKING:
    from tickets.models import Ticket

Check = Callable[[dict[str, Any]], None]
Guard = Callable[["Ticket", dict[str, Any], datetime], None]

OPEN = "(open)"
"""As source: every open state of the kind."""
RESOLVED = "(resolved)"
"""As source: every resolved state of the kind."""
ENDED = "(ended)"
"""As source: every resolved state of the kind, and closed."""
MAIN = "(main)"
"""As target: the kind's main state in which the work is ours."""

_PHASES: dict[str, tuple[Phase, ...]] = {OPEN: OPEN_PHASES, RESOLVED: (Phase.RESOLVED,), ENDED: ENDED_PHASES}

STAFF = (ActorKind.STAFF, ActorKind.RULE)
"""Whoever works at the desk, and rules on their behalf."""

_RESERVED = frozenset(("instance", "method", "self"))


@dataclass(frozen=True, slots=True)
class Way:
    """A declared transition.

    ``by`` are the kinds of actors that may take it; staff need ``permission`` besides. ``scan`` names the incidents
    that take it. ``check`` looks over all inputs together (raises ValidationError); ``guard(ticket, inputs, now)``
    looks at the ticket (raises TransitionRefused or, where an input is at fault, InvalidInput). Several ``targets``:
    the method returns which.
    """

    name: str
    label: str | Promise
    source: tuple[str, ...] | str
    targets: tuple[str, ...]
    by: frozenset[ActorKind]
    inputs: tuple[Input, ...] = ()
    permission: str = "tickets.work_ticket"
    scan: tuple[IncidentType, ...] = ()
    check: Check | None = None
    guard: Guard | None = None

    def sources(self, kind: str) -> tuple[str, ...]:
        """The states it leads from, for a kind."""
        if isinstance(self.source, str):
            return tuple(name for name, state in STATES[kind].items() if state.phase in _PHASES[self.source])
        return self.source

    def ends(self, kind: str) -> tuple[str, ...]:
        """The states it may lead to, for a kind."""
        return tuple(main_state(kind).name if target == MAIN else target for target in self.targets)

    def form(self) -> type[WayForm]:
        return form_class(self.inputs, self.check)


def _stands_in(phases: tuple[Phase, ...]) -> Callable[[Any], bool]:
    return lambda ticket: STATES[ticket.kind][ticket.state].phase in phases


def _main(ticket: Ticket, *args: Any, **kwargs: Any) -> str:
    return main_state(ticket.kind).name


def way(
    label: str | Promise,
    *,
    source: Iterable[str] | str,
    target: str | Sequence[str],
    by: Iterable[ActorKind] = STAFF,
    inputs: Sequence[Input] = (),
    permission: str = "tickets.work_ticket",
    scan: Sequence[IncidentType] = (),
    check: Check | None = None,
    guard: Guard | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the decorated method as a transition of the ticket's state (see ``Way``).

    The method gets the inputs by name, sets fields of the ticket only (``waiting_on`` where the target allows several)
    and, with several targets, returns the one it chose. Saving, events and all else is the service's.
    """
    targets = (target,) if isinstance(target, str) else tuple(target)
    group = source if isinstance(source, str) and source in _PHASES else ""
    sources = group or ((source,) if isinstance(source, str) else tuple(source))
    end = GET_STATE(_main) if targets == (MAIN,) else targets[0] if len(targets) == 1 else RETURN_VALUE(*targets)
    if reserved := {entry.name for entry in inputs} & _RESERVED:
        raise ImproperlyConfigured(
            f"Inputs cannot be called {', '.join(sorted(reserved))}: django-fsm means something by it."
        )
    actors = frozenset(by) | (frozenset({ActorKind.SCAN}) if scan else frozenset())

    def declare(method: Callable[..., Any]) -> Callable[..., Any]:
        declared = Way(
            name=method.__name__,
            label=label,
            source=sources,
            targets=targets,
            by=actors,
            inputs=tuple(inputs),
            permission=permission,
            scan=tuple(scan),
            check=check,
            guard=guard,
        )
        decorated: Callable[..., Any] = transition(
            field="state",
            source="*" if group else list(sources),
            target=end,
            conditions=[_stands_in(_PHASES[group])] if group else [],
            custom={"way": declared},
        )(method)
        return decorated

    return declare
