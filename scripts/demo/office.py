"""The pages that supervisors and administrators plan with: rules, promises, ladders, rotas, calendars, calls.

Their forms are filled in as people do; where a page's script would add a row or look something up, it is done here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bs4 import BeautifulSoup, Tag

from scripts.demo.desk import Desk, text_of
from scripts.demo.steps import Missing

RULES = "/admin/tickets/rule/"
LADDERS = "/admin/tickets/escalationpolicy/"
ROTAS = "/admin/tickets/rota/"
PROMISES = "/admin/tickets/promisepolicy/"
CALENDARS = "/admin/common/businesscalendar/"
CUSTOMERS = "/admin/logistics/customer/"
CALLS = "/admin/tickets/page/mine/"


class Office:
    """What somebody who plans does through the pages."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    # ------------------------------------------------------------ lists and forms

    def find(self, path: str, name: str) -> str | None:
        """The address of the row that is called so in a list; None when there is none."""
        for link in self.desk.look(path).select(
            "#result_list tbody th a, #result_list tbody td a, table.r-table a.r-name"
        ):
            if text_of(link) == name:
                address = str(link["href"])
                return address if address.startswith("/") else f"{path}{address}"
        return None

    def must_find(self, path: str, name: str) -> str:
        """As ``find``. Raises Missing when there is none."""
        address = self.find(path, name)
        if address is None:
            raise Missing(f"there is no “{name}” in the list {path}")
        return address

    def save(self, values: Mapping[str, Any]) -> BeautifulSoup:
        """Fill in the form of the page that is open and save it. Raises Missing with what it refuses."""
        form = self._form()
        self.desk.send(f"form#{form['id']}", values)
        page = self.desk.shown
        refused = [text_of(one) for one in page.select(".errorlist li, .errornote, ul.errorlist")]
        if refused or page.select_one(f"form#{form['id']}"):
            raise Missing(f"the form was not saved: {' '.join(dict.fromkeys(refused))[:400]}")
        return page

    def value(self, name: str) -> str:
        """What stands in a field of the form that is open."""
        field = self._form().select_one(f"[name={name}]")
        if field is None:
            raise Missing(f"the form has no field “{name}”")
        chosen = field.select_one("option[selected]") if field.name == "select" else None
        return str(chosen["value"] if chosen is not None else field.get("value", ""))

    def add_row(self, prefix: str) -> str:
        """Add an empty row to the form, as its button does; returns the prefix of the new row's fields."""
        form = self._form()
        fields = form.select(f'[name^="{prefix}-__prefix__-"]')
        total = form.select_one(f"[name={prefix}-TOTAL_FORMS]")
        if not fields or total is None:
            raise Missing(f"the form has no rows “{prefix}”")
        number = int(str(total["value"]))
        for field in fields:
            form.append(BeautifulSoup(str(field).replace("__prefix__", str(number)), "html.parser"))
        total["value"] = str(number + 1)
        return f"{prefix}-{number}"

    def rows(self, prefix: str) -> list[str]:
        """The prefixes of the rows that are there."""
        total = self._form().select_one(f"[name={prefix}-TOTAL_FORMS]")
        return [f"{prefix}-{number}" for number in range(int(str(total["value"])))] if total is not None else []

    def choose(self, field: str, model: str, name: str, words: str) -> dict[str, str]:
        """The value of a picker, looked up as its script does; ``name`` is the model's field, ``words`` are typed."""
        app, _dot, model_name = model.partition(".")
        answer = self.desk.ask(
            "/admin/autocomplete/", app_label=app, model_name=model_name, field_name=name, term=words
        )
        found = next((one for one in answer["results"] if words in one["text"]), None)
        if found is None:
            raise Missing(f"the picker “{name}” finds no “{words}”")
        select = self._form().select_one(f"select[name={field}]")
        if select is None:
            raise Missing(f"the form has no picker “{field}”")
        if not select.select_one(f'option[value="{found["id"]}"]'):
            select.append(BeautifulSoup(f'<option value="{found["id"]}"></option>', "html.parser"))
        return {field: str(found["id"])}

    def _form(self) -> Tag:
        form = self.desk.shown.select_one("form[id$=_form][method=post]")
        if form is None:
            raise Missing(f"there is no form on the page: {text_of(self.desk.shown.select_one('h1'))}")
        return form

    # ------------------------------------------------------------ rules

    def switch(self, rule: str, *, on: bool) -> None:
        """Switch a rule on or off in the list of rules, unless it is so already."""
        row = self._rule(rule)
        is_on = row.select_one("[role=switch][aria-checked=true]") is not None
        if is_on == on:
            return
        form = row.select_one("form")
        assert form is not None
        form["id"] = "the-switch"
        self.desk.send("form#the-switch", {})
        sure = next((one for one in self.desk.shown.select(".r-ask form") if one.select_one("[name=sure]")), None)
        if sure is not None:  # a rule that nobody has tried is asked about
            sure["id"] = "all-the-same"
            self.desk.send("form#all-the-same", {})
        if (self._rule(rule).select_one("[role=switch][aria-checked=true]") is not None) != on:
            raise Missing(
                f"the rule “{rule}” is still {'off' if on else 'on'}: {text_of(self.desk.shown.select_one('h1'))}"
            )

    def rules_on(self) -> list[str]:
        """The rules that are switched on."""
        rows = self.desk.look(RULES).select("table.r-table tbody tr")
        return [
            text_of(row.select_one("a.r-name")) for row in rows if row.select_one("[role=switch][aria-checked=true]")
        ]

    def _rule(self, rule: str) -> Tag:
        for row in self.desk.look(RULES).select("table.r-table tbody tr"):
            if text_of(row.select_one("a.r-name")) == rule:
                return row
        raise Missing(f"there is no rule “{rule}” in the list of rules")

    def backtest(self, values: Mapping[str, Any], *, days: int) -> tuple[str, str]:
        """Try the rule in the editor on the last days; returns what it says and the note that it was tried."""
        form = self.desk.shown.select_one("form#rule")
        if form is None:
            raise Missing("there is no rule's form on the page")
        self.desk.send("form#rule", {**values, "days": str(days)}, to=str(form["data-backtest"]))
        shown = self.desk.shown
        tried = shown.select_one(".r-tried")
        if tried is None:
            raise Missing(f"the backtest was refused: {text_of(shown.select_one('.d-error'))}")
        return text_of(tried), str(tried["data-tried"])

    def save_rule(self, values: Mapping[str, Any]) -> None:
        """Save the rule in the editor; it is switched off then. Raises Missing with what it refuses."""
        self.desk.send("form#rule", values)
        if self.desk.shown.select_one("#switch") is None:
            raise Missing(f"the rule was not saved: {text_of(self.desk.shown.select_one('.d-error'))}")

    # ------------------------------------------------------------ calls

    def calls(self) -> dict[str, str]:
        """One's own open calls, ticket → reason."""
        page = self.desk.look(CALLS)
        return {text_of(line.select_one(".d-ref")): text_of(line.select_one("b")) for line in _call_lines(page)}

    def take_call(self, reference: str) -> None:
        """Press “I have it” of a ticket's call."""
        for line in _call_lines(self.desk.look(CALLS)):
            if text_of(line.select_one(".d-ref")) == reference:
                form = line.select_one("form")
                assert form is not None
                form["id"] = "the-call"
                self.desk.send("form#the-call", {})
                return
        raise Missing(f"nobody is called to {reference}")


def _call_lines(page: BeautifulSoup) -> list[Tag]:
    return [line for line in page.select(".d-call-line") if line.select_one("form")]


def span(name: str, minutes: int) -> dict[str, str]:
    """A length of time in a form."""
    return {f"{name}_0": str(minutes), f"{name}_1": "minutes"}


def moment(name: str, at: datetime) -> dict[str, str]:
    """A moment in a form, in two fields."""
    return {f"{name}_0": at.strftime("%Y-%m-%d"), f"{name}_1": at.strftime("%H:%M:%S")}


def as_json(value: Any) -> str:
    """Conditions and actions as the editor's script writes them."""
    return json.dumps(value, ensure_ascii=False)
