"""The reader: where in a passage the answer to a question begins and ends, and whether it is there at all.

The bundled encoder, fine-tuned on questions with and without answers (as Devlin et al. 2019, section 4.3), reads
question and passage as one sequence. What it changes of the encoder's weights ships with the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_service.embed.e5 import layers, protobuf, reader_weights
from rag_service.embed.e5.encoder import Inputs
from rag_service.embed.e5.reader_weights import READER_FILE, ReaderWeights, load_reader_weights
from rag_service.embed.e5.session import Recipe, open_session

_LONGEST_QUESTION = 64
_KEPT = 4096  # readings that are kept, about 8 kB each with their texts: a question asked again is not read again


@dataclass(frozen=True, slots=True)
class Reading:
    """One passage read for a question.

    ``start`` and ``end`` (t,) are log odds of each token to be the answer's first and last against there being no
    answer; ``spans`` (t, 2) are the tokens' code-point offsets; ``answerable`` is a logit of its own.
    """

    start: NDArray[np.float32]
    end: NDArray[np.float32]
    spans: NDArray[np.int32]
    answerable: float


class ReaderGraph(layers.LayerGraph):
    """Output: scores (tokens, 3) of start, end, and answerable; the last one counts at the first token."""

    def __init__(self, weights: ReaderWeights, unsigned: bool) -> None:
        super().__init__(weights, weights, unsigned)

    def build(self) -> bytes:
        """Serialise the model."""
        hidden = self._node("Squeeze", [self._hidden(), "first.0"])
        head = self._constant("head", self._weights.tensor("head.w"))
        product = self._node("MatMul", [hidden, head])
        scores = self._node("Add", [product, self._constant("bias", self._weights.tensor("head.b"))])
        return self._model([protobuf.value_info(scores, "float32", ("tokens", 3))])


class E5Reader:
    """Reads passages with the encoder's inputs; safe to share between threads."""

    def __init__(self, inputs: Inputs, cache_dir: Path, threads: int) -> None:
        self._inputs = inputs
        self._threads = threads

        def build(unsigned: bool) -> bytes:
            return ReaderGraph(load_reader_weights(inputs.weights), unsigned).build()

        sources = [Path(__file__), Path(reader_weights.__file__), READER_FILE]
        self._session = open_session(inputs.weights, cache_dir, Recipe("e5-reader", build, sources))
        self._kept = lru_cache(_KEPT)(self._read)

    def read(self, question: str, texts: Sequence[str]) -> list[Reading]:
        """Read each text for the question; what lies beyond the model's window is left out."""
        one = partial(self._kept, _lead(self._inputs, question))
        if len(texts) < 2:
            return [one(text) for text in texts]
        with ThreadPoolExecutor(min(self._threads, len(texts))) as pool:
            return list(pool.map(one, texts))

    def _read(self, lead: tuple[int, ...], text: str) -> Reading:
        ids, spans = _after(self._inputs, lead, text, self._inputs.weights.shape.positions)
        (scores,) = self._session.run(None, {"embeddings": self._inputs.embed(ids)})
        inside = scores[len(lead) : -1, :2] - scores[0, :2]
        return Reading(inside[:, 0], inside[:, 1], spans, float(scores[0, 2]))


def read_ids(
    inputs: Inputs, question: str, text: str, longest: int
) -> tuple[NDArray[np.int64], int, NDArray[np.int32]]:
    """Token ids (n,) of question and text as one sequence, where the text's begin, and their spans (t, 2) in it."""
    lead = _lead(inputs, question)
    ids, spans = _after(inputs, lead, text, longest)
    return ids, len(lead), spans


def _lead(inputs: Inputs, question: str) -> tuple[int, ...]:
    """Token ids of all that precedes a text: the question, and the text's prefix."""
    asked = inputs.tokenizer.tokenize(question).ids[:_LONGEST_QUESTION]
    return (*inputs.lead("query:"), *asked.tolist(), inputs.tokenizer.end, *inputs.lead("passage:")[1:])


def _after(
    inputs: Inputs, lead: tuple[int, ...], text: str, longest: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Token ids (n,) of a lead and as much of the text as has room, and the text's spans (t, 2)."""
    found = inputs.tokenizer.tokenize(text)
    room = longest - len(lead) - 1
    ids = np.concatenate([lead, found.ids[:room], [inputs.tokenizer.end]]).astype(np.int64)
    return ids, found.spans[:room]
