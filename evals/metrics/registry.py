"""Every metric by name: what it is called, what it says, and which way is better."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from evals.errors import DatasetError

DEPTHS = (1, 3, 5, 10)
JUDGED = ("judge_correct", "judge_faithful")  # what a judge scores: its kinds of verdict


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as shown to people; ``over`` is ``cases`` for a mean of case scores, ``set`` for one figure."""

    name: str
    group: str
    label: str
    higher_is_better: bool = True
    over: str = "cases"


def metrics() -> dict[str, Metric]:
    """All metrics in the order they are shown."""
    listed = [
        Metric("case_right", "overall", "Cases handled right"),
        Metric("answer_correct", "answer", "Answers right"),
        Metric("answer_exact_match", "answer", "Exact match"),
        Metric("answer_token_f1", "answer", "Token F1"),
        Metric("answer_rouge_l", "answer", "ROUGE-L"),
        Metric("answer_similarity", "answer", "Semantic similarity"),
        Metric("forbidden_absent", "answer", "Forbidden text absent"),
        Metric("citation_precision", "citation", "Citation precision"),
        Metric("citation_recall", "citation", "Citation recall"),
        Metric("citations_verified", "citation", "Citations verified"),
        Metric("statements_supported", "citation", "Statements supported"),
        Metric("abstention_precision", "abstention", "Abstention precision", over="set"),
        Metric("abstention_recall", "abstention", "Abstention recall", over="set"),
        Metric("abstention_f1", "abstention", "Abstention F1", over="set"),
        Metric("false_abstentions", "abstention", "False abstentions", higher_is_better=False, over="set"),
        Metric("abstention_balanced_accuracy", "abstention", "Balanced accuracy", over="set"),
        Metric("confidence_auroc", "abstention", "AUROC of the confidence", over="set"),
        Metric("calibration_error", "abstention", "Calibration error", higher_is_better=False, over="set"),
        *_ranking("document", "Document"),
        *_ranking("evidence", "Evidence"),
        Metric("judge_correct", "judge", "Judged correct"),
        Metric("judge_faithful", "judge", "Judged faithful"),
        Metric("prompt_tokens", "cost", "Prompt tokens a question", higher_is_better=False),
        Metric("completion_tokens", "cost", "Completion tokens a question", higher_is_better=False),
        Metric("cost", "cost", "Cost a question", higher_is_better=False),
    ]
    return {metric.name: metric for metric in listed}


def _ranking(level: str, label: str) -> list[Metric]:
    group = f"{level} retrieval"
    return [
        *(Metric(f"{level}_hit@{k}", group, f"{label} hit@{k}") for k in DEPTHS),
        *(Metric(f"{level}_recall@{k}", group, f"{label} recall@{k}") for k in DEPTHS[1:]),
        Metric(f"{level}_precision@5", group, f"{label} precision@5"),
        Metric(f"{level}_mrr", group, f"{label} MRR"),
        Metric(f"{level}_ndcg@10", group, f"{label} nDCG@10"),
    ]


def named_metric(name: str) -> Metric:
    """The metric of a name; DatasetError names the nearest one."""
    known = metrics()
    if name not in known:
        raise DatasetError([unknown_metric(name)])
    return known[name]


def unknown_metric(name: str) -> str:
    """What to say of a name that is no metric's: the nearest one."""
    close = difflib.get_close_matches(name, metrics(), n=1, cutoff=0.4)
    return f"unknown metric '{name}'" + (f"; did you mean '{close[0]}'?" if close else "")
