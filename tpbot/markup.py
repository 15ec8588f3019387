"""HTML and SVG built from elements. Text becomes markup nowhere else, so it is escaped everywhere."""

from __future__ import annotations

from html import escape

from tpbot.layout import clean


class Html(str):
    """Markup that is safe to put into a page as it is."""

    __slots__ = ()


VOID = frozenset({"meta", "br"})
"""Elements without an end tag."""


def element(name: str, /, *content: str, **attributes: str | float) -> Html:
    """Return an element.

    Args:
        name: Of the element.
        content: Texts, which are escaped, and markup, which is not.
        attributes: A trailing underscore is left out of their names; others become hyphens.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(clean(_plain(value)))}"'
        for key, value in attributes.items()
    )
    return Html(f"<{name}{given}>" if name in VOID else f"<{name}{given}>{join(*content)}</{name}>")


def join(*content: str) -> Html:
    """Return texts, which are escaped, and markup, which is not, one after the other."""
    return Html("".join(part if isinstance(part, Html) else escape(clean(part)) for part in content))


def _plain(value: str | float) -> str:
    """Return an attribute's value; numbers with a tenth of a pixel at most."""
    return f"{round(value, 1):g}" if isinstance(value, float) else str(value)
