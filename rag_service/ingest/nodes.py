"""The LlamaIndex edge of chunking: a node parser whose offsets are exact. Imported only while ingesting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.node_parser.interface import NodeParser
from llama_index.core.node_parser.node_utils import build_nodes_from_splits
from llama_index.core.schema import BaseNode, Document, MetadataMode, TextNode
from pydantic import Field

from rag_service.ingest.chunk import TokenSpans, cut
from rag_service.models import Chunk
from rag_service.text.languages import detect_language


class SentenceNodeParser(NodeParser):
    """Nodes along sentence and paragraph boundaries; `start_char_idx` and `end_char_idx` are exact.

    A document's language is its metadata's `language`, else it is detected.
    """

    token_spans: TokenSpans = Field(description="Gives the (t, 2) code-point offsets of a text's tokens.", exclude=True)
    max_tokens: int = Field(256, description="Longest node in those tokens.")
    overlap_tokens: int = Field(32, description="Tokens that neighbours share, in whole sentences.")

    @classmethod
    def class_name(cls) -> str:
        """Name that LlamaIndex serialises."""
        return "SentenceNodeParser"

    @staticmethod
    def chunk(node: BaseNode) -> Chunk:
        """The node as this package's value."""
        assert isinstance(node, TextNode) and node.start_char_idx is not None and node.end_char_idx is not None
        extra = node.metadata
        return Chunk(extra["ordinal"], node.start_char_idx, node.end_char_idx, node.text, extra["tokens"])

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any) -> list[BaseNode]:
        found: list[BaseNode] = []
        for document in nodes:
            text = document.get_content(metadata_mode=MetadataMode.NONE)
            language = document.metadata.get("language") or detect_language(text)
            chunks = cut(text, language, self.token_spans, self.max_tokens, self.overlap_tokens)
            built = build_nodes_from_splits([chunk.text for chunk in chunks], document, id_func=self.id_func)
            for node, chunk in zip(built, chunks, strict=True):
                node.start_char_idx, node.end_char_idx = chunk.start, chunk.end
                node.metadata = {**node.metadata, "ordinal": chunk.ordinal, "tokens": chunk.tokens}
            found.extend(built)
        return found

    def _postprocess_parsed_nodes(self, nodes: list[BaseNode], parent_doc_map: dict[str, Document]) -> list[BaseNode]:
        """LlamaIndex searches the text for each node, which misplaces repeated passages: keep our offsets."""
        exact = [(node.start_char_idx, node.end_char_idx) for node in nodes if isinstance(node, TextNode)]
        nodes = super()._postprocess_parsed_nodes(nodes, parent_doc_map)
        for node, (start, end) in zip(nodes, exact, strict=True):
            assert isinstance(node, TextNode)
            node.start_char_idx, node.end_char_idx = start, end
        return nodes
