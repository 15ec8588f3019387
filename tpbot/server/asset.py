"""Bytes that stay the same while the server runs: compressed once, and not sent twice to the same client."""

from __future__ import annotations

import gzip
from base64 import b64encode
from hashlib import sha384

from starlette.requests import Request
from starlette.responses import Response

REVALIDATE = "no-cache"
"""May be stored, but must be asked about before each use."""
FOREVER = "public, max-age=31536000, immutable"
"""For an address that holds the content's hash."""


class Asset:
    """A body with its media type, its hash and its compressed form."""

    def __init__(self, body: bytes, media_type: str) -> None:
        self.body = body
        self.media_type = media_type
        digest = sha384(body)
        self.integrity = f"sha384-{b64encode(digest.digest()).decode()}"
        """As an `integrity` attribute wants it, see https://www.w3.org/TR/SRI/."""
        self.version = digest.hexdigest()[:16]
        self._gzipped = gzip.compress(body, 9, mtime=0)

    async def respond(self, request: Request, cache_control: str = REVALIDATE) -> Response:
        """Return the response to a GET: the body, compressed if the client can, or 304 if it has it."""
        zipped = _accepts_gzip(request.headers.get("accept-encoding", ""))
        etag = f'"{self.version}{"-gzip" if zipped else ""}"'
        headers = {"etag": etag, "cache-control": cache_control, "vary": "Accept-Encoding"}
        if etag in _tags(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        if zipped:
            headers["content-encoding"] = "gzip"
        return Response(self._gzipped if zipped else self.body, headers=headers, media_type=self.media_type)


def _accepts_gzip(header: str) -> bool:
    codings = [coding.replace(" ", "").lower() for coding in header.split(",")]
    return any(
        coding == "gzip" or (coding.startswith("gzip;q=") and coding[7:] not in ("0", "0.0", "0.00", "0.000"))
        for coding in codings
    )


def _tags(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]
