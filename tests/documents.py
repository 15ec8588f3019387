"""The documents that tests on readers share: where they lie, and what was found in one, in short."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tpbot.readers import Document, read_document

DOCUMENTS = Path(__file__).parent / "data" / "documents"
SHARED = Path(os.environ.get("TPBOT_SHARED", Path(__file__).parents[2] / "shared")) / "documents"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="TPBOT_SHARED has no folder `documents`")


def read(name: str) -> Document:
    """Return a document of tests/data/documents."""
    return read_document(DOCUMENTS / name)


def questions(document: Document) -> list[str | None]:
    """Return the questions of a document's drafts, in order."""
    return [draft.entry.question for draft in document.drafts]


def answers(document: Document) -> dict[str | None, str]:
    """Return the answers of a document's drafts by question."""
    return {draft.entry.question: draft.entry.answer for draft in document.drafts}


def reasons(document: Document) -> dict[str, str]:
    """Return why each piece was left out, by the piece's first forty characters."""
    return {piece.text[:40]: piece.reason for piece in document.left_out}
