"""Declaring a step of a small machine: a transition with all there is to know of it, beside the method that takes it.

For machines beside the ticket's: warehouse work, compensations, claims. Each says who its actors are and what its
guards are given.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django_fsm import RETURN_VALUE, transition

from common.inputs import Input, WayForm, form_class

type Check = Callable[[dict[str, Any]], None]
type Guard = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Step:
    """A declared transition.

    ``by`` are the kinds of actors that may take it. ``check`` looks over all inputs together (raises ValidationError),
    ``guard`` at the locked row (raises a DomainError). With several ``targets`` the method returns which.
    """

    name: str
    label: str | Promise
    source: tuple[str, ...]
    targets: tuple[str, ...]
    by: frozenset[str]
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
    by: Iterable[str],
    inputs: Sequence[Input] = (),
    check: Check | None = None,
    guard: Guard | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the decorated method as a step (see ``Step``). It gets the inputs by name and sets fields of its row;
    rows, events and all else are the service's."""
    sources = (str(source),) if isinstance(source, str) else tuple(map(str, source))
    targets = (str(target),) if isinstance(target, str) else tuple(map(str, target))

    def declare(method: Callable[..., Any]) -> Callable[..., Any]:
        declared = Step(method.__name__, label, sources, targets, frozenset(by), tuple(inputs), check, guard)
        decorated: Callable[..., Any] = transition(
            field="state",
            source=list(sources),
            target=targets[0] if len(targets) == 1 else RETURN_VALUE(*targets),
            custom={"step": declared},
        )(method)
        return decorated

    return declare


def steps_of(flow: type[Any]) -> dict[str, Step]:
    """Every declared step of a machine by name, in the order of the file."""
    return {
        name: next(iter(method._django_fsm.transitions.values())).custom["step"]
        for name, method in vars(flow).items()
        if inspect.isfunction(method) and hasattr(method, "_django_fsm")
    }
