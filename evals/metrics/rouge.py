"""ROUGE-L: the longest common subsequence of words."""

from __future__ import annotations

from collections.abc import Sequence

from evals.metrics.normalise import answer_words


def rouge_l(answer: str, golds: Sequence[str]) -> float:
    """F-measure of the longest common subsequence, best over the gold answers.

    Lin, ROUGE: a package for automatic evaluation of summaries, 2004, with precision and recall weighted
    alike and the words normalised as for token F1.
    """
    words = answer_words(answer)
    return max(_measure(words, answer_words(gold)) for gold in golds)


def common_subsequence(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(second) + 1)
    for word in first:
        before = 0
        for at, other in enumerate(second, start=1):
            kept = row[at]
            row[at] = before + 1 if word == other else max(row[at], row[at - 1])
            before = kept
    return row[-1]


def _measure(words: Sequence[str], gold: Sequence[str]) -> float:
    common = common_subsequence(words, gold)
    if common == 0:
        return 0.0
    precision, recall = common / len(words), common / len(gold)
    return 2 * precision * recall / (precision + recall)
