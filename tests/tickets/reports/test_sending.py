"""Reports by mail: once, in the reader's language, about whole days of their own zone, to those who may read them."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime, time, timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.db import connection as database

from common.models import Connection, User
from logistics.models import Customer
from tickets.models import Attachment, ChannelIdentity, Message, ReportRun, ReportSchedule, Team
from tickets.policies.actor import Actor
from tickets.services.attachments import open_content
from tickets.services.journal import changing
from tickets.services.kpi import rebuild
from tickets.services.linking import open_ticket
from tickets.services.reports import reschedule, send_due

NOW = datetime(2026, 11, 24, 2, 15, tzinfo=UTC)
"""Eight in the morning in Kathmandu."""


def reader(**named: Any) -> User:
    user = User.objects.create_user(
        "mei@clearway.example", is_staff=True, time_zone="Asia/Kathmandu", **{"language": "zh-hans", **named}
    )
    user.user_permissions.add(Permission.objects.get(codename="view_dashboards"))
    return user


def schedule(user: User, **named: Any) -> ReportSchedule:
    Connection.objects.get_or_create(provider="email", slug="desk", settings={"address": "desk@clearway.example"})
    values: dict[str, Any] = {"name": "=每周", "figures": ["opened", "first_response", "refunds"], "every": "day"}
    made = ReportSchedule(reader=user, **{**values, "cut": "team", "days": 1, "at": time(8), **named})
    reschedule(made, now=NOW - timedelta(hours=1))
    made.save()
    return made


@pytest.mark.django_db
def test_a_report_is_sent_once_about_the_readers_own_yesterday() -> None:
    team = Team.objects.create(name='=cmd|"/c calc"!A1')
    for minutes in (-1, 0, 24 * 60 - 1, 24 * 60):  # of the day that ended with their last midnight
        at = datetime(2026, 11, 22, 18, 15, tzinfo=UTC) + timedelta(minutes=minutes)
        ticket = open_ticket(kind="inquiry", actor=Actor.system(), now=at, customer=Customer.objects.create(name="A"))
        with changing(ticket.pk, actor=Actor.system(), now=at) as change:
            change.ticket.team = team
    rebuild(now=NOW)
    plan = schedule(reader())
    assert plan.next_at == NOW

    assert [send_due(now=NOW), send_due(now=NOW), send_due(now=NOW + timedelta(hours=1))] == [1, 0, 0]

    plan.refresh_from_db()
    assert plan.next_at == NOW + timedelta(days=1)
    message = Message.objects.get()
    assert message.subject == "=每周 · 2026-11-23 – 2026-11-23"
    assert message.ticket_id is None
    assert message.identity is not None
    assert message.identity.external_id == "mei@clearway.example"
    file = Attachment.objects.get(message=message)
    book = openpyxl.load_workbook(io.BytesIO(open_content(file).read()))
    assert [row[2].value for row in book.worksheets[0].iter_rows(min_row=5)][:1] == [2]
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_send_one_report() -> None:
    rebuild(now=NOW)
    schedule(reader())
    sent: list[int] = []

    def clock() -> None:
        try:
            sent.append(send_due(now=NOW))
        finally:
            database.close()

    clocks = [threading.Thread(target=clock) for _ in range(2)]
    for one in clocks:
        one.start()
    for one in clocks:
        one.join()

    assert sorted(sent) == [0, 1]
    assert Message.objects.count() == ReportRun.objects.count() == 1


@pytest.mark.django_db
def test_whoever_may_no_longer_read_figures_gets_none_and_the_next_is_still_planned() -> None:
    user = reader()
    plan = schedule(user)
    user.user_permissions.clear()

    assert send_due(now=NOW) == 0

    assert ReportRun.objects.get().failure == "not_allowed"
    assert not Message.objects.exists()
    plan.refresh_from_db()
    assert plan.next_at == NOW + timedelta(days=1)


@pytest.mark.django_db
def test_days_without_a_clock_cost_one_late_report_not_many() -> None:
    rebuild(now=NOW)
    plan = schedule(reader())

    assert send_due(now=NOW + timedelta(days=5, hours=3)) == 1

    plan.refresh_from_db()
    assert plan.next_at == NOW + timedelta(days=6)
    assert ReportRun.objects.count() == 1


@pytest.mark.django_db
def test_an_address_that_is_a_customers_is_sent_no_figures() -> None:
    plan = schedule(reader())
    ChannelIdentity.objects.create(
        connection=Connection.objects.get(),
        external_id="mei@clearway.example",
        customer=Customer.objects.create(name="Mei"),
        created_at=NOW,
    )

    assert send_due(now=NOW) == 0
    assert ReportRun.objects.get(schedule=plan).failure == "no_mailbox"
