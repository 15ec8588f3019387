"""`POST /api/ask`: a question in, a reply out."""

from __future__ import annotations

import logging
import traceback

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

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
_HEADERS = {"content-type": "application/json", "cache-control": "no-store"}


class AskEndpoint:
    """Answers questions. An ASGI application of its own: the wrapping of a function would cost more than it.

    The engine runs inline, which takes less than handing it to a thread would.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._ask = engine.ask
        self._region = settings.region
        self._limiter = Limiter(settings.rate_limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        client = scope.get("client")
        if wait := self._limiter.seconds_to_wait(client[0] if client else ""):
            detail = f"Too many questions. Ask again in {wait} seconds."
            response = respond_problem(429, detail, {"retry-after": str(wait)})
        else:
            response = self._answer(_parse(scope, await _read(receive)))
        await response(scope, receive, send)

    def _answer(self, body: Ask) -> Response:
        try:
            reply = self._ask(
                body.question, top=int(body.top), region=body.region or self._region, confirm=body.confirm
            )
        except TpbotError as error:
            return respond_problem(422, str(error))
        except Exception as error:  # noqa: BLE001  # whatever it is, its text may hold the question
            _log.error("a question could not be answered: %s", _place_of(error))
            return respond_problem(500, "The question could not be answered. The server's log says where.")
        return Response(_encode(reply), headers=_HEADERS)


async def _read(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(400, "The connection closed before the body ended.")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY_SIZE:
            raise HTTPException(413, f"The body is over {MAX_BODY_SIZE:,} bytes. Ask in fewer words.")
    return body


def _parse(scope: Scope, body: bytes) -> Ask:
    media_type = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    if media_type.partition(b";")[0].strip().lower() != b"application/json":
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
