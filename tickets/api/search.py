"""Finding and taking out tickets, for integrations of ours."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from rest_framework.response import Response

from common.api.documented import documented
from common.api.views import STAFF, ApiRequest, ListView
from common.errors import InvalidInput
from logistics.choices import Scope
from tickets.api.callers import READS
from tickets.api.filters import StaffTicketFilters
from tickets.api.rows import EXAMPLE, TicketRow, listed, ticket_row
from tickets.policies.cells import safe_cell
from tickets.services.search import LONGEST, search_tickets

BATCH: Final = 1_000
_PARTS = ("customer", "assignee", "team")
_COLUMNS = tuple(
    name
    for field in map(str, TicketRow().fields)
    for name in ((f"{field}_id", f"{field}_name") if field in _PARTS else (field,))
)


class TicketSearch(ListView):
    """By what people have in hand."""

    scopes: ClassVar = {"GET": Scope.EXPORT}
    permissions: ClassVar = {"GET": READS}
    open_to = frozenset({STAFF})
    parameters: ClassVar = frozenset({"fields", "q"})
    row = TicketRow
    orderings: ClassVar = {"-id": ("-id",)}
    extra_parameters: ClassVar = {
        "GET": [
            {
                "in": "query",
                "name": "q",
                "required": True,
                "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
                "description": "A reference, a tracking or order number, a name, an address, words of a message.",
            }
        ]
    }

    def scoped(self, request: ApiRequest) -> QuerySet[Any, Any]:
        """See ``partner_scope.visible_to``."""
        return listed(request.auth)

    def row_of(self, row: dict[str, Any]) -> dict[str, Any]:
        """See ``TicketRow``."""
        return ticket_row(row, self.request.auth)

    @documented(
        "tickets_search", answer=TicketRow, many=True, answer_example={"results": [EXAMPLE], "next": None}, tag="search"
    )
    def get(self, request: ApiRequest) -> Response:
        """The newest tickets that a text names, 500 at most."""
        text = request.query_params.get("q", "")
        if not text.strip() or len(text) > LONGEST:
            raise InvalidInput(data={"q": [_("From 1 to %(longest)d characters.") % {"longest": LONGEST}]})
        found = search_tickets(text, request.auth.user).values_list("pk", flat=True)
        return self.page(request, self.scoped(request).filter(pk__in=list(found)))


class TicketExport(ListView):
    """All tickets that filters leave, as a stream."""

    scopes: ClassVar = {"GET": Scope.EXPORT}
    permissions: ClassVar = {"GET": READS}
    open_to = frozenset({STAFF})
    parameters: ClassVar = frozenset({"format"})
    row = TicketRow
    filters = StaffTicketFilters
    extra_parameters: ClassVar = {
        "GET": [
            {
                "in": "query",
                "name": "format",
                "schema": {"type": "string", "enum": ["ndjson", "csv"], "default": "ndjson"},
                "description": "A JSON object a line, or CSV (RFC 4180) in UTF-8.",
            }
        ]
    }

    def known_parameters(self) -> frozenset[str]:
        """An export has no pages."""
        return frozenset({"format", *StaffTicketFilters.base_filters})

    def scoped(self, request: ApiRequest) -> QuerySet[Any, Any]:
        """See ``partner_scope.visible_to``."""
        return listed(request.auth)

    @documented(
        "tickets_export",
        answer={"type": "string"},
        media_type="application/x-ndjson",
        other_media_type="text/csv",
        tag="search",
    )
    def get(self, request: ApiRequest) -> StreamingHttpResponse:
        """Every ticket that the filters leave, by its number, as it stands when its line is written.

        In CSV a text that a spreadsheet would take for a formula has an apostrophe before it.
        """
        wanted = request.query_params.get("format", "ndjson")
        if wanted not in {"ndjson", "csv"}:
            raise InvalidInput(data={"format": [_("Known are: %(names)s.") % {"names": "ndjson, csv"}]})
        rows = self._rows(self.filtered(request, self.scoped(request)))
        lines = _as_csv(rows) if wanted == "csv" else (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        media_type = "text/csv" if wanted == "csv" else "application/x-ndjson"
        response = StreamingHttpResponse(lines, content_type=f"{media_type}; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="tickets.{wanted}"'
        return response

    def _rows(self, tickets: Any) -> Iterator[dict[str, Any]]:
        """Read by key, a batch at a time: no cursor is held open, and no row is skipped through."""
        last, caller = 0, self.request.auth
        while batch := list(tickets.filter(pk__gt=last).order_by("pk")[:BATCH]):
            for ticket in batch:
                yield ticket_row(ticket, caller)
            last = batch[-1]["id"]


class _Line:
    """What the CSV writer writes to."""

    def write(self, text: str) -> str:
        return text


def _as_csv(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(_COLUMNS)
    for row in rows:
        yield writer.writerow([safe_cell(value) for value in _cells(row)])


def _cells(row: dict[str, Any]) -> Iterator[Any]:
    for name, value in row.items():
        if name in _PARTS:
            yield value["id"] if value else ""
            yield value["name"] if value else ""
        elif name == "shipment":
            yield value["tracking_number"] if value else ""
        elif isinstance(value, list):
            yield " ".join(value)
        else:
            yield value
