"""Random walks through every machine, on the real database and through the one door (``take_way``)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from common.errors import InvalidInput
from common.models import Connection
from logistics.choices import PartnerKind
from logistics.models import Partner
from tests.tickets.workflows import people
from tests.tickets.workflows.filling import Drawn, First, filled
from tests.tickets.workflows.history import assert_history_is_whole
from tests.tickets.workflows.test_machines import KINDS, graph, reach, ways
from tickets.choices import Audience, Direction, MessageStatus
from tickets.errors import TransitionRefused
from tickets.models import ChannelIdentity, Conversation, Message, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.policies.states import STATES, initial_state
from tickets.services.effects import wording
from tickets.services.journal import changing
from tickets.services.transitions import apply_way, next_steps, take_way
from tickets.workflows.common import Workflow
from tickets.workflows.way import Way


class Walk(RuleBasedStateMachine):
    """One ticket and somebody who may do everything. ``kind`` and ``actor`` are set by the test."""

    kind: str
    actor: Actor

    @initialize()
    def open(self) -> None:
        self.now = people.NOW
        self.ticket = people.ticket(self.kind, customer=people.customer(), now=self.now)

    @rule(data=st.data(), minutes=st.integers(0, 600))
    def take_declared_way(self, data: Any, minutes: int) -> None:
        steps = [step.way for step in next_steps(self.ticket, self.actor)]
        assert steps, f"nothing can be done in {self.ticket.state}"
        own = [way for way in steps if way.name not in vars(Workflow)]
        way = data.draw(st.sampled_from([*own, *own, *own, *steps]), "way")  # the kind's own ways the most
        self.now += timedelta(minutes=minutes)
        before = self._stands()
        try:
            self.ticket = take_way(
                ticket_id=self.ticket.pk,
                way=way.name,
                data=filled(Drawn(data.draw), way, self.now),
                actor=self.actor,
                now=self.now,
            )
        except (InvalidInput, TransitionRefused):
            assert way.check or way.guard, f"{way.name} was refused without a guard"
            assert self._stands() == before
            return
        assert before[0] in way.sources(self.kind)
        assert self.ticket.state in way.ends(self.kind)
        assert self._stands()[1] > before[1]
        assert_history_is_whole(self.ticket.pk)

    @rule(data=st.data())
    def try_way_that_is_not_declared_here(self, data: Any) -> None:
        closed = [way.name for way in ways(self.kind).values() if self.ticket.state not in way.sources(self.kind)]
        way = data.draw(st.sampled_from([*sorted(closed), "fly"]), "way")
        before = self._stands()
        with pytest.raises((TransitionRefused, people.PermissionRefused)):
            take_way(ticket_id=self.ticket.pk, way=way, data={}, actor=self.actor, now=self.now)
        assert self._stands() == before

    @precondition(lambda self: self.kind == "delay" and self.ticket.state == "to_inform")
    @rule()
    def customer_is_told_the_date(self) -> None:
        tell(self.ticket, wording.new_date(self.ticket).text)

    @rule()
    def end_is_in_reach(self) -> None:
        ends = {name for name, state in STATES[self.kind].items() if state.phase == "resolved"}
        assert reach(graph(self.kind), self.ticket.state) & ends

    def _stands(self) -> tuple[str, int]:
        row = Ticket.objects.get(pk=self.ticket.pk)
        return row.state, TicketEvent.objects.filter(ticket=row).count()


def tell(ticket: Ticket, text: str, status: str = MessageStatus.SENT) -> Message:
    """A message to the ticket's customer that a channel took (or not, by ``status``)."""
    connection, _ = Connection.objects.get_or_create(provider="email", slug="desk", defaults={"name": "Desk"})
    identity, _ = ChannelIdentity.objects.get_or_create(
        connection=connection, external_id="marta@example.com", defaults={"created_at": people.NOW}
    )
    conversation, _ = Conversation.objects.get_or_create(
        connection=connection,
        identity=identity,
        thread=str(ticket.pk),
        defaults={"ticket_id": ticket.pk, "started_at": people.NOW, "last_message_at": people.NOW},
    )
    written_at = ticket.state_since + timedelta(seconds=1)
    return Message.objects.create(
        ticket_id=ticket.pk,
        conversation=conversation,
        connection=connection,
        identity=identity,
        direction=Direction.OUT,
        audience=Audience.CUSTOMER,
        status=status,
        text=text,
        sent_at=written_at,
        created_at=written_at,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_only_declared_ways_are_taken_and_history_stays_whole(kind: str) -> None:
    for partner_kind in PartnerKind.values:
        Partner.objects.create(kind=partner_kind, name=f"A {partner_kind}")
    machine = type("WalkOfKind", (Walk,), {"kind": kind, "actor": people.staff()})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=14,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


def path_to(kind: str, way: Way) -> list[Way]:
    """The shortest series of the kind's own ways that ends where ``way`` begins."""
    start = initial_state(kind).name
    paths: dict[str, list[Way]] = {start: []}
    waiting = [start]
    while waiting:
        state = waiting.pop(0)
        for one in ways(kind, own=True).values():
            for end in one.ends(kind) if state in one.sources(kind) else ():
                if end not in paths and (len(one.targets) == 1 or end != state):
                    paths[end] = [*paths[state], one]
                    waiting.append(end)
    return min((paths[source] for source in way.sources(kind) if source in paths), key=len)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in KINDS for name, way in ways(kind, own=True).items() if way.scan]
)
def test_scan_takes_its_ways_without_any_input(kind: str, name: str) -> None:
    for partner_kind in PartnerKind.values:
        Partner.objects.create(kind=partner_kind, name=f"A {partner_kind}")
    actor, now, way = people.staff(), people.NOW, ways(kind)[name]
    ticket = people.ticket(kind, customer=people.customer())
    for one in path_to(kind, way):
        now += timedelta(hours=1)
        ticket = take_way(ticket_id=ticket.pk, way=one.name, data=filled(First(), one, now), actor=actor, now=now)

    with changing(ticket.pk, actor=Actor.scan(), now=now) as change:
        apply_way(change, way, {})

    assert change.ticket.state in way.ends(kind)
    assert_history_is_whole(ticket.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind in KINDS for name, way in ways(kind, own=True).items() if way.by]
)
def test_every_way_can_be_taken(kind: str, name: str) -> None:
    for partner_kind in PartnerKind.values:
        Partner.objects.create(kind=partner_kind, name=f"A {partner_kind}")
    actor, now = people.staff(), people.NOW
    ticket = people.ticket(kind, customer=people.customer())
    way = ways(kind)[name]

    for one in [*path_to(kind, way), way]:
        now += timedelta(hours=1)
        if one.name == "inform_customer":
            tell(ticket, wording.new_date(ticket).text)
        ticket = take_way(ticket_id=ticket.pk, way=one.name, data=filled(First(), one, now), actor=actor, now=now)

    assert ticket.state in way.ends(kind)
    assert_history_is_whole(ticket.pk)
