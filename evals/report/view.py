"""What the report's template shows, worked out from a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.cases.model import GoldEvidence
from evals.compare import Comparison
from evals.folder import Record
from evals.metrics.citations import citation_precision
from evals.metrics.ranking import first_rank
from evals.metrics.registry import metrics
from evals.metrics.relevance import holds
from evals.record import read_citation, read_evidence, read_passage
from evals.report.highlight import Piece, evidence_view
from evals.report.svg import Point, histogram, interval_bar, scatter
from evals.report.words import COUNTED, HEADLINE, TAG_COLUMNS, bounds, mean_of, number
from evals.runs import Run
from rag_service.models import Passage

PASSAGE_SHOWN = 260
UNCITED = "right answer, gold evidence not cited"


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case with everything needed to see what went wrong; ``evidence`` is source, where it was found, and text."""

    record: Record
    verdict: str
    right: bool | None
    evidence: list[tuple[str, str, list[Piece]]]
    citations: list[tuple[Record, bool]]
    passages: list[tuple[Record, bool, str]]
    notable: list[tuple[str, str]]


def case_view(record: Record) -> CaseView:
    """Gold evidence in its source, citations and passages marked where they meet it."""
    outcome = record["outcome"] or {}
    citations, passages = outcome.get("citations", ()), outcome.get("passages", ())
    gold = [read_evidence(item) for item in record.get("evidence", ())]
    retrieved = [read_passage(item) for item in passages]
    right = record["scores"].get("case_right")
    return CaseView(
        record=record,
        verdict=explain(record),
        right=None if right is None else right == 1.0,
        evidence=[
            (item["source"], _found(span, retrieved) if outcome else "", evidence_view(item, citations))
            for item, span in zip(record.get("evidence", ()), gold, strict=True)
        ],
        citations=[(item, citation_precision([read_citation(item)], gold) == 1.0) for item in citations],
        passages=[
            (item, any(holds(passage, span) for span in gold), _shortened(item["text"]))
            for item, passage in zip(passages, retrieved, strict=True)
        ],
        notable=[
            (metrics()[name].label, number(value, name))
            for name, value in record["scores"].items()
            if name in ("answer_token_f1", "citation_precision", "citation_recall", "answer_similarity")
        ],
    )


def explain(record: Record) -> str:
    """In a few words what happened with a case."""
    if record["error"]:
        return f"failed: {record['error']['code']}"
    answered, scores = record["outcome"]["answered"], record["scores"]
    if scores.get("forbidden_absent") == 0.0:
        return "said what it must not"
    if not record["answerable"]:
        return "answered although there is no answer" if answered else "rightly declined"
    if not answered:
        return "declined although there is an answer"
    if scores.get("answer_correct") == 0.0:
        if scores.get("citation_recall", 0.0) > 0:
            return "wrong answer although gold evidence is cited"
        if "evidence" not in record["ranks"]:
            return "wrong answer"
        rank = record["ranks"]["evidence"]
        return "wrong answer, evidence " + (f"at rank {rank} not cited" if rank else "not retrieved")
    if scores.get("citation_recall") == 0.0:
        return UNCITED
    return "right"


def badness(record: Record) -> tuple[float, ...]:
    """Sort key: failed and wrong cases first, then those with the weakest citations."""
    scores = record["scores"]
    return (
        scores.get("case_right", -1.0),
        scores.get("citation_recall", 1.0) + scores.get("citation_precision", 1.0),
        scores.get("evidence_ndcg@10", 1.0),
    )


def tiles(run: Run, comparison: Comparison | None) -> list[dict[str, Any]]:
    """Headline figures with interval, and the difference where there is a comparison."""
    changes = {item.metric.name: item for item in comparison.changes} if comparison else {}
    found = []
    for name in HEADLINE:
        figure = run.summary["metrics"][name]
        found.append(
            {
                "label": metrics()[name].label,
                "value": number(figure["mean"], name),
                "bounds": bounds(figure, name),
                "n": figure["n"],
                "bar": "" if figure["mean"] is None else interval_bar(figure["mean"], figure["low"], figure["high"]),
                "change": changes.get(name),
            }
        )
    return found


def metric_rows(run: Run) -> list[dict[str, Any]]:
    """Every metric that has a value or was left out with a reason."""
    figures = run.summary["metrics"]
    return [
        {
            "metric": metric,
            "figure": figure,
            "value": number(figure["mean"], name),
            "bounds": bounds(figure, name),
            "bar": ""
            if figure["mean"] is None or name in COUNTED
            else interval_bar(figure["mean"], figure["low"], figure["high"]),
        }
        for name, metric in metrics().items()
        if (figure := figures[name])["n"] or figure["unscored"]
    ]


def tag_rows(run: Run) -> list[tuple[str, int, list[tuple[str, str]]]]:
    """Tag, number of cases, and (figure, bar) by column."""
    rows = []
    for tag, content in run.summary["tags"].items():
        cells = []
        for name in TAG_COLUMNS:
            figure = content["metrics"][name]
            drawn = figure["mean"] is not None
            cells.append(
                (
                    mean_of(figure),
                    interval_bar(figure["mean"], figure["low"], figure["high"]) if drawn else "",
                )
            )
        rows.append((tag, content["cases"], cells))
    return rows


def charts(run: Run) -> list[str]:
    """Calibration, confidences, latency and evidence ranks; those that have nothing to show are left out."""
    outcomes = [(record, record["outcome"]) for record in run.records if record["outcome"]]
    by_kind = [
        (
            name,
            [o["confidence"] for r, o in outcomes if r["answerable"] is kind and o["confidence"] is not None],
        )
        for name, kind in (("answerable", True), ("unanswerable", False))
    ]
    ranks = [float(record["ranks"]["evidence"]) for record in run.records if record["ranks"].get("evidence")]
    most = int(max(ranks, default=1))
    drawn = [
        _calibration(run.summary["calibration"]),
        histogram("Confidence of answerable and unanswerable cases", "confidence", by_kind, span=(0.0, 1.0)),
        histogram("Time for an answer", "ms", [("", [row["total_ms"] for row in run.times if "total_ms" in row])]),
        histogram("Rank of the first passage with gold evidence", "rank", [("", ranks)], most, (0.5, most + 0.5)),
    ]
    return [chart for chart in drawn if chart]


def _calibration(bins: list[Mapping[str, float]]) -> str:
    if not bins:
        return ""
    most = max(item["n"] for item in bins)
    points = [
        Point(
            item["confidence"],
            item["observed"],
            f"{item['n']:.0f} cases: {item['confidence']:.2f} sure, {item['observed']:.2f} answerable",
            4 + 8 * (item["n"] / most) ** 0.5,
        )
        for item in bins
    ]
    return scatter(
        "Calibration: confidence against share of answerable cases",
        points, "confidence", "answerable", x_range=(0, 1), y_range=(0, 1), diagonal=True, path=points,
    )  # fmt: skip


def _found(span: GoldEvidence, passages: Sequence[Passage]) -> str:
    """Where gold evidence was retrieved, as the metrics count it."""
    rank = first_rank([holds(passage, span) for passage in passages])
    return f"first found at rank {rank}" if rank else "not retrieved"


def _shortened(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= PASSAGE_SHOWN else f"{flat[:PASSAGE_SHOWN]}…"
