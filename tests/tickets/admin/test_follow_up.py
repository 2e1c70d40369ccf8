"""Marks, audits and reports at the desk."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from common.models import User
from logistics.models import Customer, Partner
from tickets.models import Audit, ReportSchedule, SurveyAnswer, SurveySettings
from tickets.policies.actor import Actor
from tickets.services.linking import open_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("boss@clearway.example", "x", time_zone="Asia/Kathmandu"))
    return client


def test_an_administrator_switches_questions_off_though_no_row_is_there_yet(boss: Client) -> None:
    listed = boss.get("/admin/tickets/surveysettings/", follow=True)
    assert listed.status_code == 200

    form = {"wait_minutes": "60", "not_again_days": "10", "answer_days": "7", "kinds_left_out": ["loss"]}
    assert boss.post("/admin/tickets/surveysettings/1/change/", form).status_code == 302

    saved = SurveySettings.objects.get()
    assert (saved.is_on, saved.wait_minutes, saved.kinds_left_out) == (False, 60, ["loss"])


def test_a_mark_and_its_comment_stand_on_the_ticket_as_text(boss: Client) -> None:
    now = timezone.now()
    ticket = open_ticket(kind="inquiry", actor=Actor.system(), now=now, customer=Customer.objects.create(name="Anna"))
    hostile = "<script>alert(1)</script> slow"
    SurveyAnswer.objects.create(ticket=ticket, asked_at=now, answered_at=now, score=2, comment=hostile, via="link")

    for page in (f"/admin/tickets/ticket/{ticket.pk}/change/", "/admin/tickets/surveyanswer/"):
        shown = boss.get(page).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt; slow" in shown
        assert "<script>alert(1)" not in shown


def test_a_partners_letter_is_a_pdf_and_a_channel_has_none(boss: Client) -> None:
    meyer = Partner.objects.create(name="Meyer", kind="broker")
    values = {"month": date(2026, 10, 1), "proposal": "talk", "made_at": timezone.now()}
    of_partner = Audit.objects.create(about="partner", partner=meyer, **values)
    of_channel = Audit.objects.create(about="channel", channel="email", **values)

    letter = boss.get(f"/admin/tickets/audit/{of_partner.pk}/letter/")
    assert (letter.status_code, letter["Content-Type"], letter.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert boss.get(f"/admin/tickets/audit/{of_channel.pk}/letter/").status_code == 404
    assert boss.get(f"/admin/tickets/audit/{of_partner.pk}/change/").status_code == 200


def test_figures_are_taken_out_as_files_in_the_readers_own_days(boss: Client) -> None:
    address = "/admin/tickets/reportschedule/export/?names=opened&step=day&from=2026-11-22&to=2026-11-23"
    rows = list(csv.reader(io.StringIO(boss.get(address).content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["2026-11-22T00:00:00+05:45", "2026-11-23T00:00:00+05:45"]
    assert boss.get(f"{address}&format=xlsx").content.startswith(b"PK")
    assert boss.get("/admin/tickets/reportschedule/export/?names=nonsense").status_code == 400
    assert boss.get("/admin/tickets/reportschedule/export/?days=many").status_code == 400


def test_a_report_is_planned_when_it_is_saved(boss: Client) -> None:
    form = {
        "name": "Weekly",
        "reader": str(User.objects.get().pk),
        "is_active": "on",
        "figures": ["opened", "csat"],
        "cut": "team",
        "days": "7",
        "format": "xlsx",
        "every": "week",
        "weekday": "0",
        "month_day": "1",
        "at": "08:00",
        "time_zone": "",
    }
    answer = boss.post("/admin/tickets/reportschedule/add/", form)
    assert answer.status_code == 302, answer.context["errors"]
    planned = ReportSchedule.objects.get()
    assert planned.next_at is not None
    assert planned.next_at.astimezone(User.objects.get().zone).strftime("%a %H:%M") == "Mon 08:00"
