"""Answer correctness against the accepted answers of a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import regex

from evals.cases.model import AcceptedAnswer
from evals.errors import PatternError
from evals.metrics.normalise import answer_words, without_markers

PATIENCE = 1.0  # seconds for one pattern in one answer: some take longer than anyone waits


def accepted(answer: str, options: Sequence[AcceptedAnswer]) -> bool:
    """Whether the answer holds any of the accepted answers; PatternError when that cannot be told."""
    return any(_holds(answer, option) for option in options)


def contains(answer: str, gold: str) -> bool:
    """Whether the gold answer's words stand in the answer as one run."""
    return _has_run(answer_words(answer), answer_words(gold))


def exact_match(answer: str, golds: Sequence[str]) -> float:
    """1 when the answer's words are those of a gold answer, else 0 (exact match as in SQuAD)."""
    words = answer_words(answer)
    return float(any(words == answer_words(gold) for gold in golds))


def token_f1(answer: str, golds: Sequence[str]) -> float:
    """Harmonic mean of precision and recall of the words, best over the gold answers (SQuAD's F1)."""
    return max(_f1(answer_words(answer), answer_words(gold)) for gold in golds)


def gold_texts(options: Sequence[AcceptedAnswer], reference: str | None) -> list[str]:
    """Gold answers that are plain text: what exact match, F1, ROUGE-L and similarity can compare with."""
    texts = [option.value for option in options if option.kind == "text"]
    texts += [
        " ".join(part.value for part in option.parts)
        for option in options
        if option.kind == "all" and all(part.kind == "text" for part in option.parts)
    ]
    return [*texts, reference] if reference else texts


def _holds(answer: str, option: AcceptedAnswer) -> bool:
    if option.kind == "all":
        return all(_holds(answer, part) for part in option.parts)
    if option.kind == "regex":
        flat = " ".join(without_markers(answer).split())
        try:
            return regex.search(option.value, flat, regex.IGNORECASE, timeout=PATIENCE) is not None
        except TimeoutError:
            why = f"{PATIENCE:g} s are not enough; write it without repetitions within repetitions"
            raise PatternError(f"/{option.value}/ cannot be looked for in the answer: {why}.") from None
        except regex.error as error:
            raise PatternError(f"/{option.value}/ is no regular expression: {error}.") from error
    return contains(answer, option.value)


def _has_run(words: Sequence[str], run: Sequence[str]) -> bool:
    size = len(run)
    return size > 0 and any(list(words[at : at + size]) == list(run) for at in range(len(words) - size + 1))


def _f1(words: Sequence[str], gold: Sequence[str]) -> float:
    common = sum((Counter(words) & Counter(gold)).values())
    if common == 0:
        return float(list(words) == list(gold))
    precision, recall = common / len(words), common / len(gold)
    return 2 * precision * recall / (precision + recall)
