"""Embedders that are not bundled make the index, from an endpoint or LlamaIndex, with their own tokens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr, ValidationError
from pytest_httpserver import HTTPServer
from tokenizers import Regex, Tokenizer, models, pre_tokenizers
from werkzeug import Request, Response

from rag_service.bootstrap import open_service
from rag_service.bootstrap.adapters import open_embedder
from rag_service.embed.tokenizer_file import tokenizer_digest
from rag_service.errors import FingerprintMismatch
from rag_service.models import Usage
from tests.cli_kit import FILES, write_files
from tests.service_kit import LETTERS, QUESTION, Letters, asked, settings


def letters(request: Request) -> Response:
    """An /v1/embeddings endpoint that counts letters."""
    import json

    vectors = [Letters()._get_query_embedding(text) for text in request.json["input"]]
    rows = [{"object": "embedding", "index": at, "embedding": vector} for at, vector in enumerate(vectors)]
    content = {"object": "list", "data": rows, "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    return Response(json.dumps(content), content_type="application/json")


def test_embeddings_of_an_endpoint_make_the_index(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/v1/embeddings").respond_with_handler(letters)
    chosen = {"provider": "openai", "model": "letters", "base_url": httpserver.url_for("/v1"), "api_key": "sk-1"}
    service = open_service(settings(tmp_path, embedding=chosen | {"dimension": 26, "price": 500_000.0}))
    try:
        assert service.embedding_usage is None
        answer = asked(service, write_files(tmp_path / "docs"))
        assert service.embedding_usage == Usage(len(httpserver.log), 0, len(httpserver.log) * 0.5)
        (held,) = service.library.collections()
    finally:
        service.close()
    assert "25. April 2019" in answer.text and answer.citations[0].source == "gipfel.md"
    assert "letters" in str(held.fingerprint) and "26 dimensions" in str(held.fingerprint)
    assert {request.headers["Authorization"] for request, _ in httpserver.log} == {"Bearer sk-1"}
    assert len(httpserver.log) >= 2  # the documents, and the question


def test_what_needs_no_vectors_asks_no_endpoint(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/v1/embeddings").respond_with_handler(letters)
    chosen = {"provider": "openai", "model": "letters", "base_url": httpserver.url_for("/v1")}
    service = open_service(settings(tmp_path, embedding=chosen))
    try:
        service.library.ingest("default", [write_files(tmp_path / "docs")])
    finally:
        service.close()
    httpserver.clear_log()
    service = open_service(settings(tmp_path, embedding=chosen))
    try:
        (held,) = service.library.collections()
        assert len(service.library.documents("default").items) == held.documents == len(FILES)
    finally:
        service.close()
    assert httpserver.log == []
    assert "26 dimensions" in str(held.fingerprint)


def test_openai_s_own_variables_serve_embeddings_only_when_asked_to(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/v1/embeddings").respond_with_handler(letters)
    own = {"openai_api_key": SecretStr("sk-own"), "openai_base_url": httpserver.url_for("/v1")}
    known = settings(tmp_path).model_copy(update=own)
    assert open_embedder(known) is None
    asking = settings(tmp_path, embedding={"provider": "openai", "model": "letters"}).model_copy(update=own)
    embedder = open_embedder(asking)
    assert embedder is not None and embedder.embed_query("abc").shape == (26,)
    assert httpserver.log[0][0].headers["Authorization"] == "Bearer sk-own"


def test_a_llamaindex_embedding_makes_the_index_and_is_part_of_its_fingerprint(tmp_path: Path) -> None:
    docs = write_files(tmp_path / "docs")
    service = open_service(settings(tmp_path, embedding={"provider": "llamaindex", "model": LETTERS}))
    try:
        found = asked(service, docs)
        assert found.citations[0].source == "gipfel.md"
        passage = found.passages[0]
        own = np.array([1.0 + passage.text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"])
        question = np.array([1.0 + QUESTION.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"])
        cosine = own @ question / np.linalg.norm(own) / np.linalg.norm(question)
        assert passage.dense_score == pytest.approx(cosine, abs=1e-3)
    finally:
        service.close()
    service = open_service(settings(tmp_path))
    try:
        with pytest.raises(FingerprintMismatch, match="--re-embed"):
            service.library.ingest("default", [docs])
    finally:
        service.close()


def test_chunks_are_cut_by_the_tokens_of_the_embedder(tmp_path: Path) -> None:
    """With a tokenizer that takes each letter for a token, chunks are letters long; another one is another index."""
    by_letter, by_word = (Tokenizer(models.WordLevel({"[UNK]": 0}, "[UNK]")) for _ in range(2))
    by_letter.pre_tokenizer = pre_tokenizers.Split(Regex(r"\S"), "isolated")
    by_word.pre_tokenizer = pre_tokenizers.Whitespace()
    own = tmp_path / "tokenizer.json"
    chosen = settings(
        tmp_path,
        embedding={"provider": "llamaindex", "model": LETTERS, "tokenizer": own},
        chunking={"max_tokens": 40, "overlap_tokens": 0},
    )
    docs = write_files(tmp_path / "docs")
    by_letter.save(str(own))
    service = open_service(chosen)
    try:
        passages = asked(service, docs).passages
    finally:
        service.close()
    letters = [sum(not character.isspace() for character in passage.text) for passage in passages]
    assert letters and max(letters) <= 40 < max(len(text) for text in FILES.values())
    by_word.save(str(own))
    service = open_service(chosen)
    try:
        with pytest.raises(FingerprintMismatch, match=rf"of tokenizer {tokenizer_digest(own)}"):
            service.library.ingest("default", [docs])
    finally:
        service.close()


def test_the_bundled_encoder_takes_no_other_tokenizer(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="the bundled one has its own"):
        settings(tmp_path, embedding={"tokenizer": tmp_path / "tokenizer.json"})
