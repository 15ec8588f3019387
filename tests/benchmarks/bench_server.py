"""What a question over HTTP costs, beside the bare bot and beside an endpoint that does nothing.

    python tests/benchmarks/bench_server.py [--seconds 4] [--requests 200000]

Needs wrk (`apt-get install wrk`) and Linux. Read the ratios, not the times. Ends with status 1 if a limit is
not kept:

- CPU of a request: at most that of the bare `Bot.ask` plus three times the endpoint that does nothing. The
  bare bot is timed inside the server, during the same load: beside wrk everything takes longer than alone;
- p99 below ten times p50 at 32 connections; no error;
- memory after all requests at most 5% above that after the first tenth of them;
- others are served while clients that mean harm hold connections.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import Request, urlopen

import msgspec

from tpbot.bot import Bot

CONNECTIONS = 32
ROUNDS = 5
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")

DOES_NOTHING = """\
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

async def nothing(request):
    return Response(b'{"status": "ok"}', media_type="application/json")

APP = Starlette(routes=[Route("/api/ask", nothing, methods=["POST"])])
"""
HOW_MUCH = "how much CPU did the bare bot take so far?"
ASKS = f"""\
import time
from msgspec.structs import replace
from tpbot.bot import Bot
from tpbot.server import Settings
from tpbot.server.run import make_app

class Timed:
    def __init__(self, bot):
        self.bot, self.info, self.topics, self.cpu = bot, bot.info, bot.topics, 0.0

    def ask(self, text, **options):
        if text == {HOW_MUCH!r}:
            return replace(self.bot.ask(""), message=str(self.cpu))
        began = time.thread_time()
        reply = self.bot.ask(text, **options)
        self.cpu += time.thread_time() - began
        return reply

APP = make_app(Timed(Bot.load()), Settings(rate_limit=1_000_000_000))
"""
SERVE = """
import uvicorn
from tpbot.server.run import configure, listen

with listen("127.0.0.1", 0) as listener:
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(configure(lambda: APP)).run([listener])
"""
WRK_SCRIPT = """\
local bodies = {{ {bodies} }}
local at = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
request = function()
  at = at % #bodies + 1
  return wrk.format(nil, "/api/ask", nil, bodies[at])
end
"""


class Load(NamedTuple):
    """What wrk and the system saw of one run."""

    requests: int
    per_second: float
    cpu_us: float
    """CPU of the server process for one request."""
    p50_ms: float
    p99_ms: float
    errors: int


class Server(NamedTuple):
    """A server process."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Return the CPU seconds used so far, see proc(5)."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def bare_cpu(self) -> float:
        """Return the CPU seconds spent so far inside `Bot.ask`, of the server that asks."""
        body = msgspec.json.encode({"question": HOW_MUCH})
        request = Request(f"http://127.0.0.1:{self.port}/api/ask", body, {"content-type": "application/json"})
        with urlopen(request) as response:  # noqa: S310  # the address is made two lines above
            return float(msgspec.json.decode(response.read())["message"])

    def memory(self) -> int:
        """Return the resident memory in bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE


@contextmanager
def running(app: str) -> Iterator[Server]:
    """Run a server of an application written as Python that sets APP."""
    process = subprocess.Popen([sys.executable, "-c", app + SERVE], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        server = Server(process.pid, int(process.stdout.readline()))
        socket.create_connection(("127.0.0.1", server.port), timeout=30).close()
        yield server
    finally:
        process.terminate()
        process.wait(30)


def load(server: Server, script: Path, seconds: int, connections: int = CONNECTIONS) -> Load:
    """Put load on a server for some seconds."""
    before = server.cpu()
    address = f"http://127.0.0.1:{server.port}"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), address]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    cpu = server.cpu() - before
    requests = int(re.findall(r"(\d+) requests in", output)[0])
    errors = sum(
        int(number)
        for line in re.findall(r"(?:Socket errors|Non-2xx).*", output)
        for number in re.findall(r"\d+", line.replace("2xx or 3xx", ""))
    )
    return Load(
        requests,
        float(re.findall(r"Requests/sec:\s+([\d.]+)", output)[0]),
        cpu / requests * 1e6,
        _milliseconds(re.findall(r"\n +50%\s+(\S+)", output)[0]),
        _milliseconds(re.findall(r"\n +99%\s+(\S+)", output)[0]),
        errors,
    )


def _milliseconds(text: str) -> float:
    units = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    return float(number) * units[unit]


def bare_cpu_us(bot: Bot, questions: list[str], seconds: float) -> float:
    """Return the CPU of a `Bot.ask`, in microseconds."""
    for question in questions:
        bot.ask(question)
    count, began = 0, time.process_time()
    while time.process_time() - began < seconds:
        for question in questions:
            bot.ask(question)
        count += len(questions)
    return (time.process_time() - began) / count * 1e6


def round_of(idler: Server, server: Server, script: Path, seconds: int) -> tuple[Load, Load, float]:
    """Put load on both servers; return what came of it, and the CPU of the bare bot in microseconds."""
    nothing = load(idler, script, seconds)
    before = server.bare_cpu()
    asked = load(server, script, seconds)
    return nothing, asked, (server.bare_cpu() - before) / asked.requests * 1e6


def harm(server: Server, stack: ExitStack) -> None:
    """Open connections that send nothing, half a request, or much too much."""
    heads = (
        b"",
        b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 30_000,
    )
    for number in range(300):
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
        connection.sendall(heads[number % len(heads)])


def main() -> int:
    """Measure, print, and return 1 if a limit is not kept."""
    parser = argparse.ArgumentParser(description="Measure the HTTP server.")
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--requests", type=int, default=200_000)
    arguments = parser.parse_args()
    if not shutil.which("wrk"):
        print("wrk is not installed. `apt-get install wrk` brings it.")
        return 2

    bot = Bot.load()
    questions = [topic.question for topic in bot.topics()]
    bodies = ", ".join(
        f"[==[{msgspec.json.encode({'question': question}).decode()}]==]" for question in questions
    )
    kept: list[tuple[str, bool]] = []
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "ask.lua"
        script.write_text(WRK_SCRIPT.format(bodies=bodies))
        alone = bare_cpu_us(bot, questions, arguments.seconds / 2)
        with running(DOES_NOTHING) as idler, running(ASKS) as server:
            load(idler, script, 1)
            load(server, script, 1)
            # By turns, and the middle one of the rounds: the machine's other work then weighs on both alike.
            rounds = [round_of(idler, server, script, arguments.seconds) for _ in range(ROUNDS)]
            nothing, asked, bare = sorted(rounds, key=lambda r: (r[1].cpu_us - r[2]) / r[0].cpu_us)[
                ROUNDS // 2
            ]
            single = load(server, script, max(2, arguments.seconds // 2), connections=1)
            served, first_memory = 0, 0
            while served < arguments.requests:
                served += load(server, script, 5).requests
                if not first_memory and served >= arguments.requests // 10:
                    first_memory = server.memory()
            last_memory = server.memory()
            with ExitStack() as stack:
                harm(server, stack)
                harmed = load(server, script, 5)

    print(f"bare Bot.ask, alone         {alone:8.0f} us CPU")
    print(f"bare Bot.ask, in the server {bare:8.0f} us CPU")
    for name, result in (
        ("endpoint that does nothing", nothing),
        ("POST /api/ask", asked),
        ("  while being harmed", harmed),
        ("  1 connection", single),
    ):
        print(
            f"{name:27} {result.cpu_us:8.0f} us CPU {result.per_second:8.0f} /s   "
            f"p50 {result.p50_ms:6.2f} ms   p99 {result.p99_ms:6.2f} ms   errors {result.errors}"
        )
    limit = bare + 3 * nothing.cpu_us
    kept.append(
        (
            f"CPU {asked.cpu_us:.0f} <= {bare:.0f} + 3 x {nothing.cpu_us:.0f} = {limit:.0f} us",
            asked.cpu_us <= limit,
        )
    )
    kept.append((f"p99 / p50 = {asked.p99_ms / asked.p50_ms:.1f} < 10", asked.p99_ms < 10 * asked.p50_ms))
    kept.append(
        (
            f"errors {asked.errors + single.errors + harmed.errors} = 0",
            asked.errors + single.errors + harmed.errors == 0,
        )
    )
    kept.append(
        (
            f"memory after {served:,} requests {last_memory / 1e6:.1f} MB <= {first_memory / 1e6:.1f} + 5%",
            last_memory <= first_memory * 1.05,
        )
    )
    kept.append(
        (
            f"while being harmed {harmed.per_second / asked.per_second:.0%} of the requests >= 50%",
            harmed.per_second >= asked.per_second / 2,
        )
    )
    for claim, holds in kept:
        print("kept  " if holds else "BROKEN", claim)
    return 0 if all(holds for _, holds in kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
