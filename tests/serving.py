"""A real server on loopback for tests, and an engine with one reply of each kind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import msgspec
import uvicorn

from tpbot.records import (
    Answer,
    Block,
    Candidate,
    CitedSource,
    ContactLine,
    CorpusInfo,
    Flag,
    Region,
    Reply,
    Span,
    Topic,
    Triage,
)
from tpbot.server.messages import Engine
from tpbot.server.run import configure, listen, make_app
from tpbot.server.settings import Settings

SAFETY_NOTE = "This is the safety note of the corpus."
HOSTILE = "</script><img src=x onerror=\"document.title='pwned'\"><b>bold</b>${alert(1)} javascript:alert(1)"

INFO = CorpusInfo(
    "stub",
    "A corpus of one reply of each kind",
    description="Answers about sore backs.",
    safety_note=SAFETY_NOTE,
    contact="Ask a pharmacist.",
    not_reviewed="Not yet reviewed by a clinician.",
)
TOPICS = (
    Topic("feel-like", "What does a trigger point feel like?"),
    Topic("ball", "How do I use a tennis ball on a sore back?"),
    Topic("heat", "Is heat or ice better for back pain?"),
    Topic("bed", "Should I stay in bed with back pain?"),
    Topic("sleep", "How should I sleep with back pain?"),
)
ANSWER = Answer(
    id="feel-like",
    question="What does a trigger point feel like?",
    text="A small sore spot.",
    blocks=(
        Block("paragraph", ((Span("A small "), Span("sore", "strong"), Span(" spot.")),)),
        Block("list", ((Span("It hurts when pressed."),), (Span("It may feel like a pea."),))),
        Block("numbered_list", ((Span("Sit."),), (Span("Press "), Span("gently", "emphasis")))),
    ),
    evidence="limited",
    technique=False,
    checked="2026-11-20",
    reviewed_by=None,
    related=(TOPICS[1], TOPICS[2]),
    sources=(
        CitedSource("one", "A review of trigger points, 2015", "https://example.org/review"),
        CitedSource("two", "A book without an address", None),
    ),
)
NO_ANSWER = Reply(
    schema=1,
    question="",
    outcome="no_answer",
    message="I don't know that.",
    answer=None,
    choices=(),
    confidence=0.1,
    band="low",
    candidates=tuple(Candidate(topic.id, topic.question, 1.0) for topic in TOPICS[:2]),
    triage=Triage(),
    safety_note=SAFETY_NOTE,
)
REPLIES = {
    "answer": msgspec.structs.replace(
        NO_ANSWER, outcome="answer", message=None, answer=ANSWER, confidence=0.93, band="high"
    ),
    "doubt": msgspec.structs.replace(
        NO_ANSWER, outcome="answer", message=None, answer=ANSWER, confidence=0.6, band="medium"
    ),
    "clarify": msgspec.structs.replace(
        NO_ANSWER, outcome="clarify", message="I am not sure which of these you mean.", choices=TOPICS[:3]
    ),
    "no answer": NO_ANSWER,
    "emergency": msgspec.structs.replace(
        NO_ANSWER,
        outcome="urgent",
        message=None,
        confidence=None,
        band=None,
        candidates=(),
        triage=Triage(
            "emergency",
            (Flag("cauda-equina", "emergency"),),
            "Numbness between the legs with back pain can be an emergency. Call for help now.",
            None,
            (
                ContactLine("Emergency services (ask for an ambulance)", "999"),
                ContactLine("Advice", "0800 611 116"),
            ),
        ),
    ),
    "soon": msgspec.structs.replace(
        NO_ANSWER,
        outcome="urgent",
        message=None,
        answer=ANSWER,
        triage=Triage("soon", (Flag("fracture", "soon"),), "Book an appointment in the next few days."),
    ),
    "confirm": msgspec.structs.replace(
        NO_ANSWER,
        outcome="confirm",
        message=None,
        confidence=None,
        band=None,
        candidates=(),
        triage=Triage(
            "unclear",
            (Flag("cauda-equina", "emergency"),),
            None,
            "Do you feel numb between your legs?",
        ),
    ),
    "hostile": msgspec.structs.replace(
        NO_ANSWER,
        outcome="answer",
        message=HOSTILE,
        answer=msgspec.structs.replace(
            ANSWER,
            question=HOSTILE,
            blocks=(Block("paragraph", ((Span(HOSTILE, "code"), Span(HOSTILE)),)),),
            checked=HOSTILE,
            reviewed_by=HOSTILE,
            related=(Topic(HOSTILE, HOSTILE),),
            sources=(CitedSource("x", HOSTILE, "javascript:alert(1)"), CitedSource("y", HOSTILE, HOSTILE)),
        ),
        triage=Triage("none", (), HOSTILE, HOSTILE, (ContactLine(HOSTILE, HOSTILE),)),
        safety_note=HOSTILE,
    ),
}
"""By the question that gets it."""


class StubEngine:
    """Replies by table; raises for `break`, and remembers what it was asked."""

    def __init__(self, info: CorpusInfo = INFO, topics: tuple[Topic, ...] = TOPICS) -> None:
        self.info = info
        self._topics = topics
        self.asked: list[tuple[str, int, Region | None, dict[str, bool] | None]] = []

    def topics(self) -> tuple[Topic, ...]:
        """Return the topics."""
        return self._topics

    def ask(
        self,
        text: str,
        *,
        top: int = 5,
        region: Region | None = None,
        confirm: dict[str, bool] | None = None,
    ) -> Reply:
        """Return the reply of the table."""
        self.asked.append((text, top, region, confirm))
        if text == "break":
            raise RuntimeError(f"cannot answer {text!r}: my secret")
        reply = REPLIES.get(text, NO_ANSWER)
        if text == "confirm" and confirm:
            reply = REPLIES["emergency" if confirm["cauda-equina"] else "answer"]
        return msgspec.structs.replace(reply, question=text)


@contextmanager
def running(engine: Engine, settings: Settings | None = None) -> Iterator[str]:
    """Run the server in a thread of this process; yields its address, which ends in a slash."""
    settings = settings or Settings(rate_limit=0)
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(configure(partial(make_app, engine, settings)))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started:
            if time.monotonic() > deadline:
                raise TimeoutError("the server did not start")
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(20)
