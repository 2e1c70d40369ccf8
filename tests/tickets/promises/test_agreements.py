"""What was agreed with a partner goes before what the promises say, for open clocks too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from logistics.choices import PartnerKind
from logistics.models import Agreement, Partner
from tests.tickets.promises.conftest import HOUR, MINUTE, NOW, calendar, policy, running
from tests.tickets.workflows import people
from tickets.choices import HoursOf, Kind, Target
from tickets.models import Ticket
from tickets.policies.actor import Actor
from tickets.services.promises import recount, sweep
from tickets.services.transitions import take_way

pytestmark = pytest.mark.django_db


def broker(**agreed: Any) -> Partner:
    """A broker in São Paulo (UTC−3): 9:00 there is 12:00 in UTC."""
    partner = Partner.objects.create(kind=PartnerKind.BROKER, name="Broker", time_zone="America/Sao_Paulo")
    if agreed:
        Agreement.objects.create(partner=partner, **agreed)
    return partner


def asked(partner: Partner, staff: Actor) -> Ticket:
    ticket = people.ticket(Kind.INQUIRY, now=NOW)
    data = {"partner": partner.pk, "question": "May it be released?"}
    take_way(ticket_id=ticket.pk, way="ask_partner", data=data, actor=staff, now=NOW)
    return ticket


def test_answer_time_agreed_with_the_partner_goes_before_the_policy(staff: Actor) -> None:
    policy(Target.PARTNER_ANSWER, 8 * HOUR, hours_of=HoursOf.WALL)
    ticket = asked(broker(answer_minutes=90), staff)

    clock = running(ticket, Target.PARTNER_ANSWER)

    assert (clock.duration, clock.due_at) == (90 * MINUTE, NOW.replace(hour=13, minute=30))
    assert sweep(now=NOW.replace(hour=13, minute=29)).breached == 0
    assert sweep(now=NOW.replace(hour=13, minute=30)).breached == 1


def test_hours_agreed_with_the_partner_go_before_its_own(staff: Actor) -> None:
    policy(Target.PARTNER_ANSWER, HOUR, hours_of=HoursOf.PARTNER)
    agreed = calendar("Asia/Shanghai")
    ticket = asked(broker(calendar=agreed), staff)

    clock = running(ticket, Target.PARTNER_ANSWER)

    assert clock.calendar_id == agreed.pk
    assert clock.due_at == NOW + HOUR  # five in the afternoon in Shanghai, an hour before it closes


def test_zone_agreed_with_the_partner_is_that_of_its_office_hours(staff: Actor) -> None:
    policy(Target.PARTNER_ANSWER, HOUR, hours_of=HoursOf.PARTNER)

    ticket = asked(broker(time_zone="Europe/Lisbon"), staff)

    assert running(ticket, Target.PARTNER_ANSWER).due_at == NOW + HOUR


def test_promises_about_others_know_nothing_of_the_agreement(staff: Actor) -> None:
    policy(Target.RESOLUTION, 5 * HOUR)
    ticket = asked(broker(answer_minutes=90), staff)

    assert running(ticket, Target.RESOLUTION).duration == 5 * HOUR


def test_changed_agreement_counts_open_clocks_anew(staff: Actor) -> None:
    policy(Target.PARTNER_ANSWER, 8 * HOUR, hours_of=HoursOf.PARTNER)
    partner = broker(answer_minutes=90)
    ticket = asked(partner, staff)
    recount(now=NOW, seconds=None)
    agreement = partner.agreement
    agreement.answer_minutes = 120
    agreement.save()

    counted = recount(now=NOW, seconds=None)

    assert counted == 1
    assert running(ticket, Target.PARTNER_ANSWER).due_at == NOW.replace(hour=14)
    agreement.delete()
    recount(now=NOW, seconds=None)
    assert running(ticket, Target.PARTNER_ANSWER).due_at == NOW.replace(hour=20)


def test_note_on_the_agreement_counts_nothing_anew(staff: Actor) -> None:
    policy(Target.PARTNER_ANSWER, 8 * HOUR, hours_of=HoursOf.PARTNER)
    partner = broker(answer_minutes=90)
    asked(partner, staff)
    recount(now=NOW, seconds=None)

    partner.agreement.note = "Signed in Porto."
    partner.agreement.save()

    assert recount(now=NOW + timedelta(seconds=1)) == 0
