"""The operations of the schema with an example each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

BASE = "https://desk.example.com"
"""The site in examples."""
_SOUGHT = "RB123456785CN"
_STEP = "Explain"
_METHODS = ("get", "post", "put", "patch", "delete")
_NUMBERS = {"ticket_id": 2041, "document_id": 530, "customer_id": 1207, "shipment_id": 88, "delivery_id": 9}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address. ``body`` is the example sent, None for none; ``form`` says that it is a form."""

    id: str
    tag: str
    method: str
    path: str
    summary: str
    scope: str
    arguments: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    body_class: str = ""
    form: bool = False
    takes_key: bool = False

    @property
    def address(self) -> str:
        """The path with example arguments in it, and the parameters that it cannot do without."""
        path = self.path.format(**self.arguments)
        return f"{path}?{urlencode(self.query)}" if self.query else path


def schema() -> dict[str, Any]:
    """The schema, for a site called ``BASE``, in English. Django must be set up."""
    from django.utils import translation
    from drf_spectacular.generators import SchemaGenerator
    from drf_spectacular.settings import spectacular_settings

    # Writing must not depend on the settings of whoever writes.
    with translation.override("en"):
        found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    assert spectacular_settings.OAS_VERSION.startswith("3.1")
    found["servers"] = [{"url": BASE}]
    return found


def operations(found: dict[str, Any]) -> Iterator[Operation]:
    """All operations of a schema, by tag and in the order of their addresses."""
    for path, methods in sorted(found["paths"].items()):
        for method in _METHODS:
            if method in methods:
                yield _operation(path, method, methods[method])


def _operation(path: str, method: str, said: dict[str, Any]) -> Operation:
    content = said.get("requestBody", {}).get("content", {})
    media = "application/json" if "application/json" in content else next(iter(content), "")
    described = content.get(media, {})
    examples = described.get("examples", {})
    body = next(iter(examples.values()))["value"] if examples else None
    return Operation(
        id=said["operationId"],
        tag=said["tags"][0],
        method=method.upper(),
        path=path,
        summary=said.get("summary", ""),
        scope=said.get("x-scope", ""),
        arguments={one["name"]: _argument(one) for one in said.get("parameters", []) if one["in"] == "path"},
        query={
            one["name"]: _SOUGHT for one in said.get("parameters", []) if one["in"] == "query" and one.get("required")
        },
        body=body,
        body_class=_class_of(described.get("schema", {})),
        form=media == "multipart/form-data",
        takes_key=any(one["name"] == "Idempotency-Key" for one in said.get("parameters", [])),
    )


def _class_of(schema: dict[str, Any]) -> str:
    """The component of a body; of the bodies of steps that of the example's step."""
    names = [str(one.get("$ref", "")).rpartition("/")[2] for one in schema.get("anyOf", [schema])]
    return names[0] if len(names) == 1 else next(name for name in names if name.endswith(_STEP))


def _argument(parameter: dict[str, Any]) -> Any:
    name = parameter["name"]
    return _NUMBERS.get(name, 7) if parameter["schema"].get("type") == "integer" else _STEP.lower()
