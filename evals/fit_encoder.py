"""Fit what ships with the bundled encoder: the range of its activations, and the projection of its token vectors.

    python -m evals.fit_encoder --data DIR [--data DIR ...] [--texts N] [--out FILE]

Every BEIR folder weighs the same. The forward pass here is in float32 and independent of the graph that serves.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.importers.beir import read_beir
from rag_service.embed.e5.fitted import FITTED_FILE
from rag_service.embed.e5.tokenizer import Tokenizer
from rag_service.embed.e5.weights import Shape, Weights, bundled_weights, expand

DIMENSION = 128
Floats = NDArray[np.float32]
Observer = Callable[[str, int, Floats], None]
Tensors = Callable[[str], Floats]


def forward(tensor: Tensors, shape: Shape, embeddings: Floats, observe: Observer | None = None) -> Floats:
    """Last hidden states (t, 384) of summed embeddings (t, 384); ``observe`` sees kind, layer and activations."""
    seen = observe or (lambda kind, layer, activations: None)

    def linear(values: Floats, name: str) -> Floats:
        out: Floats = values @ tensor(f"{name}.w").T + tensor(f"{name}.b")
        return out

    def norm(values: Floats, name: str) -> Floats:
        centred = values - values.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + shape.epsilon)
        out: Floats = scaled * tensor(f"{name}.w") + tensor(f"{name}.b")
        return out

    def heads(values: Floats) -> Floats:
        return values.reshape(len(values), shape.heads, -1).transpose(1, 0, 2)

    hidden = norm(embeddings, "emb.ln")
    for layer in range(shape.layers):
        seen("input", layer, hidden)
        query, key, value = (heads(linear(hidden, f"l{layer}.{part}")) for part in "qkv")
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(query.shape[2]))
        odds = np.exp(scores - scores.max(axis=2, keepdims=True))
        context = (odds / odds.sum(axis=2, keepdims=True)) @ value
        attention = linear(context.transpose(1, 0, 2).reshape(hidden.shape), f"l{layer}.ao")
        attended = norm(hidden + attention, f"l{layer}.aln")
        seen("attended", layer, attended)
        activated = gelu(linear(attended, f"l{layer}.fi"))
        seen("gelu", layer, activated)
        hidden = norm(attended + linear(activated, f"l{layer}.fo"), f"l{layer}.oln")
    return hidden


def gelu(values: Floats) -> Floats:
    """Exact GELU, with the error function to 1.5e-7 (Abramowitz & Stegun, 1964, 7.1.26)."""
    size = np.abs(values) / np.float32(np.sqrt(2))
    step = 1 / (1 + np.float32(0.3275911) * size)
    powers = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
    series = sum(np.float32(factor) * step ** (power + 1) for power, factor in enumerate(powers))
    error = np.sign(values) * (1 - series * np.exp(-(size**2)))
    out: Floats = 0.5 * values * (1 + error)
    return out


def fit(weights: Weights, sets: Sequence[Sequence[str]]) -> dict[str, Floats]:
    """The arrays of ``Fitted`` from prefixed texts, one sequence of them for each set."""
    largest: dict[tuple[str, int], Floats] = {}

    def observe(kind: str, layer: int, activations: Floats) -> None:
        found = np.abs(activations).max(axis=0)
        largest[kind, layer] = np.maximum(largest.get((kind, layer), found), found)

    tokenizer = Tokenizer(weights.vocabulary())
    tokens = [np.concatenate(list(_hidden(weights, tokenizer, texts, observe))) for texts in sets]
    mean = np.mean([own.mean(axis=0) for own in tokens], axis=0)
    spread = sum(_unit(own - mean).T @ _unit(own - mean) / len(own) for own in tokens)
    _, axes = np.linalg.eigh(spread)
    arrays = {
        kind: np.stack([largest[kind, layer] for layer in range(weights.shape.layers)])
        for kind in ("input", "attended", "gelu")
    }
    return arrays | {"mean": mean, "projection": axes[:, ::-1][:, :DIMENSION]}


def _hidden(weights: Weights, tokenizer: Tokenizer, texts: Sequence[str], observe: Observer) -> Iterator[Floats]:
    """Last hidden states of each text's own tokens."""
    words, hidden, tensor = weights.blocks("emb.word"), weights.shape.hidden, cache(weights.tensor)
    positions = weights.tensor("emb.pos").reshape(-1, hidden) + weights.tensor("emb.type")[:hidden]
    for text in texts:
        prefix, _, _ = text.partition(" ")
        own = tokenizer.tokenize(text).ids[: len(positions) - 2]
        ids = np.concatenate([[tokenizer.begin], own, [tokenizer.end]])
        states = forward(tensor, weights.shape, expand(words[ids]) + positions[: len(ids)], observe)
        yield states[1 + len(tokenizer.tokenize(prefix).ids) : -1]


def _unit(vectors: Floats) -> Floats:
    out: Floats = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return out


def read_texts(folder: Path, count: int) -> list[str]:
    """Documents and a third as many queries of a set, evenly spaced, with the encoder's prefixes."""
    beir = read_beir(folder)
    documents, queries = list(beir.texts.values()), [query.text for query in beir.queries]
    chosen = [f"passage: {text}" for text in documents[:: max(1, len(documents) // count)][:count]]
    asked = max(1, count // 3)
    return chosen + [f"query: {text}" for text in queries[:: max(1, len(queries) // asked)][:asked]]


def save_halves(path: Path, arrays: Mapping[str, Floats]) -> None:
    """Write arrays as float16, what ships, into one compressed npz file."""
    halves: dict[str, Any] = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez_compressed(path, **halves)


def main(arguments: Sequence[str]) -> int:
    """Write the file that ships; 0 when done."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_encoder", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, action="append", required=True, help="a BEIR folder; may be repeated")
    parser.add_argument("--texts", type=int, default=150, help="documents taken from each folder")
    parser.add_argument("--out", type=Path, default=FITTED_FILE)
    options = parser.parse_args(arguments)
    arrays = fit(Weights(bundled_weights()), [read_texts(folder, options.texts) for folder in options.data])
    save_halves(options.out, arrays)
    sys.stdout.write(f"{options.out}: {', '.join(f'{name} {array.shape}' for name, array in arrays.items())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
