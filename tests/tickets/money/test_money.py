"""Compensation first, the claim after; both go on when the ticket is over."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import InvalidInput, PermissionRefused
from common.models import Connection
from knowledge_base.models import CountryChecklist, MessageTemplate
from logistics.choices import IncidentType, PartnerKind
from logistics.models import Carrier, Incident, Partner
from tests.tickets.workflows import people
from tests.tickets.workflows.filling import First, filled
from tickets.choices import ClaimFrom, ClaimState, CompensationState, Kind
from tickets.errors import TransitionRefused
from tickets.models import ChannelIdentity, Claim, ClaimTerms, Compensation, Conversation, KnowledgeUse, Ticket
from tickets.policies.actor import Actor
from tickets.services import kpi
from tickets.services.incidents import handle_incidents
from tickets.services.money import Machine, expire_offers, next_steps, take_step
from tickets.services.transitions import find_way, take_way

pytestmark = pytest.mark.django_db
NOW = people.NOW
DAY = timedelta(days=1)


@pytest.fixture
def alice() -> Actor:
    return people.staff("Alice")


@pytest.fixture
def bob() -> Actor:
    return people.staff("Bob")


def loss(actor: Actor, **fields: Any) -> Ticket:
    """A confirmed loss of a parcel that Correos carried."""
    desk = Partner.objects.create(kind=PartnerKind.CARRIER, name="Correos desk")
    parcel = people.shipment(created_at=NOW - 5 * DAY)
    Carrier.objects.filter(code="correos").update(partner=desk)
    ticket = people.ticket(Kind.LOSS, shipment=parcel, customer=people.customer(), **fields)
    data = {"what": "lost", "grounds": "gone", "value": "80", "value_currency": "EUR"}
    return take_way(ticket_id=ticket.pk, way="confirm", data=data, actor=actor, now=NOW)


def settled(actor: Actor, how: str = "refund", amount: str = "55.50") -> Ticket:
    ticket = loss(actor)
    data = {"how": how, "amount": amount, "amount_currency": "EUR" if amount else ""}
    return take_way(ticket_id=ticket.pk, way="settle", data=data, actor=actor, now=NOW)


def move(machine: Machine, row: Any, step: str, actor: Actor, **data: str) -> Any:
    return take_step(machine=machine, row_id=row.pk, step=step, data=data, actor=actor, now=NOW + DAY)


def test_settling_a_loss_opens_what_is_paid_and_drafts_what_is_claimed(alice: Actor) -> None:
    ClaimTerms.objects.create(file_within_days=90)
    ticket = settled(alice)

    paid, claim = Compensation.objects.get(), Claim.objects.get()

    assert (paid.ticket_id, paid.state, paid.amount, paid.currency) == (
        ticket.pk,
        CompensationState.ACCEPTED,
        Decimal("55.5"),
        "EUR",
    )
    assert (claim.state, claim.amount) == (ClaimState.DRAFT, Decimal(80))
    assert str(claim.partner) == "Correos desk"
    assert claim.file_by == NOW.date() + timedelta(days=90)
    assert list(ticket.events.filter(type__in=("compensation", "claim")).values_list("type", flat=True)) == [
        "compensation",
        "claim",
    ]


def test_carriers_own_terms_count_from_the_first_scan(alice: Actor) -> None:
    ticket = loss(alice)
    ClaimTerms.objects.create(file_within_days=90)
    ClaimTerms.objects.create(
        carrier=Carrier.objects.get(), counted_from=ClaimFrom.SHIPPED, file_within_days=20, answer_within_days=7
    )

    data = {"how": "refund", "amount": "10", "amount_currency": "EUR"}
    take_way(ticket_id=ticket.pk, way="settle", data=data, actor=alice, now=NOW)

    claim = Claim.objects.get()
    assert claim.file_by == (NOW - 5 * DAY).date() + timedelta(days=20)
    assert move(Machine.CLAIM, claim, "file", alice, grounds="lost").answer_by == (NOW + DAY).date() + timedelta(days=7)


@pytest.mark.parametrize(("how", "amount"), [("none", ""), ("reship", "")])
def test_settling_without_money_opens_nothing(alice: Actor, how: str, amount: str) -> None:
    settled(alice, how, amount)

    assert not Compensation.objects.exists()
    assert not Claim.objects.exists()


def test_scan_that_ends_the_ticket_loses_no_money(alice: Actor) -> None:
    ticket = settled(alice)
    take_way(ticket_id=ticket.pk, way="find", data={"where": "hub", "recover": "55.50"}, actor=alice, now=NOW)
    Incident.objects.create(
        type=IncidentType.DELIVERED,
        shipment=ticket.shipment,
        subject="delivered",
        dedupe_key="1",
        happened_at=NOW,
        noticed_at=NOW,
    )
    handle_incidents(now=NOW)
    assert Ticket.objects.get().state == "delivered"

    assert move(Machine.COMPENSATION, Compensation.objects.get(), "pay", alice, reference="SEPA 1").state == "paid"


def test_what_is_paid_and_recovered_is_in_the_figures(alice: Actor) -> None:
    settled(alice)
    paid, claim = Compensation.objects.get(), Claim.objects.get()
    move(Machine.COMPENSATION, paid, "pay", alice, reference="SEPA 1")
    move(Machine.CLAIM, claim, "file", alice, grounds="lost")
    move(Machine.CLAIM, claim, "approve", alice, amount="60", amount_currency="EUR")
    move(Machine.CLAIM, claim, "receive", alice, amount="60", amount_currency="EUR")

    kpi.refresh(now=NOW + DAY)

    period = kpi.Period(NOW - DAY, NOW + 2 * DAY, NOW.tzinfo)  # type: ignore[arg-type]
    found = kpi.figures(("compensation", "claims_filed", "claims_recovered", "net_cost"), period)
    assert [value.by_currency["EUR"] for value in found.values()] == [
        Decimal("55.500"),
        Decimal("80.000"),
        Decimal("60.000"),
        Decimal("-4.500"),
    ]


def test_nobody_approves_what_they_asked_for(alice: Actor, bob: Actor) -> None:
    ticket = loss(alice)
    row = Compensation.objects.create(
        ticket=ticket, method="coupon", amount=5, currency="EUR", created_by=alice.user, created_at=NOW
    )
    move(Machine.COMPENSATION, row, "submit", alice)

    with pytest.raises(TransitionRefused):
        move(Machine.COMPENSATION, row, "offer", alice)
    assert Compensation.objects.get().state == CompensationState.AWAITING_APPROVAL

    assert move(Machine.COMPENSATION, row, "offer", bob).approved_by == bob.user


def test_offer_that_nobody_answers_ends_by_the_clock(alice: Actor, bob: Actor) -> None:
    row = Compensation.objects.create(
        ticket=loss(alice),
        method="coupon",
        amount=5,
        currency="EUR",
        created_at=NOW,
        state="offered",
        expires_at=NOW + DAY,
    )

    assert expire_offers(now=NOW) == 0
    assert expire_offers(now=NOW + DAY) == 1

    assert Compensation.objects.get(pk=row.pk).state == CompensationState.EXPIRED


def test_claim_goes_through_denial_and_appeal_to_a_part(alice: Actor) -> None:
    ClaimTerms.objects.create(file_within_days=90, appeal_within_days=14)
    settled(alice)
    claim = Claim.objects.get()
    for step, data in (
        ("file", {"grounds": "lost"}),
        ("acknowledge", {"reference": "C-1"}),
        ("want_more", {"answer": "photos"}),
        ("deny", {"answer": "too late"}),
    ):
        claim = move(Machine.CLAIM, claim, step, alice, **data)
    assert claim.appeal_by == (NOW + DAY).date() + timedelta(days=14)

    move(Machine.CLAIM, claim, "appeal", alice, grounds="in time")
    claim = move(Machine.CLAIM, claim, "approve", alice, amount="20", amount_currency="EUR")

    assert (claim.state, claim.approved_amount) == (ClaimState.PARTLY_APPROVED, 20)
    for wrong in ({"amount": "81", "amount_currency": "EUR"}, {"amount": "20", "amount_currency": "USD"}):
        with pytest.raises(InvalidInput) as refused:
            move(Machine.CLAIM, claim, "receive", alice, **wrong)
        assert "amount" in refused.value.data
    assert isinstance(claim.appeal_by, date)


def test_whoever_may_not_decide_about_money_moves_nothing(alice: Actor) -> None:
    settled(alice)
    row, carl = Compensation.objects.get(), people.staff("Carl", "work_ticket")

    with pytest.raises(PermissionRefused):
        move(Machine.COMPENSATION, row, "pay", carl, reference="1")

    assert Compensation.objects.get().state == CompensationState.ACCEPTED
    assert next_steps(Machine.COMPENSATION, row, carl) == []


@pytest.mark.parametrize("machine", list(Machine))
def test_every_step_leads_where_it_says_from_everywhere_it_begins(machine: Machine, alice: Actor, bob: Actor) -> None:
    ticket = loss(alice)
    for step in machine.steps.values():
        for source in step.source:
            same: dict[str, Any] = {
                "ticket": ticket,
                "amount": 5,
                "currency": "EUR",
                "created_at": NOW,
                "state": source,
            }
            if machine is Machine.COMPENSATION:
                row: Any = Compensation.objects.create(method="refund", **same)
            else:
                row = Claim.objects.create(**same)
            data = {**filled(First(), step, NOW), "amount": "5", "amount_currency": "EUR"}  # type: ignore[arg-type]
            actor = Actor.clock() if step.name == "expire" else bob
            moved = take_step(machine=machine, row_id=row.pk, step=step.name, data=data, actor=actor, now=NOW)
            assert moved.state in step.targets


def test_claim_of_a_warehouse_ticket_is_against_the_warehouse(alice: Actor) -> None:
    warehouse = Partner.objects.create(kind=PartnerKind.WAREHOUSE, name="Lager")
    ticket = people.ticket(Kind.WAREHOUSE)
    for name in ("ask_warehouse", "explain", "claim"):
        way = find_way(Ticket.objects.get_typed(ticket.pk), name)
        take_way(ticket_id=ticket.pk, way=name, data=filled(First(), way, NOW), actor=alice, now=NOW)

    assert Claim.objects.get().partner == warehouse


def test_step_is_taken_through_its_form(alice: Actor, client: Client) -> None:
    settled(alice)
    row = Compensation.objects.get()
    boss = people.person("Boss")
    boss.is_superuser = True
    boss.save()
    client.force_login(boss)

    page = client.get(reverse("admin:tickets_compensation_change", args=[row.pk]))
    address = reverse("admin:tickets_compensation_step", args=[row.pk, "pay"])
    assert address in page.content.decode()
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"reference": "SEPA 1"}).status_code == 302

    assert Compensation.objects.get().state == CompensationState.PAID
    assert client.post(address, {"reference": "SEPA 1"}).status_code == 409


def test_message_written_with_a_template_says_so(alice: Actor, client: Client) -> None:
    bot = Connection.objects.create(provider="telegram", slug="bot", name="Bot")
    customer = people.customer()
    identity = ChannelIdentity.objects.create(connection=bot, external_id="7", customer=customer, created_at=NOW)
    ticket = people.ticket(Kind.INQUIRY, customer=customer)
    Conversation.objects.create(connection=bot, identity=identity, ticket=ticket, started_at=NOW, last_message_at=NOW)
    key = MessageTemplate.objects.values_list("key", flat=True)[0]
    assert alice.user is not None
    alice.user.user_permissions.add(*_permissions("view_ticket"))
    client.force_login(alice.user)
    address = reverse("admin:tickets_ticket_write", args=[ticket.pk])

    client.post(address, {"text": "Hello", "audience": "customer", "template": key, "seen": "99"})
    client.post(address, {"text": "Hello again", "audience": "customer", "template": "no_such", "seen": "99"})

    assert list(KnowledgeUse.objects.values_list("template_key", "message__text")) == [(key, "Hello")]


def test_papers_of_the_checklist_are_asked_for_by_it(alice: Actor) -> None:
    CountryChecklist.objects.update_or_create(country="ES", defaults={"papers": ["identity", "tax_number"]})
    ticket = people.ticket(Kind.CLEARANCE, shipment=people.shipment(), customer=people.customer())
    take_way(ticket_id=ticket.pk, way="triage", actor=alice, now=NOW)

    data = {"papers": ["identity"], "asked_of": "customer", "due_at": "2027-01-01T10:00"}
    take_way(ticket_id=ticket.pk, way="request_documents", data=data, actor=alice, now=NOW)

    assert list(KnowledgeUse.objects.values_list("is_checklist", "checklist_country")) == [(True, "ES")]


def _permissions(*names: str) -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(content_type__app_label="tickets", codename__in=names)
