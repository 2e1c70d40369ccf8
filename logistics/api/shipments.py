"""Parcels: listed, read, announced, corrected, with their scans."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.response import Response

from common.api.documented import documented
from common.api.errors import declare
from common.api.filters import ChoicesFilter, Filters, FlagFilter, MomentFilter, NumberFilter, WordFilter
from common.api.inputs import Input
from common.api.versions import check_match, etag_of
from common.api.views import ApiRequest, ApiView, ListView, moment
from common.errors import DomainError, InvalidInput, PermissionRefused
from logistics.choices import DeliveryTerms, Fault, Scope, TrackingReason, TrackingStatus
from logistics.models import Carrier, Customer, Shipment, TrackingEvent
from logistics.models.party import validate_country
from logistics.policies.tracking_number import normalise_tracking_number
from logistics.services.shipment_scope import scans_of, shipments_of

declare(
    "shipment_known",
    status=409,
    title=gettext_lazy("The parcel is known already."),
    advice=gettext_lazy("Find it by its tracking number and change it instead."),
)
_READ, _ADD, _CHANGE = "logistics.view_shipment", "logistics.add_shipment", "logistics.change_shipment"


class ShipmentRow(serializers.Serializer):  # type: ignore[type-arg]
    """A parcel. Fields from `customer` on are for keys of integrations alone."""

    id = serializers.IntegerField()
    tracking_number = serializers.CharField()
    carrier = serializers.CharField(allow_null=True, help_text="The carrier's code.")
    origin = serializers.CharField(allow_blank=True, help_text="ISO 3166-1 alpha-2.")
    destination = serializers.CharField(allow_blank=True, help_text="ISO 3166-1 alpha-2.")
    terms = serializers.CharField(allow_blank=True, help_text="DAP: the customer pays duties. DDP: we do.")
    contents = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=TrackingStatus.values)
    reason = serializers.ChoiceField(choices=TrackingReason.values)
    fault = serializers.ChoiceField(choices=Fault.values)
    last_scan_at = serializers.DateTimeField(allow_null=True)
    promised_date = serializers.DateField(allow_null=True)
    estimated_from = serializers.DateTimeField(allow_null=True)
    estimated_to = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    customer = serializers.IntegerField(required=False, allow_null=True)
    order_number = serializers.CharField(required=False, allow_blank=True)
    declared_value = serializers.CharField(required=False, allow_null=True, help_text="As text: 12.50")
    declared_currency = serializers.CharField(required=False, allow_blank=True, help_text="ISO 4217.")


class ScanRow(serializers.Serializer):  # type: ignore[type-arg]
    """One scan of a parcel."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    offset_minutes = serializers.IntegerField(allow_null=True, help_text="Of the place, from UTC.")
    status = serializers.ChoiceField(choices=TrackingStatus.values)
    reason = serializers.ChoiceField(choices=TrackingReason.values)
    fault = serializers.ChoiceField(choices=Fault.values)
    location = serializers.CharField(allow_blank=True)
    country = serializers.CharField(allow_blank=True)
    raw_code = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)


class ShipmentChange(Input):
    """What is known of a parcel beside its scans."""

    carrier = serializers.SlugField(max_length=50, required=False, allow_null=True)
    customer = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    order_number = serializers.CharField(max_length=64, required=False, allow_blank=True)
    origin = serializers.CharField(max_length=2, required=False, allow_blank=True)
    destination = serializers.CharField(max_length=2, required=False, allow_blank=True)
    terms = serializers.ChoiceField(choices=DeliveryTerms.values, required=False, allow_blank=True)
    contents = serializers.CharField(max_length=300, required=False, allow_blank=True)
    declared_value = serializers.DecimalField(
        max_digits=14, decimal_places=3, min_value=0, required=False, allow_null=True
    )
    declared_currency = serializers.RegexField(r"^[A-Z]{3}$", required=False, allow_blank=True)
    promised_date = serializers.DateField(required=False, allow_null=True)

    def validate_origin(self, value: str) -> str:
        """Two capital letters."""
        return _country(value)

    def validate_destination(self, value: str) -> str:
        """Two capital letters."""
        return _country(value)


class NewShipment(ShipmentChange):
    """A parcel that is announced."""

    tracking_number = serializers.CharField(max_length=80)


class ShipmentFilters(Filters):
    """By what a row shows to everybody."""

    tracking_number = WordFilter(method="by_number", max_length=80, help_text="The number, however it is written.")
    status = ChoicesFilter(field_name="status", choices=TrackingStatus.choices, help_text="Statuses.")
    origin = WordFilter(field_name="origin_country", max_length=2, help_text="ISO 3166-1 alpha-2.")
    destination = WordFilter(field_name="destination_country", max_length=2, help_text="ISO 3166-1 alpha-2.")
    delivered = FlagFilter(method="by_delivered", help_text="Whether it was delivered.")
    created_from = MomentFilter(field_name="created_at", lookup_expr="gte", help_text="Known then or later.")

    def by_number(self, rows: QuerySet[Shipment], name: str, value: str) -> QuerySet[Shipment]:
        """The one parcel."""
        return rows.filter(tracking_number=normalise_tracking_number(value) or value.upper())

    def by_delivered(self, rows: QuerySet[Shipment], name: str, value: bool | None) -> QuerySet[Shipment]:
        """Delivered or not."""
        return rows if value is None else rows.filter(delivered_at__isnull=not value)


class StaffShipmentFilters(ShipmentFilters):
    """By what integrations are shown besides."""

    carrier = WordFilter(field_name="carrier__code", max_length=50, help_text="For integrations alone.")
    customer = NumberFilter(field_name="customer_id", help_text="For integrations alone.")
    order_number = WordFilter(field_name="order_number", max_length=64, help_text="For integrations alone.")


EXAMPLE: dict[str, Any] = {
    "id": 88,
    "tracking_number": "RB123456785CN",
    "carrier": "correos",
    "origin": "CN",
    "destination": "ES",
    "terms": "DAP",
    "contents": "Ceramic cups",
    "status": "customs",
    "reason": "documents_required",
    "fault": "nobody",
    "last_scan_at": "2026-11-24T08:10:00Z",
    "promised_date": "2026-11-27",
    "estimated_from": None,
    "estimated_to": None,
    "delivered_at": None,
    "created_at": "2026-11-15T03:00:00Z",
}


def shipment_row(parcel: Shipment, *, for_staff: bool) -> dict[str, Any]:
    """See ``ShipmentRow``."""
    row: dict[str, Any] = {
        "id": parcel.pk,
        "tracking_number": parcel.tracking_number,
        "carrier": parcel.carrier.code if parcel.carrier else None,
        "origin": parcel.origin_country,
        "destination": parcel.destination_country,
        "terms": parcel.terms,
        "contents": parcel.contents,
        "status": parcel.status,
        "reason": parcel.reason,
        "fault": parcel.fault,
        "last_scan_at": moment(parcel.last_event_at),
        "promised_date": parcel.promised_date.isoformat() if parcel.promised_date else None,
        "estimated_from": moment(parcel.estimated_from),
        "estimated_to": moment(parcel.estimated_to),
        "delivered_at": moment(parcel.delivered_at),
        "created_at": moment(parcel.created_at),
    }
    if for_staff:
        value = parcel.declared_value
        row |= {
            "customer": parcel.customer_id,
            "order_number": parcel.order_number,
            "declared_value": None if value is None else f"{value:f}",
            "declared_currency": parcel.declared_currency,
        }
    return row


def shipment_etag(parcel: Shipment, *, for_staff: bool) -> str:
    """Of all that the caller is shown of it."""
    return etag_of("shipment", json.dumps(shipment_row(parcel, for_staff=for_staff)))


class Shipments(ListView):
    """The caller's parcels."""

    scopes: ClassVar = {"GET": Scope.READ, "POST": Scope.TICKETS}
    permissions: ClassVar = {"GET": _READ, "POST": _ADD}
    row = ShipmentRow
    orderings: ClassVar = {"-id": ("-id",), "id": ("id",)}
    filters = StaffShipmentFilters

    def filters_for(self, request: ApiRequest) -> type[ShipmentFilters]:
        """Partners filter by what their rows show."""
        return ShipmentFilters if request.auth.is_partner else StaffShipmentFilters

    def scoped(self, request: ApiRequest) -> QuerySet[Shipment]:
        """See ``shipment_scope``."""
        return shipments_of(request.auth).select_related("carrier")

    def row_of(self, row: Shipment) -> dict[str, Any]:
        """See ``ShipmentRow``."""
        return shipment_row(row, for_staff=not self.request.auth.is_partner)

    @documented("shipments_list", answer=ShipmentRow, many=True, answer_example={"results": [EXAMPLE], "next": None})
    def get(self, request: ApiRequest) -> Response:
        """Your parcels, those that became known last first.

        A carrier gets the parcels it carries, a warehouse those it was told to send.
        """
        return self.page(request)

    @documented(
        "shipments_create",
        body=NewShipment,
        answer=ShipmentRow,
        status=201,
        versioned=True,
        problems=("shipment_known",),
        body_example={"tracking_number": "RB123456785CN", "carrier": "correos", "origin": "CN", "destination": "ES"},
        answer_example=EXAMPLE
        | {"customer": None, "order_number": "", "declared_value": None, "declared_currency": ""},
    )
    def post(self, request: ApiRequest) -> Response:
        """Announce a parcel. For keys of integrations; carriers announce theirs by its first scan."""
        if request.auth.is_partner:
            raise PermissionRefused(_("This is for integrations of ours."))
        values = self.read(NewShipment)
        number = normalise_tracking_number(values.pop("tracking_number"))
        if not number or len(number) > 64:
            raise InvalidInput(data={"tracking_number": [_("This is no tracking number.")]})
        parcel = Shipment(tracking_number=number, created_at=self.now)
        _fill(parcel, values)
        try:
            with transaction.atomic():
                parcel.save(force_insert=True)
        except IntegrityError as error:
            raise DomainError(_("%(number)s is known already.") % {"number": number}, code="shipment_known") from error
        etag = shipment_etag(parcel, for_staff=True)
        return self.created(shipment_row(parcel, for_staff=True), f"/api/v1/shipments/{parcel.pk}/", etag=etag)


class ShipmentOne(ApiView):
    """One parcel."""

    scopes: ClassVar = {"GET": Scope.READ, "PATCH": Scope.TICKETS}
    permissions: ClassVar = {"GET": _READ, "PATCH": _CHANGE}

    def scoped(self, request: ApiRequest) -> QuerySet[Shipment]:
        """See ``shipment_scope``."""
        return shipments_of(request.auth).select_related("carrier")

    @documented("shipments_read", answer=ShipmentRow, versioned=True, answer_example=EXAMPLE)
    def get(self, request: ApiRequest, shipment_id: int) -> Response:
        """One parcel."""
        parcel: Shipment = self.one(request, pk=shipment_id)
        staff = not request.auth.is_partner
        etag = shipment_etag(parcel, for_staff=staff)
        return self.answered(shipment_row(parcel, for_staff=staff), etag=etag)

    @documented(
        "shipments_update",
        body=ShipmentChange,
        answer=ShipmentRow,
        versioned=True,
        body_example={"promised_date": "2026-11-30", "customer": 1207},
        answer_example=EXAMPLE,
    )
    def patch(self, request: ApiRequest, shipment_id: int) -> Response:
        """Correct what is known of a parcel. For keys of integrations; where it is, its scans say."""
        if request.auth.is_partner:
            raise PermissionRefused(_("This is for integrations of ours."))
        values = self.read(ShipmentChange)
        with transaction.atomic():
            parcel: Shipment = self.one(request, lock=True, pk=shipment_id)
            check_match(request, shipment_etag(parcel, for_staff=True))
            if changed := _fill(parcel, values):
                parcel.save(update_fields=changed)
        etag = shipment_etag(parcel, for_staff=True)
        return self.answered(shipment_row(parcel, for_staff=True), etag=etag)


class ShipmentScans(ListView):
    """A parcel's scans."""

    scopes: ClassVar = {"GET": Scope.READ}
    permissions: ClassVar = {"GET": _READ}
    row = ScanRow
    orderings: ClassVar = {"-at": ("-at", "-id"), "at": ("at", "id")}

    def scoped(self, request: ApiRequest) -> QuerySet[TrackingEvent]:
        """See ``shipment_scope``."""
        return scans_of(request.auth, self.kwargs["shipment_id"])

    def row_of(self, row: TrackingEvent) -> dict[str, Any]:
        """See ``ScanRow``."""
        return {
            "id": row.pk,
            "at": moment(row.at),
            "offset_minutes": row.offset_minutes,
            "status": row.status,
            "reason": row.reason,
            "fault": row.fault,
            "location": row.location,
            "country": row.country,
            "raw_code": row.raw_code,
            "text": row.text,
        }

    @documented("shipments_tracking_events_list", answer=ScanRow, many=True)
    def get(self, request: ApiRequest, shipment_id: int) -> Response:
        """The scans of one of your parcels, the latest first."""
        if not shipments_of(request.auth).filter(pk=shipment_id).exists():
            raise Http404
        return self.page(request)


def _country(value: str) -> str:
    if value:
        validate_country(value)
    return value


def _fill(parcel: Shipment, values: dict[str, Any]) -> list[str]:
    """Put what was sent into a parcel. Returns the columns. Raises InvalidInput."""
    names = {"origin": "origin_country", "destination": "destination_country"}
    changed = []
    for name, value in values.items():
        column = names.get(name, name)
        if name == "carrier":
            parcel.carrier = _named(Carrier.objects.filter(code=value), value, name)
        elif name == "customer":
            parcel.customer = _named(Customer.objects.filter(pk=value), value, name)
        else:
            setattr(parcel, column, value)
        changed.append(column)
    if parcel.declared_value is not None and not parcel.declared_currency:
        raise InvalidInput(data={"declared_currency": [_("Say in which currency.")]})
    return changed


def _named(rows: QuerySet[Any], value: Any, name: str) -> Any:
    if value is None:
        return None
    found = rows.first()
    if found is None:
        raise InvalidInput(data={name: [_("There is none of this name.")]})
    return found


urlpatterns: list[URLPattern] = [
    path("shipments/", Shipments.as_view()),
    path("shipments/<int:shipment_id>/", ShipmentOne.as_view()),
    path("shipments/<int:shipment_id>/tracking-events/", ShipmentScans.as_view()),
]
