"""Which parcels a caller may see: one queryset, used by every door."""

from __future__ import annotations

from django.db.models import QuerySet

from common.api.caller import Caller
from logistics.models import Carrier, Shipment, ShipmentInstruction, TrackingEvent


def shipments_of(caller: Caller) -> QuerySet[Shipment]:
    """A carrier's own parcels, a warehouse's that it was told to send; all of them for staff who may read them."""
    if caller.partner_id is None:
        return Shipment.objects.all() if caller.may("logistics.view_shipment") else Shipment.objects.none()
    carrier = Carrier.objects.filter(partner_id=caller.partner_id).values_list("pk", flat=True).first()
    if carrier is not None:
        return Shipment.objects.filter(carrier_id=carrier)
    sent = ShipmentInstruction.objects.filter(partner_id=caller.partner_id, shipment__isnull=False)
    return Shipment.objects.filter(pk__in=sent.values("shipment_id"))


def scans_of(caller: Caller, shipment_id: int) -> QuerySet[TrackingEvent]:
    """The scans of one of those parcels."""
    return TrackingEvent.objects.filter(shipment__in=shipments_of(caller).filter(pk=shipment_id))
