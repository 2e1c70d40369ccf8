"""A customer's browser: opens the link they got and fills in what stands there."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mechanicalsoup

from scripts.demo.steps import Missing

SECONDS = 15
_BLANKS = re.compile(r"\s+")


class Visitor:
    """One visit to a customer's page. ``language`` is what their browser asks for (BCP 47)."""

    def __init__(self, link: str, *, language: str) -> None:
        self._browser: Any = mechanicalsoup.StatefulBrowser(user_agent="Clearway demonstration, a phone")
        self._browser.session.headers["Accept-Language"] = language
        self._check(self._browser.open(link, timeout=SECONDS))

    @property
    def text(self) -> str:
        """What stands on the page."""
        return _BLANKS.sub(" ", str(self._browser.page.get_text())).strip()

    def send(self, *, file: tuple[str, bytes] | None = None, **values: Any) -> str:
        """Fill in the page's form and send it; returns what the page says then. Raises Missing when it refuses.

        ``file`` is the name and the bytes of an upload.
        """
        page = self._browser.page
        form = next((one for one in page.select("form[method=post i]") if not one.select("[name=language]")), None)
        if form is None:
            raise Missing(f"the customer's page has no form: {self.text[:200]}")
        chosen = self._browser.select_form(form)
        with TemporaryDirectory() as folder:
            for name, value in values.items():
                chosen.set(name, value)
            if file:
                path = Path(folder) / file[0]
                path.write_bytes(file[1])
                with path.open("rb") as stream:
                    chosen.set("files", stream)
                    self._check(self._browser.submit_selected(timeout=SECONDS))
            else:
                self._check(self._browser.submit_selected(timeout=SECONDS))
        return self.text

    def _check(self, response: Any) -> None:
        if response.status_code != 200:
            text = _BLANKS.sub(" ", str(self._browser.page.get_text() if self._browser.page else "")).strip()
            raise Missing(f"the customer's page answers {response.status_code}: {text[:300]}")
