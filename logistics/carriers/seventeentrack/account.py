"""Asking 17TRACK whether it knows our key. Costs none of the account's queries.

Source: 17TRACK Tracking API v2.2, getquota (https://asset.17track.net/api/document/v2.2_en/); its error codes at
https://help.17track.net/hc/en-us/articles/37570440168473-Error-Codes-and-Troubleshooting.
"""

from __future__ import annotations

from typing import Any

from common import http
from common.errors import DeliveryError

API_URL = "https://api.17track.net"
_SECONDS = 15.0


def check(*, secret: str, api_url: str = "") -> str:
    """How many queries the account has left, as a sentence. Raises DeliveryError with what 17TRACK says."""
    try:
        answer = http.request(
            "POST",
            f"{(api_url or API_URL).rstrip('/')}/track/v2.2/getquota",
            headers={"17token": secret},
            json=[],
            read_seconds=_SECONDS,
        )
    except http.RequestFailed as error:
        raise DeliveryError(error.message, permanent=error.refused) from None
    reply = answer.object()
    data = reply.get("data")
    if not answer.ok or reply.get("code") != 0 or not isinstance(data, dict):
        raise DeliveryError(f"17TRACK: {_said(data) or f'status {answer.status}, code {reply.get("code")}'}"[:300])
    left = data.get("quota_remain")
    return f"17TRACK: {left} queries left" if isinstance(left, int) else "17TRACK"


def _said(data: Any) -> str:
    errors = data.get("errors") if isinstance(data, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return str(first.get("message", "")) if isinstance(first, dict) else ""
