"""Settings become the adapters they name; the service runs on a Chroma server and PostgreSQL as on files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from pytest_httpserver import HTTPServer

from rag_service.api.app import create_app
from rag_service.bootstrap import open_chat_model, open_service
from rag_service.bootstrap.adapters import fingerprint, open_reranker
from rag_service.errors import SettingsError, StoreError
from rag_service.index.chroma_place import ChromaServer
from tests import ingest_kit
from tests.cli_kit import FILES, write_files
from tests.service_kit import QUESTION, asked, settings


class LastFirst(BaseNodePostprocessor):
    """The worst passage first."""

    def _postprocess_nodes(self, nodes: list[Any], query_bundle: Any = None) -> list[Any]:
        for score, node in enumerate(nodes):
            node.score = float(score)
        return nodes[::-1]


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
    known = fingerprint(settings(tmp_path, embedding={"cache_dir": tmp_path / "none"}), None)()
    assert known.embedder.startswith("multilingual-e5-small/") and known.dimension == 384
    assert known.tokenizer is None
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


def test_an_answerer_without_its_model_stops_the_start(tmp_path: Path) -> None:
    service = open_service(settings(tmp_path, answer={"answerer": "llm"}))
    try:
        with pytest.raises(SettingsError, match=r"^RAG_ANSWER__ANSWERER=llm needs a model: set OPENAI_API_KEY, "):
            create_app(service)
    finally:
        service.close()
    with_model = settings(tmp_path, answer={"answerer": "llm"}, llm={"base_url": "http://127.0.0.1:9/v1"})
    service = open_service(with_model)
    try:
        create_app(service)
    finally:
        service.close()


def test_an_endpoint_is_told_by_the_setting_that_names_it(tmp_path: Path) -> None:
    for variable, chosen in (
        ("OPENAI_BASE_URL", {"OPENAI_BASE_URL": "ftp://host"}),
        ("RAG_LLM__BASE_URL", {"OPENAI_BASE_URL": "http://host/v1", "llm": {"base_url": "ftp://host"}}),
    ):
        with pytest.raises(SettingsError, match=rf"^{variable}: 'ftp://host' is no http"):
            open_chat_model(settings(tmp_path, **chosen))


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
