"""Who reads what we write: their language, their zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from logistics.models import Customer, Partner, Shipment
from tickets.models import Ticket
from tickets.policies.customer_zone import known_zone


def languages_of(ticket: Ticket) -> list[str]:
    """The BCP 47 languages of a ticket's customer, the surest first: what they wrote in, then what we know of them."""
    customer = ticket.customer
    return [one for one in (ticket.language, customer.language if customer else "") if one]


def zone_of(ticket: Ticket) -> ZoneInfo | None:
    """The zone of a ticket's customer, else of their country, else of the one the parcel goes to; None when unknown."""
    customer, shipment = ticket.customer, ticket.shipment
    return known_zone(
        customer.time_zone if customer else "",
        (
            customer.country if customer else "",
            shipment.destination_country if shipment else "",
            ticket.destination,
            ticket.country,
        ),
    )


def zone_of_customer(customer: Customer, shipment: Shipment | None = None) -> ZoneInfo | None:
    """As ``zone_of`` for a customer without a ticket."""
    return known_zone(customer.time_zone, (customer.country, shipment.destination_country if shipment else ""))


def zone_of_partner(partner: Partner | None) -> ZoneInfo:
    """A partner's zone, UTC without one."""
    return ZoneInfo(partner.time_zone if partner else "UTC")
