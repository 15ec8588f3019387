"""Latency of a warm question to the built-in corpus, beside scikit-learn and rapidfuzz on the same corpus.

python -m tests.benchmarks.bench_ask [QUESTIONS]
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable

from tests.benchmarks.measure import latencies, row, slowest
from tests.benchmarks.typos import with_typo
from tpbot.bot import Bot


def peer_of(ways: list[str]) -> Callable[[str], int]:
    """Return what most people would write: TF-IDF of words and of letters, and the nearest way."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics.pairwise import linear_kernel

    words = TfidfVectorizer(ngram_range=(1, 2))
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5))
    rows = hstack([words.fit_transform(ways), letters.fit_transform(ways)]).tocsr()

    def nearest(question: str) -> int:
        query = hstack([words.transform([question]), letters.transform([question])]).tocsr()
        return int(linear_kernel(query, rows).argmax())

    return nearest


def main(count: int) -> None:
    """Measure, and print a table."""
    bot = Bot.load()
    without_triage = Bot(bot._index)
    ways = list(bot.questions())
    chance = random.Random(0)  # noqa: S311  # not for secrets
    questions = [with_typo(way, chance) for way in chance.choices(ways, k=count)]
    peer = peer_of(ways)
    for warm in questions[:50]:
        bot.ask(warm), peer(warm), without_triage.ask(warm)
    whole = latencies(bot.ask, questions)
    ours, theirs = latencies(without_triage.ask, questions), latencies(peer, questions)
    print(f"{count} questions with a typo, {len(ways)} ways of asking, CPU of one question")
    row("bot.ask with triage, median", statistics.median(whole), statistics.median(theirs), "-")
    row(
        "bot.ask without triage, median",
        statistics.median(ours),
        statistics.median(theirs),
        "<= 0.5 ms, aim 0.25",
    )
    row("bot.ask without triage, 95th in 100", slowest(ours), slowest(theirs), "-")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
