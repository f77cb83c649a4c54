"""Versions into the stores: embedded in batches that cross document boundaries, live document by document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag_service.index.lexical import LexicalRow
from rag_service.index.rows import NewVersion, chunk_id
from rag_service.index.stores import Stores
from rag_service.index.versions import Leftover, PendingVersion
from rag_service.models import Chunk
from rag_service.ports import Embedder, Encoder, TokenBlock, Vector, VectorRow

_GROUP = 256  # chunks that are gathered before they are embedded and written
_BATCH = 32  # chunks between two looks at whether to stop


class Cancelled(Exception):
    """The work was called off; what was begun has been undone."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What makes chunks and vectors; ``encoder`` gives token vectors, None when late interaction is off."""

    embedder: Embedder
    encoder: Encoder | None
    cut: Callable[[str, str], Sequence[Chunk]]


@dataclass(frozen=True, slots=True)
class Encoding:
    """A chunk's vectors."""

    vector: Vector
    block: TokenBlock | None


@dataclass(frozen=True, slots=True)
class _Piece:
    version: PendingVersion
    chunk: Chunk

    @property
    def id(self) -> str:
        return chunk_id(self.version.version_id, self.chunk.ordinal)


class Writer:
    """Embeds new versions and makes them live; whatever stops it, a document is whole: old or new."""

    def __init__(
        self, stores: Stores, engine: Engine, stopped: Callable[[], bool], on_chunks: Callable[[int], None]
    ) -> None:
        """``stopped`` says whether to give up, ``on_chunks`` hears of chunks that have been embedded."""
        self._stores = stores
        self._engine = engine
        self._stopped = stopped
        self._on_chunks = on_chunks

    def write(self, collection_id: str, versions: Iterable[NewVersion]) -> Iterator[list[PendingVersion]]:
        """Write versions and yield them, group by group, as they become live; Cancelled, StoreError, ModelError."""
        for pending in self.prepare(collection_id, versions, reuse=True):
            retired = self._stores.catalog.versions.flip(pending)
            self._stores.remove(retired)
            yield pending

    def prepare(
        self, collection_id: str, versions: Iterable[NewVersion], *, reuse: bool = False
    ) -> Iterator[list[PendingVersion]]:
        """Write versions to every store without making them live, and yield them group by group.

        With ``reuse``, a chunk whose text the document's live version has too keeps the vectors of that.
        """
        for group in _groups(versions):
            pending = self._stores.catalog.versions.add_pending(collection_id, group)
            try:
                self._fill(collection_id, pending, reuse)
            except BaseException:
                self._stores.remove([_leftover(collection_id, item) for item in pending])
                raise
            yield pending

    def _fill(self, collection_id: str, pending: Sequence[PendingVersion], reuse: bool) -> None:
        """Bring every chunk of pending versions into the stores and link near-duplicates."""
        pieces = [_Piece(item, chunk) for item in pending for chunk in item.content.chunks]
        parts = max(1, round(len(pieces) / _GROUP))
        for part in range(parts):
            some = pieces[len(pieces) * part // parts : len(pieces) * (part + 1) // parts]
            if some:
                known = self._known(collection_id, some) if reuse else {}
                self._on_chunks(len(known))
                new = [piece for piece in some if piece.id not in known]
                encodings = known | dict(
                    zip((piece.id for piece in new), self._encode([piece.chunk for piece in new]), strict=True)
                )
                self._store(collection_id, some, [encodings[piece.id] for piece in some])
        self._stores.catalog.duplicates.link(collection_id, pending)

    def _known(self, collection_id: str, pieces: Sequence[_Piece]) -> dict[str, Encoding]:
        """Vectors of chunks whose text stands in the live version of the same document."""
        documents = list(dict.fromkeys(piece.version.document_id for piece in pieces))
        texts = self._stores.catalog.versions.live_texts(documents)
        same = {
            piece.id: old
            for piece in pieces
            if (old := texts.get((piece.version.document_id, piece.chunk.text))) is not None
        }
        if not same:
            return {}
        vectors = self._stores.vectors.vectors(collection_id, list(same.values()))
        blocks = self._stores.tokens.blocks(collection_id, list(same.values()))
        late = self._engine.encoder is not None
        return {
            new: Encoding(vectors[old], blocks[old] if late else None)
            for new, old in same.items()
            if old in vectors and (old in blocks or not late)
        }

    def _store(self, collection_id: str, pieces: Sequence[_Piece], encodings: Sequence[Encoding]) -> None:
        pairs = list(zip(pieces, encodings, strict=True))
        self._stores.add(
            collection_id,
            [
                VectorRow(
                    piece.id,
                    piece.version.version_id,
                    piece.version.document_id,
                    encoding.vector,
                    piece.chunk.text,
                )
                for piece, encoding in pairs
            ],
            [_lexical(piece) for piece in pieces],
            {piece.id: encoding.block for piece, encoding in pairs if encoding.block is not None},
        )

    def _encode(self, chunks: Sequence[Chunk]) -> list[Encoding]:
        """Vectors of chunks, computed in the order of their length so that a batch wastes little padding."""
        order = sorted(range(len(chunks)), key=lambda index: chunks[index].tokens)
        found: dict[int, Encoding] = {}
        for start in range(0, len(order), _BATCH):
            if self._stopped():
                raise Cancelled
            batch = order[start : start + _BATCH]
            found |= zip(batch, encode(self._engine, [chunks[index].text for index in batch]), strict=True)
            self._on_chunks(len(batch))
        return [found[index] for index in range(len(chunks))]


def encode(engine: Engine, texts: Sequence[str]) -> list[Encoding]:
    """Dense and token vectors of texts, in one pass where one model gives both."""
    if engine.encoder is None:
        return [Encoding(vector, None) for vector in engine.embedder.embed_documents(texts)]
    encoded = engine.encoder.encode_documents(texts)
    blocks = [TokenBlock(item.tokens, item.spans) for item in encoded]
    if engine.encoder is engine.embedder:
        vectors = np.stack([item.vector for item in encoded])
    else:
        vectors = engine.embedder.embed_documents(texts)
    return [Encoding(vector, block) for vector, block in zip(vectors, blocks, strict=True)]


def _groups(versions: Iterable[NewVersion]) -> Iterator[list[NewVersion]]:
    group: list[NewVersion] = []
    chunks = 0
    for version in versions:
        if group and chunks + len(version.chunks) > 2 * _GROUP:
            yield group
            group, chunks = [], 0
        group.append(version)
        chunks += len(version.chunks)
        if chunks >= _GROUP:
            yield group
            group, chunks = [], 0
    if group:
        yield group


def _lexical(piece: _Piece) -> LexicalRow:
    document = piece.version.content.document
    return LexicalRow(piece.id, piece.version.version_id, piece.chunk.text, document.title, document.language)


def _leftover(collection_id: str, item: PendingVersion) -> Leftover:
    return Leftover(collection_id, item.version_id, len(item.content.chunks))
