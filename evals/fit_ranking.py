"""Fit the weights of the learned ranking on a BEIR folder.

    python -m evals.fit_ranking --data DIR [--data DIR ...] [--out FILE]

Listwise softmax regression (ListNet with one relevant document; Cao et al., 2007, doi:10.1145/1273496.1273513) over
the features that the service computes for its candidates, with the L2 penalty chosen beforehand, not searched for.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.benchmark.search import open_set
from evals.importers.beir import BeirSet, read_beir
from evals.importers.imported import file_name
from evals.targets.local import COLLECTION
from rag_service.retrieve.features import FEATURES
from rag_service.retrieve.fusion import standardise

PENALTY = 0.003
STEPS = 4000
RATE = 0.4
Floats = NDArray[np.float64]
Group = tuple[Floats, Floats]  # standardised features (n, f) of one question's candidates, and their shares (n,)


def fit(groups: Sequence[Group]) -> Floats:
    """Weights (f,) that minimise the mean cross-entropy between softmax scores and the shares of the relevant."""
    weights = np.zeros(groups[0][0].shape[1])
    widest = max(len(shares) for _, shares in groups)
    features = np.zeros((len(groups), widest, len(weights)))
    shares = np.zeros((len(groups), widest))
    real = np.zeros((len(groups), widest), bool)
    for row, (own, relevant) in enumerate(groups):
        features[row, : len(own)], shares[row, : len(own)], real[row, : len(own)] = own, relevant, True
    for _ in range(STEPS):
        scores = np.where(real, features @ weights, -np.inf)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        difference = odds / odds.sum(axis=1, keepdims=True) - shares
        gradient = np.einsum("gc,gcf->f", difference, features) / len(groups)
        weights -= RATE * (gradient + PENALTY * weights)
    return weights


def gather(beir: BeirSet) -> list[Group]:
    """One group for each question that has a relevant document among the candidates."""
    import asyncio

    target = open_set(beir, titles=False)
    groups: list[Group] = []
    try:
        for query in beir.queries:
            relevant = {file_name(name) for name in query.relevant}
            if not relevant:
                continue
            passages, features = target.service.retriever.candidates(COLLECTION, query.text)
            found = np.array([float(passage.source in relevant) for passage in passages])
            if found.any():
                groups.append((standardise(features), found / found.sum()))
    finally:
        asyncio.run(target.close())
    return groups


def main(arguments: Sequence[str]) -> int:
    """Fit, write the weights with the data's hash, print them; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_ranking", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, action="append", required=True, help="BEIR folder; repeatable")
    parser.add_argument("--out", type=Path, help="default: the file that the service ships")
    options = parser.parse_args(arguments)
    out = options.out or Path(__file__).parent.parent / "rag_service" / "retrieve" / "ranking.json"
    groups = [group for folder in options.data for group in gather(read_beir(folder))]
    weights = {name: round(float(value), 4) for name, value in zip(FEATURES, fit(groups), strict=True)}
    digest = hashlib.sha256(b"".join((folder / "queries.jsonl").read_bytes() for folder in options.data)).hexdigest()
    data = {"names": [folder.name for folder in options.data], "questions": len(groups), "sha256": digest}
    fitted = {"weights": weights, "fitted_on": data}
    out.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(fitted, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
