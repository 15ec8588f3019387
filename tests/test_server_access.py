"""Who may ask, how often, and what browsers are told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import httpx
import pytest

from tests.serving import StubEngine, running
from tpbot.errors import UsageError
from tpbot.records import Topic
from tpbot.server import Settings
from tpbot.server.security import DEMO_PAGE_POLICY

CLINIC = "https://clinic.example"
OTHER = "https://other.example"


@pytest.fixture(scope="module")
def closed() -> Iterator[str]:
    """Yield the address of a server with the default settings."""
    with running(StubEngine(), Settings()) as url:
        yield url


@pytest.fixture(scope="module")
def opened() -> Iterator[str]:
    """Yield the address of a server that the pages of one other site may use."""
    with running(StubEngine(), Settings(allow_origins=(CLINIC,), rate_limit=0)) as url:
        yield url


def ask(url: str, **headers: str) -> httpx.Response:
    """Ask with these headers; an underscore stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{url}api/ask", json={"question": "answer"}, headers=named)


def preflight(url: str, origin: str) -> httpx.Response:
    """Ask what a page of `origin` may do, as its browser does before it sends JSON."""
    headers = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    return httpx.options(f"{url}api/ask", headers=headers)


def test_other_sites_are_out_by_default(closed: str) -> None:
    """Unless told otherwise, no response lets the page of another site read it."""
    for response in (
        ask(closed, origin=CLINIC),
        httpx.get(f"{closed}api/topics", headers={"origin": CLINIC}),
    ):
        assert not any(name.startswith("access-control") for name in response.headers)
    assert preflight(closed, CLINIC).status_code == 405


def test_a_named_origin_is_let_in(opened: str) -> None:
    """The pages of an origin that was named may send JSON and read the reply, without credentials."""
    allowed = preflight(opened, CLINIC)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == CLINIC
    assert allowed.headers["access-control-allow-headers"].lower().count("content-type") == 1
    response = ask(opened, origin=CLINIC)
    assert response.headers["access-control-allow-origin"] == CLINIC
    assert "access-control-allow-credentials" not in response.headers
    assert "Origin" in response.headers["vary"]


def test_an_origin_that_was_not_named_is_out(opened: str) -> None:
    """An origin that only resembles the named one gets nothing."""
    for origin in (OTHER, "http://clinic.example", f"{CLINIC}.evil.example", f"{CLINIC}:444", "null"):
        assert preflight(opened, origin).status_code == 400
        assert "access-control-allow-origin" not in ask(opened, origin=origin).headers


def test_any_origin_when_told_so() -> None:
    """`*` lets every site in."""
    with running(StubEngine(), Settings(allow_origins=("*",))) as url:
        assert ask(url, origin=OTHER).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "clinic.example",
        "https://",
        "https://clinic.example/",
        "https://clinic.example/help",
        "https://Clinic.example",
        "ftp://clinic.example",
        "https://a@clinic.example",
        "https://clinic.example:x",
        "https://[",
        "null",
        "https://*.example",
    ],
)
def test_what_is_no_origin_is_refused_at_the_start(origin: str) -> None:
    """A value that no browser would ever send as an origin is an error that shows a right one."""
    with pytest.raises(UsageError, match=r"https://clinic\.example"):
        Settings(allow_origins=(origin,))


@pytest.mark.parametrize("address", ["", "proxy", "10.0.0.0/99", "10.0.0.1/8", "*", "127.0.0.1:80"])
def test_what_is_no_address_is_refused_at_the_start(address: str) -> None:
    """A trusted proxy that is not an address or network is an error that shows a right one."""
    with pytest.raises(UsageError, match=r"127\.0\.0\.1"):
        Settings(trusted_proxies=(address,))


def test_a_negative_rate_limit_is_refused_at_the_start() -> None:
    """A rate limit below 0 is an error."""
    with pytest.raises(UsageError, match="rate limit"):
        Settings(rate_limit=-1)


def test_a_client_may_ask_so_often_and_no_more() -> None:
    """The question after the last allowed one is a 429 that says how long to wait; topics stay open."""
    engine = StubEngine()
    with running(engine, Settings(rate_limit=3)) as url:
        assert [ask(url).status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        refused = ask(url)
        assert refused.headers["content-type"] == "application/problem+json"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert httpx.get(f"{url}api/topics").status_code == 200
    assert len(engine.asked) == 3


def test_no_rate_limit_when_told_so() -> None:
    """A rate limit of 0 is none."""
    with running(StubEngine(), Settings(rate_limit=0)) as url, httpx.Client() as client:
        statuses = {client.post(f"{url}api/ask", json={"question": "x"}).status_code for _ in range(100)}
    assert statuses == {200}


def test_forwarded_addresses_are_not_believed_by_default() -> None:
    """A client cannot get round the limit by claiming other addresses."""
    with running(StubEngine(), Settings(rate_limit=2)) as url:
        statuses = [ask(url, x_forwarded_for=f"203.0.113.{number}").status_code for number in range(3)]
    assert statuses == [200, 200, 429]


def test_a_trusted_proxys_addresses_are_believed() -> None:
    """Behind a trusted proxy each client has its own limit; what the client itself claims is passed over."""
    settings = Settings(rate_limit=1, trusted_proxies=("127.0.0.0/8",))
    with running(StubEngine(), settings) as url:
        first = [ask(url, x_forwarded_for=f"203.0.113.{number}").status_code for number in range(3)]
        again = [
            ask(url, x_forwarded_for=f"198.51.100.{number}, 203.0.113.1").status_code for number in range(3)
        ]
    assert first == [200, 200, 200]
    assert again == [429, 429, 429]


def test_a_trusted_proxys_scheme_is_believed() -> None:
    """Behind a trusted proxy with TLS the lines to paste are of https."""
    with running(StubEngine(), Settings(trusted_proxies=("127.0.0.1",))) as url:
        headers = {"x-forwarded-proto": "https", "host": "help.clinic.example"}
        page = httpx.get(url, headers=headers).text
    assert "https://help.clinic.example/widget.js" in page


@pytest.mark.parametrize(
    "path",
    ["/", "/api/topics", "/healthz", "/openapi.json", "/widget.js", "/demo.css", "/nothing", "/api/ask"],
)
def test_every_response_has_the_security_headers(closed: str, path: str) -> None:
    """Each response, errors too, forbids guessing its type, framing, and scripts that are not its own."""
    headers = httpx.get(closed.rstrip("/") + path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert len(headers.get_list("content-security-policy")) == 1
    assert headers["cross-origin-resource-policy"] == (
        "cross-origin" if path == "/widget.js" else "same-origin"
    )
    assert "set-cookie" not in headers
    assert "server" not in headers


def test_the_demo_page_has_a_strict_policy(closed: str) -> None:
    """The demo page's policy allows its own script and style alone, and asks for trusted types."""
    assert httpx.get(closed).headers["content-security-policy"] == DEMO_PAGE_POLICY
    assert "require-trusted-types-for 'script'" in DEMO_PAGE_POLICY


@pytest.mark.parametrize("host", ['"><script>alert(1)</script>', "evil.example/x?y='", "a b", "", "${plain}"])
def test_the_demo_page_escapes_what_a_client_claims(closed: str, host: str) -> None:
    """No host name in a request becomes markup or a template's variable in the page."""
    response = httpx.get(closed, headers={"host": host})
    assert response.status_code in (200, 400)
    assert "alert(1)</script>" not in response.text
    assert response.text.count("<script") <= 1


def test_the_demo_page_escapes_the_corpus() -> None:
    """A corpus' title and description are text in the page, not markup."""
    from msgspec.structs import replace

    from tests.serving import HOSTILE, INFO

    engine = StubEngine(
        replace(INFO, title=HOSTILE, description=HOSTILE, language='"><b>'), (Topic("a", HOSTILE),)
    )
    with running(engine) as url:
        page = httpx.get(url).text
    assert "<img" not in page
    assert "<b>" not in page
    assert page.count("<script") == 1


def test_headers_come_once(opened: str) -> None:
    """No header of a response is there twice."""
    for response in (ask(opened, origin=CLINIC), httpx.get(opened), httpx.get(f"{opened}nothing")):
        names = sorted(name.lower() for name, _ in response.headers.multi_items())
        assert all(one != other for one, other in pairwise(names))
