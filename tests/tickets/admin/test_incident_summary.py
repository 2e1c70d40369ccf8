"""What logistics noticed is stored in English and told in the reader's language."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.models import Incident, Shipment, TrackingEvent
from logistics.policies.subjects import no_scan_since, promised_for
from logistics.services.detection import notice_incidents
from tests.tickets.workflows import people

pytestmark = pytest.mark.django_db


def test_summary_that_logistics_gave_is_told_in_chinese_and_a_persons_own_stays() -> None:
    parcel = Shipment.objects.create(tracking_number="RB123456785CN")
    incident = Incident.objects.create(
        type="customs_hold",
        shipment=parcel,
        subject="Documents required · Leipzig",
        dedupe_key="1",
        happened_at=people.NOW,
        noticed_at=people.NOW,
    )
    noticed = people.ticket("clearance", shipment=parcel, incident=incident, summary=incident.subject)
    written = people.ticket("inquiry", summary="Lost")

    with translation.override("zh-hans"):
        assert noticed.subject == "[RB123456785CN] 扣关 · 需补充文件 · Leipzig"
        assert str(incident) == "需补充文件 · Leipzig"
        assert written.told_summary == "Lost"
    with translation.override("en"):
        assert noticed.told_summary == "Documents required · Leipzig"


@pytest.mark.parametrize(
    ("subject", "type_", "chinese"),
    [
        (no_scan_since(date(2026, 11, 20)), "stale", "2026-11-20"),
        (promised_for(date(2026, 11, 20)), "late", "2026-11-20"),
    ],
)
def test_summary_with_a_day_is_told_in_chinese(subject: str, type_: str, chinese: str) -> None:
    parcel = Shipment.objects.create(tracking_number="RB123456785CN")
    incident = Incident.objects.create(
        type=type_, shipment=parcel, subject=subject, dedupe_key="1", happened_at=people.NOW, noticed_at=people.NOW
    )
    ticket = people.ticket("delay", shipment=parcel, incident=incident, summary=subject)
    opened_from_it = people.ticket("loss", shipment=parcel, summary=subject)

    with translation.override("zh-hans"):
        said = ticket.told_summary
        assert ticket.subject == f"[RB123456785CN] {ticket.get_kind_display()} · {said}"
        assert opened_from_it.told_summary == said == str(incident)
    assert chinese in said
    assert not any(letter.isascii() and letter.isalpha() for letter in said)
    with translation.override("en"):
        assert ticket.told_summary == subject


def test_what_is_noticed_in_a_chinese_request_is_stored_in_english_all_the_same() -> None:
    opened = people.NOW - timedelta(days=30)
    parcel = Shipment.objects.create(tracking_number="RB123456785CN", created_at=opened)
    scan = TrackingEvent.objects.create(
        shipment=parcel,
        source="test",
        key="1",
        at=people.NOW,
        received_at=people.NOW,
        status=TrackingStatus.CUSTOMS,
        reason=TrackingReason.DOCUMENTS_REQUIRED,
        fault=Fault.CONSIGNEE,
        location="Leipzig",
    )

    with translation.override("zh-hans"):
        notice_incidents(shipment=parcel, history=[scan], new_keys=["1"], now=people.NOW)

    assert Incident.objects.get().subject == "Documents required · Leipzig"
