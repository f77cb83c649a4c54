"""The reader: where in a passage the answer to a question begins and ends, and whether it is there at all.

The bundled encoder, fine-tuned on questions with and without answers (as Devlin et al. 2019, section 4.3), reads
question and passage as one sequence. What it changes of the encoder's weights ships with the package.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from rag_service.embed.e5 import layers, protobuf, reader_weights
from rag_service.embed.e5.encoder import Inputs
from rag_service.embed.e5.reader_weights import READER_FILE, ReaderWeights, load_reader_weights
from rag_service.embed.e5.session import Recipe, open_session

_LONGEST_QUESTION = 64
_LOWER = 8  # layers of the first part: two threads then share three texts, the first the longest, almost evenly
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
    """The reader in two parts, the lower layers, and the upper ones with the head."""

    def __init__(self, weights: ReaderWeights, unsigned: bool) -> None:
        super().__init__(weights, weights, unsigned)

    def lower(self) -> bytes:
        """Serialise the lower part; output: hidden states (tokens, hidden)."""
        hidden = self._node("Squeeze", [self._hidden(end=_LOWER), "first.0"])
        return self._model([protobuf.value_info(hidden, "float32", ("tokens", self._weights.shape.hidden))])

    def upper(self) -> bytes:
        """Serialise the rest; output: scores (tokens, 3) of start, end, and answerable, which counts at token 0."""
        hidden = self._node("Squeeze", [self._hidden(_LOWER), "first.0"])
        head = self._constant("head", self._weights.tensor("head.w"))
        product = self._node("MatMul", [hidden, head])
        scores = self._node("Add", [product, self._constant("bias", self._weights.tensor("head.b"))])
        return self._model([protobuf.value_info(scores, "float32", ("tokens", 3))], "hidden")


@dataclass(frozen=True, slots=True)
class _Begun:
    """A text read through the lower layers: their output, its spans, and the number of tokens before it."""

    hidden: NDArray[np.float32]
    spans: NDArray[np.int32]
    lead: int


class _Text:
    """A text of a question, and how far it is read; who reads it again at the same time only does so in vain."""

    def __init__(self, lead: tuple[int, ...], text: str) -> None:
        self.lead, self.text = lead, text
        self.state: _Begun | Reading | None = None


class E5Reader:
    """Reads passages with the encoder's inputs; safe to share between threads.

    Each text is read in two parts, so that texts of unequal length, or three on two processors, keep all busy.
    """

    def __init__(self, inputs: Inputs, cache_dir: Path, threads: int) -> None:
        self._inputs = inputs
        self._threads = threads
        sources = [Path(__file__), Path(reader_weights.__file__), READER_FILE]

        def opened(name: str, part: Callable[[ReaderGraph], bytes]) -> onnxruntime.InferenceSession:
            def build(unsigned: bool) -> bytes:
                return part(ReaderGraph(load_reader_weights(inputs.weights), unsigned))

            return open_session(inputs.weights, cache_dir, Recipe(name, build, sources))

        self._lower = opened("e5-reader-lower", ReaderGraph.lower)
        self._upper = opened("e5-reader-upper", ReaderGraph.upper)
        self._kept = lru_cache(_KEPT)(_Text)

    def read(self, question: str, texts: Sequence[str]) -> list[Reading]:
        """Read each text for the question; what lies beyond the model's window is left out."""
        lead = _lead(self._inputs, question)
        found = [self._kept(lead, text) for text in texts]
        if len(texts) < 2:
            return [self._end(each) for each in found]
        with ThreadPoolExecutor(min(self._threads, len(texts))) as pool:
            begun = [pool.submit(self._begin, each) for each in found]
            ended = [pool.submit(self._end, each, first) for each, first in zip(found, begun, strict=True)]
            return [each.result() for each in ended]

    def _begin(self, text: _Text) -> None:
        if text.state is None:
            ids, spans = _after(self._inputs, text.lead, text.text, self._inputs.weights.shape.positions)
            (hidden,) = self._lower.run(None, {"embeddings": self._inputs.embed(ids)})
            text.state = _Begun(hidden, spans, len(text.lead))

    def _end(self, text: _Text, begun: Future[None] | None = None) -> Reading:
        if begun is None:
            self._begin(text)
        else:
            begun.result()
        state = text.state
        if isinstance(state, _Begun):
            (scores,) = self._upper.run(None, {"hidden": state.hidden})
            inside = scores[state.lead : -1, :2] - scores[0, :2]
            state = text.state = Reading(inside[:, 0], inside[:, 1], state.spans, float(scores[0, 2]))
        assert state is not None
        return state


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
