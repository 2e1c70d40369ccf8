"""Files of raw payloads through the same path as the webhook: kept first, then understood, at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from channels_integrations import providers
from channels_integrations.choices import EventState, Outcome
from channels_integrations.models import InboundEvent
from channels_integrations.payload import hash_key
from channels_integrations.services import receiving
from channels_integrations.services.storing import Incoming, incoming, store_events, store_malformed, stored_event
from common.errors import MalformedPayload
from common.models import Connection

# RFC 4155's separator with the date of asctime, more or less as the programs that write it.
_MBOX_LINE = re.compile(rb"^From \S+[^\n]*\d\d:\d\d[^\n]*\r?\n", re.MULTILINE)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one payload became; ``event`` is None only for a file without any payload."""

    outcome: Outcome
    event: InboundEvent | None
    detail: str = ""


def payloads(account: Connection, content: bytes) -> Iterator[bytes]:
    """The payloads in a file: the mails of an mbox, the lines of a JSON Lines file, else the file itself."""
    if account.provider == "email":
        yield from split_mbox(content)
    elif (lines := _json_lines(content)) is not None:
        yield from lines
    else:
        yield content


def ingest(*, account: Connection, raw: bytes, now: datetime) -> Iterator[Ingested]:
    """Keep and understand one payload, event by event."""
    adapter = providers.get(account.provider)
    try:
        events = incoming(adapter.envelopes(account, raw), raw)
    except MalformedPayload as error:
        key = hash_key(raw)
        event = Incoming(key, "", raw)
        store_malformed(connection=account, event=event, detail=error.message, now=now)
        yield Ingested(Outcome.MALFORMED, stored_event(account, event), error.message)
        return
    for event in events:
        new = store_events(connection=account, events=[event], now=now)
        kept = stored_event(account, event)
        if not new and kept.state != EventState.PENDING:
            yield Ingested(Outcome.DUPLICATE, kept, "This was received before.")
            continue
        done = receiving.receive_now(event_id=kept.pk, now=now)
        if done.state == EventState.PENDING:
            yield Ingested(Outcome.MALFORMED, done, f"It will be tried again: {done.detail}")
        else:
            yield Ingested(Outcome(done.outcome or Outcome.MALFORMED), done, done.detail)


def split_mbox(content: bytes) -> Iterator[bytes]:
    """The mails of an mbox (RFC 4155), or the one mail that the bytes are."""
    starts = [found for found in _MBOX_LINE.finditer(content) if _begins_mail(content, found)]
    if not starts or content[: starts[0].start()].strip():
        yield content
        return
    ends = [found.start() for found in starts[1:]] + [len(content)]
    for found, end in zip(starts, ends, strict=True):
        yield _QUOTED_FROM.sub(rb"\1", content[found.end() : end])


def _begins_mail(content: bytes, found: re.Match[bytes]) -> bool:
    """After a blank line or at the beginning, and a header field follows: a sentence that begins so is none."""
    before = content[max(0, found.start() - 4) : found.start()].replace(b"\r", b"")
    after = content[found.end() : found.end() + 200]
    return (not before or before.endswith(b"\n\n")) and re.match(rb"[A-Za-z][A-Za-z0-9-]*:", after) is not None


def _json_lines(content: bytes) -> list[bytes] | None:
    lines = [line for line in content.splitlines() if line.strip()]
    if len(lines) < 2:
        return None
    try:
        return lines if all(isinstance(json.loads(line), dict) for line in lines) else None
    except (ValueError, RecursionError):
        return None
