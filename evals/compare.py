"""Two runs over the same cases: differences with their significance, by tag, and the cases that flipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.folder import Record
from evals.metrics.decisions import value
from evals.metrics.registry import Metric, metrics
from evals.metrics.statistics import Difference, compare_means, compare_statistics
from evals.runs import Pairs, Run, counted, incomparable, paired, shortened
from evals.summarise import decision_rows, set_statistic, uses_confidence


@dataclass(frozen=True, slots=True)
class MetricChange:
    """How a metric differs; ``unpaired`` counts the cases that only one of the runs scored."""

    metric: Metric
    change: Difference
    unpaired: int

    @property
    def better(self) -> bool:
        """Whether the second run is ahead."""
        return self.change.difference != 0 and (self.change.difference > 0) == self.metric.higher_is_better

    def significant(self, alpha: float = 0.05) -> bool:
        """Whether a difference this large would be rare if there were none."""
        return self.change.difference != 0 and self.change.p_value < alpha


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that one run handled right and the other did not, with both records."""

    first: Record
    second: Record

    @property
    def better(self) -> bool:
        """Whether the second run handled it right."""
        return _right(self.second)


@dataclass(frozen=True, slots=True)
class Comparison:
    """B against A; ``cases`` were compared, ``left_out`` not; ``notes`` say what else was not, and why."""

    first: str
    second: str
    cases: int
    changes: tuple[MetricChange, ...]
    tags: dict[str, tuple[MetricChange, ...]]
    flips: tuple[Flip, ...]
    left_out: int
    notes: tuple[str, ...]


def compare(first: Run, second: Run, *, common: bool = False) -> Comparison:
    """Compare two runs; RunError when they are not over the same cases and ``common`` is not asked for."""
    pairs, unlike = paired(first, second, common=common), incomparable(first, second)
    one, two = pairs.first, pairs.second
    tags = sorted({tag for record in one for tag in record["tags"]})
    by_tag = {}
    for tag in tags:
        places = [place for place, record in enumerate(one) if tag in record["tags"]]
        by_tag[tag] = metric_changes(
            [one[place] for place in places],
            [two[place] for place in places],
            only=("case_right", "answer_correct"),
        )
    flips = tuple(Flip(a, b) for a, b in zip(one, two, strict=True) if _right(a) != _right(b))
    changes = metric_changes(one, two, only=[name for name in metrics() if name not in unlike])
    left_out = len(pairs.changed) + len(pairs.alone)
    untold = unlike | _without_pairs(first, second, pairs, unlike.keys() | {item.metric.name for item in changes})
    notes = tuple(_notes(first, second, pairs, untold))
    return Comparison(first.name, second.name, len(one), changes, by_tag, flips, left_out, notes)


def metric_changes(
    first: Sequence[Record], second: Sequence[Record], only: Sequence[str] | None = None
) -> tuple[MetricChange, ...]:
    """Differences of every metric (or those named) that both sides have; records in the same order."""
    found = []
    for name, metric in metrics().items():
        if only is not None and name not in only:
            continue
        change = _set_change(first, second, metric) if metric.over == "set" else _mean_change(first, second, metric)
        if change is not None:
            found.append(change)
    return tuple(found)


def _notes(first: Run, second: Run, pairs: Pairs, unlike: Mapping[str, str]) -> Iterator[str]:
    for names, why in ((pairs.changed, "they ask or expect something else"), (pairs.alone, "only one run has them")):
        if names:
            yield f"{len(names)} cases left out, as {why}: {shortened(names)}"
    for run, records in ((first, pairs.first), (second, pairs.second)):
        failed = Counter(record["error"]["code"] for record in records if record["error"])
        if failed:
            codes = counted(dict(sorted(failed.items())))
            yield f"{run.name}: {failed.total()} of {len(records)} cases failed and have no scores: {codes}"
    if first.config["corpus_sha256"] != second.config["corpus_sha256"]:
        yield "the corpus changed between them"
    for why in dict.fromkeys(unlike.values()):
        yield f"{', '.join(name for name in unlike if unlike[name] == why)} not compared: {why}"


def _without_pairs(first: Run, second: Run, pairs: Pairs, told: Collection[str]) -> dict[str, str]:
    """Why a metric that one of the runs has a value for has no difference, by metric, without those ``told`` of."""
    found = {}
    for name, metric in metrics().items():
        has = [_has_value(records, metric) for records in (pairs.first, pairs.second)]
        if name in told or not any(has):
            continue
        without = second if has[0] else first
        found[name] = "no case has a value in both runs" if all(has) else f"{without.name} has no value"
    return found


def _has_value(records: Sequence[Record], metric: Metric) -> bool:
    if metric.over != "set":
        return any(metric.name in record["scores"] for record in records)
    rows, _, _ = decision_rows(records, needs_confidence=uses_confidence(metric.name))
    return len(rows) > 0 and value(set_statistic(metric.name), rows) is not None


def _mean_change(first: Sequence[Record], second: Sequence[Record], metric: Metric) -> MetricChange | None:
    pairs = [
        (one["scores"].get(metric.name), two["scores"].get(metric.name)) for one, two in zip(first, second, strict=True)
    ]
    both = np.array([pair for pair in pairs if None not in pair], dtype=np.float64).reshape(-1, 2)
    if not len(both):
        return None
    unpaired = sum((one is None) != (two is None) for one, two in pairs)
    return MetricChange(metric, compare_means(both[:, 0], both[:, 1]), unpaired)


def _set_change(first: Sequence[Record], second: Sequence[Record], metric: Metric) -> MetricChange | None:
    needs = uses_confidence(metric.name)
    one, ids_one, _ = decision_rows(first, needs_confidence=needs)
    two, ids_two, _ = decision_rows(second, needs_confidence=needs)
    shared = [name for name in ids_one if name in set(ids_two)]
    if not shared:
        return None
    rows_one, rows_two = dict(zip(ids_one, one, strict=True)), dict(zip(ids_two, two, strict=True))
    change = compare_statistics(
        np.array([rows_one[name] for name in shared]),
        np.array([rows_two[name] for name in shared]),
        set_statistic(metric.name),
    )
    return None if change is None else MetricChange(metric, change, len(set(ids_one) ^ set(ids_two)))


def _right(record: Record) -> bool:
    """Whether it was handled right; a case that failed was not."""
    return bool(record["scores"].get("case_right") == 1.0)
