"""What partners hear of their tickets: only what is theirs, numbered without a gap."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from common.models import Connection
from logistics.models import Partner, PartnerContact
from tickets.choices import Audience, Direction, Kind, MessageStatus, Priority, Target
from tickets.models import Attachment, ChannelIdentity, Clock, Message, PartnerEvent, PromisePolicy, Ticket
from tickets.policies.actor import Actor
from tickets.services.conversations import write_to_partner
from tickets.services.journal import changing
from tickets.services.journal_many import changing_many
from tickets.services.linking import open_ticket
from tickets.services.partner_scope import admit

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SYSTEM = Actor.system("test")


def partner(name: str) -> Partner:
    return Partner.objects.create(kind="warehouse", name=name)


def ticket(*partners: Partner, kind: str = Kind.INQUIRY) -> Ticket:
    opened = open_ticket(kind=kind, actor=SYSTEM, now=NOW)
    admit(opened.pk, [one.pk for one in partners], now=NOW)
    return opened


def record(of: Ticket, what: str, data: dict[str, Any] | None = None, *, minutes: int = 1) -> None:
    with changing(of.pk, actor=SYSTEM, now=NOW + timedelta(minutes=minutes)) as change:
        change.record(what, data or {})


def heard(by: Partner) -> list[tuple[int, str]]:
    return list(PartnerEvent.objects.filter(partner=by).order_by("sequence").values_list("sequence", "type"))


@pytest.mark.django_db
def test_partner_hears_first_that_the_ticket_is_theirs_and_then_each_event_with_its_number() -> None:
    hall = partner("Hall")
    one = ticket(hall)

    record(one, "priority_changed", {"from": 3, "to": 1})
    record(one, "priority_changed", {"from": 1, "to": 2}, minutes=2)

    assert heard(hall) == [(1, "ticket.addressed"), (2, "ticket.priority_changed"), (3, "ticket.priority_changed")]


@pytest.mark.django_db
def test_ticket_without_a_partner_writes_no_row_and_makes_no_further_trip() -> None:
    one = ticket()
    with CaptureQueriesContext(connection) as alone:
        record(one, "note")
    with CaptureQueriesContext(connection) as public:
        record(one, "priority_changed", {"from": 3, "to": 1}, minutes=2)

    assert not PartnerEvent.objects.exists()
    assert len(public) == len(alone)


@pytest.mark.django_db
def test_what_is_ours_alone_is_told_to_nobody() -> None:
    hall = partner("Hall")
    one = ticket(hall)

    for what in ("note", "assigned", "handed_over", "tags_changed", "customer_known", "partner_unreachable"):
        record(one, what, {"partner": hall.pk})

    assert heard(hall) == []


@pytest.mark.django_db
def test_message_is_heard_of_by_the_partner_it_is_for_and_by_no_other(mailbox_of_ours: Connection) -> None:
    hall, quay = partner("Hall"), partner("Quay")
    PartnerContact.objects.create(partner=hall, name="Li", email="li@hall.example", is_primary=True)
    one = ticket(hall, quay)

    with changing(one.pk, actor=SYSTEM, now=NOW + timedelta(minutes=1)) as change:
        message = write_to_partner(change, partner=hall, text="Where is the pallet?")

    assert message is not None
    assert heard(hall) == [(1, "ticket.addressed"), (2, "message.created")]
    assert heard(quay) == []


@pytest.mark.django_db
def test_customers_message_is_no_partners_business() -> None:
    hall = partner("Hall")
    one = ticket(hall)
    message = Message.objects.create(
        ticket=one,
        direction=Direction.IN,
        audience=Audience.CUSTOMER,
        status=MessageStatus.RECEIVED,
        text="Where is it?",
        sent_at=NOW,
        created_at=NOW,
    )

    record(one, "message_received", {"message": message.pk, "audience": "customer"})
    record(one, "message_edited", {"message": message.pk}, minutes=2)

    assert heard(hall) == []


@pytest.mark.django_db
def test_file_is_heard_of_by_the_partner_who_handed_it_in() -> None:
    hall, quay = partner("Hall"), partner("Quay")
    one = ticket(hall, quay)
    theirs = Attachment.objects.create(
        ticket=one, partner=hall, name="invoice.pdf", sha256="a" * 64, content_type="application/pdf", created_at=NOW
    )
    ours = Attachment.objects.create(
        ticket=one, name="id.pdf", sha256="b" * 64, content_type="application/pdf", created_at=NOW
    )

    record(one, "files_added", {"attachments": [theirs.pk]})
    record(one, "files_added", {"attachments": [ours.pk]}, minutes=2)

    assert heard(hall) == [(1, "ticket.addressed"), (2, "document.added")]
    assert heard(quay) == []


@pytest.mark.django_db
def test_overdue_answer_is_told_to_the_partner_who_owes_it_by_the_clock_of_many() -> None:
    hall, quay = partner("Hall"), partner("Quay")
    one = ticket(hall, quay)
    clock = _clock(one, Target.PARTNER_ANSWER, hall)
    other = Clock.objects.get(ticket=one, target=Target.RESOLUTION)

    with changing_many([one.pk], actor=SYSTEM, now=NOW + timedelta(hours=1)) as many:
        many.record(one.pk, "promise_breached", {"target": other.target, "clock": other.pk, "due_at": NOW})
        many.record(one.pk, "promise_breached", {"target": clock.target, "clock": clock.pk, "due_at": NOW})

    assert heard(hall) == [(1, "ticket.addressed"), (2, "promise.breached")]
    assert heard(quay) == []


@pytest.mark.django_db
def test_partner_named_by_an_event_hears_it_alone() -> None:
    hall, quay = partner("Hall"), partner("Quay")
    one = ticket(hall, quay)

    record(one, "acknowledged", {"page": 1, "partner": hall.pk})

    assert heard(hall) == [(1, "ticket.addressed"), (2, "ticket.acknowledged")]
    assert heard(quay) == []


@pytest.mark.django_db
def test_change_that_is_undone_tells_nobody() -> None:
    hall = partner("Hall")
    one = ticket(hall)

    with transaction.atomic():
        record(one, "priority_changed", {"from": 3, "to": 1})
        transaction.set_rollback(True)

    assert heard(hall) == []


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_when_eight_threads_change_a_ticket_of_two_partners() -> None:
    hall, quay = partner("Hall"), partner("Quay")
    one = ticket(hall, quay)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                with changing(one.pk, actor=SYSTEM, now=NOW + timedelta(seconds=number * 10 + turn)) as change:
                    change.ticket.priority = Priority.URGENT if turn % 2 else Priority.HIGH
                    change.record("priority_changed", {"from": 3, "to": 1})
                    change.record("note")
                    change.record("acknowledged", {"partner": quay.pk})
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failures
    assert [sequence for sequence, _ in heard(hall)] == list(range(1, 42))
    assert [sequence for sequence, _ in heard(quay)] == list(range(1, 82))
    events = PartnerEvent.objects.filter(partner=quay).order_by("sequence").values_list("event__sequence", flat=True)
    assert list(events) == sorted(events)


def _clock(of: Ticket, target: str, owed_by: Partner) -> Clock:
    return Clock.objects.create(
        ticket=of,
        target=target,
        policy=PromisePolicy.objects.filter(target=target)[0],
        partner=owed_by,
        started_at=NOW,
        duration=timedelta(hours=1),
        due_at=NOW,
    )


@pytest.fixture
def mailbox_of_ours(db: None) -> Connection:
    account = Connection.objects.create(provider="email", slug="desk", name="Desk", settings={"address": "d@c.example"})
    ChannelIdentity.objects.create(connection=account, external_id="x@y.example", created_at=NOW)
    return account
