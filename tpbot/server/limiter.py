"""How many questions one client may ask."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv6Address

WINDOW = 60
"""Seconds."""


class Limiter:
    """Counts requests by client in windows of a minute, in this process' memory.

    At the end of a window all counts go at once, so that neither memory nor time grows with the clients that
    once were there. (The memory storage of the `limits` package looks at all of them again and again.)

    Args:
        per_minute: Requests a minute and client; 0 for no limit.
        clock: Gives seconds that never run backwards.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._window = 0
        self._counts: dict[str, int] = {}

    def seconds_to_wait(self, address: str) -> int:
        """Count a request of the client at `address`; return 0 if it may go on, else the seconds to wait."""
        if not self._per_minute:
            return 0
        window, second = divmod(int(self._clock()), WINDOW)
        if window != self._window:
            self._window = window
            self._counts = {}
        client = client_of(address)
        count = self._counts.get(client, 0)
        if count >= self._per_minute:
            return WINDOW - second
        self._counts[client] = count + 1
        return 0


def client_of(address: str) -> str:
    """Return what stands for a client: an IPv4 address, or the /64 that an IPv6 user is given whole."""
    if ":" not in address:
        return address
    try:
        parsed = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
