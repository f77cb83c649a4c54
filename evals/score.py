"""Scores of one case: a number for each metric that applies, a reason where one applies but cannot be had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evals.cases.model import Case
from evals.metrics import answers, citations, ranking
from evals.metrics.registry import DEPTHS, JUDGED
from evals.metrics.relevance import document_gains, evidence_gains
from evals.metrics.rouge import rouge_l
from rag_service.models import Answer


@dataclass(slots=True)
class CaseScores:
    """``values`` by metric; ``unscored`` holds the reason by metric; a metric in neither does not apply.

    ``ranks`` are the first ranks at which a relevant document and a gold evidence span were retrieved.
    """

    values: dict[str, float] = field(default_factory=dict)
    unscored: dict[str, str] = field(default_factory=dict)
    ranks: dict[str, int | None] = field(default_factory=dict)


def score_answer(case: Case, answer: Answer, sources: Mapping[str, str]) -> CaseScores:
    """Scores of an answer; the case's evidence must be resolved."""
    scores = CaseScores()
    values = scores.values
    if case.answerable and case.evidence:
        _score_retrieval(case, answer, scores)
    if case.answerable:
        _score_text(case, answer, values)
    if case.forbidden:
        values["forbidden_absent"] = float(not answers.accepted(answer.text, case.forbidden))
    if answer.answered:
        _score_citations(case, answer, sources, values)
    if answer.usage is not None:
        values["prompt_tokens"] = float(answer.usage.prompt_tokens)
        values["completion_tokens"] = float(answer.usage.completion_tokens)
        if answer.usage.cost is not None:
            values["cost"] = answer.usage.cost
    values["case_right"] = float(_right(case, answer, values))
    return scores


def score_failure(case: Case, reason: str, *, similarity: bool = False, judged: bool = False) -> CaseScores:
    """No scores for a case that got no answer: every metric that could apply is unscored, with the reason.

    ``similarity`` and ``judged`` say whether the run measures them.
    """
    names = ["case_right"]
    if case.answerable and case.evidence:
        levels = ("document", "evidence") if any(item.quote for item in case.evidence) else ("document",)
        names += [f"{level}_{name}" for level in levels for name in _ranking_names()]
        names += ["citation_precision", "citation_recall"]
    if case.answerable and case.answers:
        names.append("answer_correct")
    if case.answerable:
        names += ["citations_verified", "statements_supported"]
        if answers.gold_texts(case.answers, case.reference):
            names += ["answer_exact_match", "answer_token_f1", "answer_rouge_l"]
            names += ["answer_similarity"] if similarity else []
        if judged:
            names += [name for name in JUDGED if name != "judge_correct" or case.worded]
    if case.forbidden:
        names.append("forbidden_absent")
    return CaseScores(unscored=dict.fromkeys(names, reason))


def _right(case: Case, answer: Answer, values: Mapping[str, float]) -> bool:
    """Abstained where there is no answer; else answered, correctly where that can be told."""
    if values.get("forbidden_absent") == 0.0:
        return False
    if not case.answerable:
        return not answer.answered
    return answer.answered and values.get("answer_correct", 1.0) == 1.0


def _score_retrieval(case: Case, answer: Answer, scores: CaseScores) -> None:
    relevant = frozenset(item.source for item in case.evidence)
    documents = document_gains(answer.passages, relevant)
    spans, total = evidence_gains(answer.passages, case.evidence)
    for level, gains, count in (("document", documents, len(relevant)), ("evidence", spans, total)):
        if not count:  # the evidence names documents only
            continue
        scores.ranks[level] = ranking.first_rank(gains)
        for name, value in _ranking_values(gains, count).items():
            scores.values[f"{level}_{name}"] = value


def _ranking_values(gains: Sequence[int], total: int) -> dict[str, float]:
    return {
        **{f"hit@{k}": ranking.hit(gains, k) for k in DEPTHS},
        **{f"recall@{k}": ranking.recall(gains, total, k) for k in DEPTHS[1:]},
        "precision@5": ranking.precision(gains, 5),
        "mrr": ranking.reciprocal_rank(gains),
        "ndcg@10": ranking.ndcg(gains, total, 10),
    }


def _ranking_names() -> list[str]:
    return list(_ranking_values([], 1))


def _score_text(case: Case, answer: Answer, values: dict[str, float]) -> None:
    """An abstention on an answerable question is a wrong answer: 0."""
    if case.answers:
        values["answer_correct"] = float(answer.answered and answers.accepted(answer.text, case.answers))
    golds = answers.gold_texts(case.answers, case.reference)
    if golds:
        values["answer_exact_match"] = answers.exact_match(answer.text, golds) if answer.answered else 0.0
        values["answer_token_f1"] = answers.token_f1(answer.text, golds) if answer.answered else 0.0
        values["answer_rouge_l"] = rouge_l(answer.text, golds) if answer.answered else 0.0


def _score_citations(case: Case, answer: Answer, sources: Mapping[str, str], values: dict[str, float]) -> None:
    """Precision needs a citation, recall needs gold evidence; both only where an answer was given."""
    if answer.citations:
        values["citations_verified"] = citations.share_verified(answer.citations, sources)
    if answer.statements:
        values["statements_supported"] = citations.share_supported(answer.statements, answer.citations, sources)
    if case.answerable and case.evidence:
        if answer.citations:
            values["citation_precision"] = citations.citation_precision(answer.citations, case.evidence)
        values["citation_recall"] = citations.citation_recall(answer.citations, case.evidence, case.needs)
