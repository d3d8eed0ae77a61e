"""Requests made of API descriptions: valid and invalid, the same each time, and complete."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from slimmer.errors import ApiDescriptionError, MissingExtraError
from slimmer.probing.explore.openapi import ApiDescription, OpenApiOptions
from slimmer.probing.explore.openapi.generation import operations, requests_for
from slimmer.values import HttpRequest

ITEM = {"type": "integer", "minimum": 1, "maximum": 5}
DESCRIPTION: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "shop", "version": "1"},
    "servers": [{"url": "https://shop.example/api/v1"}],
    "paths": {
        "/items/{id}": {
            "get": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": ITEM}],
                "responses": {"200": {"description": "an item"}},
            }
        },
        "/items": {
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {"name": {"type": "string", "maxLength": 30}},
                            },
                            "example": {"name": "the example"},
                        }
                    },
                },
                "responses": {"201": {"description": "made"}},
            }
        },
        "/upload": {
            "post": {
                "requestBody": {
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "required": ["file"],
                                "properties": {"file": {"type": "string", "format": "binary"}},
                            }
                        }
                    }
                },
                "responses": {"200": {"description": "ok"}},
            }
        },
    },
}
TEXT = json.dumps(DESCRIPTION)


def generated(text: str, examples: int = 10) -> dict[str, list[HttpRequest]]:
    return {each.label: requests_for(each, examples) for each in operations(text, "it")}


def test_each_operation_gets_valid_and_invalid_input() -> None:
    made = generated(TEXT)
    assert list(made) == ["GET /items/{id}", "POST /items", "POST /upload"]
    valid = {f"/api/v1/items/{number}" for number in range(1, 6)}
    asked = {request.path for request in made["GET /items/{id}"]}
    assert asked & valid
    assert asked - valid, "and such as are refused"
    assert all(path.startswith("/api/v1/items/") for path in asked)
    bodies = [request.body for request in made["POST /items"]]
    assert b'{"name": "the example"}' in bodies or b'{"name":"the example"}' in bodies
    assert len(set(made["POST /items"])) == len(bodies)
    assert 10 < len(bodies) <= 21


def test_requests_can_be_sent_as_they_are() -> None:
    for request in (each for requests in generated(TEXT).values() for each in requests):
        names = {name.lower() for name, _ in request.headers}
        assert not names & {"host", "user-agent", "x-schemathesis-testcaseid", "content-length"}
        assert request.path.startswith("/")
        assert request.path.isascii()
        for name, value in request.headers:
            value.encode("latin-1")
            assert "\r" not in name + value
            assert "\n" not in name + value


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_description_gives_the_same_requests(seed: str) -> None:
    """In another process, with other hashes, on another day."""
    program = (
        "import sys, hashlib\n"
        "from tests.unit.probing.explore.openapi.test_generation import TEXT, generated\n"
        "print(hashlib.sha256(repr(generated(TEXT)).encode()).hexdigest())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == hashlib.sha256(repr(generated(TEXT)).encode()).hexdigest()


def test_yaml_and_swagger_2() -> None:
    text = (
        "swagger: '2.0'\ninfo: {title: t, version: '1'}\nbasePath: /v2\n"
        "paths: {/pets: {get: {responses: {200: {description: ok}}}}}\n"
    )
    (request,) = generated(text)["GET /pets"]
    assert request.path == "/v2/pets"


@pytest.mark.parametrize("text", ["", "[]", "<html>", "a: [", '{"openapi": "3.0.0"', "{}"])
def test_what_is_no_description_is_refused(text: str) -> None:
    with pytest.raises(ApiDescriptionError, match="it is not an OpenAPI description"):
        operations(text, "it")


@pytest.mark.parametrize("reference", ["http://192.0.2.1/item.json", "item.yaml#/Item"])
def test_other_documents_are_not_read(reference: str) -> None:
    document = json.loads(TEXT)
    document["components"] = {"schemas": {"Item": {"$ref": reference}}}
    with pytest.raises(ApiDescriptionError, match=f"another document: {reference}"):
        operations(json.dumps(document), "it")


def test_an_operation_that_is_described_wrongly_does_not_spoil_the_others() -> None:
    document = json.loads(TEXT)
    document["paths"]["/broken"] = {
        "get": {"parameters": [{"$ref": "#/nowhere"}], "responses": {"200": {"description": ""}}}
    }
    found = {each.label: each.problem for each in operations(json.dumps(document), "it")}
    assert found["GET /items/{id}"] == ""
    assert found["GET /broken"]


def test_without_schemathesis_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "schemathesis", None)
    with pytest.raises(MissingExtraError) as caught:
        ApiDescription(OpenApiOptions(source="/openapi.json"))
    assert "pip install 'slimmer-images[openapi]'" in caught.value.hint
