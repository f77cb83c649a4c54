"""Fit the weights of the learned ranking on BEIR folders, and on samples of a large set.

    python -m evals.fit_ranking --data DIR [--data DIR ...] [--squad FILE] [--dictionary FILE] [--out FILE]

Of a SQuAD file, samples of about 300 paragraphs are searched. With an English dictionary, words of every second
sample are replaced, so that the weights serve its other language, too.

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
from random import Random

import numpy as np
from numpy.typing import NDArray

from evals.importers.beir import BeirSet, read_beir
from evals.importers.imported import file_name
from evals.importers.squad import read_squad
from evals.samples import half_translated, samples
from evals.switching import open_switcher
from evals.targets.beir import open_set
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
    parser.add_argument("--squad", type=Path, help="SQuAD JSON file")
    parser.add_argument("--samples", type=int, default=8, help="how many samples of it")
    parser.add_argument("--dictionary", type=Path, help="FreeDict file from English to the language to be read, too")
    parser.add_argument("--out", type=Path, help="default: the file that the service ships")
    options = parser.parse_args(arguments)
    out = options.out or Path(__file__).parent.parent / "rag_service" / "retrieve" / "ranking.json"
    sets = [read_beir(folder) for folder in options.data]
    files = [folder / "queries.jsonl" for folder in options.data]
    if options.squad:
        sets += _sampled(options.squad, options.samples, options.dictionary)
        files.append(options.squad)
    groups = []
    for number, beir in enumerate(sets, 1):
        groups += gather(beir)
        sys.stderr.write(f"{number} of {len(sets)}: {beir.name}, {len(beir.queries)} questions\n")
    weights = {name: round(float(value), 4) for name, value in zip(FEATURES, fit(groups), strict=True)}
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    names = list(dict.fromkeys(beir.name for beir in sets))
    fitted = {"weights": weights, "fitted_on": {"names": names, "questions": len(groups), "sha256": digest}}
    out.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(fitted, indent=2) + "\n")
    return 0


def _sampled(file: Path, count: int, dictionary: Path | None) -> list[BeirSet]:
    from rag_service.bootstrap import open_encoder
    from rag_service.settings import load_settings

    chance = Random(1)
    found = samples(read_squad(file), count, chance)
    if dictionary is None:
        return found
    texts = [text for beir in found[1::2] for text in beir.every_text()]
    switcher = open_switcher(dictionary, texts, open_encoder(load_settings()))
    found[1::2] = [half_translated(beir, switcher, chance) for beir in found[1::2]]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
