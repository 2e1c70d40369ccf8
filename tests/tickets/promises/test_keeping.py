"""Which clock runs when: what starts it, what stops it, what pauses it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from logistics.choices import PartnerKind
from logistics.models import Carrier, Partner
from tests.tickets.promises.conftest import HOUR, MINUTE, NOW, calendar, ended, policy, running, step, team
from tests.tickets.workflows import people
from tickets.choices import HoursOf, Kind, Priority, Target
from tickets.models import Clock, Message, Ticket, TicketEvent
from tickets.policies.actor import Actor
from tickets.services.conversations import mark_answered, note, reply, write_to_customer
from tickets.services.delivery_reports import failed
from tickets.services.ending import reopen_by_reply
from tickets.services.journal import changing
from tickets.services.ownership import assign, set_priority, snooze
from tickets.services.relations import convert_ticket, merge_tickets
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db
Written = Callable[..., Ticket]
VIP_FIRST = {"all": [{"field": "ticket.tier", "op": "is", "value": "vip"}]}


def next_due(ticket: Ticket) -> object:
    return Ticket.objects.get(pk=ticket.pk).next_due_at


def test_customers_first_word_starts_first_response_and_our_answer_stops_it(written: Written, staff: Actor) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)

    ticket = written()
    assert running(ticket, Target.FIRST_RESPONSE).due_at == NOW + 2 * HOUR
    assert next_due(ticket) == NOW + 2 * HOUR
    reply(ticket_id=ticket.pk, text="We look into it.", actor=staff, now=NOW + HOUR)

    assert ended(ticket, Target.FIRST_RESPONSE) == [("kept", NOW + HOUR)]
    assert next_due(ticket) is None


def test_second_word_before_any_answer_moves_nothing(written: Written) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    ticket = written()

    written("Hello?", now=NOW + HOUR)

    assert running(ticket, Target.FIRST_RESPONSE).due_at == NOW + 2 * HOUR
    assert Clock.objects.count() == 1


def test_word_after_an_answer_starts_next_response_each_time(written: Written, staff: Actor) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    policy(Target.NEXT_RESPONSE, 3 * HOUR)
    ticket = written()
    reply(ticket_id=ticket.pk, text="We look into it.", actor=staff, now=NOW + HOUR)

    written("And?", now=NOW + 5 * HOUR)
    assert running(ticket, Target.NEXT_RESPONSE).due_at == NOW + 8 * HOUR
    reply(ticket_id=ticket.pk, text="It is at customs.", actor=staff, now=NOW + 6 * HOUR)
    written("And now?", now=NOW + 7 * HOUR)

    assert ended(ticket, Target.NEXT_RESPONSE) == [("kept", NOW + 6 * HOUR)]
    assert running(ticket, Target.NEXT_RESPONSE).due_at == NOW + 10 * HOUR
    assert len(ended(ticket, Target.FIRST_RESPONSE)) == 1


def test_ticket_that_we_opened_owes_no_response_until_its_customer_writes() -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)

    people.ticket(Kind.DELAY, customer=people.customer())

    assert not Clock.objects.exists()


def test_automatic_message_and_note_stop_no_response(written: Written, staff: Actor) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    ticket = written()

    with changing(ticket.pk, actor=Actor.clock(), now=NOW + MINUTE) as change:
        write_to_customer(change, text="We are closed until nine.", tells=False)
    note(ticket_id=ticket.pk, text="Called the carrier.", actor=staff, now=NOW + 2 * MINUTE)

    assert running(ticket, Target.FIRST_RESPONSE).due_at == NOW + 2 * HOUR


def test_word_that_wants_no_answer_cancels_the_response(written: Written, staff: Actor) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    ticket = written()

    mark_answered(ticket_id=ticket.pk, actor=staff, now=NOW + HOUR)
    written("One more thing", now=NOW + 3 * HOUR)

    assert ended(ticket, Target.FIRST_RESPONSE) == [("cancelled", NOW + HOUR)]
    assert running(ticket, Target.FIRST_RESPONSE).started_at == NOW + 3 * HOUR


def test_answer_that_did_not_arrive_is_owed_again(written: Written, staff: Actor) -> None:
    policy(Target.NEXT_RESPONSE, HOUR)
    ticket = written()
    message = reply(ticket_id=ticket.pk, text="We look into it.", actor=staff, now=NOW + MINUTE)
    claim = NOW + 5 * MINUTE
    Message.objects.filter(pk=message.pk).update(status="sending", claimed_until=claim)

    failed(message_id=message.pk, claim=claim, detail="no such chat", now=NOW + 10 * MINUTE)

    assert running(ticket, Target.NEXT_RESPONSE).due_at == NOW + 10 * MINUTE + HOUR


def test_update_is_owed_whoever_has_the_ball_and_begins_anew_with_each_word_that_tells(
    written: Written, staff: Actor
) -> None:
    policy(Target.NEXT_UPDATE, 24 * HOUR)
    ticket = written("My parcel is held at customs")
    assert running(ticket, Target.NEXT_UPDATE).due_at == NOW + 24 * HOUR

    reply(ticket_id=ticket.pk, text="We look into it.", actor=staff, now=NOW + HOUR)
    with changing(ticket.pk, actor=Actor.clock(), now=NOW + 2 * HOUR) as change:
        write_to_customer(change, text="Your parcel left customs.")
    with changing(ticket.pk, actor=Actor.clock(), now=NOW + 3 * HOUR) as change:
        write_to_customer(change, text="We are closed.", tells=False)

    assert running(ticket, Target.NEXT_UPDATE).due_at == NOW + 26 * HOUR
    assert ended(ticket, Target.NEXT_UPDATE) == [("kept", NOW + HOUR), ("kept", NOW + 2 * HOUR)]


def test_nobody_to_tell_owes_no_update() -> None:
    policy(Target.NEXT_UPDATE, 24 * HOUR)

    people.ticket(Kind.WAREHOUSE)

    assert not Clock.objects.exists()


def test_resolution_stands_still_while_others_have_the_ball_and_goes_on_where_it_stopped(staff: Actor) -> None:
    policy(Target.RESOLUTION, 10 * HOUR)
    ticket = people.ticket(Kind.PAYMENT, now=NOW)

    step(ticket, "hand_to_finance", staff, NOW + HOUR)
    paused = running(ticket, Target.RESOLUTION)
    assert (paused.due_at, paused.warn_at, paused.paused_since) == (None, None, NOW + HOUR)
    assert next_due(ticket) is None
    with changing(ticket.pk, actor=staff, now=NOW + 5 * HOUR) as change:
        change.ticket.tags = ["nothing about the ball"]
    step(ticket, "finance_answers", staff, NOW + 6 * HOUR)

    clock = running(ticket, Target.RESOLUTION)
    assert (clock.due_at, clock.paused_since) == (NOW + 15 * HOUR, None)
    assert clock.pk == paused.pk


def test_snoozing_pauses_nothing(staff: Actor) -> None:
    policy(Target.RESOLUTION, 10 * HOUR)
    ticket = people.ticket(Kind.INQUIRY, now=NOW)

    snooze(ticket_id=ticket.pk, until=NOW + 5 * HOUR, actor=staff, now=NOW + HOUR)

    assert running(ticket, Target.RESOLUTION).due_at == NOW + 10 * HOUR


def test_pause_after_the_time_was_up_changes_no_deadline(staff: Actor) -> None:
    policy(Target.RESOLUTION, 2 * HOUR)
    ticket = people.ticket(Kind.PAYMENT, now=NOW)

    step(ticket, "hand_to_finance", staff, NOW + 3 * HOUR)

    clock = running(ticket, Target.RESOLUTION)
    assert (clock.due_at, clock.paused_since) == (NOW + 2 * HOUR, None)


def test_resolving_ends_all_and_reopening_begins_anew(written: Written, staff: Actor) -> None:
    for target in (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.NEXT_UPDATE, Target.RESOLUTION):
        policy(target, 8 * HOUR)
    ticket = written()
    reply(ticket_id=ticket.pk, text="It arrives today.", actor=staff, now=NOW + HOUR)

    step(ticket, "deliver", staff, NOW + 2 * HOUR)
    assert not Clock.objects.running().exists()
    assert next_due(ticket) is None
    assert ended(ticket, Target.RESOLUTION) == [("kept", NOW + 2 * HOUR)]
    assert ended(ticket, Target.NEXT_UPDATE)[-1] == ("kept", NOW + 2 * HOUR)  # they were told
    written("It did not arrive!", now=NOW + 30 * HOUR)

    targets = {clock.target: clock.due_at for clock in Clock.objects.filter(ended_at__isnull=True)}
    assert targets == dict.fromkeys(("next_response", "next_update", "resolution"), NOW + 38 * HOUR)


def test_dismissed_ticket_kept_no_promise(staff: Actor) -> None:
    policy(Target.RESOLUTION, 8 * HOUR)
    ticket = people.ticket(Kind.DELAY, now=NOW)

    step(ticket, "dismiss", staff, NOW + HOUR)

    assert ended(ticket, Target.RESOLUTION) == [("cancelled", NOW + HOUR)]


def test_late_answer_is_a_breach_even_when_no_clock_process_ran(written: Written, staff: Actor) -> None:
    policy(Target.FIRST_RESPONSE, HOUR)
    ticket = written()

    reply(ticket_id=ticket.pk, text="Sorry.", actor=staff, now=NOW + 3 * HOUR)

    clock = Clock.objects.get()
    assert (clock.outcome, clock.breached_at) == ("missed", NOW + 3 * HOUR)
    assert (clock.breach.due_at, clock.breach.cause, clock.breach.late_by) == (NOW + HOUR, "no_owner", 2 * HOUR)
    event = TicketEvent.objects.get(ticket_id=ticket.pk, type="promise_breached")
    assert (event.actor_kind, event.data["target"], event.data["clock"]) == ("clock", "first_response", clock.pk)


def test_carriers_answer_runs_in_its_partners_hours_from_the_question(staff: Actor) -> None:
    policy(Target.CARRIER_ANSWER, 2 * HOUR, hours_of=HoursOf.PARTNER)
    partner = Partner.objects.create(kind=PartnerKind.CARRIER, name="Correos", calendar=calendar("Europe/Madrid"))
    shipment = people.shipment()
    Carrier.objects.filter(shipments=shipment).update(partner=partner)
    ticket = people.ticket(Kind.DELAY, shipment=shipment, now=NOW)
    asked = NOW.replace(hour=16, minute=30)  # 17:30 in Madrid: half an hour is left of the day

    step(ticket, "ask_carrier", staff, asked)
    clock = running(ticket, Target.CARRIER_ANSWER)
    assert (clock.partner_id, clock.due_at) == (partner.pk, (asked + timedelta(days=1)).replace(hour=9, minute=30))
    step(ticket, "carrier_answers", staff, asked + 5 * MINUTE)

    assert ended(ticket, Target.CARRIER_ANSWER) == [("kept", asked + 5 * MINUTE)]


def test_partner_without_a_calendar_works_office_hours_where_it_is(staff: Actor) -> None:
    policy(Target.PARTNER_ANSWER, HOUR, hours_of=HoursOf.PARTNER)
    broker = Partner.objects.create(kind=PartnerKind.BROKER, name="Broker", time_zone="America/Sao_Paulo")
    ticket = people.ticket(Kind.INQUIRY, now=NOW)

    take_way(
        ticket_id=ticket.pk,
        way="ask_partner",
        data={"partner": broker.pk, "question": "May it be released?"},
        actor=staff,
        now=NOW,  # six in the morning there
    )

    assert running(ticket, Target.PARTNER_ANSWER).due_at == NOW.replace(hour=13)


def test_urgent_and_vip_win_and_a_change_counts_from_the_start(written: Written, staff: Actor) -> None:
    policy(Target.FIRST_RESPONSE, 4 * HOUR, order=100)
    policy(
        *(Target.FIRST_RESPONSE, 30 * MINUTE),
        order=10,
        conditions={"all": [{"field": "ticket.priority", "op": "is", "value": 1}]},
    )
    policy(Target.FIRST_RESPONSE, HOUR, order=20, conditions=VIP_FIRST)
    ticket = written()
    assert running(ticket, Target.FIRST_RESPONSE).due_at == NOW + 4 * HOUR

    customer = ticket.customer
    assert customer is not None
    customer.tier = "vip"
    customer.save()
    assert running(ticket, Target.FIRST_RESPONSE).due_at == NOW + HOUR
    set_priority(ticket_id=ticket.pk, priority=Priority.URGENT, actor=staff, now=NOW + MINUTE)
    assert running(ticket, Target.FIRST_RESPONSE).due_at == NOW + 30 * MINUTE
    set_priority(ticket_id=ticket.pk, priority=Priority.LOW, actor=staff, now=NOW + 2 * MINUTE)

    assert running(ticket, Target.FIRST_RESPONSE).due_at == NOW + HOUR
    assert TicketEvent.objects.filter(ticket_id=ticket.pk, type="tier_changed").count() == 1


def test_another_teams_hours_move_the_deadline(staff: Actor) -> None:
    policy(Target.RESOLUTION, 2 * HOUR, hours_of=HoursOf.TEAM)
    ticket = people.ticket(Kind.INQUIRY, now=NOW)
    assert running(ticket, Target.RESOLUTION).due_at == NOW + 2 * HOUR

    assign(ticket_id=ticket.pk, team_id=team("America/New_York").pk, actor=staff, now=NOW)

    assert running(ticket, Target.RESOLUTION).due_at == NOW.replace(hour=16)


def test_converted_ticket_keeps_its_first_day_and_the_open_question(written: Written, staff: Actor) -> None:
    policy(Target.RESOLUTION, 10 * HOUR)
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    old = written()

    new = convert_ticket(ticket_id=old.pk, kind=Kind.LOSS, actor=staff, now=NOW + HOUR)

    assert running(new, Target.RESOLUTION).due_at == NOW + 10 * HOUR
    assert running(new, Target.FIRST_RESPONSE).due_at == NOW + 2 * HOUR
    assert not Clock.objects.filter(ticket_id=old.pk, ended_at__isnull=True).exists()


def test_merged_question_is_owed_from_its_first_word(written: Written, staff: Actor) -> None:
    policy(Target.FIRST_RESPONSE, 2 * HOUR)
    one = written(now=NOW)
    other = people.ticket(Kind.INQUIRY, customer=one.customer, now=NOW + HOUR)

    merge_tickets(ticket_id=one.pk, into_id=other.pk, actor=staff, now=NOW + HOUR)

    assert running(other, Target.FIRST_RESPONSE).due_at == NOW + 2 * HOUR
    assert ended(one, Target.FIRST_RESPONSE) == [("cancelled", NOW + HOUR)]


def test_new_ticket_costs_no_read() -> None:
    policy(Target.RESOLUTION, HOUR)
    people.ticket(Kind.INQUIRY)

    with CaptureQueriesContext(connection) as queries:
        people.ticket(Kind.INQUIRY)

    written = [one["sql"] for one in queries if "tickets_" in one["sql"] and "SAVEPOINT" not in one["sql"]]
    assert len(written) == 2  # what begins it, and all of the rest
    assert "INSERT INTO tickets_clock" in written[1]


def test_ended_ticket_stays_without_clocks(staff: Actor) -> None:
    policy(Target.RESOLUTION, HOUR)
    ticket = people.ticket(Kind.INQUIRY, now=NOW)
    step(ticket, "resolve", staff, NOW)

    note(ticket_id=ticket.pk, text="A word more.", actor=staff, now=NOW + HOUR)
    reopen_by_reply(ticket_id=ticket.pk, actor=Actor.system(), now=NOW + 2 * HOUR)

    assert running(ticket, Target.RESOLUTION).due_at == NOW + 3 * HOUR
