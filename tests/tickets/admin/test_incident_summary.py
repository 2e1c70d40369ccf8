"""What logistics noticed is stored in English and told in the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from logistics.models import Incident, Shipment
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
