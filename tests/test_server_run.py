"""Running the server: real processes, sockets and signals."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tpbot.errors import UsageError
from tpbot.server.run import UNREAD_MILLISECONDS, listen

SCRIPT = """\
from tests.serving import StubEngine
from tpbot.server import Settings
from tpbot.server.run import serve

if __name__ == "__main__":
    serve(StubEngine, Settings(rate_limit=0), port=0, workers={workers},
          ready=lambda address, engine: print(address, flush=True))
    print("ended", flush=True)
"""


@contextmanager
def process(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a command; it is killed if it is still there at the end."""
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent
    )
    try:
        yield running
    finally:
        if running.poll() is None:
            running.terminate()
        running.communicate(timeout=20)


@contextmanager
def serving(tmp_path: Path, workers: int = 1) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a server of the stub engine; yields the process and the address it printed."""
    script = tmp_path / "server.py"
    root = Path(__file__).parent.parent
    script.write_text(f"import sys\nsys.path.insert(0, {str(root)!r})\n" + SCRIPT.format(workers=workers))
    with process([sys.executable, "-W", "error", str(script)]) as running:
        assert running.stdout is not None
        address = running.stdout.readline().strip()
        assert address, running.communicate()[1]
        wait_until_it_answers(address)
        yield running, address


def wait_until_it_answers(address: str) -> None:
    """Wait for the first answer; connections wait in the queue until a worker takes them."""
    assert httpx.get(f"{address}healthz", timeout=30).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_signal_ends_the_server_cleanly(tmp_path: Path, workers: int, number: signal.Signals) -> None:
    """SIGTERM or SIGINT end the server with status 0 and nothing on standard error."""
    with serving(tmp_path, workers) as (running, _):
        running.send_signal(number)
        output, errors = running.communicate(timeout=30)
    assert (running.returncode, output, errors) == (0, "ended\n", "")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_request_in_flight_is_finished(tmp_path: Path, workers: int) -> None:
    """A request whose body is still arriving at SIGTERM gets its answer; new connections are refused."""
    with serving(tmp_path, workers) as (running, address):
        url = httpx.URL(address)
        body = b'{"question": "answer"}'
        with socket.create_connection((url.host, url.port or 80), timeout=20) as connection:
            connection.sendall(
                b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body)
            )
            connection.sendall(body[:10])
            time.sleep(0.3)  # until a worker has read that much
            running.send_signal(signal.SIGTERM)
            wait_until_refused(url)
            connection.sendall(body[10:])
            received = b""
            while data := connection.recv(65_536):
                received += data
        assert received.startswith(b"HTTP/1.1 200")
        assert b"small " in received
        assert running.wait(20) == 0


def wait_until_refused(url: httpx.URL) -> None:
    """Wait until nobody takes connections any more."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection((url.host, url.port or 80), timeout=1).close()
        except OSError:
            return
        time.sleep(0.05)
    raise AssertionError("the server still takes connections")


def test_workers_share_the_work(tmp_path: Path) -> None:
    """Every one of two workers answers with the same bytes."""
    with serving(tmp_path, 2) as (_, address):
        bodies = {
            httpx.post(f"{address}api/ask", json={"question": "answer"}, timeout=20).content
            for _ in range(10)
        }
    assert len(bodies) == 1


def test_small_replies_are_not_held_back() -> None:
    """Connections know that they are TCP, so that asyncio sends small packets at once."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert connection.proto == socket.IPPROTO_TCP


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has it")
def test_a_client_that_does_not_read_is_dropped() -> None:
    """Connections inherit the limit on how long a response may stay unread."""
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            limit = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            assert limit == UNREAD_MILLISECONDS


def test_a_port_in_use_is_one_clear_error() -> None:
    """A port that is taken is an error which names it and the cure."""
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port}.*--port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "203.0.113.1", "", "a" * 300, "exa mple"])
def test_a_host_that_is_not_here_is_one_clear_error(host: str) -> None:
    """An address that is not this machine's is an error with the cure."""
    with pytest.raises(UsageError, match="--host"):
        listen(host, 0)


def test_ipv6_is_served() -> None:
    """An IPv6 address can be listened at."""
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        listener = listen("::1", 0)
    except UsageError as error:
        pytest.skip(f"this machine has no IPv6 loopback: {error}")
    with listener:
        assert listener.family == socket.AF_INET6


def test_the_command_serves(tmp_path: Path) -> None:
    """`tpbot serve` answers from a corpus at the address that it prints, and ends with status 0."""
    corpus = tmp_path / "pairs.jsonl"
    corpus.write_text('{"id": "where", "question": "Where are you?", "answer": "On Elm Street."}\n')
    command = [sys.executable, "-m", "tpbot", "serve", "--port", "0", "--corpus", str(corpus)]
    with process(command) as running:
        assert running.stderr is not None
        line = ""
        while "Ctrl-C" not in line:
            line = running.stderr.readline()
            assert line, "the command ended"
        assert "1 topic" in line
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address is not None
        reply = httpx.post(f"{address[0]}api/ask", json={"question": "where are you"}, timeout=20).json()
        assert reply["answer"]["text"] == "On Elm Street."
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "70000"], "0 to 65535"),
        (["--workers", "0"], "1 to 64"),
        (["--rate-limit", "-1"], "0 to 1000000"),
        (["--allow-origin", "clinic.example"], "https://clinic.example"),
        (["--trusted-proxy", "proxy"], "127.0.0.1"),
        (["--region", "XX"], "GB"),
        (["--corpus", "no-such-corpus"], "no-such-corpus"),
    ],
)
def test_a_wrong_option_is_one_line(arguments: list[str], message: str) -> None:
    """A value that cannot be used ends the command with one line that says what can."""
    done = subprocess.run(
        [sys.executable, "-m", "tpbot", "serve", "--port", "0", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert message in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
