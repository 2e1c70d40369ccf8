"""Moments nobody means, through every entrance: kept or refused in words, and every page can be read in every zone."""

from __future__ import annotations

import json
import zoneinfo
from datetime import date
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.db import models
from django.test import Client, RequestFactory
from django.utils import timezone

from channels_integrations.choices import EventState, Outcome
from channels_integrations.models import InboundEvent
from channels_integrations.services.ingesting import ingest
from common.admin.base import DeskAdmin
from common.inputs import Day, Moment
from common.models import Connection
from logistics.models import Customer, Shipment, TrackingEvent
from tests.channels_integrations.conftest import text_update
from tests.logistics.carriers.pushes import API_KEY, push, scan
from tests.security.scene import Scene, browser_of
from tickets.choices import LinkPurpose
from tickets.models import FailedDeliveryDetail, Message, PaperRequest, Ticket
from tickets.policies.actor import Actor
from tickets.services.customer_links import make_link
from tickets.services.linking import open_ticket
from tickets.workflows import WORKFLOWS

ZONES = ("Pacific/Kiritimati", "Pacific/Pago_Pago")
DAYS = ["0001-01-01", "1969-12-31", "2101-01-01", "9999-12-31"]
MOMENTS = ["0001-01-01T00:00", "0001-01-01T23:59", "1969-12-31T23:59", "9999-12-31T00:00", "9999-12-31T23:59"]
MAIL_DATES = [
    "Mon, 01 Jan 0001 00:00:00 +0000",
    "Mon, 01 Jan 0001 00:00:00 +2359",
    "Fri, 31 Dec 9999 23:59:59 -2359",
    "Fri, 31 Dec 9999 23:59:59 +0000",
    "Thu, 01 Jan 1970 00:00:00 +0000",
    "Fri, 20 Nov 99999999999999999999 10:00:00 +0800",
    "Fri, 20 Nov 2026 10:00:00 +9999",
    "Fri, 20 Nov 2026 10:00:00 -99999999999999999999",
    "Fri, 20 Nov 2026 99:99:99 +0000",
    "Fri, 31 Feb 2026 10:00:00 +0000",
    "-1",
    "2026-11-20T10:00:00Z",
    "=?utf-8?B?AAAA?=",
    "",
]


CHAT_DATES = [0, -1, 2**31, 2**40, 253_402_300_799, 2**63, -(2**63)]


def assert_all_can_read(scene: Scene, *tickets: Ticket) -> None:
    """Pages, logs, the queue's tabs and the customers' pages, for readers and customers at both ends of the world."""
    links = [
        make_link(ticket=ticket, purpose=purpose, now=timezone.now())
        for ticket in tickets
        for purpose in (LinkPurpose.STATUS, LinkPurpose.DOCUMENTS, LinkPurpose.INSTRUCTIONS)
    ]
    pages = [f"/admin/tickets/ticket/{ticket.pk}/{page}/" for ticket in tickets for page in ("change", "log")]
    pages += [f"/admin/tickets/ticket/?tab={tab}" for tab in ("unassigned", "ours", "others")]
    person, stranger = scene.people["Su"], Client(raise_request_exception=False)
    for zone in ZONES:
        person.time_zone = zone
        person.save(update_fields=["time_zone"])
        Customer.objects.update(time_zone=zone)
        reader = browser_of("Su", raise_request_exception=False)
        assert [page for page in pages if reader.get(page).status_code != 200] == []
        assert [one for one in links if stranger.get("/t/" + one.rpartition("/t/")[2]).status_code != 200] == []


def test_mails_of_any_date_become_tickets_that_all_can_read(scene: Scene) -> None:
    mailbox = Connection.objects.get(slug="mail")
    mailbox.settings = {"address": "desk@clearway.example"}
    mailbox.save()
    now = timezone.now()

    for number, sent in enumerate(MAIL_DATES):
        raw = f"From: li{number}@kunde.test\r\nTo: desk@clearway.example\r\nMessage-ID: <{number}@kunde.test>\r\n"
        raw += f"Date: {sent}\r\nSubject: Where\r\n\r\nWhere is my parcel?\r\n"
        [done] = ingest(account=mailbox, raw=raw.encode(), now=now)
        assert done.outcome == Outcome.MESSAGE, sent

    messages = Message.objects.filter(text__startswith="Where is my parcel").select_related("ticket").order_by("id")
    sent_at = {sent: message.sent_at for sent, message in zip(MAIL_DATES, messages, strict=True)}
    assert all(moment.year >= 1990 and moment <= now for moment in sent_at.values())
    assert {sent for sent in MAIL_DATES if sent_at[sent] != now} <= {
        "Mon, 01 Jan 0001 00:00:00 +0000",  # read as 2001, as RFC 5322, 4.3 would have two figures read
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "2026-11-20T10:00:00Z",
    }
    assert_all_can_read(scene, *(message.ticket for message in messages if message.ticket))


def test_chat_messages_of_any_date_become_tickets_that_all_can_read(scene: Scene) -> None:
    bot = Connection.objects.create(provider="telegram", slug="bot", name="Bot", credentials={"token": "1:a"})
    now = timezone.now()

    for chat, sent in enumerate(CHAT_DATES, start=1):
        update = text_update("Where is my parcel?", update_id=2 * chat, chat=chat, date=sent)
        [done] = ingest(account=bot, raw=json.dumps(update).encode(), now=now)
        assert done.outcome == Outcome.MESSAGE, sent
        edit = {**update.pop("message"), "edit_date": 1_795_000_100, "text": "Where is it?"}
        [done] = ingest(
            account=bot, raw=json.dumps({"update_id": 2 * chat + 1, "edited_message": edit}).encode(), now=now
        )
        assert done.outcome == Outcome.MESSAGE, sent

    messages = Message.objects.filter(text="Where is it?").select_related("ticket")
    assert [message.sent_at for message in messages] == [now] * len(CHAT_DATES)
    assert_all_can_read(scene, *(message.ticket for message in messages if message.ticket))


@pytest.mark.parametrize(
    "told",
    [
        {"events": [scan("Exception_Security", at="0001-01-01T00:00:00+14:00")]},
        {"events": [scan("Exception_Security", at="9999-12-31T23:59:59-14:00")]},
        {"events": [scan("Exception_Security", at="2026-11-20T10:00:00+23:59")]},
        {"estimate": {"source": None, "from": "9999-12-31", "to": "9999-12-31"}},
        {"estimate": {"source": None, "from": "0001-01-01T00:00:00Z", "to": None}},
    ],
    ids=str,
)
def test_a_scan_of_an_impossible_time_is_kept_to_be_looked_at(scene: Scene, told: dict[str, Any]) -> None:
    source = Connection.objects.create(
        provider="seventeentrack", slug="17", name="17TRACK", credentials={"api_key": API_KEY}
    )
    raw = push(*told.get("events", []), number="RR123456785CN", estimate=told.get("estimate"))

    [done] = ingest(account=source, raw=raw, now=timezone.now())

    assert done.outcome == Outcome.MALFORMED
    kept = InboundEvent.objects.get(connection=source)
    assert (kept.state, bytes(kept.raw)) == (EventState.MALFORMED, raw)
    assert browser_of("Ad").get(f"/admin/channels_integrations/inboundevent/{kept.pk}/change/").status_code == 200
    assert TrackingEvent.objects.count() == 0


@pytest.mark.parametrize("at", ["2000-01-01T00:00:00+14:00", "2100-12-31T23:59:59-12:00"])
def test_scans_at_the_ends_of_what_is_taken_can_be_read_by_all(scene: Scene, at: str) -> None:
    source = Connection.objects.create(
        provider="seventeentrack", slug="17", name="17TRACK", credentials={"api_key": API_KEY}
    )
    raw = push(scan(at=at), number="RR123456785CN", estimate={"source": None, "from": at, "to": at})

    [done] = ingest(account=source, raw=raw, now=timezone.now())

    assert done.outcome == Outcome.TRACKING
    parcel = Shipment.objects.get(tracking_number="RR123456785CN")
    assert browser_of("Su").get(f"/admin/logistics/shipment/{parcel.pk}/change/").status_code == 200
    assert_all_can_read(scene, scene.ordinary.ticket)


def test_no_input_of_any_step_takes_a_day_that_nobody_means() -> None:
    tried = 0
    for workflow in WORKFLOWS.values():
        for way in workflow.ways().values():  # type: ignore[attr-defined]
            for entry in way.inputs:
                for value in DAYS if isinstance(entry, Day) else MOMENTS if isinstance(entry, Moment) else ():
                    for zone in ZONES:
                        with timezone.override(zoneinfo.ZoneInfo(zone)), pytest.raises(forms.ValidationError):
                            entry.form_fields()[entry.name].clean(value)
                    tried += 1

    assert tried > 40


def test_no_day_of_the_admins_forms_takes_what_nobody_means(scene: Scene, rf: RequestFactory) -> None:
    request, tried = rf.get("/"), 0
    request.user = scene.people["Ad"]
    for model, page in admin.site._registry.items():
        if not isinstance(page, DeskAdmin):
            continue
        for column in model._meta.concrete_fields:
            if isinstance(column, models.DateField) and column.editable:
                field = page.formfield_for_dbfield(column, request)
                several = isinstance(field.widget, forms.MultiWidget)
                for value in DAYS:
                    given: Any = [value, "12:00"] if several else value
                    with timezone.override(zoneinfo.ZoneInfo("Pacific/Pago_Pago")):
                        with pytest.raises(forms.ValidationError):
                            field.clean(given)
                        assert field.clean(["2026-11-24", "12:00"] if several else "2026-11-24")
                    tried += 1

    assert tried >= len(DAYS)


@pytest.mark.parametrize("moment", ["9999-12-31T23:59", "2100-12-31T23:59", "2026-02-30T10:00", "99999-01-01T00:00"])
def test_a_step_with_any_deadline_leaves_a_ticket_that_all_can_read(scene: Scene, moment: str) -> None:
    customer = scene.ordinary.ticket.customer
    ticket = open_ticket(kind="clearance", actor=Actor.system(), now=timezone.now(), customer=customer)
    scene.people["Cu"].time_zone = "Pacific/Pago_Pago"
    scene.people["Cu"].save(update_fields=["time_zone"])
    client = browser_of("Cu", raise_request_exception=False)
    steps = f"/admin/tickets/ticket/{ticket.pk}/way"
    assert client.post(f"{steps}/triage/").status_code == 302

    answer = client.post(
        f"{steps}/request_documents/", {"papers": ["identity"], "asked_of": "customer", "due_at": moment}
    )

    taken = moment.startswith("2100")
    assert answer.status_code == (302 if taken else 422)
    assert PaperRequest.objects.filter(ticket=ticket).exists() == taken
    assert_all_can_read(scene, Ticket.objects.get(pk=ticket.pk))


@pytest.mark.parametrize("day", ["2100-12-31", "9999-12-31", "0001-01-01"])
def test_a_promised_day_of_any_year_leaves_a_ticket_that_all_can_read(scene: Scene, day: str) -> None:
    """Days stored otherwise than through forms (by a service, an import) must not break a page either."""
    Shipment.objects.update(promised_date=date.fromisoformat(day))
    ticket = scene.ordinary.ticket
    FailedDeliveryDetail.objects.update(wished_date=date.fromisoformat(day))

    assert_all_can_read(scene, ticket)
    parcel = ticket.shipment_id
    assert browser_of("Su").get(f"/admin/logistics/shipment/{parcel}/change/").status_code == 200
    assert browser_of("Su").get("/admin/logistics/shipment/").status_code == 200
