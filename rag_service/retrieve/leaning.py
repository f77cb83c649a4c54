"""Which of both searches a question leans on."""

from __future__ import annotations

from rag_service.ports import TermStatistics
from rag_service.retrieve.features import rarities

_FEW = 0.05  # of the chunks: in how many a telling stem stands at most
_SWING, _USUAL = 0.4, 0.65  # the mean over squad2-train-en is .67


def dense_share(usual: float, statistics: TermStatistics) -> float:
    """The dense score's share for one question: less than ``usual`` where its words can be found, more where not.

    What counts is how much of the question's rarity lies in stems that few chunks have: names, numbers, rare words.
    A paraphrase has stems that stand everywhere or nowhere.
    """
    rare = rarities(statistics)
    few = max(1.0, _FEW * statistics.chunks)
    telling = sum(rare[stem] for stem, count in statistics.frequencies.items() if 0 < count <= few)
    found = telling / (sum(rare.values()) or 1.0)
    return min(max(usual + _SWING * (_USUAL - found), 0.0), 1.0)
