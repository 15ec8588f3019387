"""tpbot: answers from a small, cited corpus, says when it does not know, puts warning signs first.

`Bot.load().ask("what does a triger point feel like")` gives a `Reply`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = [
    "Bot",
    "Corpus",
    "CorpusError",
    "Outcome",
    "Reply",
    "TpbotError",
    "UsageError",
    "__version__",
    "load_corpus",
]

if TYPE_CHECKING:
    from tpbot.bot import Bot
    from tpbot.corpus import Corpus, load_corpus
    from tpbot.errors import CorpusError, TpbotError, UsageError
    from tpbot.records import Outcome, Reply

_MODULES = {
    "Bot": "bot",
    "Corpus": "corpus",
    "load_corpus": "corpus",
    "CorpusError": "errors",
    "TpbotError": "errors",
    "UsageError": "errors",
    "Outcome": "records",
    "Reply": "records",
}


def __getattr__(name: str) -> object:
    # Imported when first asked for: numpy alone takes longer than `tpbot --help` does.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"tpbot.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
