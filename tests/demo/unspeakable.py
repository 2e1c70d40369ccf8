"""What no log may hold after a day: what people wrote and who they are, secrets, keys and tokens."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import requests

from scripts.demo.cast import Around, cast
from tests.nodes import processes_below

SECONDS = 10
SHORTEST = 12
"""Characters of a line that is looked for: shorter ones stand in logs by accident."""
_LINK = re.compile(r"/t/([\w-]{20,})/")
_TELEGRAM_TOKEN = re.compile(r"\b\d{9,10}:[\w-]{30,}")


class Unspeakable:
    """Gathered while a demonstration runs; ``words`` are of people, ``secrets`` ours."""

    def __init__(self, program: int, folder: Path) -> None:
        """``program`` is the demonstration's process, ``folder`` what it writes into."""
        told = _told_to_the_driver(program)
        self.site: str = told["site"]
        people = cast(told["run"], Around(told["night"], told["day"]))
        mails = [
            one
            for address in _read(f"{told['mail_url']}/addresses")
            for one in _read(f"{told['mail_url']}/messages?address={address}")
        ]
        chats = _read(f"{told['telegram_url']}/_control/sent")
        texts = [mail["text"] for mail in mails] + [chat["text"] for chat in chats]
        links = {found for text in texts for found in _LINK.findall(text)}
        self.links = sorted(links)
        self.words = {line.strip() for text in texts for line in text.splitlines() if len(line.strip()) >= SHORTEST}
        self.words |= {mail["headers"]["Subject"] for mail in mails}
        self.words |= {word for client in people.clients.values() for word in (client.name, client.address) if word}
        self.secrets = {told["password"], told["tracking_key"], *links, *_kept(folder), *_tokens(program)}

    def be_shown(self, log_of: Path) -> list[str]:
        """What of it stands in a log."""
        text = log_of.read_text(errors="replace")
        return sorted(one for one in self.words | self.secrets if one in text)

    def knock(self, email: str) -> None:
        """What the day's people do not do: a wrong password, a forged link and webhook, a page that stays open."""
        password = next(one for one in sorted(self.secrets) if re.fullmatch(r"\w{4}-\w{4}-\w{4}", one))
        browser = requests.Session()
        for given in (f"wrong-{password}", password):
            browser.get(f"{self.site}/admin/login/", timeout=SECONDS)
            sent = {"username": email, "password": given, "csrfmiddlewaretoken": browser.cookies["clearway_csrf"]}
            browser.post(f"{self.site}/admin/login/?next=/admin/", data=sent, timeout=SECONDS, allow_redirects=False)
        assert "clearway_session" in browser.cookies
        self.secrets |= {f"wrong-{password}", browser.cookies["clearway_session"], browser.cookies["clearway_csrf"]}
        host, _colon, port = self.site.rpartition(":")
        with browser.get(f"{host}:{int(port) + 1}/streams/queue", timeout=SECONDS, stream=True) as stream:
            assert stream.status_code == 200
        for token in (self.links[0], self.links[0][::-1]):
            requests.get(f"{self.site}/t/{token}/", timeout=SECONDS)
        self.secrets.add(self.links[0][::-1])
        forged = {"X-Telegram-Bot-Api-Secret-Token": "guessed-by-somebody"}
        assert (
            requests.post(f"{self.site}/webhooks/desk-telegram/", b"{", headers=forged, timeout=SECONDS).status_code
            == 403
        )
        self.secrets.add("guessed-by-somebody")


def _told_to_the_driver(program: int) -> dict[str, Any]:
    """What the driver was started with, read from its environment as its parent could."""
    for process, command in processes_below(program).items():
        if "scripts.demo.driver" in command:
            environment = Path(f"/proc/{process}/environ").read_bytes().decode().split("\0")
            told = next(one for one in environment if one.startswith("CLEARWAY_DRIVER="))
            return dict(json.loads(told.partition("=")[2]))
    raise AssertionError("the driver does not run")


def _tokens(program: int) -> set[str]:
    return {found for command in processes_below(program).values() for found in _TELEGRAM_TOKEN.findall(command)}


def _kept(folder: Path) -> set[str]:
    """The generated secrets of the clone."""
    return {(folder / name).read_text().strip() for name in ("secret-key", "encryption-key", "postgres/password")}


def _read(address: str) -> Any:
    with urllib.request.urlopen(address, timeout=SECONDS) as answer:
        return json.load(answer)
