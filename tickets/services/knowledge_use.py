"""Which knowledge was used: a template that a message was written with, a country's checklist that papers came from.

Written in the transaction of what it was used for, whose event has figures counted.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from knowledge_base.models import CountryChecklist, MessageTemplate
from tickets.models import KnowledgeUse, Message
from tickets.services.journal import Change


def note_template(*, message: Message, key: str, now: datetime) -> None:
    """Write down that somebody wrote a message of a ticket with a template; a key that names none says nothing."""
    if key and message.ticket_id is not None and MessageTemplate.objects.filter(key=key).exists():
        KnowledgeUse.objects.create(ticket_id=message.ticket_id, message=message, template_key=key, at=now)


def note_checklist(change: Change, papers: Collection[str]) -> None:
    """Write down that papers were asked for by the checklist of the ticket's country, where all of them stand on it."""
    ticket = change.ticket
    country = (ticket.shipment.destination_country if ticket.shipment else "") or ticket.destination
    rows = {one.country: one.papers for one in CountryChecklist.objects.filter(country__in={country, ""})}
    listed = country if country in rows else ""
    if papers and set(papers) <= set(rows.get(listed, ())):
        KnowledgeUse.objects.create(ticket_id=ticket.pk, checklist_country=listed, is_checklist=True, at=change.now)
