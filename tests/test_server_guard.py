"""Clients that mean harm, against a real server on loopback: others do not notice them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import httpx
import pytest

from tests.serving import StubEngine, running
from tpbot.server import guard

HEAD = b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
SECONDS = 0.3
"""For a request to arrive, in these tests."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Yield the address of a server that has little patience."""
    with pytest.MonkeyPatch.context() as patch, running(StubEngine()) as url:
        patch.setattr(guard, "REQUEST_SECONDS", SECONDS)
        yield url


def connect(url: str) -> socket.socket:
    """Return a connection to the server."""
    address = httpx.URL(url)
    connection = socket.create_connection((address.host, address.port or 80), timeout=10)
    connection.settimeout(10)
    return connection


def read_all(connection: socket.socket) -> bytes:
    """Return what the server sends until it closes the connection."""
    received = b""
    with suppress(ConnectionResetError):
        while data := connection.recv(65_536):
            received += data
    return received


def assert_well(url: str) -> None:
    """Check that somebody else gets an answer."""
    assert httpx.post(f"{url}api/ask", json={"question": "answer"}, timeout=5).status_code == 200


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"\r\n",
        b"P",
        HEAD,
        HEAD + b"X: ",
        HEAD + b"Content-Length: 30\r\n\r\n",
        HEAD + b'Content-Length: 30\r\n\r\n{"question": ',
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
)
def test_a_request_that_does_not_arrive_is_dropped(url: str, start: bytes) -> None:
    """A connection whose request stays incomplete is closed without an answer when its time is over."""
    with connect(url) as connection:
        connection.sendall(start)
        assert read_all(connection) == b""
    assert_well(url)


def test_a_request_that_trickles_in_is_dropped(url: str) -> None:
    """Bytes that keep coming do not win more time."""
    with connect(url) as connection:
        began = time.monotonic()
        with suppress(OSError):
            while time.monotonic() - began < 20:
                connection.sendall(b"X")
                time.sleep(0.02)
        assert time.monotonic() - began < 10


def test_a_second_request_that_does_not_arrive_is_dropped(url: str) -> None:
    """After an answer the next request of the connection has its time too."""
    with connect(url) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        received = b""
        while not received.endswith(b"}"):
            received += connection.recv(65_536)
        connection.sendall(b"GET /healthz HT")
        assert read_all(connection) == b""


def test_a_body_after_the_answer_may_not_drag_on(url: str) -> None:
    """A client that was refused before its body was complete cannot keep the connection by sending on."""
    with connect(url) as connection:
        body = b"x" * 40_000
        connection.sendall(HEAD + b"Content-Length: 90000\r\n\r\n" + body)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 413")
    assert_well(url)


def test_many_half_open_connections_harm_nobody(url: str) -> None:
    """Three hundred clients that send nothing keep nobody from an answer, and are all dropped."""
    with ExitStack() as stack:
        connections = [stack.enter_context(connect(url)) for _ in range(300)]
        assert_well(url)
        for connection in connections:
            assert read_all(connection) == b""


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40_000 + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X: aaaaaaaa\r\n" * 5_000 + b"\r\n",
    ],
)
def test_a_giant_head_is_refused(url: str, head: bytes) -> None:
    """An address or headers over the limit are a 400, whether in one piece or in many."""
    with connect(url) as connection:
        with suppress(OSError):
            connection.sendall(head)
        answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 400") or answer == b""
    assert_well(url)


def test_a_header_within_the_limit_is_taken(url: str) -> None:
    """A head of 30 kB is served."""
    assert httpx.get(f"{url}healthz", headers={"x-long": "a" * 30_000}).status_code == 200


@pytest.mark.parametrize(
    ("start", "more"),
    [
        (b"GET /healthz HTTP/1.1\r\nX: ", b"a" * 65_536),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"a" * 65_536 + b"\r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"a" * 65_536),
    ],
)
def test_a_stream_without_end_is_cut_off(start: bytes, more: bytes) -> None:
    """A header, a body or a trailer that never ends is cut off by its size, before its time is over."""
    with running(StubEngine()) as url, connect(url) as connection:
        sent = 0
        connection.sendall(start)
        with suppress(OSError):
            while sent < 50_000_000:
                connection.sendall(more)
                sent += len(more)
        assert sent < 50_000_000
        assert_well(url)


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/ask HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/ask HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX : y\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(url: str, request_: bytes) -> None:
    """Bytes that are not HTTP, or that two parsers could read in two ways, are a 400."""
    with connect(url) as connection:
        connection.sendall(request_)
        assert read_all(connection).startswith(b"HTTP/1.1 400")
    assert_well(url)


def test_pipelined_requests_are_all_answered(url: str) -> None:
    """Requests that arrive together get their answers in order."""
    with connect(url) as connection:
        request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
        connection.sendall((request + b"\r\n") * 19 + request + b"Connection: close\r\n\r\n")
        assert read_all(connection).count(b"HTTP/1.1 200") == 20
