"""Rerank endpoints over HTTP in the forms that TEI, Jina and Cohere speak; LlamaIndex postprocessors."""

import time

import pytest

from rag_service.errors import ModelError, ModelRateLimited, ModelUnavailable, SettingsError
from rag_service.retrieve.reranker import HttpReranker, LlamaIndexReranker


def test_cohere_and_jina(httpserver):
    asked = []

    def answer(request):
        from werkzeug import Response

        asked.append((request.json, request.headers["Authorization"]))
        return Response(
            '{"results": [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.2}]}',
            content_type="application/json",
        )

    httpserver.expect_request("/v2/rerank", method="POST").respond_with_handler(answer)
    reranker = HttpReranker(httpserver.url_for("/v2/rerank"), "rerank-v3", "secret")
    assert reranker.scores("Wann?", ["a", "b"]) == [0.2, 0.9]
    ((body, authorization),) = asked
    assert (body["query"], body["documents"], body["model"]) == ("Wann?", ["a", "b"], "rerank-v3")
    assert authorization == "Bearer secret"
    assert reranker.name == "rerank-v3"


def test_tei(httpserver):
    rows = [{"index": 0, "score": 0.7}, {"index": 1, "score": 0.1}]
    httpserver.expect_request("/rerank").respond_with_json(rows)
    assert HttpReranker(httpserver.url_for("/rerank"), None, None).scores("Wann?", ["a", "b"]) == [0.7, 0.1]


@pytest.mark.parametrize(
    "content", [{"results": [{"index": 0, "relevance_score": 1}]}, {"oops": 1}, [{"index": 0}], "text"]
)
def test_an_answer_that_does_not_score_each_text(httpserver, content):
    httpserver.expect_request("/rerank").respond_with_json(content)
    with pytest.raises(ModelError, match="one score for each text"):
        HttpReranker(httpserver.url_for("/rerank"), None, None).scores("Wann?", ["a", "b"])


@pytest.mark.parametrize(("status", "error"), [(429, ModelRateLimited), (500, ModelError), (401, ModelError)])
def test_refusals(httpserver, status, error):
    httpserver.expect_request("/rerank").respond_with_data("no", status=status)
    with pytest.raises(error, match="RAG_RETRIEVAL__RERANKER_URL"):
        HttpReranker(httpserver.url_for("/rerank"), None, None).scores("Wann?", ["a"])


def test_nobody_there():
    began = time.perf_counter()
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        HttpReranker("http://127.0.0.1:9/rerank", None, None).scores("Wann?", ["a"])
    assert time.perf_counter() - began < 5


def test_a_llamaindex_postprocessor():
    reranker = LlamaIndexReranker("tests.unit.retrieve.test_rerankers.Longest")
    assert reranker.scores("Wann?", ["aa", "a", "aaaa"]) == [2.0, 1.0, 4.0]


def test_a_path_that_leads_nowhere():
    with pytest.raises(SettingsError, match="RAG_RETRIEVAL__RERANKER_LLAMAINDEX"):
        LlamaIndexReranker("nowhere.Reranker").scores("Wann?", ["a"])


def Longest():
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    class Longest(BaseNodePostprocessor):
        def _postprocess_nodes(self, nodes, query_bundle=None):
            for node in nodes:
                node.score = float(len(node.node.get_content()))
            return sorted(nodes, key=lambda node: -node.score)[:2] + [n for n in nodes if n.score == 1.0]

    return Longest()
