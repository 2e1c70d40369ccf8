"""Random walks through each machine of warehouse work, on the real database and through the one door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from common.errors import InvalidInput, PermissionRefused
from common.inputs import Choice, Count, Input, Moment, Pick, Text
from common.lines import Lines
from logistics.choices import WhoKind
from logistics.errors import StepRefused
from logistics.models import Incident, Partner, StockLevel
from logistics.services.warehouse.overdue import notice_overdue
from logistics.services.warehouse.work import open_steps, take_step
from logistics.workflows import MACHINES, Step
from tests.logistics.warehouse.orders import NOW, booking, instruction, staff, stock_count, theirs, warehouse

OPENERS: dict[str, Any] = {"booking": booking, "count": stock_count, "instruction": instruction}


def filled(draw: Any, entries: tuple[Input, ...], items: list[str], at: Any) -> dict[str, Any]:
    """Inputs as a system would send them: mostly whole, sometimes with something left out."""
    data: dict[str, Any] = {}
    for entry in entries:
        if not entry.required and draw(st.booleans()):
            continue
        if isinstance(entry, Lines):
            chosen = draw(st.sampled_from([items, [*items, "FOUND"], items[:1]]))
            data[entry.name] = [{"item": item} | filled(draw, entry.columns[1:], items, at) for item in chosen]
        elif isinstance(entry, Count):
            data[entry.name] = draw(st.integers(0, 12))
        elif isinstance(entry, Moment):
            hours = 30 if entry.name == "slot_to" else draw(st.integers(-20, 20))
            data[entry.name] = (at + timedelta(hours=hours)).isoformat()
        elif isinstance(entry, Choice):
            data[entry.name] = draw(st.sampled_from(entry.choices.values))
        elif isinstance(entry, Pick):
            data[entry.name] = ""
        else:
            assert isinstance(entry, Text)
            data[entry.name] = draw(st.sampled_from(["LX738201945CN", "破损", "<b>O'Brien</b>"]))
    return data


class Walk(RuleBasedStateMachine):
    """One piece of work, its partner and somebody of ours. ``name`` is set by the test."""

    name: str

    @initialize()
    def open(self) -> None:
        self.machine = MACHINES[self.name]
        self.now = NOW
        self.partner = Partner.objects.first() or warehouse()
        self.work: Any = OPENERS[self.name](self.partner)
        self.callers = (theirs(self.partner), staff())

    @rule(data=st.data(), minutes=st.integers(0, 3_000))
    def take_step_that_is_open(self, data: Any, minutes: int) -> None:
        by = data.draw(st.sampled_from(self.callers), "by")
        steps = open_steps(machine=self.machine, work=self.work, by=by)
        if not steps:
            assert by.kind == WhoKind.PARTNER or self.machine.states[self.work.state].is_end
            return
        step = data.draw(st.sampled_from(steps), "step")
        self.now += timedelta(minutes=minutes)
        before = self.stands()
        items = [line.item for line in self.work.lines.all()]
        try:
            self.work = self.take(step, by, filled(data.draw, step.inputs, items, self.now))
        except InvalidInput:
            assert step.check or step.guard or step.name == "explain", f"{step.name} was refused without a reason"
            assert self.stands() == before
            return
        assert before[0] in step.source
        assert self.work.state in step.targets
        self.assert_row_fits_its_state()

    @rule(data=st.data())
    def try_step_that_is_not_open(self, data: Any) -> None:
        by = data.draw(st.sampled_from(self.callers), "by")
        open_names = {step.name for step in open_steps(machine=self.machine, work=self.work, by=by)}
        others = [step for name, step in self.machine.steps().items() if name not in open_names]
        if not others:
            return
        before = self.stands()
        with pytest.raises((StepRefused, PermissionRefused)):
            self.take(data.draw(st.sampled_from(others), "step"), by, {})
        assert self.stands() == before

    @rule(hours=st.integers(0, 100))
    def clock_looks(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        notice_overdue(now=self.now)
        assert notice_overdue(now=self.now) == 0
        self.work = self.machine.flow._default_manager.get(pk=self.work.pk)
        is_late = self.work.answer_due_at is not None and self.work.answer_due_at <= self.now
        assert (self.work.overdue_at is not None) == is_late

    @rule()
    def history_leads_here(self) -> None:
        events = list(self.work.events.order_by("sequence"))
        assert [event.sequence for event in events] == list(range(1, self.work.event_sequence + 1))
        assert events[0].type == "opened"
        state = ""
        for event in events:
            assert event.from_state == state
            state = event.to_state
        assert state == self.work.state

    def assert_row_fits_its_state(self) -> None:
        state = self.machine.states[self.work.state]
        row = self.machine.flow._default_manager.get(pk=self.work.pk)
        assert row.awaiting == state.awaiting
        assert (row.answer_due_at is None) == (state.awaiting != "partner")
        assert (row.ended_at is not None) == state.is_end
        assert row.answer_due_at is None or row.answer_due_at >= self.now

    def take(self, step: Step, by: Any, data: dict[str, Any]) -> Any:
        return take_step(machine=self.machine, work_id=self.work.pk, step=step.name, data=data, by=by, now=self.now)

    def stands(self) -> tuple[str, int, int, list[tuple[str, int]], int]:
        row: Any = self.machine.flow._default_manager.get(pk=self.work.pk)
        levels = list(StockLevel.objects.order_by("item").values_list("item", "expected_units"))
        return row.state, row.event_sequence, row.events.count(), levels, Incident.objects.count()


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(MACHINES))
def test_only_declared_steps_are_taken_and_history_stays_whole(name: str) -> None:
    machine = type("WalkOfMachine", (Walk,), {"name": name})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_state_is_reached_and_leads_to_an_end(name: str) -> None:
    machine = MACHINES[name]
    ways = {state: set() for state in machine.states}  # type: dict[str, set[str]]
    for step in machine.steps().values():
        for source in step.source:
            ways[source] |= set(step.targets)

    def reach(state: str) -> set[str]:
        found, waiting = {state}, [state]
        while waiting:
            new = ways[waiting.pop()] - found
            found |= new
            waiting += new
        return found

    first = next(iter(machine.states))
    assert reach(first) == set(machine.states)
    for state in machine.states:
        assert any(machine.states[end].is_end for end in reach(state))
