"""What must hold of every ticket's history, whatever happened to it."""

from __future__ import annotations

from tickets.models import Ticket, TicketEvent, TicketFacts
from tickets.policies.chain import link
from tickets.policies.states import state_of


def assert_history_is_whole(ticket_id: int) -> None:
    """Events run from 1 without gap or fork, each hashed onto the one before; facts follow one another up to now."""
    ticket = Ticket.objects.get(pk=ticket_id)
    head = b""
    events = list(TicketEvent.objects.filter(ticket=ticket).order_by("sequence"))
    assert [event.sequence for event in events] == list(range(1, ticket.event_sequence + 1))
    for event in events:
        head = link(
            head,
            ticket_id=ticket.pk,
            sequence=event.sequence,
            type=event.type,
            at=event.at,
            actor_kind=event.actor_kind,
            actor_id=event.actor_id,
            actor_name=event.actor_name,
            via=event.via,
            data=event.data,
            commitment=bytes(event.commitment),
        )
        assert bytes(event.hash) == head, event
    assert bytes(ticket.event_hash) == head
    facts = list(TicketFacts.objects.filter(ticket=ticket).order_by("valid_from"))
    assert [one.valid_to for one in facts] == [*(one.valid_from for one in facts[1:]), None]
    current = facts[-1]
    assert (current.kind, current.state, current.phase) == (ticket.kind, ticket.state, ticket.phase)
    assert current.waiting_on == ticket.waiting_on
    state = state_of(ticket.kind, ticket.state)
    assert ticket.phase == state.phase
    assert ticket.waiting_on in state.waiting_on
