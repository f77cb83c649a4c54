"""The whole pipeline on BEIR folders: documents found, answers contained, questions declined, latency.

    python -m evals.benchmark search --data DIR [--data DIR ...] [--json]

One document of the set is one document of the service, with its own chunking; ranks are of documents.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evals.benchmark.arguments import count
from evals.benchmark.figures import answer_figures, decision_figures, ranking_figures
from evals.importers.beir import BeirQuery, BeirSet, read_each_judged
from evals.importers.imported import file_name
from evals.metrics.latency import percentiles
from evals.targets.beir import open_set
from rag_service.models import Answer, Passage

if TYPE_CHECKING:
    from evals.targets.local import LocalTarget

TOP_K = 50
BATCH = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """One query with its ranking of documents, its answer, and the milliseconds of each."""

    query: BeirQuery
    documents: tuple[str, ...]
    search_ms: float
    answer: Answer | None


def main(arguments: Sequence[str]) -> int:
    """Print the figures of every set; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmark search", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, action="append", required=True, help="BEIR folder; repeatable")
    parser.add_argument("--titles", action="store_true", help="put each document's title before its text")
    parser.add_argument("--mode", choices=("hybrid", "dense", "lexical"), default="hybrid")
    parser.add_argument("--no-answers", action="store_true", help="search only")
    parser.add_argument("--limit", type=count, help="only the first so many queries of each set")
    parser.add_argument("--out", type=Path, help="write one JSON line a query here")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    report = {}
    sets = read_each_judged(options.data)
    if options.out is not None:
        options.out.write_bytes(b"")
    for beir in sets.values():
        sys.stderr.write(beir.remarks())
        figures = asyncio.run(_benchmark(beir, options))
        report[beir.name] = figures
        if not options.json:
            sys.stdout.write(_text(beir.name, figures))
    if options.json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return 0


async def _benchmark(beir: BeirSet, options: argparse.Namespace) -> dict[str, Any]:
    began = time.perf_counter()
    target = open_set(beir, titles=options.titles)
    opened = time.perf_counter() - began
    try:
        queries = beir.queries[: options.limit]
        began = time.perf_counter()
        asked = []
        for query in queries:
            asked.append(await _ask(query, target, options))
            if options.out is not None:
                _append(options.out, _line(beir.name, asked[-1]))
        seconds = time.perf_counter() - began
    finally:
        await target.close()
    figures: dict[str, Any] = {"queries": len(asked), "documents": len(beir.texts)}
    figures["open_seconds"], figures["ask_seconds"] = round(opened, 1), round(seconds, 1)
    figures["search_ms"] = percentiles([item.search_ms for item in asked])
    figures |= ranking_figures([(item.documents, item.query.grades) for item in asked if item.query.relevant])
    answers = [(item.query, item.answer) for item in asked if item.answer is not None]
    if answers:
        figures["answer_ms"] = percentiles([answer.timings.answer_ms for _, answer in answers])
        figures |= answer_figures(answers)
        figures |= decision_figures(answers)
    return figures


async def _ask(query: BeirQuery, target: LocalTarget, options: argparse.Namespace) -> Asked:
    from evals.targets.local import COLLECTION
    from rag_service.answer.events import Ask

    began = time.perf_counter()
    found = target.service.retriever.search(COLLECTION, query.text, filters=None, top_k=TOP_K, mode=options.mode)
    elapsed = (time.perf_counter() - began) * 1000
    answer = None
    if not options.no_answers:
        answer = await target.service.asker.answer(Ask(query.text, COLLECTION, answerer="extractive"))
    return Asked(query, documents_by_rank(found.evidence.passages), elapsed, answer)


def _append(path: Path, record: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


def documents_by_rank(passages: Sequence[Passage]) -> tuple[str, ...]:
    """Distinct sources in order of their best passage, duplicates right after the print that was found."""
    return tuple(dict.fromkeys(source for item in passages for source in (item.source, *item.duplicates)))


def _line(name: str, item: Asked) -> dict[str, Any]:
    answer = item.answer
    relevant = {file_name(identifier) for identifier in item.query.relevant}
    rank = next((at for at, source in enumerate(item.documents, start=1) if source in relevant), None)
    return {
        "set": name,
        "id": item.query.id,
        "question": item.query.text,
        "answerable": item.query.answerable,
        "expected": list(item.query.answers),
        "rank": rank,
        "search_ms": round(item.search_ms, 2),
        "answered": answer and answer.answered,
        "confidence": answer and answer.confidence,
        "answer": answer and answer.text,
    }


def _text(name: str, figures: dict[str, Any]) -> str:
    lines = [f"{name}"]
    for key, value in figures.items():
        if isinstance(value, dict):
            shown = ", ".join(f"{inner} {np.round(number, 2):g}" for inner, number in value.items())
        else:
            shown = f"{value:.4f}" if isinstance(value, float) else str(value)
        lines.append(f"  {key:32} {shown}")
    return "\n".join(lines) + "\n"
