"""Somebody at the desk: signs in, reads the queue and ticket pages, fills in the forms that stand there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import mechanicalsoup
from bs4 import BeautifulSoup, Tag

from scripts.demo.steps import Missing, until

SECONDS = 15
_QUEUE = "/admin/tickets/ticket/"
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the work queue. ``promise`` is when the next one falls due, empty when none counts down."""

    ticket: int
    reference: str
    kind: str
    state: str
    waiting_on: str
    customer: str
    text: str
    promise: str


@dataclass(frozen=True, slots=True)
class Note:
    """A handover that waits above the queue to be read and confirmed."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Said:
    """One message on a ticket's page. ``side`` is in, out or note; ``meta`` who, when, channel, delivery."""

    side: str
    meta: str
    text: str
    files: tuple[str, ...]

    @property
    def is_sent(self) -> bool:
        """Whether a channel has accepted it, by the words that stand there."""
        return self.meta.rsplit("·", 1)[-1].strip() in {"sent", "delivered", "read"}

    @property
    def is_held(self) -> bool:
        """Whether it waits for its reader's morning."""
        return "held until" in self.meta


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket's page as it is read: where it stands, what was said, which steps are offered (label → address)."""

    ticket: int
    reference: str
    subject: str
    state: str
    standing: str
    owner: str
    messages: tuple[Said, ...]
    events: tuple[str, ...]
    steps: Mapping[str, str] = field(default_factory=dict)
    side: str = ""
    promises: tuple[str, ...] = ()
    rule_runs: tuple[str, ...] = ()
    owner_why: str = ""

    def said(self, words: str, *, side: str = "") -> Said | None:
        """The message with these words, if it is there."""
        return next((one for one in self.messages if words in one.text and side in ("", one.side)), None)


class Desk:
    """One person's browser. Times are the person's own, so that forms are filled in as they would."""

    def __init__(self, site: str, email: str, name: str) -> None:
        self.site, self.email, self.name = site, email, name
        self._browser: Any = mechanicalsoup.StatefulBrowser(user_agent="Clearway demonstration")

    def sign_in(self, password: str) -> None:
        """Through the login page. Raises Missing when the desk does not open."""
        self._get("/admin/login/?next=/admin/tickets/ticket/")
        self._browser.select_form("form#login-form")
        self._browser["username"] = self.email
        self._browser["password"] = password
        self._submit()
        if self._page.select_one("form#login-form"):
            raise Missing(f"{self.email} is not let in: {text_of(self._page.select_one('form#login-form'))[:200]}")

    # ------------------------------------------------------------ reading

    def queue(self, **filters: str) -> list[Line]:
        """The lines of the work queue under these filters (``q`` searches, ``tab`` names a tab)."""
        self._get(f"{_QUEUE}?{urlencode(filters)}")
        return [_line(row) for row in self._page.select("tr[data-ticket]")]

    def find(self, search: str, kind: str) -> Line:
        """The ticket of a kind that a search finds; waits for it."""
        lines: list[Line] = []

        def look() -> Line | None:
            lines[:] = self.queue(q=search)
            return next((line for line in lines if line.kind == kind), None)

        seen = lambda: ", ".join(f"{line.reference} {line.kind}" for line in lines) or "an empty list"  # noqa: E731
        return until(f"“{search}” finds a ticket of kind “{kind}” in the queue", look, seen=seen)

    def open(self, ticket: int) -> TicketPage:
        """A ticket's page."""
        self._get(f"{_QUEUE}{ticket}/change/")
        return _ticket_page(self._page)

    def wait_for_state(self, ticket: int, state: str) -> TicketPage:
        """The ticket's page once its state has this label."""
        seen = ""

        def look() -> TicketPage | None:
            nonlocal seen
            page = self.open(ticket)
            seen = f"{page.reference} is “{page.state}”"
            return page if page.state == state else None

        return until(f"the ticket's page shows “{state}”", look, seen=lambda: seen)

    def wait_for_message(self, ticket: int, words: str, *, side: str = "in") -> Said:
        """The message with these words on the ticket's page, once it is there."""
        return until(f"a message with “{words}” on the ticket's page", lambda: self.open(ticket).said(words, side=side))

    def wait_until_sent(self, ticket: int, words: str) -> Said:
        """Our message with these words, once the page says that it has left."""

        def look() -> Said | None:
            said = self.open(ticket).said(words, side="out")
            if said and not said.is_sent:
                raise Missing(f"it is “{said.meta}”")
            return said

        return until(f"our message with “{words}” is shown as sent", look)

    def log(self, ticket: int) -> list[str]:
        """The ticket's log, oldest first: what happened and who did it."""
        self._get(f"{_QUEUE}{ticket}/log/")
        return self.log_shown()

    def log_shown(self) -> list[str]:
        """As ``log``, of the log's page that is open."""
        rows = [[text_of(cell) for cell in row.select("td")] for row in self._page.select("table.d-log tbody tr")]
        titles = [text_of(row.select_one("summary")) for row in self._page.select("table.d-log tbody tr")]
        return [f"{title} · {row[-1]}" for title, row in zip(titles, rows, strict=True)][::-1]

    def states(self, ticket: int) -> list[str]:
        """The states that the ticket went through, oldest first, as its log tells them."""
        self._get(f"{_QUEUE}{ticket}/log/")
        found = []
        for row in self._page.select("table.d-log tbody tr"):
            facts = dict(zip(map(text_of, row.select("dt")), map(text_of, row.select("dd")), strict=True))
            if "→" in text_of(row.select_one("summary")):
                found.append(facts["to"])
            elif "state" in facts:
                found.append(facts["state"])
        return found[::-1]

    def list_rows(self, path: str) -> list[str]:
        """The rows of one of the other lists, as text."""
        self._get(path)
        return [text_of(row) for row in self._page.select("#result_list tbody tr")]

    # ------------------------------------------------------------ doing

    def take(self, ticket: int, step: str, **values: Any) -> TicketPage:
        """Take a step that the ticket's page offers, through its form. Raises Missing with what stands in the way."""
        page = self.open(ticket)
        address = page.steps.get(step)
        if address is None:
            raise Missing(f"{page.reference} (“{page.state}”) offers no step “{step}”, only: {', '.join(page.steps)}")
        self._get(address)
        self._fill("form[data-way]", values)
        return self._after(step)

    def act(self, ticket: int, act: str, **values: Any) -> TicketPage:
        """Assign, hand over, snooze, set the priority … through the act's form."""
        self._get(f"{_QUEUE}{ticket}/act/{act}/")
        self._fill("form[data-way]", values)
        return self._after(act)

    def write(self, ticket: int, text: str, *, to: str = "Customer") -> TicketPage:
        """Write to somebody, or a note, from the composer on the ticket's page."""
        self.open(ticket)
        composer = self._page.select_one("form#composer")
        if composer is None:
            raise Missing("there is no composer on the ticket's page")
        choices = {
            text_of(label.select_one(".d-chip")): str(label.select_one("input")["value"])  # type: ignore[index]
            for label in composer.select("label.d-choice")
        }
        if to not in choices:
            raise Missing(f"the composer does not offer “{to}”, only: {', '.join(choices)}")
        self._fill("form#composer", {"audience": choices[to], "text": text})
        return self._after(f"write to {to}")

    def option(self, ticket: int, step_or_act: str, name: str, label: str) -> str:
        """The value of a choice in a form, by the label people read."""
        page = self.open(ticket)
        self._get(page.steps.get(step_or_act) or f"{_QUEUE}{ticket}/act/{step_or_act}/")
        for option in self._page.select(f"select[name={name}] option"):
            if label in text_of(option):
                return str(option["value"])
        raise Missing(f"“{step_or_act}” offers no “{label}”")

    # ------------------------------------------------------------ above the queue

    def zones(self) -> list[str]:
        """The offices that stand above the queue."""
        return [text_of(name) for name in self.look(_QUEUE).select("#zones .d-zone-name")]

    def handovers(self) -> list[Note]:
        """The handovers that wait for somebody of one's team."""
        return [
            Note(text_of(link), str(link["href"]))
            for link in self.look(_QUEUE).select("[role=status] > a.d-grow[href*=handover]")
        ]

    def read_handover(self, note: Note) -> str:
        """What a handover says."""
        return text_of(self.look(note.address).select_one("#content, main, body"))

    def confirm_handover(self, note: Note) -> None:
        """Confirm a handover from above the queue."""
        card = next(
            (
                link.parent
                for link in self.look(_QUEUE).select("[role=status] > a.d-grow[href*=handover]")
                if link["href"] == note.address
            ),
            None,
        )
        form = card.select_one("form") if card is not None else None
        if form is None:
            raise Missing("the handover cannot be confirmed above the queue")
        form["id"] = "the-handover"
        self.send("form#the-handover", {})

    # ------------------------------------------------------------ any page

    def look(self, address: str) -> BeautifulSoup:
        """Any page, by its address."""
        self._get(address)
        return self._page

    @property
    def shown(self) -> BeautifulSoup:
        """The page that is open."""
        return self._page

    def send(self, form: str, values: Mapping[str, Any], *, to: str = "") -> BeautifulSoup:
        """Fill in a form of the page that is open and send it, ``to`` another address than its own if given."""
        found = self._page.select_one(form)
        if found is not None and to:
            found["action"] = to
        self._fill(form, values)
        return self._page

    def ask(self, address: str, **query: str) -> Any:
        """What a page's script asks the site, as JSON."""
        response = self._browser.session.get(f"{self.site}{address}", params=query, timeout=SECONDS)
        if response.status_code != 200:
            raise Missing(f"{address} answers {response.status_code}")
        return response.json()

    # ------------------------------------------------------------ the browser

    @property
    def _page(self) -> BeautifulSoup:
        page: BeautifulSoup = self._browser.page
        return page

    def _get(self, address: str) -> None:
        url = address if address.startswith("http") else f"{self.site}{address}"
        response = self._browser.open(url, timeout=SECONDS)
        if response.status_code != 200:
            raise Missing(f"{address} answers {response.status_code}")

    def _fill(self, form: str, values: Mapping[str, Any]) -> None:
        if self._page.select_one(form) is None:
            raise Missing(f"the page {self._browser.url} has no form {form}")
        self._browser.select_form(form)
        for name, value in values.items():
            try:
                self._browser[name] = value
            except mechanicalsoup.LinkNotFoundError:
                raise Missing(f"the form {self._browser.url} has no field “{name}” for {value!r}") from None
        self._submit()

    def _submit(self) -> None:
        response = self._browser.submit_selected(timeout=SECONDS)
        if response.status_code not in {200, 409, 422}:
            raise Missing(f"the form answers {response.status_code} ({response.url})")

    def _after(self, what: str) -> TicketPage:
        errors = [text_of(error) for error in self._page.select(".d-error") if not error.has_attr("hidden")]
        if errors or self._page.select_one("ol.d-strip") is None:
            raise Missing(f"“{what}” was not accepted: {' '.join(errors) or text_of(self._page.select_one('h1'))}")
        return _ticket_page(self._page)


def _line(row: Tag) -> Line:
    cells = row.select("td")
    what = next(cell for cell in cells if cell.select_one(".d-chip.violet"))
    place = cells.index(what)
    return Line(
        ticket=int(str(row["data-ticket"])),
        reference=text_of(row.select_one(".d-ref")),
        kind=text_of(what.select_one("b")),
        state=text_of(what.select_one(".d-chip.violet")),
        waiting_on=text_of(cells[place + 1].select_one(".d-chip")),
        customer=text_of(cells[place + 2].select_one("bdi")),
        text=text_of(row),
        promise=str(due["datetime"]) if (due := row.select_one("time.d-due[datetime]")) is not None else "",
    )


def _ticket_page(page: BeautifulSoup) -> TicketPage:
    place = page.select_one("#ticket")
    if place is None:
        raise Missing(f"this is no ticket's page: {text_of(page.select_one('h1'))}")
    return TicketPage(
        ticket=int(str(place["data-ticket"])),
        reference=text_of(page.select_one("h1 .d-ref")),
        subject=text_of(page.select_one("h1 bdi")),
        state=text_of(page.select_one("ol.d-strip li[aria-current=step]")),
        standing=text_of(page.select_one(".d-steps")),
        owner=text_of(page.select_one("summary[title]")).removesuffix("▾").strip(),
        messages=tuple(_said(article) for article in page.select("article.d-message")),
        events=tuple(text_of(event) for event in page.select("p.d-event")),
        steps={text_of(link).removesuffix("…"): str(link["href"]) for link in page.select("a[data-step]")},
        side=" ".join(part for card in page.select("aside.d-side") for part in card.stripped_strings),
        promises=tuple(" ".join(one.stripped_strings) for one in page.select("#promises .d-promise")),
        rule_runs=tuple(" ".join(one.stripped_strings) for one in page.select("#rule-runs .r-did")),
        owner_why=next(
            (
                " ".join(card.stripped_strings)
                for card in page.select("section.d-card")
                if text_of(card.select_one("h2")) == "Why this owner"
            ),
            "",
        ),
    )


def _said(article: Tag) -> Said:
    classes = article.get_attribute_list("class")
    return Said(
        side=next((side for side in ("in", "out", "note") if side in classes), ""),
        meta=text_of(article.select_one(".d-meta")),
        text=" ".join(text_of(part) for part in article.select(".d-subject, .d-bubble > .d-text")),
        files=tuple(text_of(file) for file in article.select(".d-files .d-chip") if file.select_one("bdi")),
    )


def text_of(tag: Tag | None) -> str:
    """The words of a part of a page, on one line."""
    return _BLANKS.sub(" ", tag.get_text()).strip() if tag is not None else ""
