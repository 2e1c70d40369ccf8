"""Where incidents are worked on, for their page and the pages of warehouse work."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse

from logistics.admin.incidents import Places, tells_places
from logistics.admin.warehouse.places import work_of
from logistics.models import Incident
from tickets.admin import access
from tickets.models import Ticket


@tells_places
def tickets_of(incidents: Iterable[int]) -> Places:
    """The tickets that incidents opened."""
    found: Places = {}
    for ticket in Ticket.objects.filter(incident_id__in=list(incidents)).order_by("id"):
        if ticket.incident_id is not None:
            found.setdefault(ticket.incident_id, []).append((ticket.reference, access.page_of(ticket.pk)))
    return found


def cause_of(request: HttpRequest, incident: Incident | None) -> dict[str, str] | None:
    """What a ticket was opened for: the warehouse work, else the incident; None where the reader may not look."""
    if incident is None:
        return None
    work = work_of(incident)
    if work is not None and request.user.has_perm(f"logistics.view_{work.model}"):
        return {"label": work.reference, "address": work.address}
    if not request.user.has_perm("logistics.view_incident"):
        return None
    address = reverse("admin:logistics_incident_change", args=[incident.pk])
    return {"label": incident.get_type_display(), "address": address}
