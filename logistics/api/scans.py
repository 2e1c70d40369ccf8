"""Scans pushed in bulk."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.urls import URLPattern, path
from rest_framework import serializers
from rest_framework.response import Response

from common.api.bulk import BulkAnswer, items_of, refuse_item
from common.api.documented import documented
from common.api.inputs import Input
from common.api.views import PARTNERS, ApiRequest, ApiView
from logistics.choices import Fault, Scope, TrackingReason, TrackingStatus
from logistics.services.scans import MOST, accept_scans


class PushedScanBody(Input):
    """One scan. `status` or, with a mapping agreed on, your own `raw_code`; both is best."""

    tracking_number = serializers.CharField(max_length=80)
    at = serializers.DateTimeField(help_text="When and with which offset it happened: 2026-11-24T09:30:00+01:00.")
    status = serializers.ChoiceField(choices=TrackingStatus.values, required=False)
    raw_code = serializers.CharField(max_length=120, required=False, help_text="Your own code.")
    reason = serializers.ChoiceField(choices=TrackingReason.values, required=False)
    fault = serializers.ChoiceField(choices=Fault.values, required=False)
    location = serializers.CharField(max_length=200, required=False)
    country = serializers.RegexField(r"^[A-Z]{2}$", required=False, help_text="ISO 3166-1 alpha-2.")
    text = serializers.CharField(max_length=2_000, required=False, help_text="In your words.")
    id = serializers.CharField(
        max_length=120, required=False, help_text="Your name for the scan: the same scan twice is one scan."
    )


class PushedScans(Input):
    """Scans of any of your parcels, in any order."""

    items = serializers.ListField(child=PushedScanBody(), min_length=1, max_length=MOST)


_ITEM: dict[str, Any] = {
    "tracking_number": "RB123456785CN",
    "at": "2026-11-24T09:30:00+01:00",
    "status": "in_transit",
    "location": "Madrid",
    "country": "ES",
    "raw_code": "P040",
    "text": "Left the sorting centre",
}


class TrackingEvents(ApiView):
    """Scans on their way in."""

    scopes: ClassVar = {"POST": Scope.SCANS}
    open_to = frozenset({PARTNERS})
    parameters: ClassVar = frozenset()

    @documented(
        "tracking_events_create",
        body=PushedScans,
        answer=BulkAnswer,
        body_example={"items": [_ITEM]},
        answer_example={"results": [{"index": 0, "status": 202, "id": "5f2b…"}], "accepted": 1, "refused": 0},
    )
    def post(self, request: ApiRequest) -> Response:
        """Push up to 500 scans; each is answered by itself.

        202 says that a scan is kept: it is recorded within moments. A scan of a parcel that you do not carry, or were
        not told to send, does nothing. A carrier's parcel becomes known by its first scan.
        """
        items = items_of(request.data, most=MOST)
        partner_id = request.auth.partner_id
        assert partner_id is not None
        with transaction.atomic():
            answers = accept_scans(partner_id=partner_id, items=items, now=self.now)
        results = [
            refuse_item(index, one.error) if one.error else {"index": index, "status": 202, "id": one.key}
            for index, one in enumerate(answers)
        ]
        refused = sum(one.error is not None for one in answers)
        return Response({"results": results, "accepted": len(answers) - refused, "refused": refused})


urlpatterns: list[URLPattern] = [path("tracking-events/", TrackingEvents.as_view())]
