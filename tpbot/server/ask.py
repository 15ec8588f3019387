"""`POST /api/ask`: a question in, a reply out."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from tpbot.errors import TpbotError
from tpbot.server.limiter import Limiter
from tpbot.server.messages import Ask, Engine
from tpbot.server.problem import respond_problem
from tpbot.server.settings import Settings

MAX_BODY_SIZE = 32_768
"""Bytes."""

_log = logging.getLogger("tpbot.server")
_decode = msgspec.json.Decoder(Ask).decode
_encode = msgspec.json.Encoder().encode
_HEADERS = {"cache-control": "no-store"}


def make_endpoint(engine: Engine, settings: Settings) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint. The engine runs inline: it takes less than handing it to a thread would."""
    limiter = Limiter(settings.rate_limit)

    async def ask(request: Request) -> Response:
        """Answer a question."""
        if wait := limiter.seconds_to_wait(request.client.host if request.client else ""):
            return respond_problem(
                429, f"Too many questions. Ask again in {wait} seconds.", {"retry-after": str(wait)}
            )
        body = _parse(request, await _read(request))
        try:
            reply = engine.ask(
                body.question, top=int(body.top), region=body.region or settings.region, confirm=body.confirm
            )
        except TpbotError as error:
            return respond_problem(422, str(error))
        except Exception as error:  # noqa: BLE001  # whatever it is, its text may hold the question
            _log.error("a question could not be answered: %s", _place_of(error))
            return respond_problem(500, "The question could not be answered. The server's log says where.")
        return Response(_encode(reply), headers=_HEADERS, media_type="application/json")

    return ask


async def _read(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_SIZE:
                raise HTTPException(413, f"The body is over {MAX_BODY_SIZE:,} bytes. Ask in fewer words.")
    except ClientDisconnect:
        raise HTTPException(400, "The connection closed before the body ended.") from None
    return bytes(body)


def _parse(request: Request, body: bytes) -> Ask:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        # Also keeps pages of other sites out: without a preflight they can send no JSON.
        raise HTTPException(415, "The body must be JSON. Send the header Content-Type: application/json.")
    try:
        return _decode(body)
    except msgspec.ValidationError as error:
        raise HTTPException(422, f"{error}. GET /openapi.json describes the body.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise HTTPException(400, 'The body is not JSON in UTF-8. Send {"question": "..."}.') from None


def _place_of(error: Exception) -> str:
    """Return an error's type and place, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at " + " < ".join(
        f"{frame.filename}:{frame.lineno}" for frame in reversed(frames)
    )
