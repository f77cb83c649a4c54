"""Fit the weights by which statements are aligned to spans of their passages.

    python -m evals.fit_alignment --data DIR [--data DIR ...] --across DIR [--questions N] [--out FILE]

A claim made of a question and its first answer stands for a statement; its own document is the positive, other
documents of the same title and one at random are the negatives. Claims in another language than the documents come
from alignment_claims.jsonl, by the question's id. Logistic regression on (1, coverage, late), both classes weighing
the same, by Newton's method with a small L2 penalty.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_service.answer.generation.align import Aligner, Weights
from rag_service.models import Passage
from rag_service.ports import Encoder, Evidence, TokenBlock

CLAIMS = Path(__file__).with_name("alignment_claims.jsonl")
FLOOR = 0.3
COVERAGE_FLOOR = 0.25
PENALTY = 0.01
NEUTRAL = Weights((0.0, 1.0, 3.0), (0.0, 1.0, 3.0), 0.0, 0.0)
Row = tuple[bool, float, float]  # whether it is the claim's own document, coverage, late


class Corpus:
    """A BEIR folder whose documents have titles; documents are encoded once."""

    def __init__(self, folder: Path, language: str, encoder: Encoder) -> None:
        self.documents = {item["_id"]: item for item in _lines(folder / "corpus.jsonl")}
        self.queries = {item["_id"]: item for item in _lines(folder / "queries.jsonl")}
        rows = (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]
        self.relevant = {row.split("\t")[0]: row.split("\t")[1] for row in rows}
        self._language = language
        self._encoder = encoder
        self._blocks: dict[str, TokenBlock] = {}

    def rows(self, query: str, claim: str, language: str) -> list[Row]:
        """The best spans of the claim's own document and of up to four others."""
        own = self.relevant[query]
        title = self.documents[own]["title"]
        alike = [name for name, item in self.documents.items() if item["title"] == title and name != own]
        chance = random.Random(query)
        others = [*chance.sample(alike, min(3, len(alike))), chance.choice(list(self.documents))]
        names = [own, *(name for name in others if name != own)]
        passages = tuple(self._passage(name, rank) for rank, name in enumerate(names, 1))
        blocks = {passage.chunk_id: self._block(passage) for passage in passages}
        aligner = Aligner(Evidence(claim, language, None, passages, blocks), self._encoder, NEUTRAL)
        encoded = self._encoder.encode_query(claim)
        measures = [aligner.measure(claim, index, encoded) for index in range(len(passages))]
        return [
            (index == 0, found.coverage, found.late)
            for index, found in enumerate(measures)
            if found is not None and found.late is not None
        ]

    def _passage(self, name: str, rank: int) -> Passage:
        text = self.documents[name]["text"]
        return Passage(name, name, name, name, "", None, self._language, text, 0, len(text), rank, 1.0)

    def _block(self, passage: Passage) -> TokenBlock:
        if passage.chunk_id not in self._blocks:
            encoded = self._encoder.encode_documents([passage.text])[0]
            self._blocks[passage.chunk_id] = TokenBlock(encoded.tokens, encoded.spans)
        return self._blocks[passage.chunk_id]


def fit(rows: Sequence[Row]) -> NDArray[np.float64]:
    """Logistic weights of (1, coverage, late)."""
    features = np.array([(1.0, coverage, late) for _, coverage, late in rows])
    own = np.array([float(positive) for positive, _, _ in rows])
    share = np.where(own == 1, 0.5 / own.mean(), 0.5 / (1 - own.mean()))
    weights = np.zeros(3)
    for _ in range(100):
        odds = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (share * (odds - own)) + PENALTY * weights
        curvature = (features.T * (share * odds * (1 - odds))) @ features + PENALTY * np.eye(3)
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def kept(rows: Sequence[Row], weights: NDArray[np.float64]) -> dict[str, float]:
    """The share of own and of other documents at or above the floors."""
    features = np.array([(1.0, coverage, late) for _, coverage, late in rows])
    own = np.array([positive for positive, _, _ in rows])
    above = 1 / (1 + np.exp(-features @ weights)) >= FLOOR
    covered = features[:, 1] >= COVERAGE_FLOOR
    shares = {
        "kept": above[own],
        "let_by": above[~own],
        "kept_by_coverage": covered[own],
        "let_by_coverage": covered[~own],
    }
    return {name: round(float(values.mean()), 4) for name, values in shares.items()}


def main(arguments: Sequence[str]) -> int:
    """Fit, write the weights with the data's hash, print them; exit code 0."""
    from rag_service.bootstrap import open_encoder
    from rag_service.settings import load_settings

    parser = argparse.ArgumentParser(prog="python -m evals.fit_alignment", description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--data", type=Path, action="append", required=True, help="folder named NAME-LANGUAGE; repeatable"
    )
    parser.add_argument("--across", type=Path, required=True, help="the folder that the claims file is about")
    parser.add_argument("--claims", type=Path, default=CLAIMS, help="claims in another language than the documents")
    parser.add_argument("--questions", type=int, default=200, help="of each folder (default 200)")
    parser.add_argument("--out", type=Path, help="default: the file that the service ships")
    options = parser.parse_args(arguments)
    encoder = open_encoder(load_settings())
    corpora = {folder: Corpus(folder, folder.name[-2:], encoder) for folder in {*options.data, options.across}}
    rows: list[Row] = []
    for folder in options.data:
        corpus = corpora[folder]
        answered = [name for name, item in corpus.queries.items() if item["answers"] and name in corpus.relevant]
        random.Random(1).shuffle(answered)
        for name in answered[: options.questions]:
            item = corpus.queries[name]
            rows += corpus.rows(name, f"{item['text'].rstrip('?')} {item['answers'][0]}", folder.name[-2:])
    claims = _lines(options.claims)
    foreign = [
        row for each in claims for row in corpora[options.across].rows(each["query"], each["text"], each["language"])
    ]
    same, across = fit(rows), fit(foreign)
    # Two languages let more by at the same floor: there it stands where the fitted odds are even.
    across[0] += np.log(FLOOR / (1 - FLOOR))
    fitted: dict[str, Any] = {
        "same": [round(float(value), 2) for value in same],
        "across": [round(float(value), 2) for value in across],
        "floor": FLOOR,
        "coverage_floor": COVERAGE_FLOOR,
        "encoder": encoder.identity,
        "measured": {"same": kept(rows, same), "across": kept(foreign, across)},
        "fitted_on": _data([*options.data, options.across], options.claims, len(rows), len(foreign)),
    }
    out = options.out or Path(__file__).parent.parent / "rag_service" / "answer" / "generation" / "alignment.json"
    out.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(fitted, indent=2) + "\n")
    return 0


def _data(folders: Sequence[Path], claims: Path, pairs: int, across: int) -> Mapping[str, Any]:
    files = [*(folder / "queries.jsonl" for folder in folders), claims]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return {"names": [folder.name for folder in folders], "pairs": pairs, "pairs_across": across, "sha256": digest}


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
