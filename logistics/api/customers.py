"""Customers, for integrations of ours."""

from __future__ import annotations

import json
import zoneinfo
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from common.api.documented import documented
from common.api.filters import ChoicesFilter, Filters, WordFilter
from common.api.inputs import Input
from common.api.versions import check_match, etag_of
from common.api.views import STAFF, ApiRequest, ApiView, ListView, moment
from logistics.choices import Scope, Tier
from logistics.models import Customer
from logistics.models.party import validate_country

_READ, _ADD, _CHANGE = "logistics.view_customer", "logistics.add_customer", "logistics.change_customer"
_LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$"


class CustomerRow(serializers.Serializer):  # type: ignore[type-arg]
    """A person or an account we serve."""

    id = serializers.IntegerField()
    name = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True, help_text="BCP 47.")
    time_zone = serializers.CharField(allow_blank=True, help_text="IANA.")
    country = serializers.CharField(allow_blank=True, help_text="ISO 3166-1 alpha-2.")
    tier = serializers.ChoiceField(choices=Tier.values)
    note = serializers.CharField(allow_blank=True)
    wants_notices = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    erased_at = serializers.DateTimeField(allow_null=True)


class CustomerChange(Input):
    """What is known of a customer."""

    name = serializers.CharField(max_length=200, required=False, allow_blank=True)
    language = serializers.RegexField(_LANGUAGE, max_length=12, required=False, allow_blank=True)
    time_zone = serializers.CharField(max_length=64, required=False, allow_blank=True)
    country = serializers.CharField(max_length=2, required=False, allow_blank=True)
    tier = serializers.ChoiceField(choices=Tier.values, required=False)
    note = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    wants_notices = serializers.BooleanField(required=False)

    def validate_time_zone(self, value: str) -> str:
        """A zone of the IANA database."""
        if value and value not in zoneinfo.available_timezones():
            raise serializers.ValidationError(_("There is no such time zone."))
        return value

    def validate_country(self, value: str) -> str:
        """Two capital letters."""
        if value:
            validate_country(value)
        return value


class NewCustomer(CustomerChange):
    """A customer who becomes known."""

    name = serializers.CharField(max_length=200)


class CustomerFilters(Filters):
    """By what an index finds."""

    name = WordFilter(field_name="name", lookup_expr="icontains", min_length=3, help_text="A part of the name.")
    tier = ChoicesFilter(field_name="tier", choices=Tier.choices, help_text="Tiers.")


EXAMPLE: dict[str, Any] = {
    "id": 1207,
    "name": "Marta Ruiz",
    "language": "es",
    "time_zone": "Europe/Madrid",
    "country": "ES",
    "tier": "standard",
    "note": "",
    "wants_notices": False,
    "created_at": "2026-11-20T12:00:00Z",
    "erased_at": None,
}


def customer_row(customer: Customer) -> dict[str, Any]:
    """See ``CustomerRow``."""
    return {
        "id": customer.pk,
        "name": customer.name,
        "language": customer.language,
        "time_zone": customer.time_zone,
        "country": customer.country,
        "tier": customer.tier,
        "note": customer.note,
        "wants_notices": customer.wants_notices,
        "created_at": moment(customer.created_at),
        "erased_at": moment(customer.erased_at),
    }


def _etag(row: dict[str, Any]) -> str:
    return etag_of("customer", json.dumps(row))


def customers_of(request: ApiRequest) -> QuerySet[Customer]:
    """Customers are shown to integrations of people who may see them, and to no partner."""
    return Customer.objects.all() if request.auth.may(_READ) else Customer.objects.none()


class Customers(ListView):
    """All customers."""

    scopes: ClassVar = {"GET": Scope.READ, "POST": Scope.TICKETS}
    permissions: ClassVar = {"GET": _READ, "POST": _ADD}
    open_to = frozenset({STAFF})
    row = CustomerRow
    orderings: ClassVar = {"-id": ("-id",), "id": ("id",)}
    filters = CustomerFilters

    def scoped(self, request: ApiRequest) -> QuerySet[Customer]:
        """See ``customers_of``."""
        return customers_of(request)

    def row_of(self, row: Customer) -> dict[str, Any]:
        """See ``CustomerRow``."""
        return customer_row(row)

    @documented("customers_list", answer=CustomerRow, many=True, answer_example={"results": [EXAMPLE], "next": None})
    def get(self, request: ApiRequest) -> Response:
        """Customers, the newest first."""
        return self.page(request)

    @documented(
        "customers_create",
        body=NewCustomer,
        answer=CustomerRow,
        status=201,
        versioned=True,
        body_example={"name": "Marta Ruiz", "language": "es", "time_zone": "Europe/Madrid", "country": "ES"},
        answer_example=EXAMPLE,
    )
    def post(self, request: ApiRequest) -> Response:
        """Make a customer known."""
        customer = Customer(created_at=self.now, **self.read(NewCustomer))
        customer.save(force_insert=True)
        row = customer_row(customer)
        return self.created(row, f"/api/v1/customers/{customer.pk}/", etag=_etag(row))


class CustomerOne(ApiView):
    """One customer."""

    scopes: ClassVar = {"GET": Scope.READ, "PATCH": Scope.TICKETS}
    permissions: ClassVar = {"GET": _READ, "PATCH": _CHANGE}
    open_to = frozenset({STAFF})

    def scoped(self, request: ApiRequest) -> QuerySet[Customer]:
        """See ``customers_of``."""
        return customers_of(request)

    @documented("customers_read", answer=CustomerRow, versioned=True, answer_example=EXAMPLE)
    def get(self, request: ApiRequest, customer_id: int) -> Response:
        """One customer."""
        row = customer_row(self.one(request, pk=customer_id))
        return self.answered(row, etag=_etag(row))

    @documented(
        "customers_update",
        body=CustomerChange,
        answer=CustomerRow,
        versioned=True,
        body_example={"tier": "vip"},
        answer_example=EXAMPLE | {"tier": "vip"},
    )
    def patch(self, request: ApiRequest, customer_id: int) -> Response:
        """Correct what is known of a customer. What is left out stays."""
        values = self.read(CustomerChange)
        with transaction.atomic():
            customer: Customer = self.one(request, lock=True, pk=customer_id)
            check_match(request, _etag(customer_row(customer)))
            for name, value in values.items():
                setattr(customer, name, value)
            if values:
                customer.save(update_fields=list(values))
        row = customer_row(customer)
        return self.answered(row, etag=_etag(row))


urlpatterns: list[URLPattern] = [
    path("customers/", Customers.as_view()),
    path("customers/<int:customer_id>/", CustomerOne.as_view()),
]
