"""The application: which address does what."""

from __future__ import annotations

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tpbot.server.ask import AskEndpoint
from tpbot.server.asset import FOREVER, REVALIDATE, Asset
from tpbot.server.bundle import build_script, read
from tpbot.server.demo import DemoPage
from tpbot.server.messages import Engine, Health, list_topics
from tpbot.server.openapi import describe
from tpbot.server.problem import handle_http_exception
from tpbot.server.security import SecurityHeaders
from tpbot.server.settings import Settings

CORS_MAX_AGE = 7200
"""Seconds for which a browser may remember a preflight; the most that Chromium takes."""


def create_app(engine: Engine, settings: Settings | None = None) -> ASGIApp:
    """Return the ASGI application that answers from `engine`, a `Bot` or what behaves like one.

    Nothing is remembered from one request to the next but how many each client made in this minute.
    """
    settings = settings or Settings()
    script = Asset(build_script().encode(), "text/javascript")
    topics = Asset(msgspec.json.encode(list_topics(engine)), "application/json")
    description = Asset(msgspec.json.encode(describe()), "application/json")
    style = Asset(read("demo.css").encode(), "text/css")
    health = Asset(msgspec.json.encode(Health()), "application/json")

    async def respond_script(request: Request) -> Response:
        pinned = request.query_params.get("v") == script.version
        response = await script.respond(request, FOREVER if pinned else REVALIDATE)
        response.headers["cross-origin-resource-policy"] = "cross-origin"  # other sites' pages load it
        return response

    app: ASGIApp = Starlette(
        routes=[
            Route("/api/ask", AskEndpoint(engine, settings), methods=["POST"]),
            Route("/api/topics", topics.respond),
            Route("/healthz", health.respond),
            Route("/openapi.json", description.respond),
            Route("/widget.js", respond_script),
            Route("/demo.css", style.respond),
            Route("/", DemoPage(engine.info, script).respond),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=settings.allow_origins,
                allow_methods=["GET", "POST"],
                max_age=CORS_MAX_AGE,
            )
        ]
        if settings.allow_origins
        else [],
        exception_handlers={HTTPException: handle_http_exception},
    )
    app = SecurityHeaders(app)
    if settings.trusted_proxies:
        app = ProxyHeadersMiddleware(app, trusted_hosts=list(settings.trusted_proxies))  # type: ignore[arg-type,assignment]
    return app
