"""`tpbot serve`: answer over HTTP, and serve the help widget for web pages."""

from __future__ import annotations

import argparse
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING

from tpbot.commands.common import (
    add_corpus_arguments,
    add_region_argument,
    chosen_region,
    load_bot,
    say,
)

if TYPE_CHECKING:
    from tpbot.server.messages import Engine

EPILOG = """\
examples:
  tpbot serve
  tpbot serve --port 8080 --allow-origin https://clinic.example --region GB
  tpbot serve --corpus builtin --corpus our-clinic --workers 2 --trusted-proxy 127.0.0.1

Open the address that it prints: the page there shows the line to paste into a web page.
"""
MAX_WORKERS = 64
MAX_PORT = 65_535
MAX_RATE = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `tpbot serve`."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1, this machine only)"
    )
    parser.add_argument(
        "--port",
        type=partial(_number, lowest=0, highest=MAX_PORT),
        default=8000,
        help="the port (default: 8000; 0: any free one)",
    )
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="a site whose pages may ask, such as https://clinic.example; may be given several times",
    )
    add_region_argument(parser)
    parser.add_argument(
        "--workers",
        type=partial(_number, lowest=1, highest=MAX_WORKERS),
        default=1,
        metavar="N",
        help="processes that answer (default: 1)",
    )
    parser.add_argument(
        "--rate-limit",
        type=partial(_number, lowest=0, highest=MAX_RATE),
        default=60,
        metavar="N",
        help="questions a minute from one client, in each worker (default: 60; 0: no limit)",
    )
    parser.add_argument(
        "--trusted-proxy",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="a reverse proxy whose X-Forwarded-For is believed, an address or a network; may be given "
        "several times",
    )
    add_corpus_arguments(parser)
    parser.epilog = EPILOG


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal ends it, and return the exit status.

    Raises:
        TpbotError: The corpus or an option cannot be used, or nothing can listen at the address.
    """
    from tpbot.server.run import serve
    from tpbot.server.settings import Settings

    settings = Settings(
        allow_origins=tuple(arguments.allow_origin),
        region=chosen_region(arguments),
        rate_limit=arguments.rate_limit,
        trusted_proxies=tuple(arguments.trusted_proxy),
    )
    if not _is_loopback(arguments.host):
        say("other machines can reach this, without encryption. A reverse proxy with TLS belongs before it.")
    serve(
        partial(load_bot, arguments),
        settings,
        host=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        ready=_say_ready,
    )
    return 0


def _say_ready(address: str, engine: Engine) -> None:
    say(f"answering {len(engine.topics())} topics at {address} (Ctrl-C stops)")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _number(text: str, *, lowest: int, highest: int) -> int:
    if not (text.isascii() and text.isdigit() and lowest <= int(text[:9]) <= highest):
        raise argparse.ArgumentTypeError(f"`{text}` is not a whole number from {lowest} to {highest}")
    return int(text)
