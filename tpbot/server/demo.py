"""The page at `/`: the widget at work, and the lines to paste."""

from __future__ import annotations

from html import escape
from string import Template

from starlette.requests import Request
from starlette.responses import Response

from tpbot.records import CorpusInfo
from tpbot.server.asset import Asset
from tpbot.server.bundle import read
from tpbot.server.security import DEMO_PAGE_HEADERS


class DemoPage:
    """Shows the widget of this server and how another page gets it."""

    def __init__(self, info: CorpusInfo, script: Asset) -> None:
        self._info = info
        self._script = script
        self._template = Template(read("demo.html"))

    async def respond(self, request: Request) -> Response:
        """Return the page."""
        base = str(request.base_url)
        address = f"{base}widget.js?v={self._script.version}"
        origin = base.rstrip("/")
        page = self._template.substitute(
            title=escape(self._info.title),
            language=escape(self._info.language),
            description=escape(self._info.description or ""),
            version=self._script.version,
            integrity=self._script.integrity,
            plain=escape(f'<script src="{base}widget.js" async></script>'),
            pinned=escape(
                f'<script src="{address}" integrity="{self._script.integrity}" '
                'crossorigin="anonymous" async></script>'
            ),
            policy=escape(f"Content-Security-Policy: script-src {origin}; connect-src {origin}"),
            script_integrity=escape(self._script.integrity),
        )
        return Response(page, headers=DEMO_PAGE_HEADERS, media_type="text/html")
