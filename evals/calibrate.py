"""Fit the evidence model that picks sentences and decides on abstention.

    rag-service eval calibrate DIR [DIR ...] [--out FILE] [--false-abstention 0.04] [--dry-run]

The folders are BEIR sets whose queries say ``answerable`` and give ``answers``. Every question runs through the whole
retrieval; answerable ones with known documents run again with these taken out, as further questions without an
answer. Every set weighs the same, one that is named twice twice as much, and so do its questions with and without an
answer. The threshold is the stated trade-off: the highest that declines at most that share of the questions that a
retrieved sentence answers.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evals.errors import DatasetError
from evals.fitting import Floats, auroc, fit_choice, fit_logistic
from evals.importers.beir import BeirQuery, BeirSet, read_each_judged
from evals.importers.imported import file_name
from evals.metrics.answers import contains
from rag_service.answer.evidence.abstain import SHIPPED, SIGNALS, EvidenceModel, Fitted, softmax
from rag_service.answer.evidence.gather import FEATURES, Sentences, gather
from rag_service.ports import Evidence

if TYPE_CHECKING:
    from rag_service.bootstrap import Service

PENALTY_CHOICE, PENALTY_LOGISTIC = 0.002, 10.0
REMOVED = 0.2  # weight of a question whose documents were taken out
FOLDS = 8
CLASS = 300.0  # weight of all of a set's questions with an answer, and of those without
LEAST_FOUND = 10  # questions whose answer stands in a retrieved sentence; all else is learnt from these


@dataclass(frozen=True, slots=True)
class Example:
    """One question's evidence; ``right`` are the sentences of its documents that hold an answer (n,).

    ``times`` tells how often its set was named.
    ``fold`` keeps neighbouring questions of a set together, which are of the same articles; each fold has its share
    of questions with and without an answer.
    """

    set: str
    fold: int
    evidence: Evidence
    sentences: Sentences
    right: NDArray[np.bool_]
    answerable: bool
    removed: bool = False
    times: int = 1

    @property
    def found(self) -> bool:
        """Whether a retrieved sentence holds the answer."""
        return bool(self.right.any()) and not self.removed


def fit_abstention(
    folders: Sequence[Path], out: Path | None, false_abstention: float, limit: int | None, *, dry_run: bool
) -> None:
    """Fit, print the figures, write the weights with the data's hash; without ``out`` to the file that ships."""
    import rag_service.answer.evidence.abstain

    file = out or Path(rag_service.answer.evidence.abstain.__file__).with_name(SHIPPED)
    fitted = asyncio.run(_fitted(folders, limit, false_abstention))
    text = json.dumps(fitted, indent=2) + "\n"
    if not dry_run:
        file.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


async def _fitted(folders: Sequence[Path], limit: int | None, false_abstention: float) -> dict[str, Any]:
    from evals.targets.beir import open_set

    digest = hashlib.sha256()
    examples: list[Example] = []
    names, questions = [], 0
    model = None
    named = Counter(folder.resolve() for folder in folders)
    for folder, beir in read_each_judged(folders).items():
        times = named[folder]
        sys.stderr.write(beir.remarks())
        target = open_set(beir, titles=False)
        try:
            examples += [replace(each, times=times) for each in collect(beir, target.service, limit)]
            model = model or EvidenceModel(target.service.encoder, target.service.reader, Fitted.blank())
        finally:
            await target.close()
        names += [beir.name] * times
        questions += len(beir.queries[:limit])
        for name in ("corpus.jsonl", "queries.jsonl"):
            digest.update((folder / name).read_bytes())
    assert model is not None  # the command line asks for one folder at least
    _check(names, examples)
    fitted = fit(examples, model, false_abstention)
    fitted["data"] = {"names": names, "questions": questions, "sha256": digest.hexdigest()}
    return fitted


def _check(names: Sequence[str], examples: Sequence[Example]) -> None:
    """DatasetError where what was retrieved teaches nothing."""
    where, asked = ", ".join(dict.fromkeys(names)), sum(each.answerable for each in examples)
    problems = []
    if (found := sum(each.found for each in examples)) < LEAST_FOUND:
        problems.append(
            f"{where}: the answer to {found} of {asked} questions stands in a retrieved sentence; at least "
            f"{LEAST_FOUND} are needed. Do the answers stand in the documents in these words?"
        )
    if asked == len(examples):
        problems.append(f"{where}: nothing was retrieved for any of the questions without an answer")
    if problems:
        raise DatasetError(problems)


def collect(beir: BeirSet, service: Service, limit: int | None) -> list[Example]:
    """The examples of a set: every question, and the answerable ones without their documents."""
    from evals.targets.local import COLLECTION

    examples: list[Example] = []
    asked = beir.queries[:limit]
    sizes = Counter(query.answerable is False for query in asked)
    seen: Counter[bool] = Counter()
    for query in asked:
        evidence = service.retriever.search(COLLECTION, query.text).evidence
        kind = query.answerable is False
        fold = seen[kind] * FOLDS // sizes[kind]
        seen[kind] += 1
        examples.append(_example(beir.name, fold, query, evidence, service))
        if query.answerable is False or not query.relevant:
            continue
        own = {file_name(identifier) for identifier in query.relevant}
        others = tuple(passage for passage in evidence.passages if passage.source not in own)
        if others and not any(_holds(passage.text, query) for passage in others):
            removed = _example(beir.name, fold, query, replace(evidence, passages=others), service)
            examples.append(replace(removed, answerable=False, removed=True))
    return [each for each in examples if each.sentences.candidates]


def _holds(text: str, query: BeirQuery) -> bool:
    return any(contains(text, answer) for answer in query.answers)


def _example(name: str, fold: int, query: BeirQuery, evidence: Evidence, service: Service) -> Example:
    sentences = gather(evidence, service.encoder, service.reader)
    own = {file_name(identifier) for identifier in query.relevant}
    right = [
        evidence.passages[item.passage].source in own and _holds(item.text, query) for item in sentences.candidates
    ]
    return Example(name, fold, evidence, sentences, np.array(right, bool), query.answerable is not False)


def fit(examples: Sequence[Example], model: EvidenceModel, false_abstention: float) -> dict[str, Any]:
    """The fitted file's content, with figures of questions held out: by folds, and by whole sets."""
    sentence = fit_choice(
        [(each.sentences.features.astype(np.float64), each.right) for each in examples if not each.removed],
        PENALTY_CHOICE,
    )
    inputs = np.array([_signals(each, model, sentence) for each in examples], np.float64)
    right = np.array([each.answerable for each in examples])
    sets = np.array([each.set for each in examples])
    weight = _weights(examples)

    def trained(chosen: NDArray[np.bool_]) -> tuple[Floats, float]:
        return fit_logistic(inputs[chosen], right[chosen].astype(np.float64), weight[chosen], PENALTY_LOGISTIC)

    folds = np.array([each.fold for each in examples])
    by_fold, by_set = np.full(len(examples), np.nan), np.full(len(examples), np.nan)
    for parts, held in ((folds, by_fold), (sets, by_set)):
        for part in np.unique(parts):
            if len(np.unique(right[parts != part])) < 2:  # the others have but one kind of question, if there are any
                continue
            weights, intercept = trained(parts != part)
            held[parts == part] = inputs[parts == part] @ weights + intercept
    weights, intercept = trained(np.ones(len(examples), bool))
    confidence = 1.0 / (1.0 + np.exp(-(inputs @ weights + intercept)))
    answered = np.array([each.found for each in examples])
    asked = np.array([not each.removed for each in examples])
    return {
        "sentence": dict(zip(FEATURES, np.round(sentence, 4).tolist(), strict=True)),
        "signal": dict(zip(SIGNALS, np.round(weights, 4).tolist(), strict=True)),
        "intercept": round(intercept, 4),
        "threshold": round(float(np.quantile(confidence[answered], false_abstention)), 3),
        "figures": {
            "false_abstention": false_abstention,
            "sets": {
                name: _figures(right, {"held_out": by_fold, "set_left_out": by_set}, sets == name, asked)
                for name in dict.fromkeys(sets.tolist())
            },
        },
    }


def _figures(
    right: NDArray[np.bool_], held: dict[str, Floats], own: NDArray[np.bool_], asked: NDArray[np.bool_]
) -> dict[str, float]:
    """AUROC of one set's questions, as each of ``held`` scores them; then with those whose documents were removed.

    Left out is what cannot be told: a kind of question that the set lacks, a score that nothing could be fitted for.
    """
    found: dict[str, float] = {}
    for name, chosen in (("", own & asked), ("_removed", own & (right | ~asked))):
        for kind, scores in held.items():
            if right[chosen].any() and not right[chosen].all() and not np.isnan(scores[chosen]).any():
                found[f"{kind}_auroc{name}"] = round(auroc(right[chosen], scores[chosen]), 4)
    return found


def _weights(examples: Sequence[Example]) -> Floats:
    """A weight for each example (n,), for each set's answerable and unanswerable ones the same sum, times ``times``."""
    own = np.array([REMOVED if each.removed else 1.0 for each in examples])
    classes = [(each.set, each.answerable) for each in examples]
    sums: dict[tuple[str, bool], float] = {}
    for kind, value in zip(classes, own, strict=True):
        sums[kind] = sums.get(kind, 0.0) + value
    found: Floats = own * [CLASS * each.times / sums[kind] for each, kind in zip(examples, classes, strict=True)]
    return found


def _signals(example: Example, model: EvidenceModel, sentence: Floats) -> Floats:
    shares = softmax((example.sentences.features @ sentence.astype(np.float32)).astype(np.float32))
    return model.signals(example.evidence, example.sentences, shares).astype(np.float64)
