"""Stock: what lies where, and the daily report of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from common.api.bulk import ItemAnswer, refuse_item
from common.api.documented import documented
from common.api.filters import Filters, NumberFilter, WordFilter
from common.api.inputs import Input
from common.api.views import ApiRequest, ListView, moment
from common.errors import InvalidInput
from logistics.choices import Scope
from logistics.models import StockLevel, StockReading, StockSync
from logistics.services.warehouse.reports import MOST_LEVELS, PERMISSION, Level, report_stock
from logistics.services.warehouse.scope import reports_of, stock_of, who_of


class StockRow(serializers.Serializer):  # type: ignore[type-arg]
    """One item at one partner's."""

    partner_id = serializers.IntegerField()
    item = serializers.CharField()
    units = serializers.IntegerField(allow_null=True, help_text="As reported or counted last.")
    expected_units = serializers.IntegerField(help_text="That, and what came in and went out since.")
    reported_day = serializers.DateField(allow_null=True)
    reported_at = serializers.DateTimeField(allow_null=True)


class ReportRow(serializers.Serializer):  # type: ignore[type-arg]
    """What a partner reported for a day."""

    id = serializers.IntegerField()
    partner_id = serializers.IntegerField()
    day = serializers.DateField()
    begun_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True, help_text="Null: parts are missing.")


class StockFilters(Filters):
    """Stock by item."""

    item = WordFilter(help_text="The item, whole.")
    partner = NumberFilter(field_name="partner_id", help_text="For keys of ours: one partner's.")


class ReportFilters(Filters):
    """Reports of a partner."""

    partner = NumberFilter(field_name="partner_id", help_text="For keys of ours: one partner's.")


class NewLevel(Input):
    """One item as you see it."""

    item = serializers.CharField(max_length=64)
    units = serializers.IntegerField(min_value=0, max_value=10**9)


class NewReport(Input):
    """A day's stock, or a part of it."""

    day = serializers.DateField(required=False, help_text="Your own day; today when it is left out.")
    is_complete = serializers.BooleanField(
        default=True, help_text="Whether this is all, or the last part: what no part names is not there."
    )
    partner = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="For keys of ours: whose stock it is."
    )
    levels = serializers.ListField(
        child=NewLevel(), max_length=MOST_LEVELS, help_text="Each item once. Answered one by one."
    )


class StockItemAnswer(ItemAnswer):
    """One item's answer."""

    item = serializers.CharField(required=False)
    expected_units = serializers.IntegerField(required=False, allow_null=True, help_text="Null: nothing was known.")
    differs = serializers.BooleanField(required=False)


class ReportAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """What became of a part, item by item in the order they were sent."""

    day = serializers.DateField()
    completed_at = serializers.DateTimeField(allow_null=True)
    results = StockItemAnswer(many=True)
    accepted = serializers.IntegerField()
    refused = serializers.IntegerField()
    differing = serializers.IntegerField(help_text="Items that differ by more than was agreed.")


class StockLevels(ListView):
    """Stock."""

    scopes: ClassVar = {"GET": Scope.READ, "POST": Scope.STOCK}
    permissions: ClassVar = {"GET": "logistics.view_stocklevel", "POST": PERMISSION}
    row = StockRow
    filters = StockFilters
    orderings: ClassVar = {"id": ("id",)}

    def scoped(self, request: ApiRequest) -> QuerySet[StockLevel]:
        """Your own."""
        return stock_of(request.auth)

    def row_of(self, row: StockLevel) -> dict[str, Any]:
        """One item."""
        return {
            "partner_id": row.partner_id,
            "item": row.item,
            "units": row.units,
            "expected_units": row.expected_units,
            "reported_day": row.reported_day.isoformat() if row.reported_day else None,
            "reported_at": moment(row.reported_at),
        }

    @documented(
        "stock_list",
        answer=StockRow,
        many=True,
        answer_example={
            "results": [
                {
                    "partner_id": 7,
                    "item": "CUP-BLUE",
                    "units": 120,
                    "expected_units": 117,
                    "reported_day": "2026-11-24",
                    "reported_at": "2026-11-24T06:00:00Z",
                }
            ],
            "next": None,
        },
    )
    def get(self, request: ApiRequest) -> Response:
        """What lies on your shelves, as you said last and as we expect it."""
        return self.page(request)

    @documented(
        "stock_report",
        body=NewReport,
        answer=ReportAnswer,
        problems=("stock_refused", "not_found"),
        body_example={"day": "2026-11-24", "levels": [{"item": "CUP-BLUE", "units": 120}]},
        answer_example={
            "day": "2026-11-24",
            "completed_at": "2026-11-24T06:00:00Z",
            "results": [{"index": 0, "status": 200, "item": "CUP-BLUE", "expected_units": 117, "differs": True}],
            "accepted": 1,
            "refused": 0,
            "differing": 1,
        },
    )
    def post(self, request: ApiRequest) -> Response:
        """Report your stock, once each working day.

        At most 500 items at once; more go in parts, all but the last with `is_complete` false. An item sent again
        corrects what was said that day. While any item of a part is refused, the report is not complete.
        """
        body = dict(request.data) if isinstance(request.data, dict) else {}
        items = body.pop("levels", None)
        if not isinstance(items, list) or len(items) > MOST_LEVELS:
            sentence = _("A list of at most %(most)s items is expected.") % {"most": MOST_LEVELS}
            raise InvalidInput(data={"levels": [sentence]})
        said = self.read(NewReport, {**body, "levels": []})
        levels, refused = self._levels(items)
        report = report_stock(
            partner_id=self._partner(request, said),
            levels=list(levels.values()),
            day=said.get("day"),
            is_complete=said["is_complete"] and not refused,
            by=who_of(request.auth),
            now=self.now,
        )
        taken = [_taken(place, one) for place, one in zip(levels, report.readings, strict=True)]
        return Response(
            {
                "day": report.sync.day.isoformat(),
                "completed_at": moment(report.sync.completed_at),
                "results": sorted([*taken, *refused], key=lambda answer: answer["index"]),
                "accepted": len(taken),
                "refused": len(refused),
                "differing": sum(one.differs for one in report.readings),
            }
        )

    def _levels(self, items: list[Any]) -> tuple[dict[int, Level], list[dict[str, Any]]]:
        """Sound items by their place, and the answers to the others."""
        levels: dict[int, Level] = {}
        refused = []
        seen = set()
        for place, item in enumerate(items):
            try:
                values = self.read(NewLevel, item if item is not None else {})
                if values["item"] in seen:
                    raise InvalidInput(data={"item": [_("It is there twice.")]})
            except (InvalidInput, ValidationError) as error:
                refused.append(refuse_item(place, error))
                continue
            seen.add(values["item"])
            levels[place] = Level(values["item"], values["units"])
        return levels, refused

    def _partner(self, request: ApiRequest, said: dict[str, Any]) -> int:
        if request.auth.partner_id is None:
            if "partner" not in said:
                raise InvalidInput(data={"partner": [_("Say whose stock it is.")]})
            return int(said["partner"])
        return int(said.get("partner", request.auth.partner_id))


class StockReports(ListView):
    """Reports."""

    scopes: ClassVar = {"GET": Scope.READ}
    permissions: ClassVar = {"GET": "logistics.view_stocksync"}
    row = ReportRow
    filters = ReportFilters

    def scoped(self, request: ApiRequest) -> QuerySet[StockSync]:
        """Your own."""
        return reports_of(request.auth)

    def row_of(self, row: StockSync) -> dict[str, Any]:
        """One day."""
        return {
            "id": row.pk,
            "partner_id": row.partner_id,
            "day": row.day.isoformat(),
            "begun_at": moment(row.begun_at),
            "completed_at": moment(row.completed_at),
        }

    @documented(
        "stock_reports_list",
        answer=ReportRow,
        many=True,
        answer_example={
            "results": [
                {
                    "id": 88,
                    "partner_id": 7,
                    "day": "2026-11-24",
                    "begun_at": "2026-11-24T06:00:00Z",
                    "completed_at": "2026-11-24T06:00:00Z",
                }
            ],
            "next": None,
        },
    )
    def get(self, request: ApiRequest) -> Response:
        """The days for which you have reported, the latest first."""
        return self.page(request)


def _taken(place: int, reading: StockReading) -> dict[str, Any]:
    return {
        "index": place,
        "status": 200,
        "item": reading.item,
        "expected_units": reading.expected_units,
        "differs": reading.differs,
    }


urlpatterns: list[URLPattern] = [
    path("stock-levels/", StockLevels.as_view()),
    path("stock-reports/", StockReports.as_view()),
]
