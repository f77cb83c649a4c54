"""Versions into the stores: embedded in batches that cross document boundaries, live document by document."""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag_service.errors import InvalidInput, LoadError, RagError, UnknownDocument
from rag_service.index.ids import id_of
from rag_service.index.lexical import LexicalRow
from rag_service.index.rows import NewVersion
from rag_service.index.stores import Stores
from rag_service.index.versions import Leftover, PendingVersion
from rag_service.ingest.stages import in_stages
from rag_service.models import Chunk, Document
from rag_service.ports import Embedder, Encoder, TokenBlock, Vector, VectorRow

_GROUP = 256  # chunks that are gathered before they are embedded and written
_FIRST_GROUP = 16  # the first groups are smaller, so that the model does not wait long for the first
_BATCH = 64  # chunks between two looks at whether to stop


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
        return id_of(self.version.version_id, self.chunk.ordinal)


@dataclass(frozen=True, slots=True)
class _Group:
    """Versions written together, their chunks, and the vectors that are known of some of these by their ids."""

    pending: list[PendingVersion]
    pieces: list[_Piece]
    known: dict[str, Encoding]


@dataclass(frozen=True, slots=True)
class _Stored:
    """Versions of a group that are in the stores, and those whose documents were deleted meanwhile."""

    live: list[PendingVersion]
    deleted: list[PendingVersion]


class Writer:
    """Embeds new versions and makes them live; whatever stops it, a document is whole: old or new."""

    def __init__(
        self,
        stores: Stores,
        engine: Engine,
        stopped: Callable[[], bool],
        on_chunks: Callable[[int], None],
        on_refused: Callable[[Document, RagError], None] | None = None,
        deleted: Container[str] = (),
    ) -> None:
        """``stopped`` says whether to give up; ``on_chunks`` hears of embedded chunks, on a thread of the writer's.

        ``on_refused`` hears of documents that the catalog cannot take; without it, the first of them ends the work. It
        also hears of those that were deleted meanwhile: their sources may be in ``deleted``, which grows.
        """
        self._stores = stores
        self._engine = engine
        self._stopped = stopped
        self._on_chunks = on_chunks
        self._on_refused = on_refused
        self._deleted = deleted

    def write(self, collection_id: str, versions: Iterable[NewVersion]) -> Iterator[list[PendingVersion]]:
        """Write versions and yield them, group by group, as they become live; Cancelled, StoreError, ModelError."""
        return self._written(collection_id, versions, live=True)

    def prepare(self, collection_id: str, versions: Iterable[NewVersion]) -> Iterator[list[PendingVersion]]:
        """Write versions to every store without making them live, and yield them group by group."""
        return self._written(collection_id, versions, live=False)

    def _written(
        self, collection_id: str, versions: Iterable[NewVersion], *, live: bool
    ) -> Iterator[list[PendingVersion]]:
        """Groups in order, each yielded when it is in the stores: one is stored while the next is embedded.

        Where they become live, a chunk whose text its document's live version has too keeps the vectors of that.
        """
        unfinished: dict[str, PendingVersion] = {}
        ended = threading.Event()

        def ready() -> Iterator[_Group]:
            for group in _groups(versions):
                pending = self._pending(collection_id, group)
                if not pending:
                    continue
                unfinished.update((item.version_id, item) for item in pending)
                pieces = _pieces(pending)
                yield _Group(pending, pieces, self._known(collection_id, pieces) if live else {})

        def encode(group: _Group) -> list[Encoding]:
            return self._encodings(group, ended)

        def store(group: _Group, encodings: Sequence[Encoding]) -> _Stored:
            self._store(collection_id, group, encodings)
            gone: list[Leftover] = []
            stored = _Stored(group.pending, [])
            if live:
                flipped = self._stores.catalog.versions.flip(self._wanted(group.pending))
                stored = _parted(group.pending, flipped.live)
                gone = [*flipped.retired, *(_leftover(collection_id, item) for item in stored.deleted)]
            for item in group.pending:
                del unfinished[item.version_id]
            self._stores.remove(gone)
            return stored

        try:
            for stored in in_stages(ready(), encode, store, ended):
                self._tell(stored.deleted)
                yield stored.live
        finally:
            self._stores.remove([_leftover(collection_id, item) for item in unfinished.values()])

    def _wanted(self, pending: Sequence[PendingVersion]) -> list[PendingVersion]:
        """Those that nobody has deleted; who deletes from here on finds them in the catalog."""
        return [item for item in pending if item.content.document.source not in self._deleted]

    def _tell(self, deleted: Sequence[PendingVersion]) -> None:
        if self._on_refused is not None:
            for item in deleted:
                self._on_refused(item.content.document, deleted_meanwhile())

    def _pending(self, collection_id: str, group: Sequence[NewVersion]) -> list[PendingVersion]:
        """A group in the catalog; one by one when it refuses any, to leave out those that it cannot take."""
        add = self._stores.catalog.versions.add_pending
        try:
            return add(collection_id, group)
        except (LoadError, InvalidInput):
            if self._on_refused is None:
                raise
        taken: list[PendingVersion] = []
        for item in group:
            try:
                taken += add(collection_id, [item])
            except (LoadError, InvalidInput) as error:
                self._on_chunks(len(item.chunks))
                self._on_refused(item.document, error)
        return taken

    def _encodings(self, group: _Group, ended: threading.Event) -> list[Encoding]:
        """Vectors of every chunk of a group, in order."""
        self._on_chunks(len(group.known))
        new = [piece for piece in group.pieces if piece.id not in group.known]
        made = self._encode([piece.chunk for piece in new], ended)
        encodings = group.known | dict(zip((piece.id for piece in new), made, strict=True))
        return [encodings[piece.id] for piece in group.pieces]

    def _store(self, collection_id: str, group: _Group, encodings: Sequence[Encoding]) -> None:
        """Bring every chunk of pending versions into the stores and link near-duplicates."""
        pairs = list(zip(group.pieces, encodings, strict=True))
        for start in range(0, len(pairs), 2 * _GROUP):  # most groups in one go: each costs every store a commit
            some = pairs[start : start + 2 * _GROUP]
            self._stores.add(
                collection_id,
                [_vector(piece, encoding) for piece, encoding in some],
                [_lexical(piece) for piece, _ in some],
                {piece.id: encoding.block for piece, encoding in some if encoding.block is not None},
            )
        self._stores.catalog.duplicates.link(collection_id, group.pending)

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

    def _encode(self, chunks: Sequence[Chunk], ended: threading.Event) -> list[Encoding]:
        """Vectors of chunks; the longest first, so that no thread is left with a long one while the others are idle."""
        order = sorted(range(len(chunks)), key=lambda index: -chunks[index].tokens)
        found: dict[int, Encoding] = {}
        for start in range(0, len(order), _BATCH):
            if self._stopped() or ended.is_set():
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
    chunks, wanted = 0, _FIRST_GROUP
    for version in versions:
        if group and chunks + len(version.chunks) > 2 * _GROUP:
            yield group
            group, chunks = [], 0
        group.append(version)
        chunks += len(version.chunks)
        if chunks >= wanted:
            yield group
            group, chunks, wanted = [], 0, min(2 * wanted, _GROUP)
    if group:
        yield group


def _pieces(pending: Sequence[PendingVersion]) -> list[_Piece]:
    return [_Piece(item, chunk) for item in pending for chunk in item.content.chunks]


def _vector(piece: _Piece, encoding: Encoding) -> VectorRow:
    version = piece.version
    return VectorRow(piece.id, version.version_id, version.document_id, encoding.vector, piece.chunk.text)


def _lexical(piece: _Piece) -> LexicalRow:
    document = piece.version.content.document
    return LexicalRow(piece.id, piece.version.version_id, piece.chunk.text, document.title, document.language)


def _parted(pending: Sequence[PendingVersion], live: Container[str]) -> _Stored:
    return _Stored(
        [item for item in pending if item.version_id in live],
        [item for item in pending if item.version_id not in live],
    )


def deleted_meanwhile() -> UnknownDocument:
    """What is said of a document that was deleted after its new version was handed over and before it was live."""
    return UnknownDocument("The document was deleted after this was handed over, and stays deleted.")


def _leftover(collection_id: str, item: PendingVersion) -> Leftover:
    return Leftover(collection_id, item.version_id, len(item.content.chunks))
