"""The schema: valid OpenAPI 3.1, complete, and shown on pages that need nothing from elsewhere."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from django.conf import settings as site
from django.contrib.staticfiles import finders
from django.test import Client
from drf_spectacular.validation import validate_schema

from common.api.docs import schema_document
from common.api.errors import CATALOGUE

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(schema_document(), default=str))
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, item[method]) for path, item in document["paths"].items() for method in METHODS & item.keys()
    ]


def test_it_is_valid_openapi(document: dict[str, Any]) -> None:
    validate_schema(document)

    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_operation_has_a_name_of_its_own_a_summary_a_key_and_its_refusals(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _path, _method, operation in operations(document)]
    assert len(names) == len(set(names)) > 0
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", operation["operationId"]), where
        assert operation["summary"], where
        assert operation["security"] == [{"key": []}], where
        assert {"400", "401", "403", "429", "500", "503"} <= operation["responses"].keys(), where
        if "{" in path:
            assert "404" in operation["responses"], where
        if method != "get":
            assert {"409", "422"} <= operation["responses"].keys(), where
            assert "Idempotency-Key" in {one["name"] for one in operation["parameters"]}, where
        for status, told in operation["responses"].items():
            if status >= "400":
                name = told.get("$ref", "").rpartition("/")[2]
                answer = document["components"]["responses"][name] if name else told
                assert list(answer["content"]) == ["application/problem+json"], where


def test_nothing_of_the_schema_had_to_be_guessed_or_renamed(capsys: pytest.CaptureFixture[str]) -> None:
    schema_document()

    assert capsys.readouterr().err == ""


def test_examples_fit_what_they_are_examples_of(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        shared = document["components"].get("responses", {}).values()
        answers = [operation.get("requestBody", {}), *operation["responses"].values(), *shared]
        for content in [media for answer in answers for media in answer.get("content", {}).values()]:
            for example in content.get("examples", {}).values():
                whole = {**content["schema"], "components": document["components"]}
                jsonschema.validate(example["value"], whole), (path, method)


def test_the_catalogue_holds_what_addresses_can_answer(document: dict[str, Any]) -> None:
    listed = {kind["code"] for kind in document["x-error-catalogue"]}

    assert listed == set(CATALOGUE)


@pytest.mark.django_db
def test_the_schema_is_served_as_json_and_yaml_and_not_twice() -> None:
    client = Client()
    first = client.get("/api/schema/")
    as_yaml = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi"})

    assert first.headers["Content-Type"].startswith("application/vnd.oai.openapi+json")
    assert yaml.safe_load(as_yaml.content) == json.loads(first.content)
    again = client.get("/api/schema/", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/docs/", "/api/docs/errors"])
def test_pages_about_the_api_need_no_inline_script_and_nothing_from_elsewhere(path: str) -> None:
    page = Client().get(path)
    text = page.content.decode()

    assert page.status_code == 200
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r'\son\w+="', text)
    for address in re.findall(r'(?:src|href)="([^"]+)"', text):
        assert address.startswith("/"), address
        if address.startswith(site.STATIC_URL):
            assert finders.find(address.removeprefix(site.STATIC_URL)), address


@pytest.mark.django_db
def test_every_code_has_a_place_on_the_page_that_problems_point_to() -> None:
    text = Client().get("/api/docs/errors").content.decode()

    for code in CATALOGUE:
        assert f'id="{code}"' in text
