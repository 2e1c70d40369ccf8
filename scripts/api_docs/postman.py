"""The Postman collection (format 2.1.0, https://schema.postman.com/): a folder a tag, a request an operation."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from scripts.api_docs.operations import BASE, Operation

_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # of URLs (RFC 9562)


def collection(found: Iterable[Operation]) -> dict[str, Any]:
    """The collection. Its variables ``site`` and ``key`` are what a developer fills in."""
    folders: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for operation in found:
        folders[operation.tag].append(_request(operation))
    return {
        "info": {
            "_postman_id": str(uuid.uuid5(_NAMESPACE, f"{BASE}/api/v1/")),
            "name": "Clearway",
            "description": "The exception desk's API. Fill in the variables `site` and `key`.",
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{key}}", "type": "string"}]},
        "variable": [{"key": "site", "value": BASE}, {"key": "key", "value": ""}],
        "item": [{"name": tag, "item": folders[tag]} for tag in sorted(folders)],
    }


def _request(operation: Operation) -> dict[str, Any]:
    path = operation.path
    for name in operation.arguments:
        path = path.replace(f"{{{name}}}", f":{name}")
    request: dict[str, Any] = {
        "method": operation.method,
        "description": f"{operation.summary}\n\nScope: {operation.scope}",
        "header": [],
        "url": {
            "raw": f"{{{{site}}}}{path}",
            "host": ["{{site}}"],
            # An empty last part is the slash at the end.
            "path": path.removeprefix("/").split("/"),
            "query": [{"key": name, "value": value} for name, value in operation.query.items()],
            "variable": [{"key": name, "value": str(value)} for name, value in operation.arguments.items()],
        },
    }
    if operation.takes_key:
        request["header"].append({"key": "Idempotency-Key", "value": "{{$guid}}"})
    if operation.form:
        request["body"] = {"mode": "formdata", "formdata": [{"key": "files", "type": "file", "src": []}]}
    elif operation.body is not None:
        request["body"] = {
            "mode": "raw",
            "raw": json.dumps(operation.body, indent=2, ensure_ascii=False),
            "options": {"raw": {"language": "json"}},
        }
    return {"name": operation.summary.rstrip(".") or operation.id, "request": request}
