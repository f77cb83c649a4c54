"""A library over real stores with a small encoder of words, for tests of what is stored."""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag_service.errors import LoadError
from rag_service.index.stores import Stores, open_stores
from rag_service.ingest.discover import Discovered, discover
from rag_service.ingest.library import Library, Tools
from rag_service.ingest.write import Engine
from rag_service.models import Chunk, Document, Fingerprint, Upload

DIMENSION = 64
WIDTH = 16
FINGERPRINT = Fingerprint("words/1", DIMENSION, 40, 0)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class WordsEncoded:
    vector: NDArray[np.float32]
    tokens: NDArray[np.int8]
    spans: NDArray[np.int32]


class WordEncoder:
    """A text is the sum of one fixed random vector a word: texts that share words are near each other."""

    identity = "words/1"
    dimension = DIMENSION

    def __init__(self, hook: Callable[[Sequence[str]], None] | None = None) -> None:
        self.encoded: list[str] = []
        self._hook = hook

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([item.vector for item in self.encode_documents(texts)])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self.encode_query(text).vector

    def encode_documents(self, texts: Sequence[str]) -> list[WordsEncoded]:
        if self._hook is not None:
            self._hook(texts)
        self.encoded.extend(texts)
        return [self.encode_query(text) for text in texts]

    def encode_query(self, text: str) -> WordsEncoded:
        spans = self.token_spans(text)
        words = [text[start:end].lower() for start, end in spans] or [""]
        vectors = np.stack([_vector(word) for word in words])
        total = vectors.sum(axis=0)
        tokens = np.clip(vectors[: len(spans), :WIDTH] * 100, -127, 127).astype(np.int8)
        return WordsEncoded((total / np.linalg.norm(total)).astype(np.float32), tokens, spans)

    def token_spans(self, text: str) -> NDArray[np.int32]:
        return np.array([match.span() for match in _WORD.finditer(text)], np.int32).reshape(-1, 2)


def _vector(word: str) -> NDArray[np.float64]:
    return np.random.default_rng(zlib.crc32(word.encode())).normal(size=DIMENSION)


def cut(text: str, language: str) -> list[Chunk]:
    """A chunk for each paragraph."""
    spans = [match.span() for match in re.finditer(r"\S(?:.|\n(?!\n))*", text)]
    return [Chunk(n, start, end, text[start:end], len(text[start:end].split())) for n, (start, end) in enumerate(spans)]


def found(paths: Sequence[Path], root: Path | None = None) -> Discovered:
    """Text files below folders, and files named directly."""
    return discover(paths, {".txt"}, root)


def load(path: Path, source: str) -> Document:
    return document(source, path.read_bytes())


def document(source: str, data: bytes) -> Document:
    text = data.decode("utf-8", "replace")
    if not text.strip():
        raise LoadError(f"{source}: is empty")
    return Document(source, text, hashlib.sha256(data).hexdigest(), Path(source).stem, "de", "text/plain")


def load_upload(upload: Upload) -> Document:
    data = upload.data if upload.data is not None else (upload.text or "").encode()
    found = document(upload.source, data)
    return Document(
        found.source,
        found.text,
        found.sha256,
        found.title,
        found.language,
        found.media_type,
        upload.published,
        dict(upload.metadata),
    )


def tools(encoder: WordEncoder | None = None, fingerprint: Fingerprint = FINGERPRINT) -> Tools:
    words = encoder or WordEncoder()
    return Tools(found, load, load_upload, lambda: Engine(words, words, cut), lambda: fingerprint)


def open_library(data_dir: Path, encoder: WordEncoder | None = None, **options: object) -> tuple[Library, Stores]:
    """A library and its stores in a folder."""
    stores = open_stores(data_dir, **options)  # type: ignore[arg-type]
    return Library(stores, tools(encoder)), stores


def write(folder: Path, **files: str) -> None:
    """Text files by name without suffix."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")


class Held:
    """An encoder's work that is held at texts with a word in them."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.reached = threading.Event()
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> None:
        self.texts.extend(texts)
        if any("Gehalten" in text for text in texts):
            self.reached.set()
            assert self.go_on.wait(30)


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def held_library(tmp_path: Path, held: Held) -> Iterator[tuple[Library, Stores]]:
    library, stores = open_library(tmp_path / "data", WordEncoder(held))
    yield library, stores
    held.go_on.set()
    library.close()
