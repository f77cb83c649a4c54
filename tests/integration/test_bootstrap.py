"""Settings become the adapters they name; the service runs on a Chroma server and PostgreSQL as on files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from pydantic import SecretStr
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from rag_service.answer.events import Ask
from rag_service.bootstrap import Service, open_chat_model, open_service
from rag_service.bootstrap.adapters import _user_cache, described, open_embedder, open_reranker
from rag_service.errors import FingerprintMismatch, SettingsError, StoreError
from rag_service.index.vectors import ChromaServer
from rag_service.models import Usage
from rag_service.settings import Settings
from tests import ingest_kit
from tests.cli_kit import FILES, write_files

QUESTION = "Wann traf Kim Jong Un Wladimir Putin?"


class Letters(BaseEmbedding):
    """How often each letter stands in a text."""

    def _get_query_embedding(self, query: str) -> list[float]:
        return [1.0 + query.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_query_embedding(text)


class LastFirst(BaseNodePostprocessor):
    """The worst passage first."""

    def _postprocess_nodes(self, nodes: list[Any], query_bundle: Any = None) -> list[Any]:
        for score, node in enumerate(nodes):
            node.score = float(score)
        return nodes[::-1]


LETTERS = f"{Letters.__module__}.Letters"


def settings(folder: Path, **sections: Any) -> Settings:
    """Settings of a data directory, with the prepared encoder of the user's cache."""
    embedding = {"cache_dir": _user_cache()} | sections.pop("embedding", {})
    return Settings(_env_file=None, data_dir=folder / "data", embedding=embedding, **sections)  # type: ignore[call-arg]


def asked(service: Service, docs: Path) -> Any:
    """The answer to the question over the small folder."""
    job = service.library.ingest("default", [docs])
    assert {item.status for item in job.documents} == {"added"}, job
    return asyncio.run(service.asker.answer(Ask(QUESTION)))


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


def test_a_story_printed_twice_is_found_once_with_both_sources(tmp_path: Path) -> None:
    story = (
        "Die Fähre nach Norderney fällt am Montag aus, weil ein Sturm mit Böen von hundert Kilometern in der Stunde "
        "erwartet wird. Reisende können ihre Karten kostenlos zurückgeben oder an einem anderen Tag fahren, teilte "
        "die Reederei am Sonntagabend in Emden mit. Die Insel ist so lange nur aus der Luft zu erreichen."
    )
    docs = write_files(tmp_path / "docs")
    (docs / "agentur.txt").write_text(story, encoding="utf-8")
    (docs / "zeitung.txt").write_text(f"Kein Schiff am Montag\n\n{story}\n", encoding="utf-8")
    service = open_service(settings(tmp_path))
    try:
        service.library.ingest("default", [docs])
        passages = service.retriever.search("default", "Warum fällt die Fähre aus?").evidence.passages
    finally:
        service.close()
    (found,) = [each for each in passages if each.source in ("agentur.txt", "zeitung.txt")]
    assert {found.source, *found.duplicates} == {"agentur.txt", "zeitung.txt"}


def test_late_interaction_can_be_off_and_on_again(tmp_path: Path) -> None:
    docs = write_files(tmp_path / "docs")
    service = open_service(settings(tmp_path, retrieval={"late_interaction": False}))
    try:
        found = asked(service, docs)
        assert found.citations[0].source == "gipfel.md" and found.passages[0].late_score is None
        assert service.library.doctor().items == ()
    finally:
        service.close()
    service = open_service(settings(tmp_path))
    try:
        assert {item.store for item in service.library.doctor().items} == {"tokens"}
        assert service.library.doctor(repair=True).repaired
        assert service.retriever.search("default", QUESTION).evidence.passages[0].late_score is not None
    finally:
        service.close()


def test_the_bundled_encoder_is_described_without_being_loaded(tmp_path: Path) -> None:
    identity, dimension = described(settings(tmp_path, embedding={"cache_dir": tmp_path / "none"}))
    assert identity.startswith("multilingual-e5-small/") and dimension == 384
    assert not (tmp_path / "none").exists()


def test_rerankers(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/rerank").respond_with_json(
        {"results": [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.1}]}
    )
    assert open_reranker(settings(tmp_path)) is None
    named = {
        "reranker_url": httpserver.url_for("/rerank"),
        "reranker_model": "judge",
        "reranker_api_key": "sk-2",
    }
    docs = write_files(tmp_path / "docs")
    for retrieval in (named, {"reranker_llamaindex": f"{LastFirst.__module__}.LastFirst"}):
        service = open_service(settings(tmp_path, retrieval=retrieval))
        try:
            service.library.ingest("default", [docs])
            sources = [p.source for p in service.retriever.search("default", QUESTION).evidence.passages]
        finally:
            service.close()
        assert sources == ["zug.txt", "gipfel.md"]  # the other way round without
    request = httpserver.log[0][0]
    assert request.headers["Authorization"] == "Bearer sk-2"
    assert request.json["model"] == "judge" and request.json["query"] == QUESTION


def test_a_llamaindex_llm_is_asked(tmp_path: Path) -> None:
    assert open_chat_model(settings(tmp_path)) is None
    reply = "Am 25. April 2019 trafen sie sich [1]."
    chosen = {"llamaindex": "tests.llama_llms.Whole", "llamaindex_options": {"reply": reply}}
    service = open_service(settings(tmp_path, llm=chosen))
    try:
        answer = asked(service, write_files(tmp_path / "docs"))
    finally:
        service.close()
    assert (answer.answerer, answer.model) == ("llm", "scripted-llm")
    assert answer.text == "Am 25. April 2019 trafen sie sich. [1]" and answer.citations[0].source == "gipfel.md"
    demanding = settings(tmp_path, llm=chosen | {"structured": "on"})
    with pytest.raises(SettingsError, match="RAG_LLM__STRUCTURED=on needs an endpoint"):
        open_chat_model(demanding)


def test_the_limits_on_files_are_settings(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "zwei.pdf").write_bytes(ingest_kit.pdf([ingest_kit.paragraph("Eine Seite.")] * 2))
    (docs / "tabelle.xlsx").write_bytes(ingest_kit.xlsx())
    (docs / "lang.txt").write_text("Ein Satz. " * 200, encoding="utf-8")
    tight = {"max_pages": 1, "max_characters": 1000, "max_archive_ratio": 2.0}
    service = open_service(settings(tmp_path, ingest=tight))
    try:
        job = service.library.ingest("default", [docs])
    finally:
        service.close()
    errors = {item.source: item.error for item in job.documents if item.status == "failed"}
    assert "has 2 pages, more than max_pages (1)" in errors["zwei.pdf"]
    assert "ingest.max_characters" in errors["lang.txt"]


def test_on_a_chroma_server_and_postgresql(tmp_path: Path, chroma_server: ChromaServer, postgresql: str) -> None:
    engine = sa.create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE bootstrap"))
    engine.dispose()
    url = postgresql.replace("/postgres?", "/bootstrap?")
    chroma = {"host": chroma_server.host, "port": chroma_server.port, "headers": {"X-Team": "news"}}
    elsewhere = settings(tmp_path, chroma=chroma, catalog={"url": url})
    docs = write_files(tmp_path / "docs")
    service = open_service(elsewhere)
    try:
        remote = asked(service, docs)
        assert service.library.doctor(repair=False).items == ()
    finally:
        service.close()
    assert not list((tmp_path / "data").rglob("*.sqlite*"))  # neither catalog nor vectors are in the data directory
    service = open_service(elsewhere)
    try:
        assert {item.status for item in service.library.ingest("default", [docs]).documents} == {"unchanged"}
        assert [item.source for item in service.library.documents("default").items] == sorted(FILES)
        service.library.delete_collection("default")
    finally:
        service.close()
    service = open_service(settings(tmp_path / "files"))
    try:
        local = asked(service, docs)
    finally:
        service.close()
    assert (remote.text, remote.answered) == (local.text, True)
    assert [item.quote for item in remote.citations] == [item.quote for item in local.citations]


def test_a_catalog_out_of_reach_leaves_the_data_directory_free(tmp_path: Path) -> None:
    away = settings(tmp_path, catalog={"url": "postgresql+psycopg://127.0.0.1:9/none?connect_timeout=2"})
    with pytest.raises(StoreError, match="catalog"):
        open_service(away)
    open_service(settings(tmp_path)).close()


def test_a_catalog_that_is_none_leaves_the_data_directory_free(tmp_path: Path) -> None:
    catalog = tmp_path / "data" / "catalog.sqlite"
    catalog.parent.mkdir()
    catalog.write_bytes(b"This is no database." * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_service(settings(tmp_path))
    catalog.unlink()
    open_service(settings(tmp_path)).close()


def test_a_reader_that_is_not_there_is_named(tmp_path: Path) -> None:
    service = open_service(settings(tmp_path, ingest={"readers": {".txt": "no.such.Reader"}}))
    try:
        job = service.library.ingest("default", [write_files(tmp_path / "docs")])
    finally:
        service.close()
    outcomes = {item.source: (item.status, item.error or "") for item in job.documents}
    assert outcomes["gipfel.md"] == ("added", "")
    assert outcomes["zug.txt"][0] == "failed" and "no.such.Reader" in outcomes["zug.txt"][1]
