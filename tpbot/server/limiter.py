"""How many questions one client may ask."""

from __future__ import annotations

import time
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter


class Limiter:
    """Counts requests by client in windows of a minute, in this process' memory.

    Args:
        per_minute: Requests a minute and client; 0 for no limit.
    """

    def __init__(self, per_minute: int) -> None:
        # The storage of `limits.aio` looks at every client again at each hit (0.8 ms with 10,000 of them);
        # this one does so at most every 10 ms, in a thread.
        self._strategy = FixedWindowRateLimiter(MemoryStorage()) if per_minute else None
        self._item = RateLimitItemPerMinute(max(per_minute, 1))

    def seconds_to_wait(self, address: str) -> int:
        """Count a request of the client at `address`; return 0 if it may go on, else the seconds to wait."""
        if self._strategy is None:
            return 0
        client = client_of(address)
        if self._strategy.hit(self._item, client):
            return 0
        return max(1, round(self._strategy.get_window_stats(self._item, client).reset_time - time.time()))


def client_of(address: str) -> str:
    """Return what stands for a client: an IPv4 address, or the /64 network that an IPv6 user is given whole."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
