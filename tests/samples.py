"""A small corpus that uses every field, and what several tests do with corpora and indexes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np

from tpbot.index import Index

CORPUS_FILES = {
    "corpus.toml": 'id = "tea"\ntitle = "Tea"\nsafety_note = "Tea is hot."\nstop_rule = "Stop when full."\n',
    "sources.toml": '[book]\ntitle = "A book on tea"\nyear = 1906\nurl = "https://example.org/tea"\n',
    "entries/brew.md": (
        "---\nquestion: How do I brew a pot of tea?\nalso:\n  - making tea\n  - steps for a good cuppa\n"
        "sources: [book]\nevidence: good\ntechnique: true\nrelated: [keep]\nchecked: 2026-01-31\n"
        "reviewed_by: A. Taster\n---\nPour **boiling** water on the leaves.\n\n- Wait.\n- Pour.\n"
    ),
    "entries/keep.md": (
        "---\nquestion: How long does tea keep?\nalso: [shelf life of leaves]\n---\nFor a year in a tin.\n"
    ),
    "entries/milk.md": "---\nquestion: Does milk go in first?\n---\nAs you like it.\n",
}
"""A small corpus that uses every field, by path in its folder."""

RULES = """
also = "Also: {titles}."
fillers = "my is the a"
[advice]
emergency = "Call {emergency}."
same_day = "Go today."
soon = "Go soon."
[spelling]
stomach = "tummy belly"
[concept.numb]
means = "no feeling"
kind = "symptom"
words = "numb, no feeling"
[concept.tingling]
means = "pins and needles"
kind = "symptom"
words = "tingling"
[concept.leg]
means = "a leg"
words = "leg, foot"
[[flag]]
id = "numb-leg"
title = "a numb leg"
urgency = "soon"
reason = "It shows how a rule is written."
source = "a test"
message = "Have it looked at."
question = "Is it numb?"
when = ["numb near leg"]
ask = ["tingling near leg"]
fires = [
  "numb leg",
  "my leg is numb",
  "the foot is numb",
  "no feeling in my leg",
  "numb foot",
]
quiet = [
  "my leg",
  "numb",
  "hello",
  "a chair leg",
  "what is a foot",
]
"""
"""Triage rules of one flag, whose examples are right."""


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """Write `files`, by path in `folder`, and return `folder`."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def same(one: Index, other: Index) -> bool:
    """Return whether two indexes are the same, bit for bit."""
    pairs = zip(msgspec.structs.astuple(one.arrays), msgspec.structs.astuple(other.arrays), strict=True)
    arrays = all(a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True) for a, b in pairs)
    return arrays and one._texts == other._texts
