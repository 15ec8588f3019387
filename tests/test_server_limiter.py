"""How many questions one client may ask."""

from __future__ import annotations

import pytest

from tpbot.server.limiter import Limiter, client_of


class Clock:
    """A clock that a test sets."""

    now = 1000.0 * 60

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_a_client_waits_for_the_next_minute() -> None:
    """After its last question a client waits until the minute ends, and may then ask as many again."""
    clock = Clock()
    limiter = Limiter(2, clock)
    clock.now += 10
    assert [limiter.seconds_to_wait("192.0.2.1") for _ in range(3)] == [0, 0, 50]
    clock.now += 49
    assert limiter.seconds_to_wait("192.0.2.1") == 1
    clock.now += 1
    assert [limiter.seconds_to_wait("192.0.2.1") for _ in range(3)] == [0, 0, 60]


def test_clients_do_not_count_for_each_other() -> None:
    """Each client has its own count."""
    limiter = Limiter(1, Clock())
    assert [limiter.seconds_to_wait(f"192.0.2.{number}") for number in range(5)] == [0] * 5


def test_memory_does_not_grow_with_time() -> None:
    """Clients of past minutes are forgotten."""
    clock = Clock()
    limiter = Limiter(1, clock)
    for number in range(1000):
        limiter.seconds_to_wait(f"192.0.2.{number}")
        clock.now += 60
    assert len(limiter._counts) == 1


def test_no_limit_counts_nothing() -> None:
    """A limit of 0 lets everything through and remembers nobody."""
    limiter = Limiter(0)
    assert {limiter.seconds_to_wait("192.0.2.1") for _ in range(1000)} == {0}
    assert limiter._counts == {}


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_network_of_ipv6_is_one_client(address: str, client: str) -> None:
    """Addresses of one /64 count as one client: one user has them all."""
    assert client_of(address) == client
