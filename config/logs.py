"""One readable line per log record, without secrets."""

from __future__ import annotations

import logging
import re
import time

from common.api.requests import request_id

_SECRETS = (
    re.compile(r"(?i)(\b(?:bearer|basic)\s+)[^\s\"',]+"),
    re.compile(
        r"(?i)(\b(?:password|passwd|secret|token|api[_-]?key|authorization)\b[\"']?\s*[=:]\s*[\"']?)"
        r"(?!(?:bearer|basic)\s)[^\s\"',&;]+"
    ),
    # Bounded from a word's beginning: a megabyte without a blank must not cost the square of its length.
    re.compile(r"(\b\w{1,20}://[^\s/:@]*:)[^\s/@]+(?=@)"),
    re.compile(r"(/bot)\d+:[\w-]+"),  # Telegram puts its token into the path
    re.compile(r"(/t/)[\w-]{16,}"),  # the key of a customer's page
    re.compile(r"(cw_live_[a-z2-7]{1,10}_)[\w-]+"),  # a key to the API; its prefix says which
)


LONGEST_RECORD = 50_000
"""Characters; what is longer (somebody's payload in a traceback) loses its middle."""


def without_secrets(text: str) -> str:
    """The text with passwords, keys and tokens replaced by stars."""
    for pattern in _SECRETS:
        text = pattern.sub(r"\1***", text)
    return text


class LineFormatter(logging.Formatter):
    """`2026-11-24T09:00:00Z WARNING tickets.services.intake: text [request]`, in UTC, secrets starred out."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", datefmt="%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, its traceback below."""
        text = without_secrets(super().format(record))
        if name := request_id():
            first, newline, rest = text.partition("\n")  # behind the line itself, before its traceback
            text = f"{first} [{name}]{newline}{rest}"
        if len(text) > LONGEST_RECORD:
            text = f"{text[: LONGEST_RECORD // 2]} … {text[-LONGEST_RECORD // 2 :]}"
        return text
