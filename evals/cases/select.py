"""Part of a dataset: named cases, those with a tag, a few spread over the tags."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from evals.cases.load import cases_sha256
from evals.cases.model import Case, Dataset
from evals.errors import DatasetError


def select_cases(
    dataset: Dataset, *, ids: Sequence[str] = (), tags: Sequence[str] = (), limit: int | None = None
) -> Dataset:
    """The cases named by ``ids`` or carrying one of ``tags`` (all without either), at most ``limit``, in their order.

    ``limit`` takes cases from each tag in turn, those without one as if that were a tag. The digest is that of the
    cases left, so that a run over part of a dataset is never taken for one over the whole. DatasetError names ids and
    tags that no case has.
    """
    if not ids and not tags and limit is None:
        return dataset
    known_ids = [case.id for case in dataset.cases]
    known_tags = list(dict.fromkeys(tag for case in dataset.cases for tag in case.tags))
    problems = _unknown(dataset.path, "case", ids, known_ids) + _unknown(dataset.path, "tag", tags, known_tags)
    if problems:
        raise DatasetError(problems)
    cases = dataset.cases
    if ids or tags:
        cases = tuple(case for case in cases if case.id in ids or not set(tags).isdisjoint(case.tags))
    if limit is not None:
        chosen = _spread(cases, list(dict.fromkeys(tag for case in dataset.cases for tag in _tags(case))), limit)
        cases = tuple(case for case in cases if case.id in chosen)
    return replace(dataset, cases=cases, sha256=cases_sha256(cases))


def _unknown(path: Path, what: str, asked: Sequence[str], known: Collection[str]) -> list[str]:
    problems = []
    for name in asked:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            problems.append(f"{path}: no {what} '{name}'" + (f"; did you mean '{close[0]}'?" if close else ""))
    return problems


def _tags(case: Case) -> tuple[str | None, ...]:
    """A case's tags; None alone where it has none, or else such cases would only be taken when all others are."""
    return case.tags or (None,)


def _spread(cases: Sequence[Case], tags: Sequence[str | None], limit: int) -> set[str]:
    """Ids of ``limit`` cases: always the next one of the tag that was chosen from the least so far."""
    left, chosen = list(cases), set[str]()
    counts = {tag: 0 for tag in tags if any(tag in _tags(case) for case in cases)}
    while left and len(chosen) < limit:
        open_tags = [tag for tag in counts if any(tag in _tags(case) for case in left)]
        rarest = min(open_tags, key=lambda tag: counts[tag])
        case = next(case for case in left if rarest in _tags(case))
        left.remove(case)
        chosen.add(case.id)
        for tag in _tags(case):
            counts[tag] += 1
    return chosen
