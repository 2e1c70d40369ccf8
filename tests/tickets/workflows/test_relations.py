"""Merge, convert, split, follow up, hand over, close, reopen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from common.errors import InvalidInput, PermissionRefused
from common.jobs import PERIODIC
from common.models import Connection
from tests.tickets.workflows import people
from tests.tickets.workflows.history import assert_history_is_whole
from tests.tickets.workflows.people import NOW, staff, ticket
from tickets.choices import ActorKind, Audience, Direction, LinkType, MessageStatus, Via
from tickets.errors import TransitionRefused
from tickets.models import Attachment, ChannelIdentity, Conversation, Message, Participant, Team, Ticket, TicketLink
from tickets.policies.actor import Actor
from tickets.services import ownership, relations
from tickets.services.ending import close_old, reopen_by_reply, wake_snoozed
from tickets.services.journal import changing
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def conversation(of: Ticket, thread: str = "one@example.com", address: str = "marta@example.com") -> Conversation:
    mailbox, _ = Connection.objects.get_or_create(provider="email", slug="desk", defaults={"name": "Desk"})
    identity, _ = ChannelIdentity.objects.get_or_create(
        connection=mailbox, external_id=address, defaults={"customer": of.customer, "created_at": NOW}
    )
    return Conversation.objects.create(
        connection=mailbox, identity=identity, thread=thread, ticket=of, started_at=NOW, last_message_at=NOW
    )


def says(thread: Conversation, text: str, *, minutes: int = 0) -> Message:
    at = NOW + timedelta(minutes=minutes)
    message = Message.objects.create(
        ticket=thread.ticket,
        conversation=thread,
        connection=thread.connection,
        identity=thread.identity,
        direction=Direction.IN,
        audience=Audience.CUSTOMER,
        status=MessageStatus.RECEIVED,
        text=text,
        sent_at=at,
        created_at=at,
    )
    Ticket.objects.filter(conversations=thread, unanswered_since=None).update(unanswered_since=at)
    Attachment.objects.create(
        ticket=thread.ticket,
        message=message,
        name="a.pdf",
        content_type="application/pdf",
        sha256="0" * 64,
        created_at=at,
    )
    return message


def resolved(kind: str = "inquiry", **fields: Any) -> Ticket:
    """A ticket that came to its usual end at NOW."""
    return _end(ticket(kind, **fields))


def _end(opened: Ticket) -> Ticket:
    way = {"inquiry": "resolve", "delay": "deliver", "failed_delivery": "deliver", "clearance": "release"}[opened.kind]
    return take_way(ticket_id=opened.pk, way=way, actor=Actor(ActorKind.RULE, Via.RULE), now=NOW)


def test_merging_brings_everything_along_and_dismisses_the_other() -> None:
    marta = people.customer()
    old, into = ticket("inquiry", customer=marta), ticket("delay", customer=marta)
    message = says(conversation(old), "¿Dónde está mi paquete?")
    Participant.objects.create(ticket=old, user=people.person("Carla"), joined_at=NOW)

    merged = relations.merge_tickets(ticket_id=old.pk, into_id=into.pk, actor=staff(), now=NOW + DAY)

    old = Ticket.objects.get(pk=old.pk)
    assert (old.state, old.resolution, old.unanswered_since) == ("dismissed", "merged", None)
    assert Message.objects.get(pk=message.pk).ticket_id == into.pk
    assert Conversation.objects.get().ticket_id == into.pk
    assert Attachment.objects.get().ticket_id == into.pk
    assert Participant.objects.filter(ticket=into, user__full_name="Carla").exists()
    assert merged.unanswered_since == message.created_at
    assert merged.last_message_preview == "¿Dónde está mi paquete?"
    assert TicketLink.objects.get().type == LinkType.MERGED_INTO
    assert_history_is_whole(old.pk)
    assert_history_is_whole(into.pk)


def test_tickets_of_different_customers_are_not_merged() -> None:
    old, into = ticket("inquiry", customer=people.customer()), ticket("inquiry", customer=people.customer(name="Wei"))

    with pytest.raises(InvalidInput, match="different customers"):
        relations.merge_tickets(ticket_id=old.pk, into_id=into.pk, actor=staff(), now=NOW)

    assert Ticket.objects.filter(state="new").count() == 2


def test_safety_matter_is_not_merged_into_something_everybody_reads() -> None:
    old, into = ticket("safety"), ticket("inquiry")

    with pytest.raises(PermissionRefused):
        relations.merge_tickets(ticket_id=old.pk, into_id=into.pk, actor=staff("Bob", "work_ticket"), now=NOW)
    with pytest.raises(InvalidInput):
        relations.merge_tickets(ticket_id=old.pk, into_id=into.pk, actor=staff(), now=NOW)


def test_ticket_is_not_merged_into_itself_or_an_ended_one() -> None:
    old, ended = ticket("inquiry"), resolved()

    with pytest.raises(InvalidInput):
        relations.merge_tickets(ticket_id=old.pk, into_id=old.pk, actor=staff(), now=NOW)
    with pytest.raises(TransitionRefused, match="has ended"):
        relations.merge_tickets(ticket_id=old.pk, into_id=ended.pk, actor=staff("Bob"), now=NOW)


def test_converting_keeps_history_and_gives_the_new_ticket_all_there_was() -> None:
    parcel = people.shipment(customer=people.customer())
    old = ticket("inquiry", shipment=parcel, summary="Where is it", tags=["vip"])
    message = says(conversation(old), "Held at customs!")

    new = relations.convert_ticket(ticket_id=old.pk, kind="clearance", actor=staff(), now=NOW + DAY)

    assert (new.kind, new.state, new.shipment, new.summary, new.tags) == (
        "clearance",
        "reported",
        parcel,
        "Where is it",
        ["vip"],
    )
    assert (new.opened_at, new.unanswered_since) == (old.opened_at, message.created_at)
    assert Message.objects.get(pk=message.pk).ticket_id == new.pk
    assert Ticket.objects.get(pk=old.pk).resolution == "converted"
    assert TicketLink.objects.get().type == LinkType.CONVERTED_TO
    assert_history_is_whole(old.pk)
    assert_history_is_whole(new.pk)


def test_converting_into_a_kind_the_parcel_has_open_already_changes_nothing() -> None:
    parcel = people.shipment()
    ticket("clearance", shipment=parcel)
    old = ticket("inquiry", shipment=parcel)

    with pytest.raises(TransitionRefused) as refusal:
        relations.convert_ticket(ticket_id=old.pk, kind="clearance", actor=staff(), now=NOW)

    assert refusal.value.code == "already_open"
    assert Ticket.objects.get(pk=old.pk).state == "new"


@pytest.mark.parametrize("kind", ["inquiry", "parcel"])
def test_converting_into_the_same_or_an_unknown_kind_is_refused(kind: str) -> None:
    old = ticket("inquiry")

    with pytest.raises(InvalidInput):
        relations.convert_ticket(ticket_id=old.pk, kind=kind, actor=staff(), now=NOW)


def test_splitting_a_conversation_gives_the_new_ticket_a_thread_of_its_own() -> None:
    old = ticket("delay", customer=people.customer(), shipment=people.shipment())
    thread = conversation(old)
    stays, goes = says(thread, "Late!"), says(thread, "And I want to send the other one back", minutes=5)

    new = relations.split_ticket(ticket_id=old.pk, message_ids=[goes.pk], kind="return", actor=staff(), now=NOW + DAY)

    goes.refresh_from_db()
    assert (goes.ticket_id, Message.objects.get(pk=stays.pk).ticket_id) == (new.pk, old.pk)
    assert goes.conversation != thread
    assert goes.conversation is not None
    assert (goes.conversation.identity, goes.conversation.ticket_id) == (thread.identity, new.pk)
    assert goes.attachments.get().ticket_id == new.pk
    assert new.unanswered_since == goes.created_at
    left = Ticket.objects.get(pk=old.pk)
    assert (left.last_message_preview, left.unanswered_since) == ("Late!", stays.created_at)
    link = TicketLink.objects.get()
    assert (link.type, link.from_ticket_id, link.to_ticket_id) == (LinkType.SPLIT_FROM, new.pk, old.pk)
    assert_history_is_whole(old.pk)
    assert_history_is_whole(new.pk)


def test_splitting_off_the_same_kind_leaves_the_parcel_with_the_old_ticket() -> None:
    old = ticket("delay", customer=people.customer(), shipment=people.shipment())
    goes = says(conversation(old), "Another parcel is late too")

    new = relations.split_ticket(ticket_id=old.pk, message_ids=[goes.pk], kind="delay", actor=staff(), now=NOW + DAY)

    assert (new.shipment, new.customer) == (None, old.customer)
    assert Conversation.objects.get().ticket_id == new.pk


def test_messages_of_another_ticket_are_not_split_off() -> None:
    old, other = ticket("inquiry"), ticket("inquiry")
    foreign = says(conversation(other), "Hello")

    actor = staff()

    for chosen in ([foreign.pk], []):
        with pytest.raises(InvalidInput):
            relations.split_ticket(ticket_id=old.pk, message_ids=chosen, kind="return", actor=actor, now=NOW)

    assert Ticket.objects.count() == 2


def test_reply_within_fourteen_days_reopens_the_ticket() -> None:
    ended = resolved()

    again = reopen_by_reply(ticket_id=ended.pk, actor=Actor.customer(None, via=Via.CHANNEL), now=NOW + 14 * DAY)

    assert (again.pk, again.state, again.phase, again.reopened_count) == (ended.pk, "open", "active", 1)
    assert_history_is_whole(ended.pk)


def test_reply_reopens_a_closed_ticket_too() -> None:
    ended = resolved()
    assert close_old(NOW + 8 * DAY) == 1

    again = reopen_by_reply(ticket_id=ended.pk, actor=Actor.customer(None, via=Via.CHANNEL), now=NOW + 9 * DAY)

    assert (again.pk, again.phase, again.closed_at) == (ended.pk, "active", None)


@pytest.mark.parametrize("kind", ["inquiry", "delay", "clearance"])
def test_later_reply_opens_an_inquiry_that_follows(kind: str) -> None:
    ended = resolved(kind, customer=people.customer(), shipment=people.shipment())
    conversation(ended)

    new = reopen_by_reply(
        ticket_id=ended.pk, actor=Actor.customer(None, via=Via.CHANNEL), now=NOW + 14 * DAY + timedelta(seconds=1)
    )

    assert (new.kind, new.customer, new.shipment) == ("inquiry", ended.customer, ended.shipment)
    assert Ticket.objects.get(pk=ended.pk).phase == "resolved"
    assert Conversation.objects.get().ticket_id == new.pk
    link = TicketLink.objects.get()
    assert (link.from_ticket_id, link.to_ticket_id, link.type) == (ended.pk, new.pk, LinkType.FOLLOWS)


def test_reply_to_a_merged_ticket_goes_to_the_one_it_went_into() -> None:
    old, into = ticket("inquiry"), ticket("delay")
    relations.merge_tickets(ticket_id=old.pk, into_id=into.pk, actor=staff(), now=NOW)
    take_way(ticket_id=into.pk, way="deliver", actor=Actor.scan(), now=NOW)

    again = reopen_by_reply(ticket_id=old.pk, actor=Actor.customer(None, via=Via.CHANNEL), now=NOW + DAY)

    assert (again.pk, again.state) == (into.pk, "carrier_answered")


def test_reply_goes_to_the_open_ticket_when_the_parcel_has_one_of_the_kind_again() -> None:
    parcel = people.shipment()
    ended = resolved("delay", shipment=parcel)
    current = ticket("delay", shipment=parcel)
    conversation(ended)

    again = reopen_by_reply(ticket_id=ended.pk, actor=Actor.customer(None, via=Via.CHANNEL), now=NOW + DAY)

    assert again.pk == current.pk
    assert Conversation.objects.get().ticket_id == current.pk
    assert Ticket.objects.get(pk=ended.pk).phase == "resolved"


def test_reply_to_an_open_ticket_changes_nothing() -> None:
    opened = ticket("inquiry")

    again = reopen_by_reply(ticket_id=opened.pk, actor=Actor.customer(None, via=Via.CHANNEL), now=NOW)

    assert (again.pk, again.event_sequence) == (opened.pk, 1)


def test_clock_closes_after_seven_days_and_not_before() -> None:
    ended = resolved()

    assert close_old(NOW + 7 * DAY - timedelta(seconds=1)) == 0
    assert close_old(NOW + 7 * DAY) == 1
    assert close_old(NOW + 7 * DAY) == 0

    closed = Ticket.objects.get(pk=ended.pk)
    assert (closed.state, closed.phase, closed.resolution, closed.closed_at) == (
        "closed",
        "closed",
        "solved",
        NOW + 7 * DAY,
    )
    assert closed.events.get(sequence=closed.event_sequence).actor_kind == "clock"


def test_snoozed_ticket_wakes_when_its_time_has_come() -> None:
    opened = ticket("inquiry")
    ownership.snooze(ticket_id=opened.pk, until=NOW + DAY, actor=staff(), now=NOW)

    assert wake_snoozed(NOW + DAY - timedelta(seconds=1)) == 0
    assert wake_snoozed(NOW + DAY) == 1

    woken = Ticket.objects.get(pk=opened.pk)
    assert woken.snoozed_until is None
    assert list(woken.events.values_list("type", flat=True)) == ["opened", "snoozed", "woken"]


def test_ended_ticket_is_not_put_aside_and_the_past_is_no_time_to_wake() -> None:
    opened = ticket("inquiry")
    with pytest.raises(InvalidInput):
        ownership.snooze(ticket_id=opened.pk, until=NOW, actor=staff(), now=NOW)

    ended = _end(opened)
    with pytest.raises(TransitionRefused):
        ownership.snooze(ticket_id=ended.pk, until=NOW + DAY, actor=staff("Bob"), now=NOW)


def test_clock_knows_its_work() -> None:
    assert {"close what ended long ago", "wake snoozed tickets"} <= set(PERIODIC)


def test_assigning_is_told_with_who_had_it_before() -> None:
    opened = ticket("inquiry")
    alice, carla = staff("Alice"), people.person("Carla", "work_ticket")
    team = Team.objects.create(name="Iberia")
    ownership.assign(ticket_id=opened.pk, assignee_id=alice.id, actor=alice, now=NOW)

    given = ownership.assign(ticket_id=opened.pk, assignee_id=carla.pk, team_id=team.pk, actor=alice, now=NOW)

    event = given.events.last()
    assert (given.assignee, given.team) == (carla, team)
    assert event is not None
    assert event.data == {"assignee": carla.pk, "team": team.pk, "assignee_before": alice.id, "team_before": None}
    assert set(Participant.objects.values_list("user__full_name", flat=True)) == {"Alice", "Carla"}


def test_only_people_who_work_tickets_get_one_and_safety_only_who_may_see_it() -> None:
    opened, safety = ticket("inquiry"), ticket("safety")
    visitor, carla = people.person("Visitor"), people.person("Carla", "work_ticket")
    actor = staff()

    with pytest.raises(InvalidInput, match="does not work tickets"):
        ownership.assign(ticket_id=opened.pk, assignee_id=visitor.pk, actor=actor, now=NOW)
    with pytest.raises(InvalidInput, match="may not see safety"):
        ownership.assign(ticket_id=safety.pk, assignee_id=carla.pk, actor=actor, now=NOW)
    with pytest.raises(PermissionRefused):
        ownership.assign(ticket_id=opened.pk, assignee_id=carla.pk, actor=Actor.staff(visitor), now=NOW)

    assert Ticket.objects.filter(assignee=None).count() == 2


def test_many_assigned_to_a_person_keep_their_teams_unless_one_was_chosen() -> None:
    customs, claims = (Team.objects.create(name=name) for name in ("Customs", "Claims"))
    alice, carla = staff("Alice"), people.person("Carla", "work_ticket")
    first, second, third = ticket("delay"), ticket("loss"), ticket("return")
    ownership.assign(ticket_id=first.pk, team_id=customs.pk, actor=alice, now=NOW)
    ownership.assign(ticket_id=second.pk, team_id=claims.pk, actor=alice, now=NOW)
    together = [first.pk, second.pk, third.pk]

    def standing() -> list[tuple[int | None, int | None]]:
        return list(Ticket.objects.filter(pk__in=together).order_by("pk").values_list("assignee_id", "team_id"))

    ownership.assign_many(ticket_ids=together, assignee_id=carla.pk, actor=alice, now=NOW + DAY)
    assert standing() == [(carla.pk, customs.pk), (carla.pk, claims.pk), (carla.pk, None)]

    ownership.assign_many(ticket_ids=together, actor=alice, now=NOW + 2 * DAY)
    assert standing() == [(None, customs.pk), (None, claims.pk), (None, None)]

    ownership.assign_many(ticket_ids=together, assignee_id=carla.pk, team_id=claims.pk, actor=alice, now=NOW + 3 * DAY)
    assert standing() == [(carla.pk, claims.pk)] * 3


def test_many_are_assigned_at_once_and_ended_ones_are_left() -> None:
    first, second, ended = ticket("inquiry"), ticket("delay"), resolved()
    carla = people.person("Carla", "work_ticket")

    count = ownership.assign_many(
        ticket_ids=[second.pk, ended.pk, first.pk, first.pk], assignee_id=carla.pk, actor=staff(), now=NOW
    )

    assert count == 2
    assert set(Ticket.objects.filter(assignee=carla)) == {first, second}


def test_handing_over_asks_for_a_taker_and_a_word() -> None:
    opened = ticket("inquiry")
    actor, carla = staff(), people.person("Carla", "work_ticket")

    with pytest.raises(InvalidInput):
        ownership.hand_over(ticket_id=opened.pk, note="Yours", actor=actor, now=NOW)
    with pytest.raises(InvalidInput):
        ownership.hand_over(ticket_id=opened.pk, to_user=carla.pk, note=" ", actor=actor, now=NOW)
    given = ownership.hand_over(ticket_id=opened.pk, to_user=carla.pk, note="Speaks Spanish", actor=actor, now=NOW)

    event = given.events.get(type="handed_over")
    assert given.assignee == carla
    assert event.content.content == {"note": "Speaks Spanish"}
    assert "note" not in event.data


def test_priority_and_tags_change_once_and_wrong_ones_are_refused() -> None:
    opened = ticket("inquiry")
    actor = staff()

    ownership.set_priority(ticket_id=opened.pk, priority=1, actor=actor, now=NOW)
    ownership.set_priority(ticket_id=opened.pk, priority=1, actor=actor, now=NOW)
    ownership.set_tags(ticket_id=opened.pk, tags=["  black  friday ", "vip", "vip", ""], actor=actor, now=NOW)
    with pytest.raises(InvalidInput):
        ownership.set_priority(ticket_id=opened.pk, priority=9, actor=actor, now=NOW)
    with pytest.raises(InvalidInput):
        ownership.set_tags(ticket_id=opened.pk, tags=["x" * 61], actor=actor, now=NOW)

    changed = Ticket.objects.get(pk=opened.pk)
    assert (changed.priority, changed.tags) == (1, ["black friday", "vip"])
    assert list(changed.events.values_list("type", flat=True)) == ["opened", "priority_changed", "tags_changed"]


def test_following_up_uses_what_is_open_for_the_parcel() -> None:
    marta = people.customer()
    parcel = people.shipment(customer=marta)
    ended = resolved("delay", shipment=parcel)
    running = ticket("inquiry", shipment=parcel)

    with changing(ended.pk, actor=staff(), now=NOW + DAY) as change:
        new = relations.follow_up(change)

    assert new.pk == running.pk
    assert_history_is_whole(ended.pk)


def test_splitting_wakes_no_question_that_was_answered() -> None:
    old = ticket("delay")
    goes = says(conversation(old), "Thanks, and about the return")
    Ticket.objects.filter(pk=old.pk).update(unanswered_since=None)

    new = relations.split_ticket(ticket_id=old.pk, message_ids=[goes.pk], kind="return", actor=staff(), now=NOW + DAY)

    assert new.unanswered_since is None
