"""The retriever as a LlamaIndex retriever, for people who build with LlamaIndex.

from rag_service.bootstrap import open_service
from rag_service.llamaindex import PassageRetriever
from rag_service.settings import load_settings

retriever = PassageRetriever(open_service(load_settings()).retriever)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag_service.models import Passage
from rag_service.retrieve.search import Retriever


class PassageRetriever(BaseRetriever):
    """Passages of one collection as nodes, best first, with their source, date and offsets as metadata."""

    def __init__(
        self,
        retriever: Retriever,
        collection: str = "default",
        *,
        top_k: int | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> None:
        self._retriever = retriever
        self._collection = collection
        self._top_k = top_k
        self._filters = filters
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._retriever.search(
            self._collection, query_bundle.query_str, filters=self._filters, top_k=self._top_k
        )
        return [NodeWithScore(node=_node(passage), score=passage.score) for passage in found.evidence.passages]


def _node(passage: Passage) -> TextNode:
    metadata = {
        "source": passage.source,
        "title": passage.title,
        "published": passage.published,
        "language": passage.language,
        "document_id": passage.document_id,
    }
    return TextNode(
        id_=passage.chunk_id,
        text=passage.text,
        metadata=metadata,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=["document_id", "language"],
    )
