"""HTTP connections with a limit on how long and how large a request may be.

uvicorn bounds neither the time in which a request must arrive nor the size of its head, so a client that
sends a byte now and then, or a header without end, would keep its connection and memory for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

REQUEST_SECONDS = 10.0
"""From the first byte of a request, or from the connection, to the request's last byte."""
MAX_HEAD_SIZE = 32_768
"""Bytes of the address and the headers."""
MAX_MESSAGE_SIZE = 1_048_576
"""Bytes of a whole request. The API takes far less and says so; this ends a stream without end."""


class GuardedProtocol(HttpToolsProtocol):
    """A connection that is dropped when its request does not arrive in time or grows too large."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._deadline: asyncio.TimerHandle | None = None
        self._arrived = False
        self._head_size = 0
        self._message_size = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first request its time."""
        super().connection_made(transport)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take data in, and hold it against the limits."""
        self._message_size += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._message_size > MAX_MESSAGE_SIZE:
            self.transport.abort()
        elif not self._arrived:
            self._start_clock()  # also when the answer went out first: what follows it may not drag on

    def on_message_begin(self) -> None:
        """Count from zero."""
        self._head_size = self._message_size = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count the address."""
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header, or a trailer."""
        self._count_head(len(name) + len(value))
        super().on_header(name, value)

    def on_message_complete(self) -> None:
        """Stop the clock while the request is answered."""
        self._arrived = not self.cycle.response_complete
        self._stop_clock()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, whose first byte starts the clock."""
        self._arrived = False
        super().on_response_complete()

    def _count_head(self, size: int) -> None:
        self._head_size += size
        if self._head_size > MAX_HEAD_SIZE:
            raise ValueError("the head of the request is too large")  # the parser's caller answers with a 400

    def _start_clock(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.abort)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
