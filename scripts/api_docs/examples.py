"""The pages of examples: each operation as curl and, beside it, with the generated client."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from scripts.api_docs.operations import Operation

_FILE = "invoice.pdf"


def pages(found: Iterable[Operation]) -> dict[str, str]:
    """File name → page, one a tag, and the list of them."""
    by_tag: dict[str, list[Operation]] = defaultdict(list)
    for operation in found:
        by_tag[operation.tag].append(operation)
    written = {f"{tag}.md": _page(tag, sorted(by_tag[tag], key=_order)) for tag in sorted(by_tag)}
    return {"README.md": _list(by_tag), **{name: _in_our_style(text) for name, text in written.items()}}


def _in_our_style(page: str) -> str:
    """A page whose Python stands as all our Python does."""
    ruff = Path(sys.executable).with_name("ruff")
    command = [str(ruff), "format", "--quiet", "--stdin-filename", "page.md", "-"]
    return subprocess.run(command, input=page, capture_output=True, text=True, check=True).stdout


def _order(operation: Operation) -> tuple[str, str]:
    return operation.path, operation.method


def _list(by_tag: dict[str, list[Operation]]) -> str:
    lines = [
        "# Examples",
        "",
        "Each operation of the API twice: with curl, and with the typed client that `make client` generates. The",
        "[guide](../guide.md) is the place to begin.",
        "",
    ]
    for tag in sorted(by_tag):
        names = ", ".join(f"`{one.method} {one.path}`" for one in sorted(by_tag[tag], key=_order)[:3])
        lines.append(f"- [{_title(tag)}]({tag}.md): {names}{' …' if len(by_tag[tag]) > 3 else ''}")
    return "\n".join([*lines, ""])


def _title(tag: str) -> str:
    return tag.replace("-", " ").capitalize()


def _page(tag: str, found: list[Operation]) -> str:
    head = (
        f"# {_title(tag)}\n\n"
        "curl takes the site and the key from the environment: `CLEARWAY=https://desk.example.com` and `KEY=cw_live_…`."
        "\nIn Python, `client` is\n\n```python\nfrom clearway_client import AuthenticatedClient\n\n"
        'client = AuthenticatedClient(base_url="https://desk.example.com", token="cw_live_…")\n```\n'
    )
    return "\n".join([head, *map(_section, found)])


def _section(operation: Operation) -> str:
    scope = f" Scope `{operation.scope}`." if operation.scope else ""
    return (
        f"## {operation.summary.rstrip('.')}\n\n`{operation.method} {operation.path}`.{scope}\n\n"
        f"```bash\n{curl(operation)}\n```\n\n```python\n{python(operation)}\n```\n"
    )


def curl(operation: Operation) -> str:
    """The operation as a command line."""
    parts = ["curl" if operation.method == "GET" else f"curl -X {operation.method}"]
    parts[0] += f' "$CLEARWAY{operation.address}"'
    parts.append('-H "Authorization: Bearer $KEY"')
    if operation.takes_key:
        parts.append('-H "Idempotency-Key: $(uuidgen)"')
    if operation.form:
        fields = operation.body or {}
        parts += [f"-F {shlex.quote(f'{name}={value}')}" for name, value in fields.items() if isinstance(value, str)]
        parts.append(f"-F files=@{_FILE}")
    elif operation.body is not None:
        parts += ['-H "Content-Type: application/json"', f"-d {shlex.quote(json.dumps(operation.body, indent=1))}"]
    return " \\\n  ".join(parts)


def python(operation: Operation) -> str:
    """The operation with the generated client."""
    module = f"clearway_client.api.{operation.tag.replace('-', '_')}"
    lines = [f"from {module} import {operation.id}"]
    arguments = [
        "client=client",
        *(f"{name}={value!r}" for name, value in (operation.arguments | operation.query).items()),
    ]
    if operation.body_class:
        lines.append(f"from clearway_client.models import {operation.body_class}")
        if operation.form:
            lines += [
                "from clearway_client.types import File",
                "",
                f'invoice = File(payload=open("{_FILE}", "rb"), file_name="{_FILE}", mime_type="application/pdf")',
                f"body = {operation.body_class}(files=[invoice])",
            ]
        else:
            lines += ["", f"body = {operation.body_class}.from_dict({_literal(operation.body)})"]
        arguments.append("body=body")
    elif operation.body is not None:
        arguments.append(f"body={_literal(operation.body)}")
    if operation.takes_key:
        lines.insert(0, "from uuid import uuid4\n")
        arguments.append("idempotency_key=str(uuid4())")
    if lines[-1].startswith("from "):
        lines.append("")
    lines.append(f"answer = {operation.id}.sync({', '.join(arguments)})")
    return "\n".join(lines)


def _literal(value: object) -> str:
    """A JSON value as Python."""
    text = json.dumps(value, indent=4, ensure_ascii=False)
    words = {"true": "True", "false": "False", "null": "None"}
    return re.sub(r'"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b', lambda found: words.get(found[0], found[0]), text)
