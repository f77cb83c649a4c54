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
    reranker = LlamaIndexReranker("tests.unit.retrieve.test_rerankers.Longest", {})
    assert reranker.scores("Wann?", ["aa", "a", "aaaa"]) == [2.0, 1.0, 4.0]


def scripted(**options):
    return LlamaIndexReranker("tests.unit.retrieve.test_rerankers.Scripted", options)


def test_what_a_postprocessor_drops_keeps_its_order():
    scores = scripted(keep=[2, 1], given=[0.9, 0.4]).scores("Wann?", ["a", "b", "c", "d", "e"])
    assert sorted(range(5), key=lambda index: -scores[index]) == [2, 1, 0, 3, 4]


@pytest.mark.parametrize("given", [None, [None] * 3, [0.0] * 3])
def test_the_order_counts_where_a_postprocessor_gives_no_scores(given):
    scores = scripted(keep=[2, 0, 1], given=given).scores("Wann?", ["a", "b", "c"])
    assert sorted(range(3), key=lambda index: -scores[index]) == [2, 0, 1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"fails": "keine GPU"}, "Scripted failed: RuntimeError: keine GPU"),
        ({"keep": []}, "kept no passage"),
        ({"keep": [0], "given": [float("nan")]}, "no finite number"),
        ({"keep": None}, "failed: TypeError"),
    ],
)
def test_a_postprocessor_that_fails_is_named(options, said):
    with pytest.raises(ModelError, match=said):
        scripted(**options).scores("Wann?", ["a"])


@pytest.mark.parametrize(
    ("path", "options", "said"),
    [
        ("nowhere.Reranker", {}, "RAG_RETRIEVAL__RERANKER_LLAMAINDEX: cannot import"),
        ("tests.unit.retrieve.test_rerankers.Scripted", {"kept": []}, "RAG_RETRIEVAL__RERANKER_OPTIONS: .*kept"),
    ],
)
def test_a_postprocessor_that_cannot_be_made_names_the_setting(path, options, said):
    with pytest.raises(SettingsError, match=said):
        LlamaIndexReranker(path, options)


def test_an_endpoint_s_scores_are_numbers(httpserver):
    httpserver.expect_request("/rerank").respond_with_data('[{"index": 0, "score": NaN}]')
    with pytest.raises(ModelError, match="no finite number"):
        HttpReranker(httpserver.url_for("/rerank"), None, None).scores("Wann?", ["a"])


def Scripted(keep=(), given=None, fails=None):
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    class Scripted(BaseNodePostprocessor):
        def _postprocess_nodes(self, nodes, query_bundle=None):
            if fails:
                raise RuntimeError(fails)
            kept = None if keep is None else [nodes[index] for index in keep]
            for node, score in zip(kept or [], given or [], strict=False):
                node.score = score
            return kept

    return Scripted()


def Longest():
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    class Longest(BaseNodePostprocessor):
        def _postprocess_nodes(self, nodes, query_bundle=None):
            for node in nodes:
                node.score = float(len(node.node.get_content()))
            return sorted(nodes, key=lambda node: -node.score)[:2] + [n for n in nodes if n.score == 1.0]

    return Longest()
