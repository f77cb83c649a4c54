"""Passages as LlamaIndex nodes, through LlamaIndex's own retriever interface."""

from rag_service.llamaindex import PassageRetriever
from tests.unit.retrieve.test_search import TEXTS, retriever


def test_a_llamaindex_retriever():
    nodes = PassageRetriever(retriever(), top_k=2).retrieve("Sonderzug Wladiwostok")
    assert len(nodes) == 2
    best = nodes[0]
    assert best.node.node_id == "v1:0"
    assert best.node.get_content() == TEXTS["v1:0"]
    assert (best.node.start_char_idx, best.node.end_char_idx) == (0, len(TEXTS["v1:0"]))
    assert best.node.metadata["source"] == "v1.txt"
    assert best.score > nodes[1].score
