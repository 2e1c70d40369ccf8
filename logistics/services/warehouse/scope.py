"""Whose warehouse work a caller may see: one queryset a model, used by every door."""

from __future__ import annotations

from django.db.models import Model, QuerySet

from common.api.caller import Caller
from logistics.choices import WorkVia
from logistics.models import InboundBooking, ShipmentInstruction, StockCount, StockLevel, StockSync
from logistics.policies.who import Who


def bookings_of(caller: Caller) -> QuerySet[InboundBooking]:
    """A partner's own bookings; all of them for staff who may read them."""
    return _of(InboundBooking.objects.all(), caller)


def counts_of(caller: Caller) -> QuerySet[StockCount]:
    """A partner's own counts; all of them for staff who may read them."""
    return _of(StockCount.objects.all(), caller)


def instructions_of(caller: Caller) -> QuerySet[ShipmentInstruction]:
    """A partner's own instructions; all of them for staff who may read them."""
    return _of(ShipmentInstruction.objects.all(), caller)


def stock_of(caller: Caller) -> QuerySet[StockLevel]:
    """A partner's own stock; all of it for staff who may read it."""
    return _of(StockLevel.objects.all(), caller)


def reports_of(caller: Caller) -> QuerySet[StockSync]:
    """A partner's own stock reports; all of them for staff who may read them."""
    return _of(StockSync.objects.all(), caller)


def who_of(caller: Caller) -> Who:
    """The caller as whoever moves warehouse work through the API."""
    if caller.partner_id is not None:
        return Who.partner(caller.partner_id, caller.name, via=WorkVia.API)
    return Who.staff(caller.user, via=WorkVia.API)


def _of[Row: Model](rows: QuerySet[Row], caller: Caller) -> QuerySet[Row]:
    if caller.partner_id is not None:
        return rows.filter(partner_id=caller.partner_id)
    options = rows.model._meta
    return rows if caller.may(f"{options.app_label}.view_{options.model_name}") else rows.none()
