"""`tpbot import`: documents to drafts of entries."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tpbot.layout import clean

if TYPE_CHECKING:
    from tpbot.importing import Plan

EPILOG = """\
examples:
  tpbot import faq.html --to our-clinic              drafts in our-clinic/entries
  tpbot import leaflet.pdf --to our-clinic --dry-run what would be taken, and what not
  tpbot ask --corpus faq.html "When are you open?"   ask a document, without importing it

docs/documents.md says which documents are read, and how.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "documents",
        nargs="+",
        metavar="DOC",
        help="a text, Markdown, HTML, CSV, TSV, JSON, XLSX, DOCX or PDF file",
    )
    parser.add_argument(
        "--to",
        required=True,
        metavar="FOLDER",
        help="the corpus folder that gets the drafts; made if missing",
    )
    parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and write nothing")
    parser.epilog = EPILOG


def run(arguments: argparse.Namespace) -> int:
    """Import the documents and return the exit status: 0 if there is anything usable in them, else 1.

    Every document is read before anything is written.

    Raises:
        TpbotError: A document cannot be read, or the folder cannot be used.
    """
    from tpbot.importing import Target
    from tpbot.readers import read_document

    target = Target(Path(arguments.to))
    plans = [target.plan(document) for document in [read_document(path) for path in arguments.documents]]
    for plan in plans:
        if not arguments.dry_run:
            target.write(plan)
        print("\n".join(clean(line) for line in summary(plan, dry_run=arguments.dry_run)))
    taken = sum(len(plan.taken) for plan in plans)
    if taken and not arguments.dry_run:
        entries = clean(str(Path(arguments.to) / "entries"))
        print(f"\nThe drafts are in {entries}. Read and mend each one, then delete its `draft: true`.")
        print(f"To ask them: tpbot --corpus {clean(arguments.to)}")
    return 0 if any(plan.taken or plan.present for plan in plans) else 1


def summary(plan: Plan, *, dry_run: bool) -> list[str]:
    """Return lines that say what was taken from a document, what was left out, and why."""
    counts = [f"{len(plan.taken)} {'to take' if dry_run else 'taken'}"]
    if plan.present:
        counts.append(f"{len(plan.present)} there already")
    lines = [f"{plan.document.name}: {', '.join([*counts, f'{len(plan.left_out)} left out'])}"]
    for item in plan.taken:
        lines.append(
            f"  + {item.entry.id} ({item.place}): {_first(item.entry.question or item.entry.answer)}"
        )
        lines += [f"      warning: {_first(warning, 160)}" for warning in item.warnings]
    lines += [
        f"  = {draft.place}: {_first(draft.entry.question or draft.entry.answer)} (there already)"
        for draft in plan.present
    ]
    lines += [f"  - {piece.place}: {_first(piece.text)} ({_first(piece.reason)})" for piece in plan.left_out]
    return lines


def _first(text: str, length: int = 70) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
