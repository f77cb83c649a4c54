"""Write cases as YAML in the manner of the hand-written datasets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from evals.cases.model import AcceptedAnswer, Case
from evals.errors import DatasetError


def write_dataset(path: Path, name: str, description: str, corpus: str, cases: Sequence[Case]) -> None:
    """Write a dataset file; an existing one is never overwritten (DatasetError)."""
    content = {
        "name": name,
        "description": description,
        "corpus": corpus,
        "cases": [case_record(case) for case in cases],
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise DatasetError([f"{path} exists already; name another file"]) from None


def case_record(case: Case) -> dict[str, Any]:
    """A case as YAML values, without what is default."""
    record: dict[str, Any] = {"id": case.id, "question": case.question}
    if not case.answerable:
        record["answerable"] = False
    if case.answers:
        record["answers"] = [_answer(option) for option in case.answers]
    if case.evidence:
        record["evidence"] = [
            {"source": item.source} | ({"quote": item.quote} if item.quote else {}) for item in case.evidence
        ]
    if case.needs != "any":
        record["needs"] = case.needs
    if case.reference:
        record["reference"] = case.reference
    if case.forbidden:
        record["forbidden"] = [_answer(option) for option in case.forbidden]
    if case.history:
        record["history"] = [{"role": turn.role, "content": turn.content} for turn in case.history]
    if case.filters is not None:
        record["filters"] = dict(case.filters)
    if case.tags:
        record["tags"] = list(case.tags)
    return record


def _answer(option: AcceptedAnswer) -> Any:
    if option.kind == "text":
        return option.value
    return {"regex": option.value} if option.kind == "regex" else {"all": [_answer(part) for part in option.parts]}
