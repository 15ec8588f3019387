"""`tpbot export`: the entries of a corpus in another form."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tpbot.commands.common import say
from tpbot.errors import UsageError

FORMATS = ("jsonl", "csv", "tsv", "faqpage", "markdown")

EPILOG = """\
examples:
  tpbot export --format jsonl > entries.jsonl        every field of every entry
  tpbot export --corpus our-clinic --format faqpage --output faq.html

docs/documents.md says what each format holds.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--corpus",
        action="append",
        metavar="PATH",
        help="a corpus folder, a document, or `builtin` for the corpus that ships (the default); "
        "may be given several times",
    )
    parser.add_argument(
        "--format",
        required=True,
        choices=FORMATS,
        help="jsonl keeps every field; faqpage is a static page with FAQPage JSON-LD",
    )
    parser.add_argument("--output", metavar="FILE", help="where to write (by default to standard output)")
    parser.epilog = EPILOG


def run(arguments: argparse.Namespace) -> int:
    """Write the entries of the corpus and return the exit status, 0.

    Raises:
        TpbotError: The corpus cannot be used, or the file cannot be written.
    """
    from tpbot.corpus import BUILTIN, load_corpus, merge
    from tpbot.exporting import FORMATS as WRITERS
    from tpbot.exporting import not_held

    corpus = merge([load_corpus(path) for path in arguments.corpus or [BUILTIN]])
    written = WRITERS[arguments.format](corpus).encode("utf-8", "replace")
    if arguments.output:
        _write(Path(arguments.output), written)
    else:
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
    for note in not_held(corpus, arguments.format):
        say(note)
    return 0


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: under another name first, then renamed."""
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".export-", delete=False) as file:
            temporary = Path(file.name)
            file.write(content)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written ({error.strerror}). Give another --output.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
