"""The lint of a corpus: all that keeps it from being used, and all that a careful editor would ask about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import msgspec

from tpbot.check_entry import check_entry
from tpbot.collisions import SAME, LeftOut, Stolen, ask_left_out, similar_ways
from tpbot.corpus import RED_FLAGS_FILE, line_of
from tpbot.errors import RedFlagsError, did_you_mean
from tpbot.findings import SEVERITIES, Finding, Severity, of_entry, of_error, of_fragment
from tpbot.policy import HIGH
from tpbot.red_flags import load_red_flags
from tpbot.survey import PlacedEntry, Survey, survey
from tpbot.triage import Problem, run_examples

COLLISION = 3
"""Questions that two entries take from each other before they are called hard to tell apart.

One or two are an accident of leaving a question out: nothing else in its entry may be like it.
"""


class Report(msgspec.Struct, frozen=True):
    """All findings of a corpus, by file and line."""

    path: Path
    entries: int
    reviewed: int
    """Entries that name a clinician who reviewed them."""
    findings: tuple[Finding, ...]
    left_out: LeftOut | None
    """Null when no question was left out and asked."""

    def count(self, severity: Severity) -> int:
        """Return how many findings have that severity."""
        return sum(finding.severity == severity for finding in self.findings)


def check(
    path: str | Path,
    *,
    today: date,
    collisions: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Check the corpus at `path`.

    Entries that cannot be read are reported, and left out of the other checks.

    Args:
        path: A corpus folder, a `.jsonl` file, or `builtin`.
        today: The day against which dates are held.
        collisions: Whether to ask every way of asking with that way left out, which takes some seconds.
        progress: Called with a line of text before each slow step.

    Raises:
        CorpusError: There is no corpus at `path`.
    """
    found = survey(path)
    english = found.info is None or found.info.language.lower().startswith("en")
    findings = [of_error(error, "unreadable", found.root) for error in found.errors]
    for placed in found.entries:
        findings.extend(check_entry(placed, today=today, english=english))
        findings.extend(_references(placed, found))
    findings.extend(_stop_rule(found))
    findings.extend(_sources(found))
    findings.extend(_red_flags(found))
    findings.extend(_similar_ways(found))
    left_out = ask_left_out(found.corpus(), progress) if collisions and found.entries else None
    if left_out:
        findings.extend(_collisions(found, left_out))
    findings.sort(key=lambda finding: (str(finding.path), finding.line or 0))
    reviewed = sum(placed.entry.reviewed_by is not None for placed in found.entries)
    return Report(found.root, len(found.ids), reviewed, tuple(findings), left_out)


def _references(placed: PlacedEntry, found: Survey) -> Iterator[Finding]:
    """Yield sources and related entries that do not exist."""
    entry = placed.entry
    for key in entry.sources:
        if found.sources is not None and key not in found.source_keys:
            message = f"the source `{key}` is not in sources.toml"
            cure = did_you_mean(key, found.source_keys) or "Add it there, or take it out here"
            if not found.root.is_dir():
                message = f"the source `{key}` is described nowhere"
                cure = "Make a corpus folder, with sources.toml"
            yield of_entry(placed, "unknown-source", "sources", message, cure)
    for other in entry.related:
        if other == entry.id:
            message, cure = "the entry is related to itself", "Take it out, or name another"
            yield of_entry(placed, "unknown-related", "related", message, cure)
        elif other not in found.ids:
            cure = did_you_mean(other, found.ids) or "Take it out, or write that entry"
            message = f"there is no entry `{other}`"
            yield of_entry(placed, "unknown-related", "related", message, cure)


def _stop_rule(found: Survey) -> Iterator[Finding]:
    code = "no-stop-rule"
    techniques = [placed.entry.id for placed in found.entries if placed.entry.technique]
    if techniques and found.info and not found.info.stop_rule:
        message = (
            f"`{techniques[0]}` has `technique: true`, but there is no stop rule to end its replies with"
        )
        path, cure = found.root / "corpus.toml", "Say in it when to ease off or stop"
        if not found.root.is_dir():
            path, cure = found.root, "Make a corpus folder of it, with corpus.toml"
        yield Finding(SEVERITIES[code], code, path, None, "stop_rule", message, cure)


def _sources(found: Survey) -> Iterator[Finding]:
    path = found.root / "sources.toml"
    cited = {key for placed in found.entries for key in placed.entry.sources}

    def finding(code: str, key: str, message: str, cure: str) -> Finding:
        return Finding(SEVERITIES[code], code, path, line_of(path, f"[{key}]"), key, message, cure)

    for key, source in (found.sources or {}).items():
        if source.url is None and source.retrieved and source.note is None:
            cure = "Add `url`, or say in `note` what was read and where"
            yield finding("no-address", key, "a source that was read has no address and no note", cure)
        elif source.url is None:
            yield finding("explained-address", key, "the source has no address", "Add `url` if it has one")
        if key not in cited:
            yield finding("unused-source", key, "no entry cites this source", "Take it out, or cite it")


def _red_flags(found: Survey) -> Iterator[Finding]:
    """Yield why the triage rules cannot be used, or which of their examples they get wrong."""
    path = found.root / RED_FLAGS_FILE
    if not path.is_file():
        return
    try:
        rules = load_red_flags(path)
    except RedFlagsError as error:
        yield of_error(error, "red-flags", found.root)
        return
    for problem in run_examples(rules, found.corpus().info):
        yield _failed_example(problem, path)


def _failed_example(problem: Problem, path: Path) -> Finding:
    code = "red-flags"
    raised = " and ".join(f"`{flag}`" for flag in problem.raised) or "nothing"
    if problem.expected != problem.flag:
        field, wanted, cure = "quiet", "nothing", "Narrow a combination, or add what rules it out to `unless`"
    else:
        field, wanted, cure = "fires", f"`{problem.flag}`", "Add its words to a concept, or a combination"
        if problem.flag in problem.raised:
            raised, cure = "only its check question", "Move the combination from `ask` to `when`"
    message = f"“{problem.example}” should raise {wanted}, but raises {raised}"
    line = line_of(path, f'"{problem.example}"') or line_of(path, f'id = "{problem.flag}"')
    return Finding(SEVERITIES[code], code, path, line, f"flag.{problem.flag}.{field}", message, cure)


def _similar_ways(found: Survey) -> Iterator[Finding]:
    placed = {one.entry.id: one for one in found.entries}
    for pair in similar_ways(found.corpus()):
        same = pair.similarity == SAME
        if pair.entry != pair.other:
            code = "duplicate-question" if same else "near-duplicate"
            kind = "also a way of asking" if same else f"almost “{pair.other_way}”, a way of asking"
            message, cure = f"“{pair.way}” is {kind} `{pair.other}`", "Keep it where it is answered best"
            yield of_fragment(placed[pair.entry], code, pair.way, message, cure)
        elif same:
            message = f"“{pair.other_way}” has the words of “{pair.way}”"
            cure = "Put a way of another kind in its place"
            yield of_fragment(placed[pair.entry], "repeated-way", pair.other_way, message, cure)


def _collisions(found: Survey, left_out: LeftOut) -> Iterator[Finding]:
    """Yield pairs of entries that take each other's left-out questions, one finding for each pair."""
    placed = {one.entry.id: one for one in found.entries}
    pairs: dict[frozenset[str], list[Stolen]] = {}
    for stolen in left_out.stolen:
        if stolen.confidence >= HIGH:
            pairs.setdefault(frozenset((stolen.entry, stolen.other)), []).append(stolen)
    for taken in pairs.values():
        first = taken[0]
        code = "collision" if len(taken) >= COLLISION else "taken-question"
        listed = "; ".join(f"`{one.other}` takes “{one.way}” of `{one.entry}`" for one in taken)
        message = f"asked with that question left out, {listed}"
        cure = "Say in each what the other is not about, and give each more questions of its own kind"
        yield of_fragment(placed[first.entry], code, first.way, message, cure)
