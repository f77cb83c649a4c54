"""The adapter for LlamaIndex embeddings, with LlamaIndex's own MockEmbedding and with classes of ours."""

import subprocess
import sys

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag_service.embed.llamaindex import LlamaIndexEmbedder
from rag_service.errors import ModelError, SettingsError

MOCK = "llama_index.core.embeddings.MockEmbedding"


class ByLength(BaseEmbedding):
    """Questions look along the second axis, documents along the first."""

    def _get_query_embedding(self, query):
        return [1.0, float(len(query))] if query != "grow" else [1.0, 2.0, 3.0]

    async def _aget_query_embedding(self, query):
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text):
        if text == "fail":
            raise RuntimeError("the model is on fire")
        return [float(len(text)), 1.0]


OURS = f"{ByLength.__module__}.ByLength"


def test_documents_and_questions_are_embedded_by_their_own_methods():
    made = LlamaIndexEmbedder(OURS, {})
    np.testing.assert_allclose(made.embed_documents(["abc", "a"]), [[0.9487, 0.3162], [0.7071, 0.7071]], atol=1e-4)
    np.testing.assert_allclose(made.embed_query("abc"), [0.3162, 0.9487], atol=1e-4)
    assert made.dimension == 2
    assert made.embed_documents([]).shape == (0, 2)


def test_options_reach_the_class():
    assert LlamaIndexEmbedder(MOCK, {"embed_dim": 5}).dimension == 5


def test_another_dimension_than_configured_is_refused():
    with pytest.raises(SettingsError, match="RAG_EMBEDDING__DIMENSION says 7"):
        LlamaIndexEmbedder(MOCK, {"embed_dim": 5}, 7).embed_query("abc")


def test_another_dimension_than_before_is_the_class_s_fault():
    made = LlamaIndexEmbedder(OURS, {})
    assert made.dimension == 2
    with pytest.raises(ModelError, match=f"{OURS} gives vectors of 3 numbers, and gave some of 2 before"):
        made.embed_query("grow")


def test_the_class_s_own_failure_is_told():
    with pytest.raises(ModelError, match=f"{OURS} failed: RuntimeError: the model is on fire"):
        LlamaIndexEmbedder(OURS, {}).embed_documents(["fail"])


def test_the_identity_follows_the_options_but_not_the_key():
    identities = [
        LlamaIndexEmbedder(MOCK, options).identity
        for options in ({"embed_dim": 5, "api_key": "a"}, {"embed_dim": 5, "api_key": "b"}, {"embed_dim": 6})
    ]
    assert identities[0] == identities[1] != identities[2]
    assert identities[0].startswith(f"llamaindex/{MOCK}/")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (None, "RAG_EMBEDDING__MODEL must be the dotted path"),
        ("MockEmbedding", "RAG_EMBEDDING__MODEL must be the dotted path"),
        ("no_such_package.Embedding", "RAG_EMBEDDING__MODEL: cannot import no_such_package.Embedding"),
        ("llama_index.core.embeddings.NoSuch", "RAG_EMBEDDING__MODEL: cannot import"),
        ("pathlib.Path", "pathlib.Path is not a LlamaIndex embedding class"),
    ],
)
def test_a_class_that_cannot_be_used_names_the_setting(path, told):
    with pytest.raises(SettingsError, match=told):
        LlamaIndexEmbedder(path, {}).embed_query("abc")


def test_options_that_the_class_refuses_name_the_setting():
    with pytest.raises(SettingsError, match="RAG_EMBEDDING__OPTIONS"):
        LlamaIndexEmbedder(MOCK, {"embed_dim": "many"}).embed_query("abc")


def test_nothing_of_llamaindex_is_imported_before_the_first_text():
    code = (
        "import sys; from rag_service.embed.llamaindex import LlamaIndexEmbedder;"
        f"LlamaIndexEmbedder({MOCK!r}, {{}}, 3).identity;"
        "print([name for name in sys.modules if name.startswith('llama_index')])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == "[]"
