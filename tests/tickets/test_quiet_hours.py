"""What we write by ourselves waits for the customer's morning; what a person writes does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from channels_integrations.services.delivery import claim_next
from common.models import Connection
from common.revisions import look_again
from logistics.models import Customer, Partner
from tickets.choices import Kind, Priority, RuleTrigger
from tickets.models import ChannelIdentity, Conversation, Message, Rule, RuleSwitch, Ticket
from tickets.policies.actor import Actor
from tickets.services.conversations import write_to_customer, write_to_partner
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.services.quiet_hours import held_until

NIGHT = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
DAY = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rule() -> Rule:
    """The shipped rule alone, whatever else a site has."""
    Rule.objects.filter(trigger=RuleTrigger.SENDING).delete()
    RuleSwitch.objects.all().delete()
    made = Rule.objects.create(
        name="Quiet hours by night",
        is_active=True,
        trigger=RuleTrigger.SENDING,
        conditions={"none": [{"field": "ticket.priority", "op": "is", "value": int(Priority.URGENT)}]},
        actions=[{"action": "hold_between", "inputs": {"from_time": "21:00", "until_time": "08:00"}}],
        updated_at=DAY,
    )
    look_again()
    return made


def ticket_in(time_zone: str, **fields: Any) -> Ticket:
    customer = Customer.objects.create(name="Anna", language="de", time_zone=time_zone)
    ticket = open_ticket(kind=Kind.INQUIRY, actor=Actor.system("test"), now=DAY, customer=customer, **fields)
    account, _made = Connection.objects.get_or_create(slug="bot", defaults={"provider": "telegram", "name": "Bot"})
    identity = ChannelIdentity.objects.create(
        connection=account, external_id=f"chat-{customer.pk}", customer=customer, created_at=DAY
    )
    Conversation.objects.create(
        connection=account, identity=identity, ticket=ticket, started_at=DAY, last_message_at=DAY
    )
    return ticket


def write(ticket: Ticket, *, now: datetime = NIGHT, automatic: bool = True) -> Message:
    with changing(ticket.pk, actor=Actor.system("test"), now=now) as change:
        message = write_to_customer(change, text="Guten Tag", automatic=automatic)
    assert message is not None
    return message


def test_an_automatic_message_waits_for_their_morning() -> None:
    message = write(ticket_in("Europe/Berlin"))

    assert (message.held_until, message.next_attempt_at) == (MORNING, MORNING)
    assert claim_next(now=MORNING - timedelta(seconds=1)) is None
    claim = claim_next(now=MORNING)
    assert claim is not None
    assert claim.message.pk == message.pk


def test_by_day_it_goes_at_once() -> None:
    message = write(ticket_in("Europe/Berlin"), now=DAY)
    assert (message.held_until, message.next_attempt_at) == (None, DAY)


def test_an_urgent_ticket_does_not_wait() -> None:
    assert write(ticket_in("Europe/Berlin", priority=Priority.URGENT)).held_until is None


def test_a_ticket_that_becomes_urgent_in_the_same_change_does_not_wait() -> None:
    with changing(ticket_in("Europe/Berlin").pk, actor=Actor.system("test"), now=NIGHT) as change:
        change.ticket.priority = Priority.URGENT
        message = write_to_customer(change, text="Guten Tag")
    assert message is not None
    assert message.held_until is None


def test_what_a_person_writes_goes_at_once_and_overtakes_what_waits() -> None:
    ticket = ticket_in("Europe/Berlin")
    waiting = write(ticket)
    typed = write(ticket, automatic=False)

    claim = claim_next(now=NIGHT)
    assert claim is not None
    assert claim.message.pk == typed.pk
    assert waiting.held_until == MORNING


def test_a_partner_has_calendars_and_no_quiet_hours() -> None:
    ticket = ticket_in("Europe/Berlin")
    partner = Partner.objects.create(kind="broker", name="Broker", time_zone="Europe/Berlin")
    partner.contacts.create(name="Jo", email="jo@broker.example", is_primary=True)
    Connection.objects.create(provider="email", slug="mail", name="Mail", credentials={"address": "a@b.example"})
    with changing(ticket.pk, actor=Actor.system("test"), now=NIGHT) as change:
        message = write_to_partner(change, partner=partner, text="Please answer.")
    assert message is not None
    assert message.held_until is None


def test_where_nobody_knows_the_zone_nothing_waits() -> None:
    assert write(ticket_in("")).held_until is None


def test_without_a_zone_the_country_of_the_parcel_tells() -> None:
    assert write(ticket_in("", destination="DE")).held_until == MORNING


def test_a_rule_that_is_switched_off_holds_nothing(rule: Rule) -> None:
    ticket = ticket_in("Europe/Berlin")
    rule.is_active = False
    rule.save()
    assert write(ticket).held_until is None


def test_the_switch_for_all_rules_holds_nothing_either() -> None:
    ticket = ticket_in("Europe/Berlin")
    RuleSwitch.objects.create(pk=1, is_on=False)
    assert write(ticket).held_until is None


def test_the_hours_are_the_rules_own(rule: Rule) -> None:
    rule.actions = [{"action": "hold_between", "inputs": {"from_time": "23:00", "until_time": "06:30"}}]
    rule.save()
    ticket = ticket_in("Europe/Berlin")
    assert write(ticket, now=datetime(2026, 11, 24, 21, 59, tzinfo=UTC)).held_until is None
    assert write(ticket).held_until == datetime(2026, 11, 25, 5, 30, tzinfo=UTC)


def test_somebody_of_whom_only_the_zone_is_known() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert held_until(zone=berlin, urgent=False, now=NIGHT) == MORNING
    assert held_until(zone=berlin, urgent=True, now=NIGHT) is None
    assert held_until(zone=berlin, urgent=False, now=DAY) is None
