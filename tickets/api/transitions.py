"""The steps of a ticket: which are open to the caller, what each asks for, and taking one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from common.api.compact import NAME
from common.api.documented import documented
from common.api.versions import check_match, with_etag
from common.api.views import ApiRequest, ApiView
from logistics.choices import Scope
from tickets.api.callers import READS, WORKS, actor_of, ticket_etag, ticket_or_404
from tickets.api.inputs import raw_of, schema_of
from tickets.api.rows import TicketDetail, read_detail
from tickets.choices import ActorKind, Via
from tickets.models import Ticket
from tickets.services.partner_scope import visible_to
from tickets.services.partner_steps import steps_of, take_step
from tickets.services.transitions import NextStep, find_way, next_steps, take_way
from tickets.workflows import WORKFLOWS


class StepRow(serializers.Serializer):  # type: ignore[type-arg]
    """A step that is open to you."""

    name = serializers.CharField()
    label = serializers.CharField(help_text="In your language.")  # type: ignore[assignment] # no attribute there
    is_usual = serializers.BooleanField(help_text="Whether it leads along the usual course.")
    leads_to = serializers.ListField(child=serializers.CharField(), help_text="States.")
    inputs = serializers.DictField(help_text="JSON Schema of the body to send.")
    takes_files = serializers.BooleanField(help_text="Whether it may be sent as multipart/form-data with files.")
    url = serializers.CharField(help_text="Where to send it.")


class Steps(serializers.Serializer):  # type: ignore[type-arg]
    """The open steps, the usual one first."""

    results = StepRow(many=True)


_STEP: Final[dict[str, Any]] = {
    "name": "explain",
    "label": "Explain",
    "is_usual": True,
    "leads_to": ["explained"],
    "inputs": {
        "title": "Explain",
        "type": "object",
        "properties": {
            "explanation": {"type": "string", "maxLength": 5000, "title": "Explanation"},
            "counted": {"type": "integer", "minimum": 0, "maximum": 1000000000, "title": "Units counted"},
        },
        "required": ["explanation"],
        "additionalProperties": False,
    },
    "takes_files": False,
    "url": "/api/v1/tickets/311/transitions/explain/",
}


def all_inputs() -> dict[str, Any]:
    """What any step of any kind may ask for, for the schema: one alternative a step that somebody outside can take."""
    found = []
    for kind, workflow in sorted(WORKFLOWS.items()):
        for way in workflow.ways().values():  # type: ignore[attr-defined]
            if way.by & {ActorKind.STAFF, ActorKind.PARTNER}:
                who = "partners and integrations" if ActorKind.PARTNER in way.by else "integrations"
                schema = schema_of(way)
                schema["title"] = f"{kind}: {way.name}"
                schema[NAME] = f"{kind}_{way.name}".title().replace("_", "")
                schema["description"] = f"{way.label}. For {who}."
                found.append(schema)
    return {"anyOf": found}


class TicketTransitions(ApiView):
    """The open steps."""

    scopes: ClassVar = {"GET": Scope.READ}
    permissions: ClassVar = {"GET": READS}

    def scoped(self, request: ApiRequest) -> QuerySet[Ticket]:
        """See ``partner_scope.visible_to``."""
        return visible_to(request.auth)

    @documented(
        "tickets_transitions_list", answer=Steps, versioned=True, answer_example={"results": [_STEP]}, tag="tickets"
    )
    def get(self, request: ApiRequest, ticket_id: int) -> Response:
        """The steps that are open to you, each with the JSON Schema of what it asks for.

        Send the answer's `ETag` as `If-Match` with the step: it is refused when the ticket has moved meanwhile.
        """
        ticket = ticket_or_404(request, ticket_id, "shipment__carrier__partner")
        caller = request.auth
        steps = (
            next_steps(ticket, actor_of(caller)) if caller.partner_id is None else steps_of(ticket, caller.partner_id)
        )
        return with_etag(request, {"results": [_row(ticket, step) for step in steps]}, ticket_etag(ticket, caller))


class TicketTransition(ApiView):
    """Taking one."""

    scopes: ClassVar = {"POST": Scope.ANSWER}
    permissions: ClassVar = {"POST": WORKS}
    takes_files = True

    def scoped(self, request: ApiRequest) -> QuerySet[Ticket]:
        """See ``partner_scope.visible_to``."""
        return visible_to(request.auth)

    @documented(
        "tickets_transitions_create",
        body=all_inputs(),
        answer=TicketDetail,
        versioned=True,
        problems=("transition_refused", "attachment_refused", "cannot_write", "already_open"),
        body_example={"explanation": "Two boxes stood in row 7. Counted again.", "counted": 120},
        tag="tickets",
    )
    def post(self, request: ApiRequest, ticket_id: int, step: str) -> Response:
        """Take a step.

        Which are open, and what each asks for, `GET …/transitions/` says. Steps that take files are sent as
        multipart/form-data, with the inputs as form fields.
        """
        caller = request.auth
        with transaction.atomic():
            ticket = ticket_or_404(request, ticket_id, lock=True)
            check_match(request, ticket_etag(ticket, caller))
            way = find_way(ticket, step)
            data, files = _sent(request)
            raw = data if isinstance(data, QueryDict) else raw_of(way, data)
            if caller.partner_id is not None:
                take_step(
                    ticket_id=ticket.pk,
                    partner_id=caller.partner_id,
                    step=step,
                    data=raw,
                    files=files,
                    via=Via.API,
                    now=self.now,
                )
            else:
                take_way(ticket_id=ticket.pk, way=step, data=raw, files=files, actor=actor_of(caller), now=self.now)
        moved = ticket_or_404(request, ticket_id)
        return self.answered(read_detail(moved, caller), etag=ticket_etag(moved, caller))


def _sent(request: ApiRequest) -> tuple[Mapping[str, Any], dict[str, list[Any]]]:
    data = request.data
    if isinstance(data, QueryDict):
        files = {name: request.FILES.getlist(name) for name in request.FILES}
        fields = data.copy()
        for name in files:
            fields.pop(name, None)
        return fields, files
    if not isinstance(data, dict):
        raise ValidationError({"body": [_("An object is expected.")]})
    return data, {}


def _row(ticket: Ticket, step: NextStep) -> dict[str, Any]:
    inputs = schema_of(step.way)
    return {
        "name": step.way.name,
        "label": str(step.way.label),
        "is_usual": step.is_main,
        "leads_to": list(step.way.ends(ticket.kind)),
        "inputs": inputs,
        "takes_files": any(one.get("items", {}).get("format") == "binary" for one in inputs["properties"].values()),
        "url": f"/api/v1/tickets/{ticket.pk}/transitions/{step.way.name}/",
    }
