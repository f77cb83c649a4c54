"""How figures are written, wherever they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.compare import MetricChange
from evals.runs import counted

TAG_COLUMNS = ("case_right", "answer_correct", "citation_precision", "citation_recall", "evidence_recall@5")
HEADLINE = (
    "case_right",
    "answer_correct",
    "citation_precision",
    "citation_recall",
    "citations_verified",
    "abstention_f1",
    "evidence_recall@5",
    "evidence_ndcg@10",
)
SAME = "same"
SMALLEST = 0.001
COST_DIGITS = 6  # an answer of a small model costs a fraction of a thousandth
COUNTED = ("prompt_tokens", "completion_tokens", "cost")


def number(value: float | None, name: str = "") -> str:
    """A figure as text: three digits for shares, plain for counts, a dash for none."""
    if value is None:
        return "–"
    if name in COUNTED:
        return f"{value:,.{COST_DIGITS}f}" if name == "cost" else f"{value:,.0f}"
    return f"{value:.3f}"


def mean_of(figure: Mapping[str, Any]) -> str:
    """A figure with the number of cases behind it."""
    return "–" if figure["mean"] is None else f"{number(figure['mean'])} ({figure['n']})"


def bounds(figure: Mapping[str, Any], name: str = "") -> str:
    """A figure's 95 % interval."""
    return "" if figure["low"] is None else f"{number(figure['low'], name)}–{number(figure['high'], name)}"


def signed(change: MetricChange) -> str:
    """A difference with its sign."""
    return _signed(change.change.difference, change)


def signed_bounds(change: MetricChange, between: str) -> str:
    """A difference's 95 % interval."""
    bounds = change.change.interval
    return f"{_signed(bounds.low, change)}{between}{_signed(bounds.high, change)}"


def _signed(value: float, change: MetricChange) -> str:
    return f"{value:+.{COST_DIGITS if change.metric.name == 'cost' else 3}f}"


def chance(p_value: float) -> str:
    """A p-value; one too small for three digits is below the smallest of them, as none is 0."""
    return f"{p_value:.3f}" if p_value >= SMALLEST else f"< {SMALLEST}"


def verdict(change: MetricChange) -> str:
    """Whether a difference says anything."""
    if change.change.difference == 0:
        return SAME
    if not change.significant():
        return "not significant"
    return "better" if change.better else "worse"


def reasons(figure: Mapping[str, Any]) -> str:
    """Why cases have no score."""
    return counted(figure["reasons"])
