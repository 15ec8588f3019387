"""Built indexes, kept in the user's cache folder; trouble with it never reaches the person who asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec

from tpbot import __version__
from tpbot import corpus as corpora
from tpbot.config import cache_folder
from tpbot.errors import IndexFormatError
from tpbot.index import FORMAT, Index, deflate, inflate, write_whole
from tpbot.red_flags import NET_FILE, RedFlags, load_red_flags, without_examples


def cached_index(
    paths: tuple[str | Path, ...], progress: Callable[[str], None] | None = None, folder: Path | None = None
) -> Index:
    """Return the index of the corpora at `paths`: from the cache, or built now and put there.

    Args:
        paths: What `corpus.load_corpus` takes.
        progress: Called with a sentence when something that takes a while begins.
        folder: Where indexes are kept; by default the user's cache folder.

    Raises:
        CorpusError: A corpus cannot be used.
    """
    name = _name([str(FORMAT), _tuning(), *(corpora.digest(path) for path in paths)])
    path = (folder or cache_folder()) / f"{name}.index"
    with suppress(OSError, IndexFormatError):
        return Index.open(path, name)
    if progress:
        progress("Building the index (once for each version of a corpus) ...")
    from tpbot.build import build_index

    index = build_index(corpora.merge([corpora.load_corpus(path, rules=False) for path in paths]))
    with suppress(OSError):
        index.save(path, name)
    return index


def cached_red_flags(path: Path, folder: Path | None = None) -> RedFlags:
    """Return the triage rules of the file at `path`: from the cache, or read, checked and put there.

    Raises:
        RedFlagsError: The rules cannot be used.
    """
    files = [file for file in (path, path.with_name(NET_FILE)) if file == path or file.is_file()]
    name = _name([blake2b(corpora.read_bytes(file)).hexdigest() for file in files])
    cached = (folder or cache_folder()) / f"{name}.red-flags"
    with suppress(OSError, IndexFormatError, msgspec.DecodeError):
        return msgspec.json.decode(inflate(cached.read_bytes()), type=RedFlags)
    rules = load_red_flags(path)
    with suppress(OSError):
        write_whole(cached, deflate(without_examples(rules)))
    return rules


def _tuning() -> str:
    """Return a hash of the data beside the code that goes into an index."""
    names = ("calibration.json", "common-words.txt", "synonyms.txt")
    data = (Path(__file__).with_name(name).read_bytes() for name in names)
    return blake2b(b"\0".join(data), digest_size=16).hexdigest()


def _name(parts: list[str]) -> str:
    """Return a name made of contents and tpbot's version."""
    return blake2b("\0".join([__version__, *parts]).encode(), digest_size=16).hexdigest()
