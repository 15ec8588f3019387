"""`tpbot new`: begin an entry of a corpus."""

from __future__ import annotations

import argparse
from pathlib import Path

from tpbot.commands.common import say
from tpbot.corpus import BUILTIN
from tpbot.entry_file import quoted, read_front_matter, to_entry
from tpbot.errors import UsageError

TEMPLATE = """\
---
question: {question}
also: []          # at least ten other ways in which people ask it
sources: []       # keys of sources.toml
evidence:         # good, limited, disputed or none
technique: false  # true if the answer tells people to do something to their body
related: []       # ids of two to four other entries
checked:          # the day you held the answer against its sources, as 2026-01-31
reviewed_by:      # the clinician who reviewed it
draft: true       # take this line out when the answer is ready
---
Write the answer here, in 60 to 180 plain words. Let the first sentence answer the question.
"""
EPILOG = """\
examples:
  tpbot new opening-hours "When are you open?" --corpus our-clinic

The file is marked as a draft. docs/writing-an-entry.md says how to write it, `tpbot check` what is missing.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `tpbot new`."""
    parser.add_argument("id", metavar="ID", help="the name of the entry: letters, digits, hyphens and dots")
    parser.add_argument("question", metavar="QUESTION", help="the question, as a person would ask it")
    parser.add_argument(
        "--corpus",
        metavar="PATH",
        help="a corpus folder, made if there is none (default: the current folder or its folder `corpus`, "
        "whichever has entries)",
    )
    parser.epilog = EPILOG


def run(arguments: argparse.Namespace) -> int:
    """Write the entry file, and return the exit status.

    Raises:
        CorpusError: The id or the question cannot be used.
        UsageError: There is no corpus to add to, or it has such an entry.
    """
    question = " ".join(arguments.question.split())
    if not question:
        raise UsageError('the question is empty. Write it in quotes: tpbot new ID "When are you open?"')
    folder = _corpus(arguments.corpus) / "entries"
    path = folder / f"{arguments.id}.md"
    text = TEMPLATE.format(question=quoted(question))
    fields, lines, answer = read_front_matter(text, path)
    to_entry({"id": arguments.id, "answer": answer, **fields}, path, lines)  # before anything is written
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} exists. Edit it, or choose another id.") from None
    print(path)
    say("a draft. Fill in its fields and its answer, then run `tpbot check`.")
    return 0


def _corpus(chosen: str | None) -> Path:
    if chosen == BUILTIN:
        raise UsageError(
            "the corpus that ships is not for adding to. Give a folder of your own with --corpus."
        )
    if chosen:
        return Path(chosen)
    for folder in (Path(), Path("corpus")):
        if (folder / "entries").is_dir():
            return folder
    raise UsageError("there is no corpus here. Name its folder with --corpus PATH.")
