"""Declaring a step of warehouse work: a transition with all there is to know about it, beside its method."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django_fsm import RETURN_VALUE, transition

from common.inputs import Input, WayForm, form_class
from logistics.choices import WhoKind
from logistics.models import WarehouseWork, WorkEvent
from logistics.policies.work_states import State

type Check = Callable[[dict[str, Any]], None]
type Guard = Callable[[Any, dict[str, Any], datetime], None]

US = (WhoKind.STAFF,)
BOTH = (WhoKind.PARTNER, WhoKind.STAFF)
"""The partner, or staff on their behalf: they called."""


@dataclass(frozen=True, slots=True)
class Step:
    """A declared transition.

    ``check`` looks over all inputs together (raises ValidationError), ``guard(work, inputs, now)`` at the locked work
    (raises InvalidInput or StepRefused). With several ``targets`` the method returns which.
    """

    name: str
    label: str | Promise
    source: tuple[str, ...]
    targets: tuple[str, ...]
    by: frozenset[WhoKind]
    inputs: tuple[Input, ...] = ()
    check: Check | None = None
    guard: Guard | None = None

    def form(self) -> type[WayForm]:
        """The form of its inputs."""
        return form_class(self.inputs, self.check)


def step(
    label: str | Promise,
    *,
    source: Iterable[str] | str,
    target: str | Sequence[str],
    by: Iterable[WhoKind] = US,
    inputs: Sequence[Input] = (),
    check: Check | None = None,
    guard: Guard | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the decorated method as a step (see ``Step``). It gets the inputs by name and sets fields of the work;
    rows, events and all else are the service's."""
    sources = (source,) if isinstance(source, str) else tuple(source)
    targets = (target,) if isinstance(target, str) else tuple(target)

    def declare(method: Callable[..., Any]) -> Callable[..., Any]:
        declared = Step(
            name=method.__name__,
            label=label,
            source=sources,
            targets=targets,
            by=frozenset(by),
            inputs=tuple(inputs),
            check=check,
            guard=guard,
        )
        decorated: Callable[..., Any] = transition(
            field="state",
            source=list(sources),
            target=targets[0] if len(targets) == 1 else RETURN_VALUE(*targets),
            custom={"step": declared},
        )(method)
        return decorated

    return declare


@dataclass(frozen=True, slots=True)
class Machine:
    """One kind of warehouse work: its rows, its states, what opening one asks for.

    ``flow`` is the proxy model whose methods are the steps. ``permission`` is what staff need to open and move it.
    """

    name: str
    flow: type[WarehouseWork]
    line: type[Any]
    event: type[WorkEvent]
    states: dict[str, State]
    opening: tuple[Input, ...]
    permission: str = "logistics.work_warehouse_orders"

    def steps(self) -> dict[str, Step]:
        """Every declared step by name, in the order of the file."""
        found = {}
        for name, method in vars(self.flow).items():
            if inspect.isfunction(method) and hasattr(method, "_django_fsm"):
                found[name] = next(iter(method._django_fsm.transitions.values())).custom["step"]
        return found

    def opening_form(self) -> type[WayForm]:
        """The form that opens one."""
        return form_class(self.opening)
