"""What is swappable, as Protocols: adapters implement them, stages receive them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag_service.models import DraftStatement, Passage, PromptInfo, SourceText, StoredText, Usage, Warning

Vector = NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into dense vectors of unit length."""

    @property
    def identity(self) -> str:
        """Model and recipe version; part of the fingerprint."""

    @property
    def dimension(self) -> int:
        """Length of the vectors."""

    def embed_documents(self, texts: Sequence[str]) -> Vector:
        """Vectors of shape (n, dimension) for texts to be found."""

    def embed_query(self, text: str) -> Vector:
        """Vector of shape (dimension,) for a question."""


class Encoded(Protocol):
    """One text encoded in one pass: dense vector and token vectors."""

    @property
    def vector(self) -> Vector:
        """Shape (d,), unit length."""

    @property
    def tokens(self) -> NDArray[np.int8]:
        """Shape (t, p): projected, quantised token vectors."""

    @property
    def spans(self) -> NDArray[np.int32]:
        """Shape (t, 2): each token's code-point offsets in the text."""


class Encoder(Embedder, Protocol):
    """The bundled encoder: an embedder that also gives token vectors."""

    def encode_documents(self, texts: Sequence[str]) -> Sequence[Encoded]:
        """Dense and token vectors of texts to be found."""

    def encode_query(self, text: str) -> Encoded:
        """Dense and token vectors of a question."""

    def token_spans(self, text: str) -> NDArray[np.int32]:
        """Shape (t, 2): code-point offsets of the tokens of a text of any length."""


class Reading(Protocol):
    """One passage read for a question: log odds of each token (t,) to begin or end the answer."""

    @property
    def start(self) -> Vector:
        """Shape (t,), against there being no answer."""

    @property
    def end(self) -> Vector:
        """Shape (t,), against there being no answer."""

    @property
    def spans(self) -> NDArray[np.int32]:
        """Shape (t, 2): each token's code-point offsets in the passage."""

    @property
    def answerable(self) -> float:
        """Logit that the passage answers the question."""


class Reader(Protocol):
    """Finds where passages answer a question."""

    def read(self, question: str, texts: Sequence[str]) -> Sequence[Reading]:
        """One reading a text; what lies beyond the reader's window is left out of it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result of one index; higher scores are better."""

    chunk_id: str
    score: float


@dataclass(frozen=True, slots=True)
class TokenBlock:
    """A chunk's stored token vectors; spans are relative to the chunk's start."""

    tokens: NDArray[np.int8]
    spans: NDArray[np.int32]


class VectorSearch(Protocol):
    """The read side of the vector store."""

    def query(self, collection: str, vector: Vector, limit: int, versions: Sequence[str] | None) -> list[Hit]:
        """Nearest chunks by cosine, within the given document versions if not None."""

    def similarities(self, collection: str, vector: Vector, chunk_ids: Sequence[str]) -> dict[str, float]:
        """Cosine of the given chunks: for candidates that another index found."""


@dataclass(frozen=True, slots=True)
class VectorRow:
    """A chunk as the vector store keeps it."""

    chunk_id: str
    version_id: str
    document_id: str
    vector: Vector
    text: str


class VectorStore(Protocol):
    """Dense vectors by collection id: what the writing side and doctor need."""

    def add(self, collection_id: str, rows: Sequence[VectorRow]) -> None:
        """Store chunks; a chunk that is there already is replaced."""

    def remove(self, collection_id: str, chunk_ids: Sequence[str]) -> None:
        """Forget chunks; those that are not there are passed over."""

    def drop(self, collection_id: str) -> None:
        """Forget a whole collection."""

    def query(self, collection_id: str, vector: Vector, limit: int, chunk_ids: Sequence[str] | None) -> list[Hit]:
        """Nearest chunks by cosine, best first; among the given ones if not None."""

    def vectors(self, collection_id: str, chunk_ids: Sequence[str]) -> dict[str, Vector]:
        """Stored vectors of those chunks that are there."""

    def texts(self, collection_id: str) -> Iterator[StoredText]:
        """Every stored chunk's id and text."""

    def count(self, collection_id: str) -> int:
        """Number of stored chunks."""

    def check(self, collection_id: str, *, after_kill: bool = False) -> None:
        """StoreError when the collection cannot be searched; ``after_kill``, also when a write of it was broken off."""

    def strays(self, known: Collection[str]) -> list[str]:
        """Ids of collections that nobody knows, where the store is ours alone."""

    def restore(self, collection_id: str) -> bool:
        """Put the last whole state of the collection in the place of a damaged one; whether there is one."""

    def reset(self, collection_id: str) -> None:
        """Begin a collection anew, whatever state it is in."""

    def close(self) -> None:
        """Let go of files and connections."""


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """A question's stems in the languages of a collection: in how many of its chunks each one occurs."""

    languages: tuple[str, ...]
    frequencies: Mapping[str, int]
    chunks: int


class LexicalSearch(Protocol):
    """The read side of the lexical index."""

    def statistics(self, collection: str, text: str) -> TermStatistics:
        """How frequent the stems of a text are."""

    def query(self, collection: str, text: str, limit: int, versions: Sequence[str] | None) -> list[Hit]:
        """Best chunks by BM25 over stems, within the given document versions if not None."""


class TokenSearch(Protocol):
    """The read side of the token vectors."""

    def blocks(self, collection: str, chunk_ids: Sequence[str]) -> dict[str, TokenBlock]:
        """Token vectors of the chunks that have them."""


class LiveCatalog(Protocol):
    """What retrieval and answering read from the catalog; only live versions are ever returned."""

    def passages(self, collection: str, chunk_ids: Sequence[str]) -> dict[str, Passage]:
        """Passages (rank 0, score 0) of those chunks whose version is live."""

    def matching_versions(self, collection: str, filters: Mapping[str, Any]) -> list[str]:
        """Live versions whose document matches the filters; InvalidFilter when they make no sense."""

    def source_text(self, version_id: str) -> SourceText:
        """A version's stored source text; UnknownDocument when it is gone."""

    def count_chunks(self, collection: str) -> int:
        """Live chunks of a collection; UnknownCollection when there is none of that name."""

    def languages(self, collection: str) -> tuple[str, ...]:
        """Languages of the live documents, most frequent first."""


class Reranker(Protocol):
    """Scores passages against a question with a model of its own."""

    @property
    def name(self) -> str:
        """Model name."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One relevance score a text, higher is better."""


@dataclass(frozen=True, slots=True)
class ChatChunk:
    """A piece of a model's streamed reply; ``usage`` comes with the last one when the endpoint counts."""

    text: str
    usage: Usage | None = None


class ChatModel(Protocol):
    """A chat model behind an OpenAI-compatible endpoint or a LlamaIndex LLM."""

    @property
    def name(self) -> str:
        """Model name."""

    def stream(self, messages: Sequence[Mapping[str, str]], max_tokens: int) -> AsyncIterator[ChatChunk]:
        """The reply, piece by piece; raises ModelError and its kin."""


class Assessed(Protocol):
    """Evidence weighed as a whole."""

    @property
    def confidence(self) -> float:
        """Probability in [0, 1] that the passages answer the question."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answerer receives: the standalone question, its encoding, and the passages with token vectors.

    ``assessment`` is there once the evidence has been weighed, so that nobody weighs it again; ``message`` where the
    user wrote more than the question.
    """

    question: str
    language: str
    encoded: Encoded | None
    passages: tuple[Passage, ...]
    blocks: Mapping[str, TokenBlock]
    assessment: Assessed | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Declined:
    """An answerer's refusal: the passages do not answer the question."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Last item of a draft: what the model used, which prompt it saw, what the caller should know."""

    usage: Usage | None = None
    prompt: PromptInfo | None = None
    warnings: tuple[Warning, ...] = ()


DraftItem = DraftStatement | Declined | Finished


class Answerer(Protocol):
    """Turns evidence into draft statements, one by one."""

    @property
    def name(self) -> str:
        """``extractive`` or ``llm``."""

    @property
    def model(self) -> str | None:
        """The model's name; None without one."""

    def draft(self, evidence: Evidence) -> AsyncIterator[DraftItem]:
        """Statements with proposed quotes, or Declined; ends with Finished."""
