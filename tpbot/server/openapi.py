"""The description of the API, see https://spec.openapis.org/oas/v3.1.0."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import msgspec

from tpbot.records import Reply
from tpbot.server.ask import MAX_BODY_SIZE
from tpbot.server.messages import Ask, Health, TopicList
from tpbot.server.problem import MEDIA_TYPE, Problem

_PROBLEMS = {
    400: "The body is not JSON.",
    413: f"The body is over {MAX_BODY_SIZE:,} bytes.",
    415: "The body's media type is not JSON.",
    422: "The body has a field that is missing, unknown or of the wrong kind.",
    429: "The client asked too often; the Retry-After header says how many seconds to wait.",
    500: "The question could not be answered.",
}


def describe() -> dict[str, Any]:
    """Return the OpenAPI document."""
    (ask, reply, topics, health, problem), components = msgspec.json.schema_components(
        (Ask, Reply, TopicList, Health, Problem), ref_template="#/components/schemas/{name}"
    )
    problems = {
        str(status): {"description": text, "content": {MEDIA_TYPE: {"schema": problem}}}
        for status, text in _PROBLEMS.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "tpbot",
            "version": version("tpbot"),
            "description": "Answers questions from a small, cited corpus. Nothing is remembered.",
        },
        "paths": {
            "/api/ask": {
                "post": {
                    "operationId": "ask",
                    "summary": "Answer a question",
                    "requestBody": {"required": True, "content": {"application/json": {"schema": ask}}},
                    "responses": {**_success("The reply", reply), **problems},
                }
            },
            "/api/topics": _get("topics", "List what can be asked", topics),
            "/healthz": _get("health", "Say that the server runs", health),
        },
        "components": {"schemas": components},
    }


def _get(operation: str, summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"get": {"operationId": operation, "summary": summary, "responses": _success(summary, schema)}}


def _success(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": description, "content": {"application/json": {"schema": schema}}}}
