"""Verdicts for the cases of a run; each is kept as it comes, so that a killed run asks none twice.

A judge that failed said nothing: it is asked again when the run is taken up.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from evals.cases.model import Case
from evals.folder import Record, RunFolder
from evals.judge.judge import KINDS, UNPARSEABLE, Judge, Kind
from evals.metrics.normalise import without_markers
from evals.tasks import run_bounded


async def judge_cases(
    cases: Sequence[Case], records: Sequence[Record], judge: Judge, folder: RunFolder, concurrency: int
) -> None:
    """Add ``judge_correct`` and ``judge_faithful`` to the records of answered, answerable cases."""
    kept = folder.judgements()

    async def one(case: Case, record: Record, kind: Kind) -> None:
        messages = judge.messages(kind, judged_values(case, record))
        key = hashlib.sha256(json.dumps([judge.describe()["model"], messages]).encode()).hexdigest()
        verdict = kept.get(key)
        if verdict is None or verdict["reason"] not in (None, UNPARSEABLE):
            given = await judge.verdict(kind, messages)
            verdict = {"key": key, "passed": given.passed, "reason": given.reason, "reply": given.reply}
            folder.append_judgement(verdict)
        _apply(record, kind, verdict)

    wanted = [
        partial(one, case, record, kind)
        for case, record in zip(cases, records, strict=True)
        for kind in KINDS
        if _applies(case, record, kind)
    ]
    await run_bounded(wanted, concurrency)


def judged_values(case: Case, record: Record) -> dict[str, Any]:
    """What the judge's prompts may speak of; a regular expression says nothing to a judge."""
    outcome = record["outcome"]
    patterns = [
        shown for option, shown in zip(case.answers, record["expected"], strict=False) if option.kind == "regex"
    ]
    cited = [(item["source"], item["start_char_index"]) for item in outcome["citations"]]
    return {
        "question": outcome["standalone_question"],
        "answer": without_markers(outcome["answer"]),
        "expected": [text for text in record["expected"] if text not in patterns],
        "evidence": [item["quote"] for item in record["evidence"] if item["quote"]],
        "passages": [item["text"] for item in outcome["passages"] if _is_cited(item, cited)],
    }


def _is_cited(passage: Mapping[str, Any], cited: Sequence[tuple[str, int]]) -> bool:
    return any(
        source == passage["source"] and passage["start_char_index"] <= start < passage["end_char_index"]
        for source, start in cited
    )


def _applies(case: Case, record: Record, kind: Kind) -> bool:
    outcome = record["outcome"]
    if outcome is None or not outcome["answered"]:
        return False
    return bool(outcome["citations"]) if kind == "faithful" else case.answerable and case.worded


def _apply(record: Record, kind: Kind, verdict: Mapping[str, Any]) -> None:
    name = f"judge_{kind}"
    if verdict["passed"] is None:
        record["unscored"][name] = verdict["reason"]
    else:
        record["scores"][name] = float(verdict["passed"])
    record.setdefault("judge", {})[kind] = verdict["reply"]
