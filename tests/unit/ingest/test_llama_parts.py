"""The node parser comes without the rest of LlamaIndex, which can still be imported afterwards."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import numpy as np
from rag_service.ingest.chunk import Chunker

chunker = Chunker(lambda text: np.array([[0, len(text)]], np.int32), 20, 0)
(chunk,) = chunker.chunks("Ein Satz.", "de")
assert chunk.text == "Ein Satz."
parts = {name for name in sys.modules if name.startswith("llama_index.core.")}
assert "llama_index.core.schema" in parts and "llama_index.core.indices" not in parts, parts
assert "llama_index.core" not in sys.modules

from llama_index.core import Document, MockEmbedding, VectorStoreIndex
from llama_index.core.node_parser import NodeParser, SentenceSplitter
from rag_service.ingest.nodes import SentenceNodeParser

assert issubclass(SentenceNodeParser, NodeParser)
spans = lambda text: np.array([[0, len(text)]], np.int32)
parser = SentenceNodeParser(token_spans=spans, max_tokens=20)
documents = [Document(text="Ein Satz.")]
index = VectorStoreIndex.from_documents(documents, embed_model=MockEmbedding(4), transformations=[parser])
(node,) = index.docstore.docs.values()
assert (node.text, node.start_char_idx, node.end_char_idx) == ("Ein Satz.", 0, 9)

import llama_index.core
before = dict(sys.modules)
Chunker(spans, 20, 0)
assert sys.modules == before
print("done")
"""


def test_parts_alone_then_all_of_llamaindex() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "done\n", done.stderr
