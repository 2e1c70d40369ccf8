"""The world outside: customers and partners with mailboxes and chats, and the aggregator that tells of scans."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import requests

from scripts.demo.cast import DESK_ADDRESS, TRACKING_SLUG, Parcel
from scripts.demo.steps import Missing, until

SECONDS = 15
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that somebody got from us."""

    subject: str
    text: str
    headers: dict[str, str]
    raw: bytes

    @property
    def message_id(self) -> str:
        return self.headers.get("Message-ID", "")

    def link(self) -> str:
        """The customer's link in it. Raises Missing."""
        return link_in(self.text)


class Mailbox:
    """Somebody who writes mails: sends by SMTP, reads what came."""

    def __init__(self, name: str, address: str, *, smtp_port: int, mail_url: str, seed: str) -> None:
        self.name, self.address = name, address
        self._smtp_port, self._mail_url = smtp_port, mail_url
        self._numbers = itertools.count(1)
        self._seed = seed
        self._seen = 0

    def write(
        self,
        subject: str,
        text: str,
        *,
        answers: Mail | None = None,
        files: tuple[tuple[str, bytes, str], ...] = (),
        headers: dict[str, str] | None = None,
        envelope_sender: str | None = None,
    ) -> EmailMessage:
        """Send a mail to the desk; ``answers`` makes it a reply. ``files`` are (name, bytes, media type)."""
        mail = EmailMessage()
        local, _at, domain = self.address.partition("@")
        mail["From"] = Address(self.name, local, domain)
        mail["To"] = DESK_ADDRESS
        mail["Subject"] = subject
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = (
            f"<{hashlib.sha256(f'{self._seed}/{next(self._numbers)}'.encode()).hexdigest()[:24]}@{domain}>"
        )
        if answers is not None:
            mail["In-Reply-To"] = answers.message_id
            mail["References"] = answers.message_id
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text)
        for name, content, kind in files:
            main, _slash, sub = kind.partition("/")
            mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
        self.send(mail, envelope_sender=envelope_sender)
        return mail

    def send(self, mail: EmailMessage | bytes, *, envelope_sender: str | None = None) -> None:
        """Hand a mail over by SMTP; the same one a second time is what a server does that saw no answer."""
        with smtplib.SMTP(_HOST, self._smtp_port, timeout=SECONDS) as smtp:
            sender = self.address if envelope_sender is None else envelope_sender
            smtp.sendmail(sender, [DESK_ADDRESS], mail if isinstance(mail, bytes) else mail.as_bytes())

    def received(self) -> list[Mail]:
        """All that came, oldest first."""
        answer = requests.get(f"{self._mail_url}/messages", params={"address": self.address}, timeout=SECONDS)
        answer.raise_for_status()
        return [
            Mail(one["headers"].get("Subject", ""), one["text"], one["headers"], base64.b64decode(one["raw"]))
            for one in answer.json()
        ]

    def skip_received(self) -> None:
        """Take what is there already as read."""
        self._seen = len(self.received())

    def next_mail(self, about: str, holds: Callable[[Mail], bool] = lambda mail: True) -> Mail:
        """The next mail that was not looked at yet and ``holds``; waits for it. ``about`` says what is expected."""

        def look() -> Mail | None:
            for number, mail in enumerate(self.received()):
                if number >= self._seen and holds(mail):
                    self._seen = number + 1
                    return mail
            return None

        def seen() -> str:
            return "; ".join(mail.subject for mail in self.received()) or "an empty mailbox"

        return until(f"{self.name} ({self.address}) gets a mail: {about}", look, seen=seen)


class Chat:
    """Somebody who writes to the bot at Telegram."""

    def __init__(self, name: str, chat: int, language: str, *, telegram_url: str) -> None:
        self.name, self.chat, self.language = name, chat, language
        self._url = telegram_url
        self._seen = 0

    def say(self, text: str = "", **more: Any) -> int:
        """Write, send a photo or edit (see the stand-in's ``say``); returns the message's number in the chat."""
        given = {"chat_id": self.chat, "first_name": self.name, "language_code": self.language, **more}
        if text:
            given["text"] = text
        answer = requests.post(f"{self._url}/_control/say", json=given, timeout=SECONDS)
        answer.raise_for_status()
        told = answer.json()
        if told["status"] != 200:
            raise Missing(f"the webhook answers Telegram with {told['status']} instead of 200")
        message = told["update"].get("message") or told["update"]["edited_message"]
        return int(message["message_id"])

    def received(self) -> list[str]:
        """What the bot wrote to this chat, oldest first."""
        answer = requests.get(f"{self._url}/_control/sent", params={"chat_id": self.chat}, timeout=SECONDS)
        answer.raise_for_status()
        return [str(one["text"]) for one in answer.json()]

    def next_text(self, about: str, words: str = "") -> str:
        """The next text from the bot with these words; waits for it."""

        def look() -> str | None:
            for number, text in enumerate(self.received()):
                if number >= self._seen and words in text:
                    self._seen = number + 1
                    return text
            return None

        return until(
            f"{self.name} reads in Telegram: {about}", look, seen=lambda: " | ".join(self.received()) or "nothing"
        )


class Aggregator:
    """17TRACK: pushes a parcel's whole history, signed with the account's key."""

    def __init__(self, site: str, key: str) -> None:
        self._url = f"{site}/webhooks/{TRACKING_SLUG}/"
        self._key = key
        self._history: dict[str, list[dict[str, Any]]] = {}
        self._last = b""

    def scan(
        self, parcel: Parcel, code: str, text: str, *, place: str, country: str, zone: str, hours_ago: float = 0
    ) -> None:
        """Tell of one more scan. Raises Missing when the site does not take it."""
        at = datetime.now(ZoneInfo(zone)) - timedelta(hours=hours_ago)
        event = {
            "time_iso": at.isoformat(timespec="seconds"),
            "time_utc": at.astimezone(UTC).isoformat(timespec="seconds"),
            "time_raw": {"date": None, "time": None, "timezone": None},
            "description": text,
            "location": place,
            "stage": None,
            "sub_status": code,
            "address": {"country": country, "state": None, "city": place},
        }
        history = self._history.setdefault(parcel.number, [])
        history.insert(0, event)
        self._last = json.dumps(self._push(parcel, history), ensure_ascii=False).encode()
        self._post(self._last, "stored")

    def repeat(self) -> None:
        """Push the last one again, as 17TRACK does when it saw no answer. Raises Missing unless it is a duplicate."""
        self._post(self._last, "duplicate")

    def forge(self) -> None:
        """Push with a wrong key. Raises Missing unless the site refuses it."""
        status = self._send(self._last + b" ", "0" * 32).status_code
        if status != 403:
            raise Missing(f"expected 403 for a push with a wrong signature, not {status}")

    def _push(self, parcel: Parcel, history: list[dict[str, Any]]) -> dict[str, Any]:
        code = history[0]["sub_status"]
        carrier = {"china-post": (3011, "China Post", "CN"), "rhein-kurier": (100789, "Rhein Kurier", "DE")}
        key, name, country = carrier[parcel.carrier]
        track = {
            "shipping_info": {
                "shipper_address": {"country": parcel.origin},
                "recipient_address": {"country": parcel.destination},
            },
            "latest_status": {"status": code.partition("_")[0], "sub_status": code, "sub_status_descr": None},
            "latest_event": history[0],
            "time_metrics": {"estimated_delivery_date": {"source": None, "from": None, "to": None}},
            "tracking": {
                "providers_hash": 1,
                "providers": [{"provider": {"key": key, "name": name, "country": country}, "events": history}],
            },
        }
        data = {"number": parcel.number, "carrier": key, "param": None, "tag": None, "track_info": track}
        return {"event": "TRACKING_UPDATED", "data": data}

    def _post(self, body: bytes, expected: str) -> None:
        answer = self._send(body, self._key)
        told = answer.json().get("status") if answer.status_code == 200 else answer.status_code
        if told != expected:
            raise Missing(f"the webhook of 17TRACK should answer “{expected}”, not “{told}”")

    def _send(self, body: bytes, key: str) -> requests.Response:
        sign = hashlib.sha256(body + b"/" + key.encode()).hexdigest()
        headers = {"sign": sign, "Content-Type": "application/json"}
        return requests.post(self._url, data=body, headers=headers, timeout=SECONDS)


def link_in(text: str) -> str:
    """The customer's link in a text. Raises Missing."""
    found = re.search(r"https?://\S+/t/[\w-]{20,}/", text)
    if found is None:
        raise Missing(f"there is no customer's link in: {text[:300]}")
    return found[0]
