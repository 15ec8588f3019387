"""Chromium for the browser tests, servers for them, and pages of another site."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.serving import StubEngine, running
from tpbot.server import Settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the browser tests where there is no Chromium; with CI=true let them fail instead."""
    if CHROMIUM or os.environ.get("CI") == "true":
        return
    skip = pytest.mark.skip(reason="there is no Chromium; `apt-get install chromium` brings it")
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker(skip)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Yield a Chromium for this folder; its event loop must end before other tests begin theirs."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """Yield a fresh profile; `parametrize("context", [{...}], indirect=True)` sets its options."""
    context = browser.new_context(**{"reduced_motion": "reduce", **getattr(request, "param", {})})
    context.set_default_timeout(8_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Return a fresh page."""
    return context.new_page()


class Site:
    """A web site of its own origin, whose pages a test writes."""

    def __init__(self, address: str) -> None:
        self.origin = address
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}

    def publish(self, body: str, *, head: str = "", attributes: str = "", **headers: str) -> str:
        """Publish a page and return its address; an underscore in a header's name is a hyphen."""
        path = f"/{len(self.pages)}"
        html = (
            f'<!doctype html><html lang="en" {attributes}><head><meta charset="utf-8"><title>A clinic</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>'
            "<body><main><h1>A clinic</h1><p><a href='#'>A link of the page</a></p>"
            f"{body}</main></body></html>"
        )
        self.pages[path] = (html, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.origin + path


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Yield a site that runs for the whole session."""
    published: list[Site] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Send the page of this path."""
            html, headers = published[0].pages.get(urlsplit(self.path).path, ("", {}))
            self.send_response(200 if html else 404)
            for name, value in {"content-type": "text/html", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    published.append(Site(f"http://127.0.0.1:{server.server_address[1]}"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield published[0]
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def engine() -> StubEngine:
    """Return the engine behind `url`."""
    return StubEngine()


@pytest.fixture(scope="session")
def url(engine: StubEngine, site: Site) -> Iterator[str]:
    """Yield the address of a server of the stub engine that `site` may use."""
    with running(engine, Settings(allow_origins=(site.origin,), rate_limit=0)) as address:
        yield address


@pytest.fixture
def script(url: str) -> str:
    """Return the line to paste."""
    return f'<script src="{url}widget.js" async></script>'


class Watch:
    """What a page did: requests, and what went wrong."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on(
            "console",
            lambda message: (
                self.errors.append(message.text)
                if message.type in ("error", "warning") and "favicon.ico" not in str(message.location)
                else None
            ),
        )


@pytest.fixture
def watch(context: BrowserContext) -> Watch:
    """Return what the pages of this test do."""
    return Watch(context)


@pytest.fixture
def ask(page: Page) -> Callable[[str], None]:
    """Return a function that opens the help if need be, asks, and waits for the reply."""

    def ask(question: str) -> None:
        box = page.get_by_role("combobox")
        if not box.is_visible():
            page.locator("tpbot-help .launcher").click()
        cards = page.locator("tpbot-help .card")
        before = cards.count()
        box.fill(question)
        box.press("Enter")
        cards.nth(before).wait_for()

    return ask
