"""Proving the history: walk each ticket's chain, sign a day's heads, and name the first link that does not hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, OuterRef, Subquery

from common.crypto import derive_key
from tickets.models import ChainHead, Ticket, TicketEvent, TicketEventContent
from tickets.policies.chain import canonical, commit, link

EMPTY = b""


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """Where history does not hold: the ticket, the event's sequence (0: the chain as a whole) and a sentence."""

    ticket_id: int | None
    sequence: int
    problem: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification looked at, and the first broken link, if any. ``exported``: days held against their files."""

    tickets: int
    events: int
    heads: int
    erased: int
    broken: BrokenLink | None
    exported: int = 0


def signing_key() -> Ed25519PrivateKey:
    """The site's signing key; its public half is what an auditor keeps (``manage.py verify_chain --public-key``)."""
    return Ed25519PrivateKey.from_private_bytes(derive_key(settings.ENCRYPTION_KEYS[-1], purpose="chain heads"))


def verify_chain(*, ticket_id: int | None = None) -> Verdict:
    """Verify every chain (or one), then the signed heads against them. Erased content does not break a chain."""
    tickets = events = erased = heads = 0
    chains = TicketEvent.objects.order_by("ticket_id", "sequence")
    if ticket_id is not None:
        chains = chains.filter(ticket_id=ticket_id)
    for _owner, rows in groupby(_with_content(chains), key=lambda pair: pair[0].ticket_id):
        tickets += 1
        previous, expected = EMPTY, 1
        for event, content in rows:
            events += 1
            broken = _check(event, content, previous=previous, expected=expected)
            if broken:
                return Verdict(tickets, events, heads, erased, broken)
            erased += bool(event.commitment) and content is None
            previous, expected = bytes(event.hash), expected + 1
    broken = _check_tails(ticket_id)
    if broken is None and ticket_id is None:
        heads, broken = _check_heads()
    return Verdict(tickets, events, heads, erased, broken)


def sign_heads(*, day: date, now: datetime) -> ChainHead | None:
    """Sign where every chain that grew on ``day`` (UTC) stood at its end; once a day, None when nothing grew.

    Each statement holds the digest of the one before, so that a missing day shows too.
    """
    if ChainHead.objects.filter(date__gte=day).exists():
        return ChainHead.objects.filter(date=day).first()
    start = datetime.combine(day, time.min, tzinfo=UTC)
    end = start + timedelta(days=1)
    grown = TicketEvent.objects.filter(at__gte=start, at__lt=end).values("ticket_id").annotate(top=Max("sequence"))
    rows = list(
        TicketEvent.objects.filter(
            sequence=Subquery(grown.filter(ticket_id=OuterRef("ticket_id")).values("top")[:1]),
            at__gte=start,
            at__lt=end,
        )
        .order_by("ticket_id")
        .values_list("ticket_id", "sequence", "hash")
    )
    if not rows:
        return None
    heads = [[owner, sequence, bytes(value).hex()] for owner, sequence, value in rows]
    with transaction.atomic():
        if ChainHead.objects.filter(date__gte=day).exists():
            return ChainHead.objects.filter(date=day).first()
        last = ChainHead.objects.order_by("-date").first()
        previous = bytes(last.digest) if last else EMPTY
        digest = digest_of(day, heads, previous)
        return ChainHead.objects.create(
            date=day,
            heads=heads,
            previous=previous,
            digest=digest,
            signature=signing_key().sign(digest),
            signed_at=now,
        )


def digest_of(day: date, heads: list[list[Any]], previous: bytes) -> bytes:
    """What is signed for a day: SHA-256 over the day before's digest and this day's heads."""
    return hashlib.sha256(previous + canonical([day.isoformat(), heads])).digest()


def _with_content(chains: object) -> Iterator[tuple[TicketEvent, TicketEventContent | None]]:
    for event in chains.select_related("content").iterator(chunk_size=5_000):  # type: ignore[attr-defined]
        yield event, getattr(event, "content", None)


def _check(
    event: TicketEvent, content: TicketEventContent | None, *, previous: bytes, expected: int
) -> BrokenLink | None:
    if event.sequence != expected:
        return BrokenLink(event.ticket_id, expected, f"event {expected} is missing; the next one is {event.sequence}")
    if content is not None and commit(content.content, bytes(content.salt)) != bytes(event.commitment):
        return BrokenLink(event.ticket_id, event.sequence, "its personal content is not what was committed to")
    found = link(
        previous,
        ticket_id=event.ticket_id,
        sequence=event.sequence,
        type=event.type,
        at=event.at,
        actor_kind=event.actor_kind,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        via=event.via,
        data=event.data,
        commitment=bytes(event.commitment),
    )
    if found != bytes(event.hash):
        return BrokenLink(event.ticket_id, event.sequence, "the row does not give the hash it was written with")
    return None


def _check_tails(ticket_id: int | None) -> BrokenLink | None:
    """Each ticket knows its own head: events missing at the end show against it."""
    last = TicketEvent.objects.filter(ticket=OuterRef("pk")).order_by("-sequence")
    tickets = Ticket.objects.annotate(
        top=Subquery(last.values("sequence")[:1]), top_hash=Subquery(last.values("hash")[:1])
    )
    if ticket_id is not None:
        tickets = tickets.filter(pk=ticket_id)
    unlike = tickets.exclude(top=F("event_sequence"), top_hash=F("event_hash")).order_by("pk")
    for pk, top in unlike.values_list("pk", "top")[:1]:
        return BrokenLink(pk, (top or 0) + 1, "the ticket's own head says more, or else, than its events")
    return None


def _check_heads() -> tuple[int, BrokenLink | None]:
    public: Ed25519PublicKey = signing_key().public_key()
    count, previous = 0, EMPTY
    for head in ChainHead.objects.order_by("date").iterator():
        count += 1
        if bytes(head.previous) != previous or digest_of(head.date, head.heads, previous) != bytes(head.digest):
            return count, BrokenLink(None, 0, f"the signed heads of {head.date} do not follow from those before")
        try:
            public.verify(bytes(head.signature), bytes(head.digest))
        except InvalidSignature:
            return count, BrokenLink(None, 0, f"the signature of the heads of {head.date} does not fit")
        broken = broken_statement(head.date, head.heads)
        if broken:
            return count, broken
        previous = bytes(head.digest)
    return count, None


def broken_statement(day: date, heads: list[list[Any]]) -> BrokenLink | None:
    """The first head stated for a day that its chain does not have (any more)."""
    for start in range(0, len(heads), 1_000):
        stated = heads[start : start + 1_000]
        held = {
            (owner, sequence): bytes(value).hex()
            for owner, sequence, value in TicketEvent.objects.filter(
                ticket_id__in=[owner for owner, _, _ in stated], sequence__in={sequence for _, sequence, _ in stated}
            ).values_list("ticket_id", "sequence", "hash")
        }
        for owner, sequence, value in stated:
            if held.get((owner, sequence)) != value:
                return BrokenLink(owner, sequence, f"signed on {day}, but not in the chain as it was then")
    return None
