"""A believable morning at the desk: customers in seven languages, every kind of exception, scans, papers, answers.

Everything goes through the services that the site uses, in the past; letters leave through the stand-ins.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import timezone

from channels_integrations.services.delivery import deliver_due
from common.models import Connection, User
from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.models import Carrier, Customer, Partner, Shipment
from logistics.policies.tracking import NormalisedEvent, NormalisedTrack
from logistics.services.tracking import record_track
from scripts.demo.set_up import set_up
from tests.browser.desk import PDF
from tickets.choices import Via
from tickets.models import ChannelIdentity, Message, Team, Ticket
from tickets.policies.actor import Actor
from tickets.policies.inbound import InboundAttachment, InboundMessage
from tickets.services import conversations, intake, ownership
from tickets.services.incidents import handle_incidents
from tickets.services.transitions import take_way

S, R, F = TrackingStatus, TrackingReason, Fault
PASSWORD = "a long enough password"


@dataclass
class Morning:
    """What happened, and the tickets by the customer's first name."""

    mail: Connection
    telegram: Connection
    now: datetime = field(default_factory=timezone.now)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    serial: int = 0

    def ago(self, **back: float) -> datetime:
        return self.now - timedelta(**back)

    def who(self, name: str) -> Actor:
        if name not in self.people:
            self.people[name] = Actor.staff(User.objects.get(full_name=name))
        return self.people[name]

    def customer(self, name: str, language: str, country: str, zone: str, address: str, **more: Any) -> Customer:
        one = Customer.objects.create(name=name, language=language, country=country, time_zone=zone, **more)
        account = self.mail if "@" in address else self.telegram
        ChannelIdentity.objects.create(
            connection=account,
            external_id=address,
            customer=one,
            display_name=name,
            is_verified=True,
            created_at=self.ago(days=40),
        )
        return one

    def parcel(self, number: str, customer: Customer | None, lane: str, carrier: str, **more: Any) -> Shipment:
        origin, _, destination = lane.partition("-")
        return Shipment.objects.create(
            tracking_number=number,
            customer=customer,
            carrier=Carrier.objects.get(code=carrier),
            origin_country=origin,
            destination_country=destination,
            **more,
        )

    def scan(
        self,
        number: str,
        at: datetime,
        status: TrackingStatus,
        place: str,
        *,
        reason: TrackingReason = R.NONE,
        fault: Fault = F.NOBODY,
        hours: int = 8,
        text: str = "",
    ) -> None:
        event = NormalisedEvent(
            at=at,
            offset_minutes=hours * 60,
            status=status,
            reason=reason,
            fault=fault,
            location=place,
            country="",
            raw_code=status.value,
            text=text or place,
            external_key=f"{number}{at.isoformat()}{status}",
        )
        track = NormalisedTrack(tracking_number=number, carrier_code="", status=status, reason=reason, events=(event,))
        record_track(source="seventeentrack", track=track, now=at)
        handle_incidents(now=at)

    def says(
        self, address: str, name: str, text: str, at: datetime, *, subject: str = "", files: tuple[str, ...] = ()
    ) -> Ticket:
        self.serial += 1
        account = self.mail if "@" in address else self.telegram
        before = Message.objects.filter(identity__external_id=address, direction="in").order_by("-id").first()
        received = intake.receive_message(
            connection=account,
            message=InboundMessage(
                external_id=f"m{self.serial}@{address.rpartition('@')[2]}",
                sender_id=address,
                sender_name=name,
                subject=subject,
                text=text,
                sent_at=at,
                thread_id=address if "@" not in address else "",
                thread_keys=(before.external_id,) if before else (),
                attachments=tuple(InboundAttachment(name, "application/pdf", PDF * 900) for name in files),
            ),
            now=at,
        )
        assert received.ticket is not None
        return received.ticket

    def take(self, ticket: Ticket, way: str, by: Actor | str, at: datetime, *, files: Any = (), **data: Any) -> None:
        actor = self.who(by) if isinstance(by, str) else by
        uploads: dict[str, list[UploadedFile[Any]]] = {
            "files": [SimpleUploadedFile(name, PDF * 900, content_type="application/pdf") for name in files]
        }
        take_way(ticket_id=ticket.pk, way=way, data=data, files=uploads, actor=actor, now=at)
        deliver_due(seconds=5, clock=lambda: at + timedelta(seconds=20))

    def answer(self, ticket: Ticket, text: str, by: str, at: datetime) -> None:
        conversations.reply(ticket_id=ticket.pk, text=text, actor=self.who(by), now=at)
        deliver_due(seconds=5, clock=lambda: at + timedelta(seconds=20))

    def note(self, ticket: Ticket, text: str, by: str, at: datetime) -> None:
        conversations.note(ticket_id=ticket.pk, text=text, actor=self.who(by), now=at)

    def own(self, ticket: Ticket, who: str, at: datetime, *, priority: int = 0, team: str = "") -> None:
        actor = self.who(who)
        ownership.assign(
            ticket_id=ticket.pk,
            assignee_id=actor.user.pk if actor.user else None,
            team_id=Team.objects.get(name=team).pk if team else None,
            actor=actor,
            now=at,
        )
        if priority:
            ownership.set_priority(ticket_id=ticket.pk, priority=priority, actor=actor, now=at)

    def of(self, number: str) -> Ticket:
        return Ticket.objects.filter(shipment__tracking_number=number).latest("id")

    def local(self, ahead: timedelta) -> str:
        return (self.now + ahead).strftime("%Y-%m-%dT%H:%M")

    def day(self, ahead: int) -> str:
        return (self.now + timedelta(days=ahead)).date().isoformat()


def a_morning(mail: Connection, telegram: Connection) -> Morning:
    """Play it. The password of all logins is ``PASSWORD``."""
    set_up(password=PASSWORD, day=False)
    day = Morning(mail, telegram)
    for play in (_customs, _customs_in_japan, _delay, _loss, _doorstep, _questions, _quiet):
        play(day)
    return day


def _customs(day: Morning) -> None:
    anna = day.customer(
        "Anna Keller",
        "de",
        "DE",
        "Europe/Berlin",
        "anna@keller-textil.example",
        tier="vip",
        note="Keller Textil, 31 parcels in 90 days. Prefers mail in the morning.",
    )
    number = "LX738201947CN"
    day.parcel(number, anna, "CN-DE", "rhein-kurier", declared_value=420, declared_currency="EUR", contents="T-shirts")
    day.parcel("LX738201916CN", anna, "CN-DE", "rhein-kurier")
    day.scan("LX738201916CN", day.ago(days=9), S.EXCEPTION, "Leipzig", reason=R.DELAYED, fault=F.CARRIER, hours=1)
    day.scan("LX738201916CN", day.ago(days=6), S.DELIVERED, "Hamburg", hours=1)
    day.scan(number, day.ago(days=5), S.PICKED_UP, "Shenzhen")
    day.scan(number, day.ago(days=4, hours=3), S.IN_TRANSIT, "Left Shenzhen")
    day.scan(number, day.ago(days=2, hours=6), S.IN_TRANSIT, "Arrived at Leipzig hub", hours=1)
    day.scan(number, day.ago(hours=27), S.CUSTOMS, "Leipzig", reason=R.DOCUMENTS_REQUIRED, fault=F.SHIPPER, hours=1)
    held = day.tickets["anna"] = day.of(number)
    day.own(held, "Jonas Keller", day.ago(hours=26), priority=1, team="Customs")
    day.take(held, "triage", "Jonas Keller", day.ago(hours=26))
    written = day.says(
        "anna@keller-textil.example",
        "Anna Keller",
        f"Guten Tag, laut Sendungsverfolgung liegt {number} beim Zoll in Leipzig. Was brauchen Sie von uns?",
        day.ago(hours=25, minutes=30),
        subject="Sendung beim Zoll",
    )
    assert written.pk == held.pk, written
    day.take(
        held,
        "request_documents",
        "Jonas Keller",
        day.ago(hours=25),
        papers=["commercial_invoice", "eori"],
        asked_of="customer",
        due_at=day.local(timedelta(hours=26)),
        message="Für T-Shirts genügt die Rechnung mit der Warennummer 6109.",
    )
    link = Actor.customer(anna.pk, via=Via.LINK)
    day.take(held, "receive_documents", link, day.ago(minutes=52), papers=["eori"], files=["EORI_Keller.pdf"])
    day.note(held, "发票金额与申报不符，差 12 欧，请核对后再交清关行。", "Lin Mei", day.ago(minutes=41))
    day.take(
        held, "receive_documents", link, day.ago(minutes=14), papers=["commercial_invoice"], files=["Rechnung_4471.pdf"]
    )
    day.says(
        "anna@keller-textil.example",
        "Anna Keller",
        "Die Rechnung und unsere EORI-Nummer sind hochgeladen. Wann kommt das Paket an?",
        day.ago(minutes=11),
        subject="Re: Sendung beim Zoll",
        files=("Packliste.pdf",),
    )


def _customs_in_japan(day: Morning) -> None:
    ken = day.customer("佐藤 健", "ja", "JP", "Asia/Tokyo", "700200")
    day.parcel("EE118273648CN", ken, "CN-JP", "china-post", declared_value=26000, declared_currency="JPY")
    day.scan("EE118273648CN", day.ago(days=2), S.CUSTOMS, "Osaka", reason=R.CUSTOMS_HOLD, fault=F.CUSTOMS, hours=9)
    ticket = day.tickets["ken"] = day.of("EE118273648CN")
    day.own(ticket, "Lin Mei", day.ago(hours=40), team="Customs")
    day.scan(
        "EE118273648CN", day.ago(hours=30), S.CUSTOMS, "Osaka", reason=R.CUSTOMS_INSPECTION, fault=F.CUSTOMS, hours=9
    )
    day.says("700200", "佐藤 健", "EE118273648CN はまだ税関ですか。いつ届きますか。", day.ago(hours=22))
    day.answer(
        ticket, "現在、大阪税関で検査中です。明日の正午までに結果をお知らせします。", "Lin Mei", day.ago(hours=21)
    )


def _delay(day: Morning) -> None:
    joao = day.customer("João Pereira", "pt", "BR", "America/Sao_Paulo", "joao@pereira.example")
    day.parcel("RB417559832CN", joao, "CN-BR", "china-post", promised_date=day.ago(days=1).date())
    day.scan("RB417559832CN", day.ago(days=8), S.IN_TRANSIT, "Shanghai")
    day.scan("RB417559832CN", day.ago(hours=30), S.EXCEPTION, "Shanghai", reason=R.WEATHER, fault=F.WEATHER)
    late = day.tickets["joao"] = day.of("RB417559832CN")
    day.own(late, "Sofía Marín", day.ago(hours=29))
    post = Partner.objects.get(kind="carrier", country="CN")
    day.take(
        late,
        "ask_carrier",
        "Sofía Marín",
        day.ago(hours=28),
        question="When does RB417559832CN leave Shanghai?",
        answer_due=day.local(timedelta(hours=3)),
    )
    answered = Actor.partner(post.pk, post.name, via=Via.API)
    day.take(late, "carrier_answers", answered, day.ago(hours=6), answer="Typhoon passed, flight on Thursday.")
    day.take(
        late, "revise_date", "Sofía Marín", day.ago(hours=5), new_from=day.day(4), new_to=day.day(6), cause="weather"
    )
    ming = day.customer("王小明", "zh-Hans", "CN", "Asia/Shanghai", "700300")
    day.parcel("LV550102933CN", ming, "CN-GB", "china-post")
    day.scan("LV550102933CN", day.ago(days=3), S.EXCEPTION, "Guangzhou", reason=R.CAPACITY, fault=F.CARRIER)
    day.says("700300", "王小明", "LV550102933CN 为什么三天没有更新？客户在催我。", day.ago(minutes=38))
    day.tickets["ming"] = day.of("LV550102933CN")


def _loss(day: Morning) -> None:
    lucia = day.customer("Lucía Fernández", "es", "MX", "America/Mexico_City", "700100")
    day.parcel("RB123450093CN", lucia, "CN-MX", "china-post", declared_value=180, declared_currency="USD")
    day.scan("RB123450093CN", day.ago(days=15), S.IN_TRANSIT, "Ningbo")
    day.scan("RB123450093CN", day.ago(days=3), S.EXCEPTION, "Ningbo", reason=R.LOST, fault=F.CARRIER)
    lost = day.tickets["lucia"] = day.of("RB123450093CN")
    day.own(lost, "Sofía Marín", day.ago(days=2), priority=2)
    day.take(
        lost, "open_trace", "Sofía Marín", day.ago(days=2), reference="CP-88121", due=day.local(timedelta(hours=-2))
    )
    day.says(
        "700100", "Lucía", "¿Ya saben algo de mi paquete RB123450093CN? Es un regalo de cumpleaños.", day.ago(hours=1)
    )


def _doorstep(day: Morning) -> None:
    marcus = day.customer("Marcus Hill", "en", "US", "America/Los_Angeles", "marcus@hill.example")
    day.parcel("CE403918274DE", marcus, "DE-US", "rhein-kurier")
    day.scan(
        "CE403918274DE", day.ago(hours=20), S.ATTEMPT_FAILED, "Burbank", reason=R.ABSENT, fault=F.CONSIGNEE, hours=-8
    )
    day.says(
        "marcus@hill.example",
        "Marcus Hill",
        "The driver left no card for CE403918274DE and nobody rang. I was at home all day. Please send him again.",
        day.ago(minutes=38),
        subject="Missed delivery?",
    )
    day.tickets["marcus"] = day.of("CE403918274DE")
    claire = day.customer("Claire Dubois", "fr", "FR", "Europe/Paris", "claire@dubois.example")
    day.parcel("CE403918291DE", claire, "DE-FR", "rhein-kurier")
    day.scan("CE403918291DE", day.ago(hours=18), S.ATTEMPT_FAILED, "Lyon", reason=R.ADDRESS, fault=F.SHIPPER, hours=1)
    missed = day.tickets["claire"] = day.of("CE403918291DE")
    day.own(missed, "Sofía Marín", day.ago(hours=17))
    day.take(missed, "request_instructions", "Sofía Marín", day.ago(hours=17), problem="address")


def _questions(day: Morning) -> None:
    day.tickets["oliver"] = day.says(
        "oliver@grant.example",
        "Oliver Grant",
        "Hello, do I pay duties on an order of £120 to Leeds, or are they in the price?",
        day.ago(hours=2),
        subject="Duties to the UK",
    )
    emma = day.customer("Emma Clark", "en", "GB", "Europe/London", "emma@clark.example")
    back = intake.open_by_hand(
        kind="return",
        customer_id=emma.pk,
        summary="Shoes too small",
        actor=day.who("Sofía Marín"),
        now=day.ago(hours=9),
    )
    day.tickets["emma"] = back
    day.own(back, "Sofía Marín", day.ago(hours=9), priority=4)
    stock = intake.open_by_hand(
        kind="warehouse",
        summary="Pallet 7: 12 of 400 units missing",
        text="ASN-55210, counted twice.",
        actor=day.who("Ana Prado"),
        now=day.ago(hours=7),
    )
    day.tickets["stock"] = stock
    day.own(stock, "Ana Prado", day.ago(hours=7))
    paid = intake.open_by_hand(
        kind="payment",
        customer_id=emma.pk,
        summary="Card refused twice",
        actor=day.who("Sofía Marín"),
        now=day.ago(hours=4),
    )
    day.take(
        paid,
        "hand_to_finance",
        "Sofía Marín",
        day.ago(hours=4),
        failure="Card refused",
        amount="64.90",
        amount_currency="GBP",
    )
    day.tickets["paid"] = paid


def _quiet(day: Morning) -> None:
    ines = day.customer("Inês Costa", "pt", "PT", "Europe/Lisbon", "ines@costa.example", tier="vip")
    day.parcel("LX738201981CN", ines, "CN-PT", "china-post")
    day.scan("LX738201981CN", day.ago(days=4), S.CUSTOMS, "Lisboa", reason=R.CUSTOMS_HOLD, fault=F.CUSTOMS, hours=0)
    day.tickets["ines"] = day.of("LX738201981CN")
    day.scan("LX738201981CN", day.ago(hours=26), S.CUSTOMS, "Lisboa", reason=R.CUSTOMS_RELEASED, hours=0)
    deliver_due(seconds=5, clock=lambda: day.ago(hours=26))
