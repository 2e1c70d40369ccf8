"""Saying once in the schema what many operations say: refusals, and bodies that have a name of their own."""

from __future__ import annotations

from typing import Any, Final

NAME: Final = "x-component"
"""A schema with this mark becomes a component of that name."""
_METHODS = ("get", "post", "put", "patch", "delete")


def compact(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Move refusals and marked schemas to the components, and leave references in their place."""
    components = result.setdefault("components", {})
    responses: dict[str, Any] = components.setdefault("responses", {})
    for methods in result["paths"].values():
        for operation in (methods[name] for name in _METHODS if name in methods):
            answers = operation["responses"]
            for status in [status for status in answers if int(status) >= 400]:
                name = _name_of(status, answers[status])
                responses.setdefault(name, answers[status])
                answers[status] = {"$ref": f"#/components/responses/{name}"}
            _move_marked(operation.get("requestBody", {}), components["schemas"])
    components["responses"] = dict(sorted(responses.items()))
    return result


def _name_of(status: str, response: dict[str, Any]) -> str:
    """The same for refusals that can have the same codes."""
    content: dict[str, Any] = next(iter(response.get("content", {}).values()), {})
    codes = "".join(code.title().replace("_", "") for code in sorted(content.get("examples", {})))
    return f"Refused{status}{codes}"


def _move_marked(part: Any, schemas: dict[str, Any]) -> None:
    if isinstance(part, dict):
        for key, inner in part.items():
            part[key] = _moved(inner, schemas)
            _move_marked(inner, schemas)
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            part[number] = _moved(inner, schemas)
            _move_marked(inner, schemas)


def _moved(schema: Any, schemas: dict[str, Any]) -> Any:
    if not (isinstance(schema, dict) and NAME in schema):
        return schema
    name = schema.pop(NAME)
    schemas[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}
