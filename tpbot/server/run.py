"""Running the server: the socket, the worker processes, the signals."""

from __future__ import annotations

import gc
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from tpbot.errors import UsageError
from tpbot.server.app import create_app
from tpbot.server.guard import GuardedProtocol
from tpbot.server.messages import Engine
from tpbot.server.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SHUTDOWN_SECONDS = 10
"""For requests in flight to end after SIGTERM."""
KEEP_ALIVE_SECONDS = 5
UNREAD_MILLISECONDS = 30_000
"""After which a client that does not read its response is dropped."""
BACKLOG = 1024
MAX_OPEN_FILES = 65_536


def serve(
    load: Callable[[], Engine],
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    ready: Callable[[str, Engine], None],
) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are finished first.

    Args:
        load: Returns the bot; called once in each worker process, so it must be picklable.
        settings: Who may ask what how often.
        host: The address to listen at.
        port: The port to listen at; 0 for any that is free.
        workers: Processes that answer.
        ready: Called with the server's address and the bot when connections are taken.

    Raises:
        TpbotError: The corpus cannot be used, or nothing can listen at this address.
    """
    engine = load()  # in the parent too: an error ends it in one line, and workers find a built index
    with listen(host, port) as listener:
        _raise_file_limit()
        ready(_address(listener), engine)
        # uvicorn raises the signal that stopped it again once it is done; that is then no error.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        if workers == 1:
            uvicorn.Server(configure(partial(make_app, engine, settings))).run([listener])
        else:
            _Workers(configure(partial(_load_app, load, settings), workers), [listener]).run()


class _Workers(Multiprocess):
    """Worker processes that share a socket."""

    def terminate_all(self) -> None:
        """End all workers. The parent's socket goes first, or connections would queue for nobody."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


def _load_app(load: Callable[[], Engine], settings: Settings) -> ASGIApp:
    return make_app(load(), settings)


def make_app(engine: Engine, settings: Settings) -> ASGIApp:
    """Return the application, ready to serve for long."""
    app = create_app(engine, settings)
    gc.collect()
    gc.freeze()  # what is loaded now stays; looking through it again would only make some requests slow
    return app


def configure(make_app: Callable[[], ASGIApp], workers: int = 1) -> uvicorn.Config:
    """Return how uvicorn serves the application that `make_app` returns."""
    return uvicorn.Config(
        make_app,
        factory=True,
        http=GuardedProtocol,
        ws="none",
        lifespan="off",
        workers=workers,
        proxy_headers=False,  # the application sees to it, for the proxies that it trusts
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        backlog=BACKLOG,
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        UsageError: Nothing can listen at this address.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        created = socket.create_server((host, port), family=found[0][0], backlog=BACKLOG)
    except (OSError, OverflowError, UnicodeError) as error:
        raise UsageError(
            f"cannot listen at {host}, port {port}: {error}. Choose others with --host and --port."
        ) from None
    # Opened again by its number, the socket knows that its protocol is TCP. Only then does asyncio turn off
    # the wait for a full packet, which would hold each small reply back for 40 ms.
    listener = socket.socket(fileno=created.detach())
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _raise_file_limit() -> None:
    """Let as many connections wait at once as the system allows; the usual 1,024 are soon taken."""
    with suppress(ImportError, OSError, ValueError):  # not on Windows; not allowed
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
