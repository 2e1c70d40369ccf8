"""Finding an owner for a ticket, following the sun; presence, handovers, and the word that nobody is there."""

from tickets.services.routing.finding import route, route_again, route_due

__all__ = ["route", "route_again", "route_due"]
