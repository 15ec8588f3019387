"""What whoever runs the server decides, checked before it starts."""

from __future__ import annotations

from ipaddress import ip_network
from urllib.parse import urlsplit

import msgspec

from tpbot.errors import UsageError
from tpbot.records import Region

ANY_ORIGIN = "*"


class Settings(msgspec.Struct, frozen=True):
    """Settings of the server. The defaults are the careful ones.

    Raises:
        UsageError: A value cannot be used; the message says which and the cure.
    """

    allow_origins: tuple[str, ...] = ()
    """Origins of other sites whose pages may ask, such as `https://clinic.example`; `*` for all."""
    region: Region | None = None
    """Whose emergency numbers to show when a request names no region."""
    rate_limit: int = 60
    """Questions a minute from one client, in each worker; 0 for no limit."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed."""

    def __post_init__(self) -> None:
        for origin in self.allow_origins:
            _check_origin(origin)
        for address in self.trusted_proxies:
            _check_address(address)
        if self.rate_limit < 0:
            raise UsageError(f"the rate limit is {self.rate_limit}. Give 0 for none, or a number above it.")


def _check_origin(origin: str) -> None:
    if origin == ANY_ORIGIN:
        return
    try:
        parts = urlsplit(origin)
        plain = f"{parts.scheme}://{parts.netloc}" == origin and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        plain = False
    if (
        not plain
        or parts.scheme not in ("http", "https")
        or set("@*") & set(origin)
        or origin != origin.lower()
    ):
        raise UsageError(
            f"`{origin}` is not an origin. Give the scheme and the host in small letters and nothing after "
            "them, such as https://clinic.example."
        )


def _check_address(address: str) -> None:
    try:
        ip_network(address)
    except ValueError:
        raise UsageError(
            f"`{address}` is not an address or network of a proxy. Give one such as 127.0.0.1 or 10.0.0.0/8."
        ) from None
