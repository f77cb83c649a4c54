"""A grid over settings: one run a combination, ranked, marking what no other beats on both axes."""

from __future__ import annotations

import difflib
import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import BaseModel, ValidationError

from evals.cases.yaml_nodes import line_of
from evals.errors import DatasetError
from evals.metrics.registry import JUDGED, metrics, named_metric
from evals.runs import Run
from rag_service.settings import Settings, masked

Combination = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SweepRow:
    """One combination with its figures, None where there are none; ``optimal`` when no other is better and faster."""

    values: Combination
    path: Path
    quality: float | None
    low: float | None
    high: float | None
    latency_ms: float | None
    optimal: bool
    n: int
    unscored: int


def read_grid(options: Sequence[str], path: Path | None) -> dict[str, list[Any]]:
    """The grid of ``section.key=value,value`` options and of a YAML file of lists; DatasetError explains."""
    grid: dict[str, list[Any]] = {}
    if path is not None:
        if not path.is_file():
            raise DatasetError([f"{path}: no such file"])
        try:
            content = yaml.safe_load(path.read_bytes())
        except (yaml.YAMLError, ValueError) as error:
            raise DatasetError([f"{path}: not valid YAML: {' '.join(str(error).split())}"]) from error
        if not isinstance(content, dict) or not all(isinstance(values, list) for values in content.values()):
            raise DatasetError([f"{path}: a grid maps settings to lists of values"])
        if twice := _twice(yaml.compose(path.read_bytes())):
            raise DatasetError(
                [f"{path}:{line_of(twice)}: {twice.value} stands twice; name all its values in one list"]
            )
        grid.update({str(key): list(values) for key, values in content.items()})
    given: Combination = {}
    for option in options:
        key, sign, values = option.partition("=")
        if not sign or not values:
            raise DatasetError([f"--set {option}: expected section.key=value,value"])
        if key.strip() in given:
            raise DatasetError([f"--set {key.strip()} stands twice; name all its values at once: value,value"])
        given[key.strip()] = [_value(text) for text in values.split(",")]
    grid |= given
    if not grid or not all(grid.values()):
        raise DatasetError(["a sweep needs at least one setting with values: --set retrieval.top_k=4,8"])
    return grid


def _twice(node: yaml.Node | None) -> yaml.Node | None:
    """The first key of a mapping that stands there again."""
    seen = set()
    for key, _ in node.value if node is not None else ():
        if key.value in seen:
            return cast(yaml.Node, key)
        seen.add(key.value)
    return None


def rankable(name: str) -> None:
    """DatasetError for a metric that no sweep has: an unknown one, or one that takes a judge or the encoder."""
    named_metric(name)
    if name in (*JUDGED, "answer_similarity"):
        raise DatasetError([f"a sweep does not measure {name}; rank by another metric"])


def combinations(grid: Mapping[str, Sequence[Any]]) -> list[Combination]:
    """Every combination of the grid's values, the last setting changing fastest."""
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def with_values(settings: Settings, values: Combination) -> Settings:
    """Settings with some of them replaced; DatasetError for an unknown one, a secret, or a value it does not take."""
    changed: dict[str, Combination] = {}
    for path, value in values.items():
        name, _, key = path.partition(".")
        section = getattr(settings, name, None)
        if not isinstance(section, BaseModel) or key not in type(section).model_fields:
            raise DatasetError([f"unknown setting '{path}'{_nearest(settings, path)}"])
        if masked({key: value}) != {key: value}:
            raise DatasetError([f"{path} holds a secret, which folders and the report would be named by; set it once"])
        changed.setdefault(name, {})[key] = value
    sections = {name: _section(name, getattr(settings, name), values) for name, values in changed.items()}
    return settings.model_copy(update=sections)


def _section(name: str, section: BaseModel, values: Combination) -> BaseModel:
    """A section with some values replaced: all at once, as they may only be right together."""
    held = {field: getattr(section, field) for field in type(section).model_fields}
    try:
        return type(section).model_validate(held | values)
    except ValidationError as error:
        first = error.errors()[0]
        wrong = {key: values[key] for key in first["loc"][:1] if key in values} or values
        named = ", ".join(f"{name}.{key} = {value!r}" for key, value in wrong.items())
        raise DatasetError([f"{named}: {first['msg']}"]) from error


def rank(runs: Sequence[tuple[Combination, Run]], metric: str) -> list[SweepRow]:
    """Combinations by the metric, best first, the faster first where they tie; latency is an answer's p50.

    Last come those that the metric has no value for.
    """
    figures = [(values, run, run.summary["metrics"][metric]) for values, run in runs]
    points = [(figure["mean"], run.latency["total_ms"].get("p50")) for _, run, figure in figures]
    told = [point for point in points if point[0] is not None]
    sign = 1 if metrics()[metric].higher_is_better else -1
    rows = [
        SweepRow(
            values,
            run.path,
            figure["mean"],
            figure["low"],
            figure["high"],
            point[1],
            point in told and _optimal(point, told, sign),
            figure["n"],
            figure["unscored"],
        )
        for (values, run, figure), point in zip(figures, points, strict=True)
    ]
    return sorted(rows, key=lambda row: _place(row, sign))


def _place(row: SweepRow, sign: int) -> tuple[bool, float, bool, float]:
    return row.quality is None, -sign * (row.quality or 0.0), row.latency_ms is None, row.latency_ms or 0.0


def slug(values: Combination) -> str:
    """A combination as a folder name; one that cannot be written out in full ends in a digest."""
    whole = "_".join(f"{key}={value}" for key, value in values.items())
    safe = "".join(letter if letter.isalnum() or letter in "=.-_" else "_" for letter in whole)[:120]
    return safe if safe == whole else f"{safe}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def _optimal(point: tuple[float, float], points: Sequence[tuple[float, float]], sign: int) -> bool:
    quality, latency = point
    return not any(
        sign * other >= sign * quality and fast <= latency and (other, fast) != point for other, fast in points
    )


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()


def _nearest(settings: Settings, path: str) -> str:
    known = [
        f"{name}.{key}"
        for name in type(settings).model_fields
        if isinstance(section := getattr(settings, name), BaseModel)
        for key in type(section).model_fields
    ]
    close = difflib.get_close_matches(path, known, n=1, cutoff=0.4)
    return f"; did you mean '{close[0]}'?" if close else ""
