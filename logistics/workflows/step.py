"""What the machines of warehouse work have in common: who takes their steps, and what a machine is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from common import steps
from common.inputs import Input, WayForm, form_class
from common.steps import Step, steps_of
from logistics.choices import WhoKind
from logistics.models import WarehouseWork, WorkEvent
from logistics.policies.work_states import State

US = (WhoKind.STAFF,)
BOTH = (WhoKind.PARTNER, WhoKind.STAFF)
"""The partner, or staff on their behalf: they called."""

step = partial(steps.step, by=US)
"""A step of ours, unless it says otherwise. Its guard is given the work, the inputs and the moment."""


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
        return steps_of(self.flow)

    def opening_form(self) -> type[WayForm]:
        """The form that opens one."""
        return form_class(self.opening)
