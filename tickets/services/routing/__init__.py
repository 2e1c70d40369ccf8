"""Finding an owner for a ticket, following the sun."""

from tickets.services.routing.finding import route, route_due

__all__ = ["route", "route_due"]
