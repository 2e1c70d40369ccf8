"""Addresses of the API of tickets, below `/api/v1/`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from tickets.api import problems  # noqa: F401 - it declares what is refused here
from tickets.api.documents import TicketDocument, TicketDocuments
from tickets.api.events import TicketEvents
from tickets.api.kpi import KpiBreakdown, KpiCatalogue, KpiFigures, KpiSeries
from tickets.api.links import TicketLinks
from tickets.api.me import MyPerformance
from tickets.api.messages import TicketAcknowledgement, TicketMessages
from tickets.api.search import TicketExport, TicketSearch
from tickets.api.tickets import TicketList, TicketOne
from tickets.api.transitions import TicketTransition, TicketTransitions

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/performance/", MyPerformance.as_view()),
    path("tickets/", TicketList.as_view()),
    path("tickets/<int:ticket_id>/", TicketOne.as_view()),
    path("tickets/<int:ticket_id>/messages/", TicketMessages.as_view()),
    path("tickets/<int:ticket_id>/acknowledge/", TicketAcknowledgement.as_view()),
    path("tickets/<int:ticket_id>/documents/", TicketDocuments.as_view()),
    path("tickets/<int:ticket_id>/documents/<int:document_id>/content/", TicketDocument.as_view()),
    path("tickets/<int:ticket_id>/transitions/", TicketTransitions.as_view()),
    path("tickets/<int:ticket_id>/transitions/<slug:step>/", TicketTransition.as_view()),
    path("tickets/<int:ticket_id>/events/", TicketEvents.as_view()),
    path("tickets/<int:ticket_id>/links/", TicketLinks.as_view()),
    path("search/tickets/", TicketSearch.as_view()),
    path("export/tickets/", TicketExport.as_view()),
    path("kpi/", KpiCatalogue.as_view()),
    path("kpi/figures/", KpiFigures.as_view()),
    path("kpi/series/", KpiSeries.as_view()),
    path("kpi/breakdown/", KpiBreakdown.as_view()),
]
