"""Documents of chance words and an encoder without a model: for measuring what storing and searching cost."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_service.models import Chunk

WORDS_A_CHUNK = 120
_CONSONANTS, _VOWELS = "bdfgklmnprst", "aeiou"
_LATENT = 48


@dataclass(frozen=True, slots=True)
class SyntheticEncoded:
    """Vectors of one text (ports.Encoded)."""

    vector: NDArray[np.float32]
    tokens: NDArray[np.int8]
    spans: NDArray[np.int32]


class SyntheticEncoder:
    """Chance vectors in the shapes of the bundled encoder (ports.Encoder); unlike it, it costs next to nothing."""

    identity = "synthetic/1"
    dimension = 384

    def __init__(self, tokens: int = 200, width: int = 128) -> None:
        self._random = np.random.default_rng(0)
        self._basis = self._random.normal(size=(_LATENT, self.dimension))
        self._shape = (tokens, width)

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of shape (n, 384)."""
        raw = self._random.normal(size=(len(texts), _LATENT)) @ self._basis
        unit: NDArray[np.float32] = (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Vector of shape (384,)."""
        vector: NDArray[np.float32] = self.embed_documents([text])[0]
        return vector

    def encode_documents(self, texts: Sequence[str]) -> list[SyntheticEncoded]:
        """Dense and token vectors."""
        return [self._encoded(vector, text) for vector, text in zip(self.embed_documents(texts), texts, strict=True)]

    def encode_query(self, text: str) -> SyntheticEncoded:
        """Dense and token vectors."""
        return self._encoded(self.embed_query(text), text)

    def token_spans(self, text: str) -> NDArray[np.int32]:
        """A token for each of as many equal pieces as a text has tokens."""
        edges = np.linspace(0, len(text), self._shape[0] + 1).astype(np.int32)
        return np.stack([edges[:-1], edges[1:]], axis=1)

    def _encoded(self, vector: NDArray[np.float32], text: str) -> SyntheticEncoded:
        tokens = self._random.integers(-127, 127, self._shape, dtype=np.int8)
        return SyntheticEncoded(vector, tokens, self.token_spans(text))


def paragraphs(text: str, language: str) -> list[Chunk]:
    """A chunk for each paragraph; paragraphs are separated by an empty line."""
    chunks: list[Chunk] = []
    start = 0
    for paragraph in text.split("\n\n"):
        chunks.append(Chunk(len(chunks), start, start + len(paragraph), paragraph, WORDS_A_CHUNK))
        start += len(paragraph) + 2
    return chunks


class Wording:
    """Chance prose over a fixed vocabulary with the skew of natural language."""

    def __init__(self, seed: int = 0, vocabulary: int = 20_000) -> None:
        self._random = random.Random(seed)
        syllables = [consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS]
        self._words = ["".join(self._random.choices(syllables, k=2 + n % 3)) for n in range(vocabulary)]
        self._weights = list(itertools.accumulate(1 / (n + 2) for n in range(vocabulary)))

    def paragraph(self, words: int = WORDS_A_CHUNK) -> str:
        """Sentences of twelve words."""
        drawn = self._random.choices(self._words, cum_weights=self._weights, k=words)
        return " ".join(" ".join(drawn[at : at + 12]).capitalize() + "." for at in range(0, words, 12))

    def text(self, paragraphs: int) -> str:
        """Paragraphs, an empty line between any two."""
        return "\n\n".join(self.paragraph() for _ in range(paragraphs))


def write_documents(folder: Path, documents: int, paragraphs: int, seed: int = 0) -> Iterator[Path]:
    """Text files of chance prose."""
    folder.mkdir(parents=True, exist_ok=True)
    wording = Wording(seed)
    for number in range(documents):
        path = folder / f"document-{number:06}.txt"
        path.write_text(wording.text(paragraphs), encoding="utf-8")
        yield path
