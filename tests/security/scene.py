"""One of everything for those who look for a way in: people of every role, tickets, files, rows of every page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser, Group
from django.test import Client
from django.utils import timezone
from django_q.models import Failure

from channels_integrations.choices import AttemptResult, EventState
from channels_integrations.models import DeliveryAttempt, InboundEvent, WebhookDelivery, WebhookSubscription
from common.models import BusinessCalendar, Connection, Heartbeat, User
from knowledge_base.models import CountryChecklist, MessageTemplate, WordList
from logistics.choices import IncidentType
from logistics.models import (
    ApiKey,
    Carrier,
    CountLine,
    Customer,
    InboundBooking,
    Incident,
    LaneAdvisory,
    Partner,
    PartnerContact,
    Shipment,
    ShipmentInstruction,
    StatusMapping,
    StockCount,
    StockLevel,
    StockSync,
)
from tickets.choices import (
    Audience,
    BreachCause,
    Direction,
    Kind,
    LinkPurpose,
    MessageStatus,
    PageState,
    RunOutcome,
    Target,
    Via,
)
from tickets.models import (
    Attachment,
    Audit,
    Breach,
    ChainHead,
    ChannelIdentity,
    Claim,
    ClaimTerms,
    Clock,
    Compensation,
    Conversation,
    Escalation,
    EscalationPolicy,
    Handover,
    Message,
    Page,
    PromisePolicy,
    ReportSchedule,
    Rota,
    Rule,
    RuleRun,
    RuleVersion,
    SurveyAnswer,
    SurveySettings,
    Team,
    Ticket,
)
from tickets.policies.actor import Actor
from tickets.services import attachments
from tickets.services.conversations import save_message
from tickets.services.customer_links import make_link
from tickets.services.journal import changing
from tickets.services.linking import open_ticket
from tickets.services.rules.saving import content_of

GROUPS = {
    "Ag": "Agent",
    "Cu": "Customs specialist",
    "Wh": "Warehouse liaison",
    "Fi": "Finance",
    "Le": "Legal",
    "Su": "Supervisor",
    "Ad": "Administrator",
    "Au": "Auditor",
}
OUTSIDERS = {"an": "nobody signed in", "in": "inactive", "ns": "no staff"}
NO_GROUP = {"ng": "staff without a role"}
ROLES = {**OUTSIDERS, **NO_GROUP, **GROUPS}
"""Everybody who may knock, by a short name."""

SECRET = "Marisol Quintana"
"""A customer's name: what no refusal may say."""
BACKEND = "common.auth.EmployeeBackend"


@dataclass(slots=True)
class Matter:
    """A ticket with what hangs on it."""

    ticket: Ticket
    message: Message
    failed: Message
    file: Attachment


@dataclass(slots=True)
class Scene:
    """Everything that an address can name."""

    ordinary: Matter
    safety: Matter
    ids: dict[str, Any]
    link: str
    people: dict[str, User] = field(default_factory=dict)


def user_of(role: str) -> User | AnonymousUser:
    """The person of a role (see ``ROLES``), made once."""
    if role == "an":
        return AnonymousUser()
    email = f"{role.lower()}@clearway.example"
    found: User | None = User.objects.filter(email=email).first()
    if found is None:
        found = User.objects.create_user(
            email, "correct horse battery", full_name=ROLES[role], is_staff=role != "ns", is_active=role != "in"
        )
        if role in GROUPS:
            found.groups.add(Group.objects.get(name=GROUPS[role]))
    return found


def browser_of(role: str, **options: Any) -> Client:
    """A browser in which the person of a role has signed in; whoever is inactive was switched off afterwards."""
    client = Client(**options)
    user = user_of(role)
    if isinstance(user, User):
        client.force_login(user, backend=BACKEND)
    return client


def matter(kind: str, *, mailbox: Connection, customer: Customer, text: str, **fields: Any) -> Matter:
    """A ticket with a formatted mail, a file and an answer that could not be delivered."""
    now = timezone.now() - timedelta(hours=1)
    ticket = open_ticket(kind=kind, actor=Actor.system(), now=now, customer=customer, **fields)
    identity, _ = ChannelIdentity.objects.get_or_create(
        connection=mailbox,
        external_id="marisol@example.org",
        defaults={"customer": customer, "display_name": customer.name, "created_at": now},
    )
    thread = Conversation.objects.create(
        connection=mailbox,
        identity=identity,
        thread=f"of {ticket.pk}",
        ticket=ticket,
        started_at=now,
        last_message_at=now,
    )
    shared: dict[str, Any] = {"ticket": ticket, "conversation": thread, "connection": mailbox, "identity": identity}
    shared |= {"audience": Audience.CUSTOMER, "text": text, "sent_at": now, "created_at": now}
    message = Message(direction=Direction.IN, status=MessageStatus.RECEIVED, html=f"<p>{text}</p>", **shared)
    failed = Message(direction=Direction.OUT, status=MessageStatus.DEAD, failure="550 no such user", **shared)
    with changing(ticket.pk, actor=Actor.customer(customer.pk, via=Via.CHANNEL), now=now) as change:
        save_message(message)
        save_message(failed)
        change.ticket.unanswered_since = change.ticket.last_message_at = now
        change.ticket.last_message_preview, change.ticket.last_message_direction = text[:160], "in"
        change.record("message_received", {"message": message.pk})
    file = attachments.store(
        content=b"\x89PNG\r\n\x1a\n" + text.encode(),
        name="photo.png",
        content_type="image/png",
        ticket=ticket,
        message=message,
        now=now,
    )
    return Matter(Ticket.objects.get(pk=ticket.pk), message, failed, file)


def _handover(now: datetime) -> Handover:
    """A handover between teams in which nobody of the scene is."""
    one, other = Team.objects.create(name="Gives"), Team.objects.create(name="Takes")
    return Handover.objects.create(from_team=one, to_team=other, shift_ended_at=now, created_at=now, note="One ticket.")


def _calls(ticket: Ticket, now: datetime) -> dict[str, Any]:
    """A ladder being climbed for a ticket: the agent is called, a message to a partner waits to be released."""
    policy = EscalationPolicy.objects.create(name="Ladder of the scene")
    running = Escalation.objects.create(ticket=ticket, policy=policy, reason="Silent", started_at=now, next_at=now)
    shared: dict[str, Any] = {"ticket": ticket, "escalation": running, "reason": "Silent", "created_at": now}
    agent = user_of("Ag")
    assert isinstance(agent, User)
    call = Page.objects.create(user=agent, by=["desk"], **shared)
    waiting = Page.objects.create(state=PageState.TO_APPROVE, text="Where is it?", whom="partner_contact", **shared)
    return {
        "tickets.page": call.pk,
        "tickets.page to release": waiting.pk,
        "tickets.escalation": running.pk,
        "tickets.escalationpolicy": EscalationPolicy.objects.create(name="Never climbed").pk,
        "tickets.rota": Rota.objects.create(name="Rota of the scene").pk,
    }


def _warehouse_work(now: datetime) -> dict[str, Any]:
    """Work of every kind at a warehouse, as it is opened."""
    warehouse = Partner.objects.create(name="Warehouse", kind="warehouse", time_zone="UTC")
    shared: dict[str, Any] = {"partner": warehouse, "state_since": now, "created_at": now}
    booking = InboundBooking.objects.create(expected_at=now, **shared)
    count = StockCount.objects.create(**shared)
    CountLine.objects.create(work=count, item="CUP")
    instruction = ShipmentInstruction.objects.create(recipient=SECRET, address="Madrid", country="ES", **shared)
    level = StockLevel.objects.create(partner=warehouse, item="CUP", expected_units=1)
    report = StockSync.objects.create(partner=warehouse, day=now.date(), begun_at=now, via="api")
    return {
        "logistics.inboundbooking": booking.pk,
        "logistics.stockcount": count.pk,
        "logistics.shipmentinstruction": instruction.pk,
        "logistics.stocklevel": level.pk,
        "logistics.stocksync": report.pk,
        "warehouse": warehouse.pk,
    }


def build() -> Scene:
    """Make the scene. Roles must be set up."""
    now = timezone.now()
    for process in ("clock", "worker"):
        Heartbeat.objects.update_or_create(name=process, defaults={"at": now + timedelta(minutes=10)})
    mailbox = Connection.objects.create(
        slug="mail", provider="email", name="Mailbox", credentials={"password": "hunter2-of-the-mailbox"}
    )
    customer = Customer.objects.create(name=SECRET, language="es", time_zone="Europe/Madrid", country="ES")
    carrier = Carrier.objects.create(name="Carrier", code="carrier")
    parcel = Shipment.objects.create(tracking_number="RR123456785CN", customer=customer, carrier=carrier)
    ordinary = matter(
        Kind.FAILED_DELIVERY, mailbox=mailbox, customer=customer, text=f"I am {SECRET}, where is it?", shipment=parcel
    )
    safety = matter(Kind.SAFETY, mailbox=mailbox, customer=customer, text="zyzzyva rash after the cream")
    event = InboundEvent.objects.create(
        connection=mailbox, external_id="1", raw=SECRET.encode(), received_at=now, state=EventState.MALFORMED
    )
    attempt = DeliveryAttempt.objects.create(
        message=ordinary.failed, connection=mailbox, number=1, started_at=now, result=AttemptResult.REFUSED
    )
    DeliveryAttempt.objects.create(
        message=safety.failed, connection=mailbox, number=1, started_at=now, result=AttemptResult.REFUSED
    )
    incident = Incident.objects.create(
        type=IncidentType.values[0],
        shipment=parcel,
        subject="Held",
        dedupe_key="one",
        happened_at=now,
        noticed_at=now,
    )
    failure = Failure.objects.create(
        id="f" * 32, name="one", func="x.y", started=now, stopped=now, success=False, result="broken"
    )
    head = ChainHead.objects.create(
        date=date(2026, 1, 1), heads=[], digest=b"d" * 32, signature=b"s" * 64, signed_at=now
    )
    clock = Clock.objects.filter(ticket_id=ordinary.ticket.pk).earliest("id")
    breach = Breach.objects.create(
        clock=clock, ticket=ordinary.ticket, target=clock.target, due_at=now, noticed_at=now, cause=BreachCause.NO_OWNER
    )
    promise = PromisePolicy.objects.create(name="One hour", target=Target.RESOLUTION, duration=timedelta(hours=1))
    rule = Rule.objects.create(
        name="Hot first",
        events=["opened"],
        actions=[{"action": "add_tag", "inputs": {"tag": "hot"}}],
        updated_at=now,
    )
    RuleVersion.objects.create(rule=rule, number=1, content=content_of(rule) | {"name": "Warm first"}, made_at=now)
    ran = Rule.objects.create(name="Ran", events=["opened"], updated_at=now)
    run = RuleRun.objects.create(
        rule=ran, version=1, ticket=ordinary.ticket, occasion="1", at=now, outcome=RunOutcome.DONE
    )
    ids = {
        "common.user": user_of("ng").pk,
        "auth.group": Group.objects.get(name="Agent").pk,
        "common.businesscalendar": BusinessCalendar.objects.create(name="Hours", time_zone="UTC").pk,
        "common.connection": mailbox.pk,
        "knowledge_base.countrychecklist": CountryChecklist.objects.get_or_create(
            country="QQ", defaults={"papers": ["commercial_invoice"]}
        )[0].pk,
        "knowledge_base.wordlist": WordList.objects.get_or_create(
            purpose="greeting", language="xx", defaults={"words": ["hello"]}
        )[0].pk,
        "knowledge_base.messagetemplate": MessageTemplate.objects.create(key="greeting", name="Greeting").pk,
        "logistics.laneadvisory": LaneAdvisory.objects.create(
            destination_country="DE", cause="weather", starts_at=now, ends_at=now + timedelta(days=1)
        ).pk,
        "logistics.incident": incident.pk,
        "logistics.statusmapping": StatusMapping.objects.create(source="t", raw_code="x", needs_review=True).pk,
        "logistics.partner": Partner.objects.create(name="Broker", kind="broker", time_zone="UTC").pk,
        "logistics.apikey": ApiKey.objects.create(
            user=cast("User", user_of("ng")),
            name="Key of the scene",
            prefix="scene",
            hash=b"h",
            scopes=["read"],
            created_at=now,
        ).pk,
        **_warehouse_work(now),
        "logistics.carrier": carrier.pk,
        "logistics.shipment": parcel.pk,
        "logistics.customer": customer.pk,
        "tickets.breach": breach.pk,
        "tickets.claimterms": ClaimTerms.objects.create(file_within_days=30).pk,
        "tickets.claim": Claim.objects.create(ticket=ordinary.ticket, amount=5, currency="EUR", created_at=now).pk,
        "tickets.compensation": Compensation.objects.create(
            ticket=ordinary.ticket, method="refund", state="accepted", amount=5, currency="EUR", created_at=now
        ).pk,
        "tickets.chainhead": head.pk,
        **_follow_up(ordinary.ticket, now),
        "tickets.handover": _handover(now).pk,
        "tickets.message": ordinary.failed.pk,
        "tickets.promisepolicy": promise.pk,
        "tickets.rule": rule.pk,
        "tickets.rulerun": run.pk,
        **_calls(ordinary.ticket, now),
        "tickets.team": Team.objects.create(name="Team").pk,
        "tickets.ticket": ordinary.ticket.pk,
        "channels_integrations.deliveryattempt": attempt.pk,
        "channels_integrations.inboundevent": event.pk,
        **_webhook(now),
        "django_q.failure": failure.pk,
    }
    ids["contact"] = PartnerContact.objects.create(
        partner_id=ids["logistics.partner"], name="Invited", email="invited@broker.example"
    ).pk
    address = make_link(ticket=ordinary.ticket, purpose=LinkPurpose.INSTRUCTIONS, now=now)
    return Scene(ordinary, safety, ids, address.rpartition("/t/")[2].strip("/"))


def _follow_up(ticket: Ticket, now: datetime) -> dict[str, int]:
    """A customer's mark, an audit, a report, and how customers are asked."""
    partner = Partner.objects.create(name="Audited", kind="broker", time_zone="UTC")
    audit = Audit.objects.create(month=now.date(), about="partner", partner=partner, proposal="keep", made_at=now)
    reader = cast("User", user_of("ng"))
    report = ReportSchedule.objects.create(name="Weekly", reader=reader, figures=["opened"], days=1)
    answer = SurveyAnswer.objects.create(ticket_id=ticket.pk, asked_at=now)
    return {
        "tickets.audit": audit.pk,
        "tickets.reportschedule": report.pk,
        "tickets.surveyanswer": answer.pk,
        "tickets.surveysettings": SurveySettings.objects.create(pk=1).pk,
    }


def _webhook(now: datetime) -> dict[str, int]:
    partner = Partner.objects.create(name="Told", kind="warehouse", time_zone="UTC")
    made = WebhookSubscription.objects.create(
        partner=partner,
        url="https://hooks.example.com/in",
        secrets={"current": "whsec_AAAA"},
        state_since=now,
        created_at=now,
        changed_at=now,
    )
    delivery = WebhookDelivery.objects.create(
        subscription=made, type="ticket.opened", body="{}", state="dead", happened_at=now, created_at=now, ended_at=now
    )
    return {
        "channels_integrations.webhooksubscription": made.pk,
        "channels_integrations.webhookdelivery": delivery.pk,
    }
