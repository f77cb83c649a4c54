"""Commands while a server owns the data directory: they ask that server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_service.bootstrap import open_service
from rag_service.cli.session import call_owner
from rag_service.errors import DataDirectoryLocked, RagError
from rag_service.index.lock import DataDirectory
from rag_service.settings import load_settings
from tests.cli_kit import FILES, alone, call, parsed, write_files
from tests.serving import served


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server with two documents, in whose data directory commands are called."""
    place = tmp_path_factory.mktemp("owned")
    with pytest.MonkeyPatch.context() as patch:
        alone(patch, place / "data")
        service = open_service(load_settings(), "serve")
        try:
            service.library.ingest("default", [write_files(place / "docs")])
            with served(service) as url:
                service.directory.serve(url)
                yield url
        finally:
            service.close()


def test_documents_are_listed_shown_and_deleted(owner: str) -> None:
    listed = parsed("documents", "list")["data"]
    assert [item["source"] for item in listed] == sorted(FILES)
    assert "25" in call("documents", "list").stdout and "gipfel.md" in call("documents", "list").stdout
    own = next(item["id"] for item in listed if item["source"] == "zug.txt")
    assert parsed("documents", "show", own)["text"] == FILES["zug.txt"]
    shown = call("documents", "show", own).stdout
    assert shown.startswith("source: zug.txt\ntitle: ")
    assert "media_type: text/plain\n" in shown and "olivgrün" in shown


def test_collections_are_created_listed_and_deleted(owner: str) -> None:
    assert call("collections", "create", "presse").stdout == "Created presse.\n"
    listed = {item["name"]: item["documents"] for item in parsed("collections", "list")["data"]}
    assert listed["presse"] == 0 and listed["default"] == 2
    table = call("collections", "list").stdout.splitlines()
    assert table[0].split() == ["name", "documents", "chunks"]
    assert ["presse", "0", "0"] in [line.split() for line in table]
    kept = call("collections", "delete", "presse", said="n\n")
    assert kept.exit_code == 1 and "presse" in [item["name"] for item in parsed("collections", "list")["data"]]
    assert call("collections", "delete", "presse", "--yes").stdout == "Deleted presse.\n"
    assert "presse" not in [item["name"] for item in parsed("collections", "list")["data"]]


@pytest.mark.parametrize("name", ["default?x", "default#x", "default/", "a/../default"])
def test_only_the_collection_of_exactly_that_name_is_deleted(owner: str, name: str) -> None:
    assert isinstance(call("collections", "delete", name, "--yes").exception, RagError)
    assert "default" in [item["name"] for item in parsed("collections", "list")["data"]]


def test_ids_and_names_that_mean_something_in_an_address(owner: str) -> None:
    own = parsed("documents", "list")["data"][0]["id"]
    for arguments in (("show", ""), ("show", "../collections"), ("delete", f"{own}?x"), ("list", "-c", "a&limit=1")):
        assert isinstance(call("documents", *arguments).exception, RagError), arguments
    assert own in [item["id"] for item in parsed("documents", "list")["data"]]


def test_a_document_is_deleted_through_the_server(owner: str) -> None:
    import httpx

    made = httpx.post(
        f"{owner}/v1/documents?wait=true&collection=default", json={"source": "neu.txt", "text": "Ein neuer Text."}
    ).json()["documents"][0]
    assert parsed("documents", "delete", made["document_id"]) == {
        "id": made["document_id"],
        "object": "document",
        "deleted": True,
    }
    gone = call("documents", "delete", made["document_id"]).exception
    assert isinstance(gone, RagError) and made["document_id"] in str(gone)
    assert len(parsed("documents", "list")["data"]) == 2


def test_questions_do_not_wait_for_the_directory(owner: str) -> None:
    began = time.monotonic()
    assert parsed("search", "gepanzerter Sonderzug")["data"][0]["source"] == "zug.txt"
    body = parsed("ask", "Wann traf Kim Jong Un Wladimir Putin?")
    assert body["citations"][0]["source"] == "gipfel.md"
    assert time.monotonic() - began < 4  # the wait for a command that may end would be five seconds each
    assert "25. April 2019" in call("ask", "Wann traf Kim Jong Un Wladimir Putin?").stdout


def test_what_must_write_itself_names_the_server(owner: str, tmp_path: Path) -> None:
    refused = call("ingest", str(tmp_path)).exception
    assert isinstance(refused, DataDirectoryLocked)
    assert owner in str(refused) and "in use" in str(refused)


def test_a_server_with_keys_wants_one(owner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = parsed("keys", "create", "leser", "--collection", "default")
    listed = call("keys", "list").stdout.splitlines()
    assert listed[1].split() == [made["id"], "leser", "default", "no"]
    try:
        refused = None
        until = time.monotonic() + 20  # the server looks for keys every now and then
        while refused is None and time.monotonic() < until:
            refused = call("documents", "list").exception
        assert isinstance(refused, RagError) and "Set RAG_API_KEY to a key of that server." in str(refused)
        Path(".env").write_text(f"RAG_API_KEY={made['key']}\n")
        assert len(parsed("documents", "list")["data"]) == 2
        Path(".env").unlink()
        monkeypatch.setenv("RAG_API_KEY", made["key"])
        assert len(parsed("documents", "list")["data"]) == 2
        forbidden = call("collections", "create", "neu").exception
        assert isinstance(forbidden, RagError) and "RAG_API_KEY" in str(forbidden)
        assert (refused.status, forbidden.status) == (401, 403)
        assert "internal_error" not in (refused.code, forbidden.code)
    finally:
        assert call("keys", "revoke", made["id"]).stdout == f"Revoked {made['id']}.\n"
    assert len(call("keys", "list").stdout.splitlines()) == 1


def test_an_owner_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch, tmp_path / "data")
    directory = DataDirectory(tmp_path / "data", "serve")
    try:
        directory.serve("http://127.0.0.1:9")
        failed = call("ask", "Wann traf Kim Putin?").exception
        assert str(failed).startswith("The server at http://127.0.0.1:9 owns the data directory but does not answer: ")
    finally:
        directory.release()


def test_an_owner_that_is_no_server_is_the_error_itself() -> None:
    locked = DataDirectoryLocked("data is in use by process 7 (ingest); try again when it has ended.", None)
    with pytest.raises(DataDirectoryLocked) as caught:
        call_owner(locked, "GET", "/v1/collections")
    assert caught.value is locked
