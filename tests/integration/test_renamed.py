"""A renamed file is the same document, read again: its name may tell its date, its title and its format."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from rag_service.index.stores import Stores, open_stores
from rag_service.ingest.discover import discover
from rag_service.ingest.library import Library
from rag_service.ingest.limits import Limits
from rag_service.ingest.load import Loader
from rag_service.models import StoredDocument
from tests.library_kit import WordEncoder, tools

_OLD = 1_600_000_000_000_000_000  # a time that tells a later change


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def pair(tmp_path: Path, encoder: WordEncoder) -> Iterator[tuple[Library, Stores]]:
    stores = open_stores(tmp_path / "data")
    with Loader(Limits()) as loader:
        real = replace(tools(encoder), discover=partial(discover, suffixes=loader.suffixes), load=loader.load_file)
        library = Library(stores, real)
        yield library, stores
        library.close()


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs"


def put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(_OLD, _OLD))


def only(library: Library) -> StoredDocument:
    (document,) = library.documents("c").items
    return document


def renamed(library: Library, docs: Path, old: str, new: str) -> tuple[StoredDocument, StoredDocument]:
    """The document before and after its file got another name."""
    library.ingest("c", [docs])
    before = only(library)
    (docs / old).rename(docs / new)
    (step,) = library.plan("c", [docs]).changes
    assert (step.source, step.change, step.detail) == (new, "moved", old)
    job = library.ingest("c", [docs])
    assert [(item.source, item.status) for item in job.documents] == [(new, "updated")]
    after = only(library)
    assert (after.id, after.source) == (before.id, new)
    assert [item.status for item in library.ingest("c", [docs]).documents] == ["unchanged"]
    return before, after


def test_the_date_in_a_name(pair, docs: Path, encoder: WordEncoder) -> None:
    library, stores = pair
    put(docs / "2024-05-14 Protokoll.txt", "Der Vorstand wählte Frau Bauer.")
    library.ingest("c", [docs])
    encoder.encoded.clear()
    before, after = renamed(library, docs, "2024-05-14 Protokoll.txt", "2025-06-20 Protokoll.txt")
    assert (before.published, after.published) == ("2024-05-14", "2025-06-20")
    assert encoder.encoded == [], "the same chunks keep their vectors"
    assert stores.catalog.versions.leftovers() == []


def test_the_title_that_a_name_is(pair, docs: Path) -> None:
    put(docs / "preise_alt.csv", "Ware,Preis\nSchraube,0.10\nMutter,0.20\n")
    before, after = renamed(pair[0], docs, "preise_alt.csv", "preise_neu.csv")
    assert (before.title, after.title) == ("preise_alt", "preise_neu")


def test_the_format_that_a_suffix_tells(pair, docs: Path) -> None:
    library, _ = pair
    put(docs / "seite.txt", "<html><body><p>Der Laden ist <b>offen</b>.</p></body></html>")
    before, after = renamed(library, docs, "seite.txt", "seite.html")
    assert (before.media_type, after.media_type) == ("text/plain", "text/html")
    assert library.content(after.id).text == "Der Laden ist offen."


def test_a_name_under_which_the_file_cannot_be_read_is_told_every_time(pair, docs: Path) -> None:
    library, _ = pair
    put(docs / "a.txt", "Ein Apfel.")
    library.ingest("c", [docs])
    before = only(library)
    (docs / "a.txt").rename(docs / "a.pdf")
    for _ in range(2):
        job = library.ingest("c", [docs])
        assert [(item.source, item.status) for item in job.documents] == [("a.pdf", "failed")]
    assert (only(library).id, library.content(before.id).text) == (before.id, "Ein Apfel.")
    (docs / "a.pdf").rename(docs / "b.txt")
    library.ingest("c", [docs])
    assert (only(library).id, only(library).source) == (before.id, "b.txt")
    assert [item.status for item in library.ingest("c", [docs]).documents] == ["unchanged"]


def test_a_changed_file_that_cannot_be_read_from_the_folder_above_is_told_every_time(pair, docs: Path) -> None:
    library, _ = pair
    (docs / "sub").mkdir()
    put(docs / "sub" / "a.txt", "Ein Apfel.")
    library.ingest("c", [docs / "sub"])
    put(docs / "sub" / "a.txt", " ")
    for _ in range(2):
        job = library.ingest("c", [docs])
        assert [(item.source, item.status) for item in job.documents] == [("sub/a.txt", "failed")]
        assert "is empty" in str(job.documents[0].error)
