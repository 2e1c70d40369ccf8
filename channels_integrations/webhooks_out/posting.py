"""One try on the wire. Runs in a thread of its own and touches no database."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from channels_integrations.webhooks_out.claiming import Claim
from channels_integrations.webhooks_out.signing import headers_of, secrets_of, without_secrets
from common.http import Cord, RequestFailed, request

READ_SECONDS: Final = 15.0
"""The specification proposes 15 to 30 seconds."""
LONGEST: Final = 40.0
"""After so many seconds a try is cut off whatever the address does."""
KEPT_BYTES: Final = 4_096
_TOLD_HEADERS: Final = ("content-type", "date", "location", "retry-after", "server")
"""Of an answer's headers what is kept; others may hold cookies and keys."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try. ``status`` is None when there was no answer."""

    claim: Claim
    started_at: datetime
    milliseconds: int
    request_headers: dict[str, str]
    status: int | None = None
    failure: str = ""
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: str = ""

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """The address says that it wants nothing any more."""
        return self.status == 410


def post(claim: Claim, *, now: datetime, cord: Cord) -> Tried:
    """Sign and send a claimed delivery once. Redirects are not followed, private addresses refused. Never raises."""
    delivery, subscription = claim.delivery, claim.delivery.subscription
    plain = {"content-type": "application/json"}
    signed = headers_of(delivery, keys=secrets_of(subscription, now=now), now=now)
    # A signature is worth something to whoever reads the log while it is fresh.
    told = {**plain, **{name: value for name, value in signed.items() if name != "webhook-signature"}}
    began = time.monotonic()
    try:
        answer = request(
            "POST",
            subscription.url,
            headers={**plain, **signed},
            data=delivery.body.encode(),
            read_seconds=READ_SECONDS,
            longest_seconds=READ_SECONDS,
            limit=KEPT_BYTES,
            cut=True,
            cord=cord,
        )
    except RequestFailed as error:
        return Tried(claim, now, _since(began), told, failure=error.message[:300])
    except Exception as error:  # noqa: BLE001 - whatever an address does, it is a try that failed
        return Tried(claim, now, _since(began), told, failure=f"{type(error).__name__} in this program")
    text = answer.content.decode("utf-8", "replace").replace("\x00", "")
    return Tried(
        claim,
        now,
        _since(began),
        told,
        status=answer.status,
        failure="" if answer.ok else f"HTTP {answer.status}",
        response_headers={
            name: without_secrets(answer.headers[name], subscription)[:500].replace("\x00", "")
            for name in _TOLD_HEADERS
            if name in answer.headers
        },
        response_body=without_secrets(text, subscription)[:KEPT_BYTES],
    )


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1_000)
