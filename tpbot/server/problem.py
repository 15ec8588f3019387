"""Errors as `application/problem+json`, see https://www.rfc-editor.org/rfc/rfc9457."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class Problem(msgspec.Struct, frozen=True):
    """What went wrong, for a program (`status`) and for a person (`title`, `detail`)."""

    type: str
    title: str
    status: int
    detail: str


def respond_problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error response. `detail` says what is wrong and the cure."""
    problem = Problem("about:blank", HTTPStatus(status).phrase, status, detail)
    return Response(
        msgspec.json.encode(problem),
        status,
        headers={"cache-control": "no-store", **(headers or {})},
        media_type=MEDIA_TYPE,
    )


_DETAILS = {
    404: "There is nothing at this address. GET /openapi.json lists what there is.",
    405: "This address does not take this method. The Allow header lists those that it takes.",
}


async def handle_http_exception(_request: Request, error: Exception) -> Response:
    """Return the problem for an error that an endpoint or the router raised."""
    if not isinstance(error, HTTPException):
        raise error
    return respond_problem(error.status_code, _DETAILS.get(error.status_code, error.detail), error.headers)
