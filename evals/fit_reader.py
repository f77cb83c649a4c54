"""Fine-tune the bundled encoder into the reader that ships.

    python -m evals.fit_reader --data DIR [--data DIR ...] [--epochs 6] [--out FILE]

Needs torch, which nothing else here does and no extra brings: `pip install torch` first. Every answerable question of
a BEIR folder with answers is read with its own document, where any occurrence of an answer is right, and with one
that is found for it and holds none; a question without an answer is read with what is found for it. The lower layers
stay as they are. What training changes is kept as products of thin matrices, from a singular value decomposition.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.fit_encoder import forward, save_halves
from evals.importers.beir import BeirQuery, BeirSet, read_beir
from rag_service.embed.e5.encoder import E5Encoder
from rag_service.embed.e5.reader import read_ids
from rag_service.embed.e5.reader_weights import READER_FILE, ReaderWeights
from rag_service.embed.maxsim import maxsim

RANK, NEGATIVES, DEPTH = 48, 2, 20
LONGEST = 384
MEASURED = 60  # sequences whose activations are measured
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Row:
    """One sequence of token ids, and at which of them an answer begins and ends; nowhere: there is none."""

    ids: NDArray[np.int64]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


Group = list[Row]  # of which each epoch takes one


def gather(beir: BeirSet, encoder: E5Encoder) -> list[Group]:
    """The rows of a set: for each question its own document, and those found for it that hold no answer."""
    names, texts = list(beir.texts), list(beir.texts.values())
    encoded = encoder.encode_documents(texts)
    vectors = np.stack([each.vector for each in encoded])
    groups: list[Group] = []
    for query in beir.queries:
        asked = encoder.encode_query(query.text)
        cosines = vectors @ asked.vector
        head = np.argsort(-cosines)[:DEPTH]
        late = [maxsim(asked.tokens, encoded[row].tokens) for row in head]
        found = [names[row] for row in head[np.argsort(-(cosines[head] + np.array(late)))]]
        groups += _groups(beir, query, found, encoder)
    return [group for group in groups if group]


def _groups(beir: BeirSet, query: BeirQuery, found: Sequence[str], encoder: E5Encoder) -> list[Group]:
    if query.answerable is False:
        return [[_row(query, beir.texts[name], encoder, ()) for name in found[: NEGATIVES + 1]]]
    own = next(iter(query.relevant), None)
    if own is None:
        return []
    right = _row(query, beir.texts[own], encoder, occurrences(beir.texts[own], query.answers))
    wrong = [name for name in found if name not in query.relevant and not occurrences(beir.texts[name], query.answers)]
    others = [_row(query, beir.texts[name], encoder, ()) for name in wrong[:NEGATIVES]]
    return [[right], others] if right.starts else [others]


def occurrences(text: str, answers: Sequence[str]) -> list[tuple[int, int]]:
    """Where any of the answers stands in a text as whole words, whatever its case."""
    folded = text.lower()
    if len(folded) != len(text):
        folded = text
    found: list[tuple[int, int]] = []
    for answer in {each.lower().strip(" .,") for each in answers} - {""}:
        at = folded.find(answer)
        while at >= 0:
            end = at + len(answer)
            if not folded[at - 1 : at].isalnum() and not folded[end : end + 1].isalnum():
                found.append((at, end))
            at = folded.find(answer, at + 1)
    return found


def _row(query: BeirQuery, text: str, encoder: E5Encoder, answers: Sequence[tuple[int, int]]) -> Row:
    ids, lead, spans = read_ids(encoder.inputs, query.text, text, LONGEST)
    starts, ends = set(), set()
    for start, end in answers:
        inside = np.flatnonzero((spans[:, 0] < end) & (spans[:, 1] > start))
        if len(inside):
            starts.add(lead + int(inside[0]))
            ends.add(lead + int(inside[-1]))
    return Row(ids, tuple(sorted(starts)), tuple(sorted(ends)))


def changes(trained: dict[str, Floats], network: Any) -> dict[str, Floats]:
    """Trained tensors as ``ReaderWeights.changes``, without the ranges."""
    found: dict[str, Floats] = {}
    for name, tensor in trained.items():
        if name.startswith("head.") or tensor.ndim == 1:
            found[name] = tensor
            continue
        left, sizes, right = np.linalg.svd(tensor - network.tensor(name), full_matrices=False)
        root = np.sqrt(sizes[:RANK])
        found[f"{name}.up"], found[f"{name}.down"] = left[:, :RANK] * root, root[:, None] * right[:RANK]
    return found


def ranges(found: dict[str, Floats], rows: Sequence[Row], encoder: E5Encoder) -> dict[str, Floats]:
    """Largest activations of each kind and layer over some sequences."""
    weights = ReaderWeights(encoder.inputs.weights, found)
    tensors: dict[str, Floats] = {}

    def tensor(name: str) -> Floats:
        if name not in tensors:
            tensors[name] = weights.tensor(name)
        return tensors[name]

    largest: dict[tuple[str, int], Floats] = {}

    def observe(kind: str, layer: int, activations: Floats) -> None:
        own = np.abs(activations).max(axis=0)
        largest[kind, layer] = np.maximum(largest.get((kind, layer), own), own)

    for row in rows:
        forward(tensor, weights.shape, encoder.inputs.embed(row.ids), observe)
    layers = range(weights.shape.layers)
    return {kind: np.stack([largest[kind, layer] for layer in layers]) for kind in ("input", "attended", "gelu")}


def main(arguments: Sequence[str]) -> int:
    """Train, write the file that ships; exit code 0."""
    from evals.reader_training import Options, train
    from rag_service.bootstrap import open_encoder
    from rag_service.settings import load_settings

    parser = argparse.ArgumentParser(prog="python -m evals.fit_reader", description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--data", type=Path, action="append", required=True, help="BEIR folder with answers; repeatable"
    )
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rate", type=float, default=1.2e-4, help="highest learning rate")
    parser.add_argument("--frozen", type=int, default=4, help="layers from below that stay as they are")
    parser.add_argument("--out", type=Path, default=READER_FILE)
    options = parser.parse_args(arguments)
    encoder = open_encoder(load_settings())
    groups = [group for folder in options.data for group in gather(read_beir(folder), encoder)]
    trained = train(groups, encoder.inputs, Options(options.epochs, options.rate, options.frozen))
    found = changes(trained, encoder.inputs.weights)
    chosen = random.Random(1).sample(groups, min(MEASURED, len(groups)))
    found |= ranges(found, [group[0] for group in chosen], encoder)
    save_halves(options.out, found)
    sys.stdout.write(f"{options.out}: {len(groups)} groups, {options.out.stat().st_size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
