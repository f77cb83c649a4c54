"""Fine-tune the bundled encoder into the reader that ships.

    python -m evals.fit_reader [--data DIR ...] [--squad FILE ...] [--dictionary FILE] [--wordnet DIR] [--yes-or-no]
        [--tables N] [--start FILE] [--out FILE]

Needs torch, which nothing else here does and no extra brings: `pip install torch` first; ``--wordnet`` and
``--yes-or-no`` take lemminflect, too. Every answerable question of a BEIR folder with answers, or of a SQuAD file, is
read with its own document, where any occurrence of an answer is right; now and then with one that is found for it and
holds none, asked for another fact than the document's, or without the sentences that hold the answer; a question
without an answer is read with what is found for it. A folder named twice counts twice. With an English dictionary,
words of every second example are replaced; with WordNet, questions are also asked with a word that says something
else; some are asked for yes or no; some lose capitals and question mark; tables are made up, with questions. The lower
layers stay as they are. What training changes is kept as products of thin matrices, from a singular value
decomposition.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.fit_encoder import forward, save_halves
from evals.importers.beir import read_beir
from evals.importers.squad import read_squad
from evals.question_forms import open_base
from evals.reader_examples import Row, encode, gather
from evals.switching import open_switcher
from evals.table_examples import made_up
from evals.wordnet import open_rewording
from rag_service.embed.e5.encoder import E5Encoder
from rag_service.embed.e5.reader_weights import READER_FILE, ReaderWeights, load_reader_weights

RANK = 64
MEASURED = 60  # sequences whose activations are measured
Floats = NDArray[np.float32]


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


def average(trained: dict[str, Floats], other: ReaderWeights, share: float) -> dict[str, Floats]:
    """The weighted mean of two trainings from the same start, ``share`` that of the new one.

    After model soups (Wortsman et al. 2022, arXiv:2203.05482).
    """
    own, rest = np.float32(share), np.float32(1 - share)
    return {name: own * tensor + rest * other.tensor(name) for name, tensor in trained.items()}


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
    parser.add_argument("--data", type=Path, action="append", default=[], help="BEIR folder with answers; repeatable")
    parser.add_argument("--squad", type=Path, action="append", default=[], help="SQuAD JSON file; repeatable")
    parser.add_argument("--dictionary", type=Path, help="FreeDict file from English to the language to be read, too")
    parser.add_argument("--wordnet", type=Path, help="WordNet's folder: English questions with a word replaced, too")
    parser.add_argument("--yes-or-no", action="store_true", help="ask a share of English questions for yes or no")
    parser.add_argument("--tables", type=int, default=0, help="as many made-up tables with questions, too")
    parser.add_argument("--start", type=Path, help="reader to go on from, instead of the encoder")
    parser.add_argument("--average", type=Path, help="another reader of the same layers to take the mean with")
    parser.add_argument("--share", type=float, default=0.5, help="of this training in the mean")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1.5e-4, help="highest learning rate")
    parser.add_argument("--frozen", type=int, default=4, help="layers from below that stay as they are")
    parser.add_argument("--out", type=Path, default=READER_FILE)
    options = parser.parse_args(arguments)
    if not (options.data or options.squad):
        parser.error("--data or --squad is needed")
    encoder = open_encoder(load_settings())
    chance = random.Random(1)
    sets = [read_beir(folder) for folder in options.data] + [read_squad(file) for file in options.squad]
    sys.stderr.write("".join(beir.remarks() for beir in sets))
    texts = [text for beir in sets for text in beir.every_text()]
    rewording = open_rewording(options.wordnet, texts) if options.wordnet else None
    base = open_base() if options.yes_or_no else None
    groups = [group for beir in sets for group in gather(beir, encoder, chance, rewording, base)]
    groups += made_up(options.tables, chance)
    switcher = open_switcher(options.dictionary, texts, encoder) if options.dictionary else None
    network = encoder.inputs.weights
    start = load_reader_weights(network, options.start) if options.start else None
    trained = train(groups, encoder.inputs, Options(options.epochs, options.rate, options.frozen), switcher, start)
    if options.average:
        trained = average(trained, load_reader_weights(network, options.average), options.share)
    found = changes(trained, network)
    chosen = chance.sample(groups, min(MEASURED, len(groups)))
    found |= ranges(found, [encode(group.pick(chance), encoder.inputs) for group in chosen], encoder)
    save_halves(options.out, found)
    sys.stdout.write(f"{options.out}: {len(groups)} groups, {options.out.stat().st_size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
