"""Fit the evidence model that picks sentences and decides on abstention.

    python -m evals.calibrate --data DIR [--out FILE] [--false-abstention 0.03] [--dry-run]

The folder is a BEIR set whose queries say ``answerable`` and give ``answers``. Every question runs through the whole
retrieval; answerable ones run again with their documents taken out, as further questions without an answer.
The threshold is the stated trade-off: the highest that declines at most that share of the answerable questions.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evals.fitting import Floats, auroc, fit_choice, fit_logistic
from evals.importers.beir import BeirQuery, BeirSet, read_beir
from evals.importers.imported import file_name
from evals.metrics.answers import contains
from rag_service.answer.abstain import SHIPPED, SIGNALS, EvidenceModel, Fitted, softmax
from rag_service.answer.evidence import FEATURES, Sentences, gather
from rag_service.ports import Evidence

if TYPE_CHECKING:
    from rag_service.bootstrap import Service

PENALTY_CHOICE, PENALTY_LOGISTIC = 0.002, 10.0
WEIGHT_REMOVED = 0.2
FOLDS = 8


@dataclass(frozen=True, slots=True)
class Example:
    """One question's evidence; ``right`` are the sentences of its documents that hold an answer (n,)."""

    evidence: Evidence
    sentences: Sentences
    right: Floats
    answerable: bool
    weight: float


def main(arguments: Sequence[str]) -> int:
    """Fit, print the figures, write the weights with the data's hash; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m evals.calibrate", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True, help="BEIR folder with answerable and answers")
    parser.add_argument("--out", type=Path, help="default: the file that the service ships")
    parser.add_argument("--false-abstention", type=float, default=0.03, help="share of answerable questions")
    parser.add_argument("--limit", type=int, help="only the first so many questions")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    options = parser.parse_args(arguments)
    import rag_service.answer.abstain

    out = options.out or Path(rag_service.answer.abstain.__file__).with_name(SHIPPED)
    fitted = asyncio.run(_calibrate(options.data, options.limit, options.false_abstention))
    text = json.dumps(fitted, indent=2) + "\n"
    if not options.dry_run:
        out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


async def _calibrate(folder: Path, limit: int | None, false_abstention: float) -> dict[str, Any]:
    from evals.benchmark.search import open_set

    beir = read_beir(folder)
    target = open_set(beir, titles=False)
    try:
        examples = collect(beir, target.service, limit)
        fitted = fit(examples, EvidenceModel(target.service.encoder, Fitted.blank()), false_abstention)
    finally:
        await target.close()
    digest = hashlib.sha256(b"".join((folder / name).read_bytes() for name in ("corpus.jsonl", "queries.jsonl")))
    fitted["data"] = {"name": beir.name, "questions": len(beir.queries[:limit]), "sha256": digest.hexdigest()}
    return fitted


def collect(beir: BeirSet, service: Service, limit: int | None) -> list[Example]:
    """The examples of a set: every question, then the answerable ones without their documents."""
    from evals.targets.local import COLLECTION

    examples: list[Example] = []
    for query in beir.queries[:limit]:
        evidence = service.retriever.search(COLLECTION, query.text).evidence
        examples.append(_example(query, evidence, service, 1.0))
        if query.answerable is False or not query.relevant:
            continue
        own = {file_name(identifier) for identifier in query.relevant}
        others = tuple(passage for passage in evidence.passages if passage.source not in own)
        if others and not any(_holds(passage.text, query) for passage in others):
            removed = _example(query, replace(evidence, passages=others), service, WEIGHT_REMOVED)
            examples.append(replace(removed, answerable=False))
    return examples


def _holds(text: str, query: BeirQuery) -> bool:
    return any(contains(text, answer) for answer in query.answers)


def _example(query: BeirQuery, evidence: Evidence, service: Service, weight: float) -> Example:
    sentences = gather(evidence, service.encoder)
    own = {file_name(identifier) for identifier in query.relevant}
    right = [
        evidence.passages[item.passage].source in own and _holds(item.text, query) for item in sentences.candidates
    ]
    return Example(evidence, sentences, np.array(right, np.float64), query.answerable is not False, weight)


def fit(examples: Sequence[Example], model: EvidenceModel, false_abstention: float) -> dict[str, Any]:
    """The fitted file's content; figures are of contiguous folds held out, which keeps articles apart."""
    examples = [each for each in examples if each.sentences.candidates]
    sentence = fit_choice(
        [(each.sentences.features.astype(np.float64), each.right > 0) for each in examples if each.weight == 1.0],
        PENALTY_CHOICE,
    )
    inputs = np.array([_signals(each, model, sentence) for each in examples], np.float64)
    right = np.array([each.answerable for each in examples])
    weight = np.array([each.weight for each in examples])
    fold = np.arange(len(examples)) * FOLDS // len(examples)
    held = np.zeros(len(examples))
    for own in range(FOLDS):
        weights, intercept = fit_logistic(
            inputs[fold != own], right[fold != own].astype(np.float64), weight[fold != own], PENALTY_LOGISTIC
        )
        held[fold == own] = inputs[fold == own] @ weights + intercept
    weights, intercept = fit_logistic(inputs, right.astype(np.float64), weight, PENALTY_LOGISTIC)
    confidence = 1.0 / (1.0 + np.exp(-(inputs @ weights + intercept)))
    asked = weight == 1.0
    return {
        "sentence": dict(zip(FEATURES, np.round(sentence, 4).tolist(), strict=True)),
        "signal": dict(zip(SIGNALS, np.round(weights, 4).tolist(), strict=True)),
        "intercept": round(intercept, 4),
        "threshold": round(float(np.quantile(confidence[right], false_abstention)), 3),
        "figures": {
            "false_abstention": false_abstention,
            "held_out_auroc": round(auroc(right[asked], held[asked]), 4),
            "held_out_auroc_removed": round(auroc(right[right | ~asked], held[right | ~asked]), 4),
        },
    }


def _signals(example: Example, model: EvidenceModel, sentence: Floats) -> Floats:
    shares = softmax((example.sentences.features @ sentence.astype(np.float32)).astype(np.float32))
    return model.signals(example.evidence, example.sentences, shares).astype(np.float64)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
