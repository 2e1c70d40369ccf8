"""Rows for every page of the desk: each with parents of its own, so that a question asked once a row shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.utils import timezone
from django_q.models import Failure

from channels_integrations.choices import AttemptResult, EventState
from channels_integrations.models import (
    DeliveryAttempt,
    InboundEvent,
    WebhookAttempt,
    WebhookDelivery,
    WebhookSubscription,
)
from common.models import BusinessCalendar, BusinessInterval, CalendarDay, Connection, User
from knowledge_base.models import CountryChecklist, MessageTemplate, TemplateText, WordList
from knowledge_base.models.checklist import PaperType
from logistics.choices import IncidentType
from logistics.models import (
    ApiKey,
    BookingEvent,
    BookingLine,
    Carrier,
    CountEvent,
    CountLine,
    Customer,
    InboundBooking,
    Incident,
    InstructionEvent,
    InstructionLine,
    LaneAdvisory,
    Partner,
    PartnerContact,
    Shipment,
    ShipmentInstruction,
    StatusMapping,
    StockCount,
    StockLevel,
    StockReading,
    StockSync,
    TrackingEvent,
)
from logistics.models.advisory import AdvisoryCause
from tickets.choices import (
    Audience,
    BreachCause,
    Direction,
    HandoverWhy,
    HoursOf,
    MessageStatus,
    Proposal,
    RuleTrigger,
    RunOutcome,
    Target,
    WaitingOn,
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
    EscalationLevel,
    EscalationPolicy,
    Handover,
    HandoverTicket,
    Membership,
    Message,
    Page,
    PaperRequest,
    PromisePolicy,
    ReportSchedule,
    Rota,
    RotaLayer,
    RotaOverride,
    RotaTurn,
    Rule,
    RuleRun,
    SurveyAnswer,
    SurveySettings,
    Team,
    Ticket,
)
from tickets.policies.actor import Actor
from tickets.services.conversations import save_message
from tickets.services.linking import open_ticket

LANGUAGES = ("en", "de", "fr", "es", "pt", "ja", "zh-Hans", "it", "nl", "pl", "cs", "da", "sv", "fi", "nb", "el")


def calendar(number: int) -> BusinessCalendar:
    return BusinessCalendar.objects.create(name=f"Calendar {number}", time_zone="UTC")


def mailbox(number: int) -> Connection:
    return Connection.objects.create(slug=f"box-{number}", name=f"Box {number}", provider="email")


def role(number: int) -> Group:
    made = Group.objects.create(name=f"Role {number}")
    made.permissions.set(Permission.objects.order_by("pk")[number % 50 : number % 50 + 3])
    return made


def person(number: int) -> User:
    user = User.objects.create_user(f"person{number}@clearway.example", full_name=f"Person {number}", is_staff=True)
    user.groups.set([role(number), Group.objects.create(name=f"Second role {number}")])
    return user


def partner(number: int) -> Partner:
    return Partner.objects.create(name=f"Partner {number}", kind="broker", time_zone="UTC", calendar=calendar(number))


def api_key(number: int) -> ApiKey:
    return ApiKey.objects.create(
        partner=partner(number),
        name=f"Key {number}",
        prefix=f"rows{number}",
        hash=b"h",
        scopes=["read"],
        created_by=person(number),
        created_at=timezone.now(),
    )


def carrier(number: int) -> Carrier:
    return Carrier.objects.create(code=f"carrier-{number}", name=f"Carrier {number}", partner=partner(number))


def customer(number: int) -> Customer:
    return Customer.objects.create(
        name=f"Customer {number}",
        language="de",
        country="DE",
        time_zone="Europe/Berlin",
        account_manager=person(number),
    )


def shipment(number: int) -> Shipment:
    return Shipment.objects.create(
        tracking_number=f"ROWS{number:06d}", carrier=carrier(number), customer=customer(number)
    )


def incident(number: int) -> Incident:
    now = timezone.now()
    return Incident.objects.create(
        type=IncidentType.values[0],
        shipment=shipment(number),
        subject=f"Held {number}",
        dedupe_key=f"rows {number}",
        happened_at=now,
        noticed_at=now,
    )


def team(number: int) -> Team:
    made = Team.objects.create(name=f"Team {number}", calendar=calendar(1000 + number))
    for place in (900, 901):
        member_of(made, place)
    return made


def ticket(number: int) -> Ticket:
    noticed = incident(number)
    assert noticed.shipment is not None
    made = team(number)
    return open_ticket(
        kind="clearance",
        actor=Actor.system(),
        now=timezone.now() - timedelta(hours=3),
        customer=noticed.shipment.customer,
        shipment=noticed.shipment,
        incident=noticed,
        team=made,
        assignee=made.memberships.select_related("user").order_by("pk")[0].user,
    )


def dead_message(number: int) -> Message:
    return message_of(ticket(number), number, direction=Direction.OUT, status=MessageStatus.DEAD, failure="550")


def attempt(number: int) -> DeliveryAttempt:
    message = dead_message(number)
    assert message.connection is not None
    return DeliveryAttempt.objects.create(
        message=message,
        connection=message.connection,
        number=1,
        started_at=timezone.now(),
        result=AttemptResult.REFUSED,
    )


def webhook(number: int) -> WebhookSubscription:
    now = timezone.now()
    return WebhookSubscription.objects.create(
        partner=partner(26_000 + number),
        url=f"https://hooks{number}.example.com/",
        secrets={"current": "whsec_AAAA"},
        state_since=now,
        created_at=now,
        changed_at=now,
    )


def webhook_delivery(number: int) -> WebhookDelivery:
    now = timezone.now()
    made = WebhookDelivery.objects.create(
        subscription=webhook(1_000 + number),
        type="ticket.opened",
        body="{}",
        next_attempt_at=now,
        happened_at=now,
        created_at=now,
    )
    try_of(made, number)
    return made


def event(number: int) -> InboundEvent:
    return InboundEvent.objects.create(
        connection=mailbox(number),
        external_id=str(number),
        sender=str(number),
        raw=b"{}",
        received_at=timezone.now(),
        state=EventState.MALFORMED,
    )


def failure(number: int) -> Failure:
    now = timezone.now()
    return Failure.objects.create(
        id=f"{number:032d}", name=f"{number}", func="x.y", started=now, stopped=now, success=False, result="broken"
    )


def chain_head(number: int) -> ChainHead:
    day = date(2026, 1, 1) + timedelta(days=number)
    return ChainHead.objects.create(date=day, heads=[], digest=b"d" * 32, signature=b"s" * 64, signed_at=timezone.now())


def checklist(number: int) -> CountryChecklist:
    return CountryChecklist.objects.create(country=f"X{chr(65 + number)}", papers=["commercial_invoice"])


def word_list(number: int) -> WordList:
    return WordList.objects.create(purpose=f"kind:{number}", language="xx", words=["hello"])


def template(number: int) -> MessageTemplate:
    made = MessageTemplate.objects.create(key=f"rows_{number}", name=f"Template {number}")
    text_of(made, number)
    return made


def advisory(number: int) -> LaneAdvisory:
    now = timezone.now()
    return LaneAdvisory.objects.create(
        destination_country="US",
        cause=AdvisoryCause.values[0],
        starts_at=now,
        ends_at=now + timedelta(days=number + 1),
        created_by=person(30_000 + number),
    )


def mapping(number: int) -> StatusMapping:
    return StatusMapping.objects.create(source=f"source {number}", raw_code=str(number), needs_review=True)


def booking(number: int) -> InboundBooking:
    now = timezone.now()
    made = InboundBooking.objects.create(
        partner=partner(20_000 + number), expected_at=now, state_since=now, created_at=now, answer_due_at=now
    )
    booked_item_of(made, number)
    return made


def stock_count(number: int) -> StockCount:
    now = timezone.now()
    made = StockCount.objects.create(partner=partner(21_000 + number), state_since=now, created_at=now)
    counted_item_of(made, number)
    return made


def instruction(number: int) -> ShipmentInstruction:
    now = timezone.now()
    made = ShipmentInstruction.objects.create(
        partner=partner(22_000 + number),
        recipient="Marta",
        address="Madrid",
        country="ES",
        carrier=carrier(25_000 + number),
        state_since=now,
        created_at=now,
    )
    item_to_send_of(made, number)
    return made


def stock_level(number: int) -> StockLevel:
    return StockLevel.objects.create(partner=partner(23_000 + number), item=f"I{number}", expected_units=number)


def stock_report(number: int) -> StockSync:
    made = StockSync.objects.create(
        partner=partner(24_000 + number), day=date(2026, 1, 1), begun_at=timezone.now(), via="api"
    )
    reading_of(made, number)
    return made


def promise(number: int) -> PromisePolicy:
    condition = {"field": "ticket.team", "op": "in", "value": [team(3_000 + number).pk]}
    return PromisePolicy.objects.create(
        name=f"Promise {number}",
        target=Target.RESOLUTION,
        order=number % 50 + 1,
        duration=timedelta(hours=1),
        hours_of=HoursOf.CALENDAR,
        calendar=calendar(3_000 + number),
        conditions={"all": [condition]},
    )


def breach(number: int) -> Breach:
    missed = open_ticket(kind="inquiry", actor=Actor.system(), now=timezone.now())
    clock = Clock.objects.filter(ticket_id=missed.pk).earliest("id")
    now = timezone.now()
    return Breach.objects.create(
        clock=clock,
        ticket_id=missed.pk,
        target=clock.target,
        due_at=now,
        noticed_at=now,
        cause=BreachCause.NO_OWNER,
        team=team(4_000 + number),
        partner=partner(4_000 + number),
    )


def rule(number: int) -> Rule:
    """A rule that names a team, a calendar and a person of its own, with a run."""
    made = Rule.objects.create(
        name=f"Rule {number}",
        trigger=RuleTrigger.TIME,
        anchor="opened_at",
        delay=timedelta(hours=1),
        hours_of=HoursOf.CALENDAR,
        calendar=calendar(5_000 + number),
        conditions={"all": [{"field": "ticket.team", "op": "in", "value": [team(5_000 + number).pk]}]},
        actions=[{"action": "assign", "inputs": {"team": team(6_000 + number).pk}}],
        updated_at=timezone.now(),
    )
    rule_run(number, made)
    return made


def rule_run(number: int, rule: Rule | None = None) -> RuleRun:
    named = {"field": "ticket.team", "op": "is", "value": team(7_000 + number).pk}
    return RuleRun.objects.create(
        rule=rule or Rule.objects.create(name=f"Ran {number}", updated_at=timezone.now()),
        version=1,
        ticket=open_ticket(kind="inquiry", actor=Actor.system(), now=timezone.now()),
        occasion=str(number),
        at=timezone.now(),
        outcome=RunOutcome.DONE,
        why=[{"leaf": named, "holds": True, "seen": named["value"]}],
    )


def rota(number: int) -> Rota:
    made = Rota.objects.create(name=f"Rota {number}", time_zone="Europe/Berlin")
    layer_of(made, 8_000 + number)
    return made


def ladder(number: int) -> EscalationPolicy:
    made = EscalationPolicy.objects.create(name=f"Ladder {number}")
    level_of(made, 1)
    return made


def climbed(number: int) -> Escalation:
    now = timezone.now()
    return Escalation.objects.create(
        ticket=ticket(8_000 + number), policy=ladder(8_000 + number), reason="Silent", started_at=now, next_at=now
    )


def call(number: int) -> Page:
    running = climbed(number)
    return Page.objects.create(
        ticket=running.ticket,
        escalation=running,
        user=person(9_000 + number),
        by=["desk"],
        reason="Silent",
        created_at=running.started_at,
    )


def handover(number: int) -> Handover:
    now = timezone.now()
    made = Handover.objects.create(
        from_team=team(10_000 + number),
        to_team=team(11_000 + number),
        shift_ended_at=now,
        created_at=now,
        note="All is well",
        confirmed_at=now,
        confirmed_by=person(10_000 + number),
    )
    entry_of(made, 12_000 + number)
    return made


def compensation(number: int) -> Compensation:
    return Compensation.objects.create(
        ticket=ticket(number), method="refund", amount=number, currency="EUR", created_at=timezone.now()
    )


def claim(number: int) -> Claim:
    owner = ticket(number)
    return Claim.objects.create(
        ticket=owner,
        partner=partner(5_000 + number),
        carrier=owner.shipment.carrier if owner.shipment else None,
        amount=number,
        currency="EUR",
        created_at=timezone.now(),
    )


def claim_terms(number: int) -> ClaimTerms:
    return ClaimTerms.objects.create(carrier=carrier(7_000 + number), file_within_days=30)


def audit(number: int) -> Audit:
    return Audit.objects.create(
        month=date(2026, 10, 1),
        about="partner",
        partner=partner(9_000 + number),
        proposal=Proposal.TALK,
        share=0.5,
        made_at=timezone.now(),
        decision="accepted",
        decided_by=person(9_000 + number),
        decided_at=timezone.now(),
    )


def survey_answer(number: int) -> SurveyAnswer:
    asked = open_ticket(kind="inquiry", actor=Actor.system(), now=timezone.now())
    return SurveyAnswer.objects.create(ticket_id=asked.pk, asked_at=timezone.now())


def survey_settings(number: int) -> SurveySettings:
    return SurveySettings.objects.update_or_create(pk=1)[0]


def report(number: int) -> ReportSchedule:
    return ReportSchedule.objects.create(name=f"Report {number}", reader=person(9_500 + number), figures=["opened"])


ROWS: dict[str, Callable[[int], Model]] = {
    "tickets.Audit": audit,
    "tickets.SurveyAnswer": survey_answer,
    "tickets.SurveySettings": survey_settings,
    "tickets.ReportSchedule": report,
    "auth.Group": role,
    "channels_integrations.DeliveryAttempt": attempt,
    "channels_integrations.InboundEvent": event,
    "channels_integrations.WebhookDelivery": webhook_delivery,
    "channels_integrations.WebhookSubscription": webhook,
    "common.BusinessCalendar": calendar,
    "common.Connection": mailbox,
    "common.User": person,
    "django_q.Failure": failure,
    "knowledge_base.CountryChecklist": checklist,
    "knowledge_base.MessageTemplate": template,
    "knowledge_base.WordList": word_list,
    "logistics.ApiKey": api_key,
    "logistics.Carrier": carrier,
    "logistics.Customer": customer,
    "logistics.Incident": incident,
    "logistics.InboundBooking": booking,
    "logistics.LaneAdvisory": advisory,
    "logistics.Partner": partner,
    "logistics.Shipment": shipment,
    "logistics.ShipmentInstruction": instruction,
    "logistics.StockCount": stock_count,
    "logistics.StockLevel": stock_level,
    "logistics.StockSync": stock_report,
    "logistics.StatusMapping": mapping,
    "tickets.ChainHead": chain_head,
    "tickets.Claim": claim,
    "tickets.ClaimTerms": claim_terms,
    "tickets.Compensation": compensation,
    "tickets.Message": dead_message,
    "tickets.Breach": breach,
    "tickets.PromisePolicy": promise,
    "tickets.Rule": rule,
    "tickets.RuleRun": rule_run,
    "tickets.Escalation": climbed,
    "tickets.EscalationPolicy": ladder,
    "tickets.Handover": handover,
    "tickets.Page": call,
    "tickets.Rota": rota,
    "tickets.Team": team,
    "tickets.Ticket": ticket,
}
"""How to make a row of each list; the number tells it from the others."""


def _happened(owner: InboundBooking | StockCount | ShipmentInstruction) -> dict[str, Any]:
    owner.event_sequence += 1
    owner.save(update_fields=["event_sequence"])
    return {
        "sequence": owner.event_sequence,
        "at": timezone.now(),
        "type": "opened",
        "to_state": owner.state,
        "who_kind": "staff",
        "via": "admin",
        "content": {"lines": [{"item": "CUP"}], "note": "Handle with care"},
    }


def _noticed(owner: Model, name: str, number: int) -> None:
    now = timezone.now()
    Incident.objects.create(
        type=IncidentType.STOCK_DIFFERENCE,
        subject=f"Stock differs {number}",
        dedupe_key=f"{name}:{owner.pk}:{number}",
        happened_at=now,
        noticed_at=now,
    )


def booked_item_of(owner: InboundBooking, number: int) -> None:
    BookingLine.objects.create(work=owner, item=f"I{number} {owner.event_sequence}", expected_units=number)
    BookingEvent.objects.create(work=owner, **_happened(owner))
    _noticed(owner, "booking", owner.event_sequence)


def counted_item_of(owner: StockCount, number: int) -> None:
    CountLine.objects.create(work=owner, item=f"I{number} {owner.event_sequence}")
    CountEvent.objects.create(work=owner, **_happened(owner))
    _noticed(owner, "count", owner.event_sequence)


def item_to_send_of(owner: ShipmentInstruction, number: int) -> None:
    InstructionLine.objects.create(work=owner, item=f"I{number} {owner.event_sequence}", units=number + 1)
    InstructionEvent.objects.create(work=owner, **_happened(owner))
    _noticed(owner, "instruction", owner.event_sequence)


def reading_of(owner: StockSync, number: int) -> None:
    StockReading.objects.create(sync=owner, item=f"I{number} {owner.readings.count()}", units=number)


def text_of(owner: MessageTemplate, _number: int) -> None:
    language = LANGUAGES[owner.texts.count()]
    TemplateText.objects.create(template=owner, language=language, text="Hello")


def entry_of(owner: Handover, number: int) -> None:
    HandoverTicket.objects.create(handover=owner, ticket=ticket(13_000 + number), why=HandoverWhy.values[0])


def interval_of(owner: BusinessCalendar, number: int) -> None:
    opens = 60 * 6 + number
    BusinessInterval.objects.create(
        calendar=owner,
        weekday=number % 7,
        opens_at=time(opens // 60, opens % 60),
        closes_at=time(opens // 60 + 12, opens % 60),
    )
    CalendarDay.objects.create(calendar=owner, date=date(2027, 1, 1) + timedelta(days=number))


def group_of(owner: User, number: int) -> None:
    owner.groups.add(role(5000 + number))


def permission_of(owner: Group, number: int) -> None:
    owner.permissions.add(Permission.objects.order_by("-pk")[number])


def identity_of(owner: Customer | None, number: int) -> ChannelIdentity:
    return ChannelIdentity.objects.create(
        connection=mailbox(5000 + number),
        external_id=f"c{number}@example.org",
        customer=owner,
        created_at=timezone.now(),
    )


def contact_of(owner: Partner, number: int) -> None:
    backup = PartnerContact.objects.filter(partner=owner).first()
    PartnerContact.objects.create(partner=owner, name=f"Contact {number}", backup=backup)
    ApiKey.objects.create(
        partner=owner,
        name="Key",
        prefix=f"rows{owner.pk}-{number}"[:16],
        hash=b"h",
        scopes=["read"],
        created_at=timezone.now(),
    )


def scan_of(owner: Shipment, number: int) -> None:
    now = timezone.now()
    TrackingEvent.objects.create(
        shipment=owner, key=str(number), at=now, status="customs", source="rows", received_at=now
    )


def member_of(owner: Team, number: int) -> None:
    user = User.objects.create_user(f"member{owner.pk}-{number}@clearway.example", full_name=f"Member {number}")
    Membership.objects.create(team=owner, user=user)


def layer_of(owner: Rota, number: int) -> None:
    layer = RotaLayer.objects.create(
        rota=owner, order=number, starts_on=date(2026, 1, 5), hands_over_at=time(9), time_zone="Asia/Shanghai"
    )
    RotaTurn.objects.create(layer=layer, place=1, user=person(20_000 + 100 * owner.pk + number))
    now = timezone.now()
    RotaOverride.objects.create(
        rota=owner, user=layer.turns.get().user, from_at=now, until_at=now + timedelta(hours=1, minutes=number)
    )


def level_of(owner: EscalationPolicy, _number: int) -> None:
    order = owner.levels.count() + 1
    made = Rota.objects.create(name=f"Rota of {owner.pk} {order}")
    EscalationLevel.objects.create(policy=owner, order=order, whom="on_call", rota=made)


def message_of(owner: Ticket, number: int, **fields: Any) -> Message:
    """A message of somebody of their own, through a connection of its own, with a file."""
    now = timezone.now() - timedelta(minutes=30) + timedelta(seconds=number)
    identity = identity_of(owner.customer, 10_000 * owner.pk + number)
    talk = Conversation.objects.create(
        connection=identity.connection,
        identity=identity,
        thread=str(number),
        ticket=owner,
        started_at=now,
        last_message_at=now,
    )
    values: dict[str, Any] = {"direction": Direction.IN, "status": MessageStatus.RECEIVED, **fields}
    message = Message(
        ticket=owner,
        conversation=talk,
        connection=identity.connection,
        identity=identity,
        audience=Audience.CUSTOMER,
        text=f"Message {number}",
        html="<p>x</p>",
        sent_at=now,
        created_at=now,
        **values,
    )
    save_message(message)
    Attachment.objects.create(
        ticket=owner, message=message, name="a.pdf", content_type="application/pdf", refusal="too large", created_at=now
    )
    return message


def matter_of(owner: Ticket, number: int) -> None:
    """All that hangs on a ticket: words of the customer and of staff, papers, scans, another ticket of theirs."""
    author = person(7000 + number)
    message_of(owner, number)
    note = Message(
        ticket=owner,
        author=author,
        direction=Direction.NOTE,
        status=MessageStatus.NOTED,
        audience=Audience.INTERNAL,
        text="Note",
        sent_at=timezone.now(),
        created_at=timezone.now(),
    )
    save_message(note)
    assert owner.shipment is not None
    scan_of(owner.shipment, number)
    open_ticket(kind="inquiry", actor=Actor.staff(author), now=timezone.now(), customer=owner.customer, assignee=author)


def attempt_of(owner: Message, number: int) -> None:
    assert owner.connection is not None
    DeliveryAttempt.objects.create(
        message=owner,
        connection=owner.connection,
        number=100 + number,
        started_at=timezone.now(),
        result=AttemptResult.REFUSED,
    )


def try_of(owner: WebhookDelivery, number: int) -> None:
    WebhookAttempt.objects.create(delivery=owner, started_at=timezone.now(), status=500, response_body=f"no {number}")


CHILDREN: dict[str, Callable[[Any, int], Any]] = {
    "channels_integrations.WebhookDelivery": try_of,
    "auth.Group": permission_of,
    "common.BusinessCalendar": interval_of,
    "common.User": group_of,
    "knowledge_base.MessageTemplate": text_of,
    "logistics.Customer": identity_of,
    "logistics.Partner": contact_of,
    "logistics.InboundBooking": booked_item_of,
    "logistics.Shipment": scan_of,
    "logistics.ShipmentInstruction": item_to_send_of,
    "logistics.StockCount": counted_item_of,
    "logistics.StockSync": reading_of,
    "tickets.Message": attempt_of,
    "tickets.EscalationPolicy": level_of,
    "tickets.Handover": entry_of,
    "tickets.Rota": layer_of,
    "tickets.Team": member_of,
    "tickets.Ticket": matter_of,
}
"""What hangs on one row and is shown on its page."""


def paper_of(owner: Ticket, number: int) -> None:
    """A paper asked of the customer, with a file sent for it."""
    now = timezone.now()
    paper = PaperRequest.objects.create(
        ticket=owner, type=PaperType.values[number], asked_of=WaitingOn.CUSTOMER, requested_at=now
    )
    Attachment.objects.create(
        ticket=owner, paper=paper, name="a.pdf", content_type="application/pdf", sha256="0" * 64, created_at=now
    )
