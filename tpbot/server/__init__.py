"""The HTTP server: the answers as an API, and the widget that a web page loads."""

from tpbot.server.app import create_app
from tpbot.server.settings import Settings

__all__ = ["Settings", "create_app"]
