"""The `webhooks` part of the schema (OpenAPI 3.1, 4.8.1.2): what partners' systems are sent, event by event."""

from __future__ import annotations

from typing import Any, Final

from channels_integrations.choices import WorkKind
from channels_integrations.webhooks_out.catalogue import EVENTS, TEST
from logistics.choices import Awaiting
from tickets.choices import Kind, Phase, Priority, WaitingOn
from tickets.policies.partner_events import LABELS, PUBLIC_DATA

_TEXT: Final = {"type": "string"}
_MOMENT: Final = {"type": "string", "format": "date-time"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_DETAILS: Final[dict[str, dict[str, Any]]] = {
    "way": _TEXT | {"description": "The step that was taken."},
    "from": {"description": "What it was before: a state, or a priority."},
    "to": {"description": "What it is since."},
    "waiting_on": {"type": "string", "enum": WaitingOn.values},
    "message": {"type": "integer", "description": "Read it at /api/v1/tickets/{id}/messages/."},
    "attachments": {"type": "array", "items": {"type": "integer"}},
    "target": _TEXT | {"description": "Whose answer is owed: partner_answer or carrier_answer."},
    "due_at": _MOMENT,
}
_HEADERS: Final = {
    "webhook-id": "The message's id, the same at each try and replay: what has been seen already can be dropped.",
    "webhook-timestamp": "When it was signed, in seconds since 1970. Refuse what is older than five minutes.",
    "webhook-signature": (
        "`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; several are separated by spaces while a secret is "
        "rotated, and one that fits is enough."
    ),
}


def add_webhooks(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add every event that is sent, for drf-spectacular's POSTPROCESSING_HOOKS."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["WebhookTicket"] = _ticket()
    for kind in WorkKind:
        schemas[f"Webhook{kind.title()}"] = _work(kind)
    result["webhooks"] = {name: {"post": _operation(name, str(label))} for name, label in EVENTS.items()}
    result["webhooks"][TEST] = {"post": _operation(TEST, "What the test sends; nothing happened.")}
    return result


def _operation(name: str, summary: str) -> dict[str, Any]:
    return {
        "operationId": "webhook_" + name.replace(".", "_"),
        "summary": summary,
        "tags": ["webhooks"],
        "security": [],
        "parameters": [
            {"in": "header", "name": header, "required": True, "schema": _TEXT, "description": text}
            for header, text in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _body(name)}}},
        "responses": {
            "2XX": {"description": "Taken. All else is tried again for three days, redirects are not followed."},
            "410": {"description": "Gone: the subscription is switched off."},
            "429": {"description": "Retry-After is heeded for all that is sent to this address."},
        },
    }


def _body(name: str) -> dict[str, Any]:
    return _object(
        {"type": {"type": "string", "const": name}, "timestamp": _MOMENT, "data": _data(name)},
    )


def _data(name: str) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": _TEXT | {"description": "The event's id."},
        "sequence": _COUNT
        | {"description": "Counts what you are told of this ticket from 1. A missing number is a missing event."},
    }
    if name == TEST:
        return _object(properties | {"message": _TEXT})
    if name in LABELS:
        details = {key: _DETAILS[key] for key in PUBLIC_DATA.get(name, ())}
        properties |= {"ticket": _ref("WebhookTicket"), "details": {"type": "object", "properties": details}}
        return _object(properties)
    kind = name.partition(".")[0]
    properties |= {
        kind: _ref(f"Webhook{kind.title()}"),
        "details": _object({"step": _TEXT, "from": _TEXT, "to": _TEXT}),
    }
    return _object(properties)


def _ticket() -> dict[str, Any]:
    return _object(
        {
            "id": {"type": "integer"},
            "reference": _TEXT,
            "kind": {"type": "string", "enum": Kind.values},
            "state": _TEXT,
            "phase": {"type": "string", "enum": Phase.values},
            "waiting_on": {"type": "string", "enum": WaitingOn.values},
            "priority": {"type": "integer", "enum": Priority.values},
            "tracking_number": {"type": ["string", "null"]},
            "origin": _TEXT,
            "destination": _TEXT,
            "opened_at": _MOMENT,
        },
        description="How the ticket stood when the message was made.",
    )


def _work(kind: WorkKind) -> dict[str, Any]:
    return _object(
        {
            "id": {"type": "integer"},
            "reference": _TEXT,
            "state": _TEXT | {"description": "Where the event led to."},
            "awaiting": {"type": "string", "enum": Awaiting.values},
            "our_number": _TEXT,
            "answer_due_at": {"type": ["string", "null"], "format": "date-time"},
        },
        description=str(kind.label),
    )


def _object(properties: dict[str, Any], *, description: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"type": "object", "properties": properties, "required": list(properties)}
    return found | ({"description": description} if description else {})


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
