"""A customer's browser: opens the link they got and fills in what stands there."""

from __future__ import annotations

import re
from contextlib import ExitStack
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

    def send(self, files: dict[str, tuple[str, bytes]] | None = None, /, **values: Any) -> str:
        """Fill in the page's form and send it; returns what the page says then. Raises Missing when it refuses.

        ``files`` are uploads by the form's field: name and bytes.
        """
        page = self._browser.page
        form = next((one for one in page.select("form[method=post i]") if not one.select("[name=language]")), None)
        if form is None:
            raise Missing(f"the customer's page has no form: {self.text[:200]}")
        chosen = self._browser.select_form(form)
        for name, value in values.items():
            chosen.set(name, value)
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            for field, (name, content) in (files or {}).items():
                path = folder / name
                path.write_bytes(content)
                chosen.set(field, stack.enter_context(path.open("rb")))
            self._check(self._browser.submit_selected(timeout=SECONDS))
        errors = [one.get_text(" ", strip=True) for one in self._browser.page.select(".error, .notice.bad")]
        if errors:
            raise Missing(f"the customer's page refuses: {' '.join(errors)}")
        return self.text

    def _check(self, response: Any) -> None:
        if response.status_code != 200:
            text = _BLANKS.sub(" ", str(self._browser.page.get_text() if self._browser.page else "")).strip()
            raise Missing(f"the customer's page answers {response.status_code}: {text[:300]}")
