"""Evaluate a target on a dataset: ask every case, score, sum up; resumable after any kill."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from evals.cases.load import case_sha256
from evals.cases.model import Case, Dataset
from evals.cases.resolve import resolve_dataset
from evals.environment import environment
from evals.errors import PatternError
from evals.folder import FORMAT, Record, RunFolder
from evals.judge.judge import UNPARSEABLE, Judge
from evals.judge.score import judge_cases
from evals.metrics.answers import gold_texts
from evals.metrics.registry import JUDGED
from evals.metrics.similarity import similarities
from evals.record import answer_record, read_answer
from evals.score import score_answer, score_failure
from evals.summarise import summarise, summarise_times
from evals.targets.port import Target, corpus_sha256
from evals.tasks import run_bounded
from rag_service.errors import RagError
from rag_service.ports import Embedder

CONTEXT = 220
DIGITS = 6
# Warnings of an answer that was made without something configured, as it failed: no figure of what is evaluated.
STOOD_IN = ("llm_unavailable", "reranker_unavailable")


@dataclass(frozen=True, slots=True)
class Scorers:
    """What scoring needs beyond the answers; without an embedder there is no semantic similarity."""

    embedder: Embedder | None = None
    judge: Judge | None = None


async def run(
    dataset: Dataset,
    target: Target,
    out: Path,
    *,
    scorers: Scorers,
    concurrency: int = 1,
    on_case: Callable[[int, int], None] | None = None,
) -> RunFolder:
    """Evaluate and return the complete run folder; an earlier run in it that was killed or has failures is taken up.

    Raises DatasetError when a quote is not in its source, RunError when the folder holds another run.
    """
    resolved = resolve_dataset(dataset, target.sources())
    folder = RunFolder(out)
    with folder.held():
        folder.start(run_config(resolved, target, scorers))
        if folder.complete and any(_failed(record) for record in folder.results()):
            folder.reopen()
        if not folder.complete:
            await _evaluate(resolved, target, folder, scorers, concurrency, on_case)
    return folder


def _failed(record: Record) -> bool:
    """Whether a case got no answer, or no reply from the judge; a reply without a verdict would come again."""
    judged = (reason for name, reason in record["unscored"].items() if name in JUDGED)
    return record["error"] is not None or any(reason != UNPARSEABLE for reason in judged)


async def _evaluate(
    resolved: Dataset,
    target: Target,
    folder: RunFolder,
    scorers: Scorers,
    concurrency: int,
    on_case: Callable[[int, int], None] | None,
) -> None:
    sources = target.sources()
    asked = await _ask_all(resolved.cases, target, folder, scorers.judge, concurrency, on_case)
    # in a thread, so that it can be interrupted
    records = [await asyncio.to_thread(_result, case, asked[case.id], sources, scorers) for case in resolved.cases]
    if scorers.embedder is not None:
        _add_similarity(resolved.cases, records, scorers.embedder)
    if scorers.judge is not None:
        await judge_cases(resolved.cases, records, scorers.judge, folder, concurrency)
    times = [{"id": case.id, **(asked[case.id]["timings"] or {})} for case in resolved.cases]
    folder.finish(records, times, summarise(records), summarise_times(times, **folder.clock()))


def run_config(dataset: Dataset, target: Target, scorers: Scorers) -> Record:
    """Everything that may change the figures; the same for two runs of the same thing."""
    return {
        "format": FORMAT,
        "dataset": {"name": dataset.name, "sha256": dataset.sha256, "cases": len(dataset.cases)},
        "corpus_sha256": corpus_sha256(target.sources()),
        "target": target.describe(),
        "similarity": scorers.embedder.identity if scorers.embedder else None,
        "judge": scorers.judge.describe() if scorers.judge else None,
        **environment(),
    }


async def _ask_all(
    cases: Sequence[Case],
    target: Target,
    folder: RunFolder,
    judge: Judge | None,
    concurrency: int,
    on_case: Callable[[int, int], None] | None,
) -> dict[str, Record]:
    """Outcomes by case id; those that failed in an earlier attempt are asked again.

    RunError as soon as an answer is the judge's own.
    """
    asked = {key: record for key, record in folder.asked().items() if record["error"] is None}

    async def one(case: Case) -> None:
        record = await _ask(case, target)
        if judge is not None and record["outcome"] is not None:
            judge.refuse(record["outcome"]["model"])
        folder.append_asked(record)
        asked[case.id] = record
        if on_case is not None:
            on_case(len(asked), len(cases))

    await run_bounded((partial(one, case) for case in cases if case.id not in asked), concurrency)
    return asked


async def _ask(case: Case, target: Target) -> Record:
    began = time.perf_counter()
    try:
        answer = await target.ask(case)
    except RagError as error:
        return _not_answered(case, error.code, str(error))
    told = {warning.code: warning.message for warning in answer.warnings}
    for code in STOOD_IN:
        if code in told:
            return _not_answered(case, code, told[code])
    timings = {
        "retrieve_ms": round(answer.timings.retrieve_ms, 2),
        "answer_ms": round(answer.timings.answer_ms, 2),
        "total_ms": round(answer.timings.total_ms, 2),
        "waited_ms": round((time.perf_counter() - began) * 1000, 2),
    }
    return {"id": case.id, "outcome": answer_record(answer), "error": None, "timings": timings}


def _not_answered(case: Case, code: str, message: str) -> Record:
    return {"id": case.id, "outcome": None, "error": {"code": code, "message": message}, "timings": None}


def _result(case: Case, asked: Record, sources: Mapping[str, str], scorers: Scorers) -> Record:
    outcome, error = asked["outcome"], asked["error"]
    if outcome is not None:
        try:
            scores = score_answer(case, read_answer(outcome, case.question), sources)
        except PatternError as failure:
            outcome, error = None, {"code": failure.code, "message": str(failure)}
    if outcome is None:
        measured = {"similarity": scorers.embedder is not None, "judged": scorers.judge is not None}
        scores = score_failure(case, error["code"], **measured)
    return {
        "id": case.id,
        "case_sha256": case_sha256(case),
        "question": case.question,
        "history": [{"role": turn.role, "content": turn.content} for turn in case.history],
        "filters": None if case.filters is None else dict(case.filters),
        "tags": list(case.tags),
        "answerable": case.answerable,
        "expected": [shown_answer(option) for option in case.answers] + ([case.reference] if case.reference else []),
        "evidence": [_evidence_record(item, sources[item.source]) for item in case.evidence],
        "outcome": outcome,
        "error": error,
        "scores": {name: round(value, DIGITS) for name, value in sorted(scores.values.items())},
        "unscored": dict(sorted(scores.unscored.items())),
        "ranks": scores.ranks,
    }


def shown_answer(option: Any) -> str:
    """An accepted answer as people read it."""
    if option.kind == "all":
        return " + ".join(shown_answer(part) for part in option.parts)
    return f"/{option.value}/" if option.kind == "regex" else str(option.value)


def _evidence_record(item: Any, text: str) -> Record:
    """The gold span with what stands around it, so that a report needs no corpus; else how the document begins."""
    start, end = item.places[0] if item.places else (0, 0)
    return {
        "source": item.source,
        "start": start,
        "end": end,
        "quote": text[start:end],
        "before": text[max(0, start - CONTEXT) : start],
        "after": text[end : end + CONTEXT],
        **({"also": [list(place) for place in item.also]} if item.also else {}),
    }


def _add_similarity(cases: Sequence[Case], records: Sequence[Record], embedder: Embedder) -> None:
    pairs, places = [], []
    for case, record in zip(cases, records, strict=True):
        golds = gold_texts(case.answers, case.reference)
        if case.answerable and golds and record["outcome"] is not None and record["outcome"]["answered"]:
            pairs.append((record["outcome"]["answer"], golds))
            places.append(record)
    for record, value in zip(places, similarities(pairs, embedder), strict=True):
        record["scores"]["answer_similarity"] = round(value, DIGITS)
