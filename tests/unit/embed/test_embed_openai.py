"""The adapter for /v1/embeddings against a real HTTP server that speaks the protocol, well and badly."""

import json
import time
from email.utils import formatdate

import numpy as np
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from rag_service.embed.openai import OpenAIEmbedder
from rag_service.errors import ModelError, ModelRateLimited, ModelTimeout, ModelUnavailable, SettingsError


def embedder(server: HTTPServer, **options) -> OpenAIEmbedder:
    values = {"model": "small", "api_key": "sk-1", "backoff": 0.001, "attempts": 3} | options
    return OpenAIEmbedder(base_url=server.url_for("/v1"), **values)


def listed(vectors, tokens=7) -> dict:
    rows = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
    return {"object": "list", "data": rows, "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}


def by_length(request: Request) -> Response:
    """Vectors (length of the text, 1), in reverse order, as the protocol allows."""
    content = listed([[float(len(text)), 1.0] for text in request.json["input"]])
    content["data"].reverse()
    return Response(json.dumps(content), content_type="application/json")


def test_vectors_come_in_the_order_of_the_texts_and_have_unit_length(httpserver):
    httpserver.expect_request("/v1/embeddings", method="POST").respond_with_handler(by_length)
    vectors = embedder(httpserver).embed_documents(["abc", "a"])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, [[3 / 10**0.5, 1 / 10**0.5], [1 / 2**0.5, 1 / 2**0.5]], rtol=1e-6)


def test_the_request_carries_model_key_and_clean_texts(httpserver):
    httpserver.expect_request("/v1/embeddings").respond_with_json(listed([[1, 0]] * 2))
    embedder(httpserver).embed_documents(["", "a\ud800b"])
    request, _ = httpserver.log[0]
    assert request.headers["Authorization"] == "Bearer sk-1"
    assert request.json == {"model": "small", "input": [" ", "a?b"], "encoding_format": "float"}


def test_many_texts_are_sent_in_batches_and_their_tokens_are_counted(httpserver):
    httpserver.expect_request("/v1/embeddings").respond_with_handler(by_length)
    made = embedder(httpserver, price=2.0)
    vectors = made.embed_documents(["a" * (i % 5 + 1) for i in range(600)])
    assert sorted(len(request.json["input"]) for request, _ in httpserver.log) == [88, 256, 256]
    np.testing.assert_allclose(vectors[:, 0] / vectors[:, 1], [i % 5 + 1 for i in range(600)], rtol=1e-5)
    assert made.usage.prompt_tokens == 21
    assert made.usage.cost == pytest.approx(21 * 2 / 1_000_000)


def test_long_texts_are_sent_in_smaller_batches(httpserver):
    httpserver.expect_request("/v1/embeddings").respond_with_handler(by_length)
    embedder(httpserver).embed_documents(["a" * 150_000] * 3)
    assert [len(request.json["input"]) for request, _ in httpserver.log] == [1, 1, 1]


def test_no_texts_give_no_vectors(httpserver):
    assert embedder(httpserver, dimension=3).embed_documents([]).shape == (0, 3)


def test_the_dimension_is_found_by_one_request_when_it_is_not_configured(httpserver):
    httpserver.expect_request("/v1/embeddings").respond_with_handler(by_length)
    made = embedder(httpserver)
    assert (made.dimension, made.dimension, len(httpserver.log)) == (2, 2, 1)
    assert made.identity == "openai/small"


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_failure_that_may_pass_is_tried_again(httpserver, status):
    httpserver.expect_ordered_request("/v1/embeddings").respond_with_data("busy", status=status)
    httpserver.expect_ordered_request("/v1/embeddings").respond_with_handler(by_length)
    assert embedder(httpserver).embed_query("abc").shape == (2,)


@pytest.mark.parametrize("header", ["0.4", lambda: formatdate(time.time() + 2, usegmt=True)])
def test_the_time_the_server_asks_for_is_waited(httpserver, header):
    asked = {"Retry-After": header if isinstance(header, str) else header()}
    httpserver.expect_ordered_request("/v1/embeddings").respond_with_data("", status=429, headers=asked)
    httpserver.expect_ordered_request("/v1/embeddings").respond_with_handler(by_length)
    started = time.monotonic()
    embedder(httpserver).embed_query("abc")
    assert 0.4 <= time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("status", "body", "error", "named", "requests"),
    [
        (429, "slow down", ModelRateLimited, "429", 3),
        (429, '{"error": {"code": "insufficient_quota"}}', ModelRateLimited, "insufficient_quota", 1),
        (429, f'{{"error": {{"message": "{"x" * 300}", "type": "insufficient_quota"}}}}', ModelRateLimited, "xxx", 1),
        (500, "broken", ModelUnavailable, "broken", 3),
        (401, "who", ModelError, "RAG_EMBEDDING__API_KEY", 1),
        (404, "no such model", ModelError, "RAG_EMBEDDING__MODEL", 1),
        (400, "too long", ModelError, "too long", 1),
    ],
)
def test_a_refusal_names_what_to_check(httpserver, status, body, error, named, requests):
    httpserver.expect_request("/v1/embeddings").respond_with_data(body, status=status)
    with pytest.raises(error, match=named) as raised:
        embedder(httpserver).embed_query("abc")
    assert "The embedding model small at localhost" in str(raised.value)
    assert len(httpserver.log) == requests


@pytest.mark.parametrize(
    "body",
    [
        '{"object": "list", "data": [{"index": 0, "embed',
        "<html>hello</html>",
        "[]",
        '{"data": null}',
        '{"data": [{"index": 0}]}',
    ],
)
def test_a_cut_or_foreign_response_is_tried_again_and_then_told(httpserver, body):
    httpserver.expect_request("/v1/embeddings").respond_with_data(body, content_type="application/json")
    with pytest.raises(ModelError, match="RAG_EMBEDDING__BASE_URL"):
        embedder(httpserver).embed_query("abc")
    assert len(httpserver.log) == 3


@pytest.mark.parametrize(
    ("vectors", "told"),
    [
        ([[1.0, 2.0], [1.0, 2.0]], "2 vectors for 1 texts"),
        ([], "0 vectors for 1 texts"),
        ([[0.0, 0.0]], "zero or not finite"),
        ([[float("nan"), 1.0]], "zero or not finite"),
        ([["a", "b"]], "lists of numbers"),
        ([[]], "lists of numbers"),
        ([1.0], "lists of numbers"),
    ],
)
def test_vectors_that_cannot_be_used_are_refused(httpserver, vectors, told):
    httpserver.expect_request("/v1/embeddings").respond_with_json(listed(vectors))
    with pytest.raises(ModelError, match=told):
        embedder(httpserver).embed_query("abc")


def test_vectors_of_unequal_length_are_refused(httpserver):
    httpserver.expect_request("/v1/embeddings").respond_with_json(listed([[1.0], [1.0, 2.0]]))
    with pytest.raises(ModelError, match="equally long"):
        embedder(httpserver).embed_documents(["a", "b"])


def test_another_dimension_than_configured_is_refused(httpserver):
    httpserver.expect_request("/v1/embeddings").respond_with_json(listed([[1.0, 2.0]]))
    with pytest.raises(SettingsError, match="vectors of 2 numbers, RAG_EMBEDDING__DIMENSION says 3"):
        embedder(httpserver, dimension=3).embed_query("abc")


def test_another_dimension_than_before_is_the_endpoints_fault(httpserver):
    httpserver.expect_ordered_request("/v1/embeddings").respond_with_json(listed([[1.0, 2.0, 3.0, 4.0]]))
    httpserver.expect_ordered_request("/v1/embeddings").respond_with_json(listed([[1.0, 2.0]]))
    made = embedder(httpserver)
    assert made.dimension == 4
    with pytest.raises(ModelError, match="small at localhost gives vectors of 2 numbers, and gave some of 4 before"):
        made.embed_query("abc")


def test_an_endpoint_that_cannot_shorten_vectors_is_asked_without(httpserver):
    httpserver.expect_ordered_request("/v1/embeddings").respond_with_data("unknown field dimensions", status=400)
    httpserver.expect_ordered_request("/v1/embeddings").respond_with_handler(by_length)
    assert embedder(httpserver, dimension=2).embed_query("abc").shape == (2,)
    assert [request.json.get("dimensions") for request, _ in httpserver.log] == [2, None]


def test_a_server_that_does_not_answer_in_time(httpserver):
    def slow(request: Request) -> Response:
        time.sleep(0.5)
        return by_length(request)

    httpserver.expect_request("/v1/embeddings").respond_with_handler(slow)
    with pytest.raises(ModelTimeout, match=r"in 0\.1 s"):
        embedder(httpserver, timeout=0.1, attempts=2).embed_query("abc")


def test_nobody_listening():
    made = OpenAIEmbedder(model="m", base_url="http://127.0.0.1:9/v1", api_key=None, attempts=2, backoff=0.001)
    with pytest.raises(ModelUnavailable, match="RAG_EMBEDDING__BASE_URL"):
        made.embed_query("abc")


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://host/v1", "http://"])
def test_an_address_that_is_none(address):
    with pytest.raises(SettingsError, match="RAG_EMBEDDING__BASE_URL"):
        OpenAIEmbedder(model="m", base_url=address, api_key=None)
