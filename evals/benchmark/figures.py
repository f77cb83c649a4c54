"""Figures over the queries of a benchmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evals.importers.beir import BeirQuery
from evals.importers.imported import file_name
from evals.metrics import abstention, calibration, ranking
from evals.metrics.answers import contains
from evals.metrics.decisions import value
from evals.metrics.normalise import answer_words
from rag_service.models import Answer
from rag_service.text.languages import detect_language
from rag_service.text.sentences import split_sentences

Figures = dict[str, float]


def ranking_figures(rankings: Sequence[tuple[Sequence[str], Mapping[str, int]]]) -> Figures:
    """Document level figures over (ranking, grades by relevant id); empty when no query has relevant documents."""
    if not rankings:
        return {}
    rows = []
    for documents, grades in rankings:
        wanted = {file_name(identifier): grade for identifier, grade in grades.items()}
        graded = [wanted.get(source, 0) for source in documents]
        gains = [grade > 0 for grade in graded]
        rows.append(
            (
                ranking.graded_ndcg(graded, list(wanted.values()), 10),
                ranking.hit(gains, 1),
                ranking.hit(gains, 5),
                ranking.recall(gains, len(wanted), 10),
                ranking.reciprocal_rank(gains),
            )
        )
    names = ("ndcg@10", "hit@1", "hit@5", "recall@10", "mrr")
    means = np.mean(rows, axis=0)
    return {"ranked_queries": len(rows)} | {name: float(mean) for name, mean in zip(names, means, strict=True)}


def answer_figures(answers: Sequence[tuple[BeirQuery, Answer]]) -> Figures:
    """Share of answerable questions whose answer's first sentences hold a gold answer; abstentions hold none.

    ``gold_cited`` is the share of the answers given that cite a relevant document, where the set names any.
    """
    asked = [(query, answer) for query, answer in answers if query.answerable is not False and query.answers]
    if not asked:
        return {}
    figures: Figures = {"answers_asked": len(asked)}
    split = [_sentences(answer) for _, answer in asked]
    said = [(query, sentences) for (query, _), sentences in zip(asked, split, strict=True)]
    for count in (1, 2, 3):
        figures[f"gold_in_first_{count}"] = _share([_holds(query, sentences[:count]) for query, sentences in said])
    figures["gold_in_answer"] = _share([_holds(query, sentences) for query, sentences in said])
    given = [answer for _, answer in asked if answer.answered]
    figures["answered"] = len(given) / len(asked)
    if given:
        figures["gold_when_answered"] = figures["gold_in_answer"] / figures["answered"]
        figures["answer_sentences"] = sum(map(len, split)) / len(given)
        figures["answer_characters"] = sum(len(sentence) for sentences in split for sentence in sentences) / len(given)
        cited = [
            any(citation.source in map(file_name, query.relevant) for citation in answer.citations)
            for query, answer in asked
            if answer.answered and query.relevant
        ]
        if cited:
            figures["gold_cited"] = _share(cited)
        figures["answer_words"] = float(np.mean([len(answer_words(answer.text)) for answer in given]))
    return figures


def decision_figures(answers: Sequence[tuple[BeirQuery, Answer]]) -> Figures:
    """How well confidence and decision tell answerable from unanswerable; empty when the set does not say."""
    rows = [
        (bool(query.answerable), not answer.answered, 0.0 if answer.confidence is None else answer.confidence)
        for query, answer in answers
        if query.answerable is not None
    ]
    if not rows or len({row[0] for row in rows}) < 2:
        return {}
    table = np.array(rows, dtype=np.float64)
    found = {
        "confidence_auroc": value(calibration.auroc, table),
        "balanced_accuracy": value(abstention.balanced_accuracy, table),
        "best_balanced_accuracy": calibration.best_balanced_accuracy(table),
        "abstention_precision": value(abstention.precision, table),
        "abstention_recall": value(abstention.recall, table),
        "abstention_f1": value(abstention.f1, table),
        "calibration_error": value(calibration.expected_error, table),
    }
    return {name: value for name, value in found.items() if value is not None}


def _holds(query: BeirQuery, sentences: Sequence[str]) -> bool:
    return bool(sentences) and any(contains(" ".join(sentences), gold) for gold in query.answers)


def _sentences(answer: Answer) -> list[str]:
    """The sentences of the statements, of which a statement may have more than one; an abstention has none."""
    texts = [statement.text for statement in answer.statements] if answer.answered else []
    return [text[start:end] for text in texts for start, end in split_sentences(text, detect_language(text))]


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)
