"""What partners' developers are given says what the API does: pages drawn from the schema, a client, a guide."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings

from common.models import User
from scripts.api_docs import client
from scripts.api_docs.__main__ import DOCS, files
from scripts.api_docs.examples import python
from scripts.api_docs.operations import BASE, Operation, operations, schema
from tests.nodes import database_address, fetch, wait_until

ROOT = Path(settings.BASE_DIR)
_BLOCK = re.compile(r"^```(bash|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
_END = "=== end of block ==="


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return schema()


def test_examples_and_collection_say_what_the_schema_says(described: dict[str, Any]) -> None:
    kept = {str(path.relative_to(DOCS)) for path in DOCS.glob("examples/*.md")} | {"clearway.postman_collection.json"}
    wanted = files(described)

    assert kept == set(wanted)
    assert [name for name in wanted if (DOCS / name).read_text(encoding="utf-8") != wanted[name]] == []


def test_collection_has_every_operation_once(described: dict[str, Any]) -> None:
    collection = json.loads((DOCS / "clearway.postman_collection.json").read_text(encoding="utf-8"))
    requests = [one["request"] for folder in collection["item"] for one in folder["item"]]
    known = list(operations(described))

    assert sorted(one["method"] for one in requests) == sorted(operation.method for operation in known)
    assert {re.sub(r":\w+", "{}", one["url"]["raw"]) for one in requests} == {
        "{{site}}" + re.sub(r"{\w+}", "{}", operation.path) for operation in known
    }


@pytest.fixture(scope="module")
def generated(described: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the client that `make client` writes, for imports."""
    folder = tmp_path_factory.mktemp("client") / "package"
    client.generate(described, folder)
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def test_client_is_typed_and_each_example_sends_what_it_says(
    generated: Path, described: dict[str, Any], tmp_path: Path
) -> None:
    from clearway_client import AuthenticatedClient  # type: ignore[import-not-found]

    assert (generated / "clearway_client" / "py.typed").exists()
    sent: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        problem = dict.fromkeys(("type", "title", "detail", "code", "request_id"), "") | {"status": 401}
        return httpx.Response(401, json=problem)

    known = AuthenticatedClient(base_url=BASE, token="cw_live_example")
    known.set_httpx_client(
        httpx.Client(
            base_url=BASE, transport=httpx.MockTransport(take), headers={"Authorization": "Bearer cw_live_example"}
        )
    )
    (tmp_path / "invoice.pdf").write_bytes(b"%PDF-1.4")
    wrong = [
        problem
        for operation in operations(described)
        if (problem := _try(operation, known, sent, folder=tmp_path)) is not None
    ]

    assert wrong == []


def _try(operation: Operation, known: Any, sent: list[httpx.Request], *, folder: Path) -> str | None:
    """Run an operation's Python example; what is wrong with what it sends, None when nothing is."""
    sent.clear()
    text = python(operation).replace('"invoice.pdf", "rb"', f'"{folder}/invoice.pdf", "rb"')
    exec(compile(text, operation.id, "exec"), {"client": known})
    there, _mark, _query = operation.address.partition("?")
    if [(one.method, one.url.path) for one in sent] != [(operation.method, there)]:
        return f"{operation.id} sent {sent}"
    if (
        operation.body is not None
        and not operation.form
        and _plain(sent[0].content) != _plain(json.dumps(operation.body))
    ):
        return f"{operation.id} sent {sent[0].content!r}"
    if not operation.query.items() <= dict(sent[0].url.params).items():
        return f"{operation.id} sent {sent[0].url}"
    return None if ("idempotency-key" in sent[0].headers) == operation.takes_key else f"{operation.id} sent no key"


def _plain(text: str | bytes) -> Any:
    """JSON whose moments in UTC are all written in one way."""
    return json.loads(text.decode() if isinstance(text, bytes) else text, object_hook=_moments)


def _moments(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.replace("+00:00", "Z") if isinstance(value, str) and _MOMENT.match(value) else value
        for name, value in found.items()
    }


@pytest.fixture
def site(transactional_db: None, free_port: int, tmp_path: Path) -> Iterator[str]:
    """`manage.py serve` over this test's database, with somebody at the desk, as the guide's first command has it."""
    User.objects.create_superuser(email="zhou.yan@clearway.example", password="long enough 4711")
    environment = _environment(tmp_path) | {"CLEARWAY_OUTBOUND_ALLOWED_HOSTS": "127.0.0.1"}
    with (tmp_path / "log").open("wb") as log:
        program = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(free_port)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: fetch(f"http://127.0.0.1:{free_port}/readyz")[0] == 200, seconds=60)
            yield f"http://127.0.0.1:{free_port}"
        finally:
            program.terminate()
            program.wait(30)


@pytest.fixture
def second_port() -> int:
    """Where nobody listens yet: for the receiver."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_address(),
        "CLEARWAY_VAR_DIR": str(folder),
        "CLEARWAY_WORKERS": "1",
        "CLEARWAY_WEB_WORKERS": "1",
    }


@pytest.mark.slow
def test_each_line_of_the_guide_does_what_it_says(site: str, tmp_path: Path, second_port: int) -> None:
    blocks = _BLOCK.findall((DOCS / "guide.md").read_text(encoding="utf-8"))
    lines = ["set -euo pipefail"]
    for language, text in blocks:
        if language == "bash":
            lines += [text.rstrip("\n"), f"echo; echo '{_END}'"]
    script = (
        "\n".join(lines).replace("PYTHON=.venv/bin/python", f"PYTHON={sys.executable}").replace("var/", f"{tmp_path}/")
    )

    done = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env=_environment(tmp_path) | {"CLEARWAY": site, "HOOKS": str(second_port)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    printed = done.stdout.split(_END)
    said = f"{done.stdout}\n{done.stderr}\n{(tmp_path / 'log').read_text()[-3_000:]}"
    assert done.returncode == 0, said
    expected = [
        (number, line)
        for number, text in _expected(blocks)
        for line in text.splitlines()
        if line not in printed[number]
    ]
    assert expected == [], said


def _expected(blocks: list[tuple[str, str]]) -> Iterator[tuple[int, str]]:
    """Which commands' output must hold which lines: a text block follows the commands it belongs to."""
    number = -1
    for language, text in blocks:
        number += language == "bash"
        if language == "text":
            yield number, text
