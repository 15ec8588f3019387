"""PDF text. It is taken out in a process of its own, whose time and memory are bounded.

A PDF is a small program; a hostile one can keep any reader of it busy for hours. `main` is what that
process runs: PDF on standard input, the text of each page as a list of JSON on standard output.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import msgspec

from tpbot.errors import DocumentError, MissingExtraError
from tpbot.readers import sift
from tpbot.readers.document import LeftOut, Part, Reading
from tpbot.readers.outline import outline

MAX_PAGES = 500
MAX_SECONDS = 60
MAX_MEMORY = 1_000_000_000
"""Bytes of address space of the process that reads the PDF, where the system can hold it to them."""

_PAGE_NUMBER = re.compile(r"\W*(page )?\d{1,4}( of \d+)?\W*$", re.IGNORECASE)
MAX_TEXT_LENGTH = 5_000_000
"""Code points on all pages together."""
_PROBLEMS = {
    3: ("it is encrypted", "Save it without a password"),
    4: (f"it has over {MAX_PAGES} pages or too much text on them", "Split it"),
}
"""What the exit status of the process says of a PDF that it did not take apart, and the cure."""
_DAMAGED = ("the PDF is damaged or too large", "Print it to a new PDF, or export its text")


def read(data: bytes, path: Path) -> Reading:
    """Return what stands in a PDF.

    Raises:
        DocumentError: It is damaged, encrypted, without text, or takes too long.
        MissingExtraError: pypdf is not installed.
    """
    if find_spec("pypdf") is None:
        raise MissingExtraError(f"{path}: reading .pdf needs pypdf. Run: pip install 'tpbot[documents]'")
    pages = _pages_in_child(data, path)
    if not any(page.strip() for page in pages):
        cure = "If it is made of scanned pictures, run text recognition (OCR) over it first"
        raise DocumentError("there is no text in it", path=path, cure=cure)
    running = _running_lines(pages)
    parts = [part for number, page in enumerate(pages, 1) for part in _parts(page, number, running)]
    reading = outline(parts)
    furniture = tuple(LeftOut(line, "every page", sift.NAVIGATION) for line in sorted(running))
    return Reading(reading.drafts, (*reading.left_out, *furniture))


def _pages_in_child(data: bytes, path: Path) -> list[str]:
    program = f"import sys; sys.path = {sys.path}; from {__name__} import main; sys.exit(main())"
    command = [sys.executable, "-P", "-c", program]
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and module
            command, input=data, capture_output=True, timeout=MAX_SECONDS, check=False
        )
        if done.returncode == 0:
            return msgspec.json.decode(done.stdout, type=list[str])
        problem, cure = _PROBLEMS.get(done.returncode, _DAMAGED)
    except subprocess.TimeoutExpired:
        problem, cure = f"reading it takes over {MAX_SECONDS} seconds", _DAMAGED[1]
    except msgspec.DecodeError:
        problem, cure = _DAMAGED
    except OSError as error:
        problem, cure = f"no process could be started to read it ({error.strerror})", "Free some memory"
    raise DocumentError(problem, path=path, cure=cure)


def _running_lines(pages: list[str]) -> frozenset[str]:
    """Return the lines that most pages begin or end with: headers and footers."""
    counts: Counter[str] = Counter()
    for page in pages:
        lines = [line.strip() for line in page.split("\n") if line.strip()]
        counts.update({*lines[:2], *lines[-2:]})
    return frozenset(line for line, count in counts.items() if count >= 3 and count > len(pages) / 2)


def _parts(page: str, number: int, running: frozenset[str]) -> Iterator[Part]:
    """Yield the paragraphs of a page.

    A line ends its paragraph when it is short and ends a sentence, or when it is very short and the next
    begins with a capital, as below a headline.
    """
    from tpbot.readers.text import parts

    lines = [" ".join(line.split()) for line in page.split("\n")]
    lines = [line for line in lines if line not in running and not _PAGE_NUMBER.match(line)]
    width = max(map(len, lines), default=0)
    text = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if text.endswith("-\n") and line[:1].islower():  # a word parted at the line's end
            text = text[:-2]
        text += line + "\n"
        sentence = len(line) < width * 0.75 and re.search(r"[.!?:…][)\"”’]?$", line)
        headline = len(line) < width * 0.5 and following[:1].isupper()
        if sentence or headline:
            text += "\n"
    yield from parts(text, f"page {number}")


def main() -> int:
    """Read a PDF from standard input and write its pages' text to standard output, within bounds."""
    import logging
    import warnings

    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    except (ImportError, ValueError, OSError):  # not everywhere; the time limit of the parent stays
        pass
    warnings.simplefilter("ignore")
    logging.disable()
    import io

    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()))
    if reader.is_encrypted and not reader.decrypt(""):
        return 3
    if len(reader.pages) > MAX_PAGES:
        return 4
    pages = [page.extract_text().encode("utf-8", "replace").decode() for page in reader.pages]
    if sum(map(len, pages)) > MAX_TEXT_LENGTH:
        return 4
    sys.stdout.buffer.write(msgspec.json.encode(pages))
    return 0
