"""Finding tickets by what people have in hand: a reference, a number, a name, an address, words of a message."""

from __future__ import annotations

import heapq
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, QuerySet

from common.models import Connection
from logistics.models import Customer, Shipment
from logistics.policies.tracking_number import normalise_tracking_number
from tickets.models import ChannelIdentity, Message, Ticket
from tickets.policies.search_words import query_text

LONGEST = 200
"""Characters of what is looked for; the rest is left out."""
LIMIT = 500
"""The newest so many tickets are found; whoever needs more has to say more."""
NAMES = 200
"""So many customers of a name are followed to their tickets."""
RECENT = 20_000
"""So many messages, the newest, are looked through first."""
_TRIGRAM = 3


def search_tickets(text: str, user: Any) -> QuerySet[Ticket]:
    """The newest tickets (at most ``LIMIT``) that the text names and this person may see, in no order.

    Every branch reads along an index: the reference and the number by primary key, tracking and order numbers by
    theirs, names by trigrams, addresses by the channel's identities, messages by their word index.
    """
    text = " ".join(text.replace("\0", " ").split())[:LONGEST]
    if not text:
        return Ticket.objects.none()
    visible = Ticket.objects.visible_to(user)
    named = visible.by_reference(text)
    if named.exists():
        return named
    found: set[int] = set()
    for branch in (_by_number(text), _by_shipment(text), _by_party(text), _by_words(text)):
        found |= branch
    return visible.filter(pk__in=heapq.nlargest(LIMIT, found))


def _by_number(text: str) -> set[int]:
    return {int(text)} if text.isascii() and text.isdigit() and len(text) < 19 and int(text) < 2**63 else set()


def _by_shipment(text: str) -> set[int]:
    if len(text) > 80:
        return set()
    number = normalise_tracking_number(text)
    shipments = (
        Shipment.objects.filter(tracking_number__in={number, text.upper()}) if number else Shipment.objects.none()
    )
    ids = set(shipments.values_list("id", flat=True)) | set(
        Shipment.objects.filter(order_number=text).values_list("id", flat=True)[:NAMES]
    )
    tickets = _newest(Ticket.objects.filter(shipment_id__in=ids)) if ids else set()
    mentions = Message.objects.filter(tracking_numbers__contains=[number], ticket__isnull=False) if number else None
    return tickets | (set(mentions.values_list("ticket_id", flat=True)[:LIMIT]) if mentions is not None else set())


def _by_party(text: str) -> set[int]:
    if len(text) > 200:
        return set()
    # Below three letters a trigram index can only serve the beginning of a word.
    lookup = "name__icontains" if len(text) >= _TRIGRAM else "name__istartswith"
    customers = set(Customer.objects.filter(**{lookup: text}).values_list("id", flat=True)[:NAMES])
    if "@" in text:
        doors = list(Connection.objects.values_list("id", flat=True))
        known = ChannelIdentity.objects.filter(connection_id__in=doors, external_id__in={text, text.lower()})
        customers |= {one for one in known.values_list("customer_id", flat=True)[:NAMES] if one}
    return _newest(Ticket.objects.filter(customer_id__in=customers)) if customers else set()


def _by_words(text: str) -> set[int]:
    words = query_text(text)
    if not words:
        return set()
    query = SearchQuery(words, config="simple", search_type="raw")
    messages = Message.objects.filter(search=query, ticket__isnull=False)
    newest = Message.objects.order_by("-id").values_list("id", flat=True).first() or 0
    # A common word is soon found enough among the newest messages. For a rare one the word index is quick, but the
    # planner takes the beginning of a word for common and would walk through all messages by their key: the added zero
    # keeps that key's index out of it.
    recent = messages.filter(id__gt=newest - RECENT).order_by("-id")
    found = list(recent.values_list("ticket_id", flat=True)[: 2 * LIMIT])
    if len(found) < 2 * LIMIT:
        older = messages.filter(id__lte=newest - RECENT).order_by((F("id") + 0).desc())
        found += older.values_list("ticket_id", flat=True)[: 2 * LIMIT]
    return set(found)


def _newest(tickets: QuerySet[Ticket]) -> set[int]:
    return set(tickets.order_by("-id").values_list("id", flat=True)[:LIMIT])
