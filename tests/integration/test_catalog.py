"""The catalog on SQLite and on a real PostgreSQL: the same suite for both."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from rag_service.api.schemas.documents import ListQuery
from rag_service.api.uploads import check_source
from rag_service.errors import (
    Conflict,
    InvalidInput,
    LoadError,
    SettingsError,
    StoreError,
    UnknownCollection,
    UnknownDocument,
)
from rag_service.index.catalog import Catalog, open_catalog
from rag_service.index.database import Clash
from rag_service.index.documents import FileState
from rag_service.index.rows import NewVersion
from rag_service.index.versions import Flipped
from rag_service.models import Chunk, Collection, Fingerprint, Page
from tests.catalog_kit import document, pend, put


def test_pending_is_invisible_until_the_flip(catalog: Catalog) -> None:
    (item,) = pend(catalog, document("a.txt"))
    assert catalog.live.count_chunks("c") == 0
    assert catalog.live.passages("c", [f"{item.version_id}:0"]) == {}
    assert catalog.documents.page(catalog.collections.id_of("c"), 10, None).items == ()
    with pytest.raises(UnknownDocument):
        catalog.live.source_text(item.version_id)
    assert catalog.versions.flip([item]) == Flipped(frozenset({item.version_id}), [])
    passage = catalog.live.passages("c", [f"{item.version_id}:1", f"{item.version_id}:0"])
    assert list(passage) == [f"{item.version_id}:1", f"{item.version_id}:0"]
    one = passage[f"{item.version_id}:1"]
    assert (one.text, one.start, one.end, one.source, one.rank) == ("Noch einer.", 13, 24, "a.txt", 0)
    assert catalog.live.source_text(item.version_id).text[one.start : one.end] == one.text


def test_a_new_version_takes_the_place_of_the_old(catalog: Catalog) -> None:
    (old,) = put(catalog, document("a.txt"))
    before = catalog.documents.page(catalog.collections.id_of("c"), 10, None).items[0]
    (item,) = pend(catalog, document("a.txt", "Neuer Text."))
    assert catalog.live.source_text(old).text.startswith("Ein Absatz")
    (retired,) = catalog.versions.flip([item]).retired
    assert (retired.version_id, retired.chunk_ids) == (old, [f"{old}:0", f"{old}:1"])
    after = catalog.documents.get(before.id)
    assert (after.version_id, after.characters, after.chunks) == (item.version_id, 11, 1)
    assert [left.version_id for left in catalog.versions.leftovers()] == [old]
    catalog.versions.purge([old, item.version_id])
    assert catalog.versions.leftovers() == []
    assert catalog.documents.get(before.id).version_id == item.version_id, "a live version is never purged"


def test_the_database_refuses_a_second_live_version(catalog: Catalog) -> None:
    put(catalog, document("a.txt"))
    (item,) = pend(catalog, document("a.txt", "Neu."))
    with pytest.raises(Clash), catalog.database.write() as connection:
        connection.execute(sa.text("UPDATE versions SET state = 'live' WHERE id = :id"), {"id": item.version_id})


def test_ids_repeat_themselves_in_a_fresh_catalog_and_never_collide(catalog: Catalog, tmp_path: Path) -> None:
    (first,) = put(catalog, document("a.txt", "Eins."))
    (second,) = put(catalog, document("a.txt", "Zwei."))
    (third,) = put(catalog, document("a.txt", "Eins."))
    assert len({first, second, third}) == 3
    other = open_catalog(f"sqlite:///{tmp_path / 'other.sqlite'}")
    other.collections.create("c")
    assert put(other, document("a.txt", "Eins.")) == [first]
    other.close()


def test_withdrawn_documents_are_gone_at_once_and_leave_nothing(catalog: Catalog) -> None:
    (version,) = put(catalog, document("a.txt", metadata={"author": "A"}))
    own = catalog.documents.page(catalog.collections.id_of("c"), 10, None).items[0].id
    assert [item.version_id for item in catalog.documents.withdraw([own])] == [version]
    with pytest.raises(UnknownDocument):
        catalog.documents.get(own)
    with pytest.raises(UnknownDocument):
        catalog.documents.content(own)
    catalog.versions.purge([version])
    with catalog.database.read() as connection:
        for table in ("documents", "versions", "texts", "chunks", "version_metadata", "shingles"):
            assert connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0, table


def test_a_version_whose_document_was_withdrawn_meanwhile_never_becomes_live(catalog: Catalog) -> None:
    (old,) = put(catalog, document("a.txt"))
    own = catalog.documents.page(catalog.collections.id_of("c"), 10, None).items[0].id
    late, other = pend(catalog, document("a.txt", "Neu."), document("b.txt"))
    assert [item.version_id for item in catalog.documents.withdraw([own])] == [old], "who writes it removes the other"
    assert catalog.versions.flip([late, other]) == Flipped(frozenset({other.version_id}), [])
    with pytest.raises(UnknownDocument):
        catalog.documents.get(own)
    assert {item.version_id for item in catalog.versions.leftovers()} == {old, late.version_id}


def test_documents_page_by_page(catalog: Catalog) -> None:
    put(catalog, *(document(f"{name}.txt") for name in "dbeac"))
    own = catalog.collections.id_of("c")
    first = catalog.documents.page(own, 2, None)
    second = catalog.documents.page(own, 2, first.next)
    third = catalog.documents.page(own, 2, second.next)
    assert [[item.source for item in page.items] for page in (first, second, third)] == [
        ["a.txt", "b.txt"], ["c.txt", "d.txt"], ["e.txt"],
    ]  # fmt: skip
    assert third.next is None
    for cursor in ("%%%", "_w", "ä", "YQBi"):
        with pytest.raises(InvalidInput, match="cursor"):
            catalog.documents.page(own, 2, cursor)


def test_the_cursor_behind_the_longest_source_is_taken_back(catalog: Catalog) -> None:
    longest = ["/".join(["🚂" * 255] * 3 + ["🚂" * 254 + end]) for end in "ab"]
    put(catalog, *(document(source) for source in longest))
    first = catalog.documents.page(catalog.collections.id_of("c"), 1, None)
    assert [check_source(source) for source in longest] == longest
    assert ListQuery.model_validate({"after": first.next}).after == first.next


def test_content_keeps_pages_and_any_character(catalog: Catalog) -> None:
    text = "🚂 Grüße\u202e aus \u05d0\u05d1 \U0001f1e9\U0001f1ea"
    pages = (Page(1, 0, 5), Page(2, 5, len(text)))
    put(catalog, document("ü/🚂\n.txt", text, pages=pages))
    stored = catalog.documents.page(catalog.collections.id_of("c"), 10, None).items[0]
    assert stored.source == "ü/🚂\n.txt" and stored.characters == len(text)
    assert catalog.documents.content(stored.id) == catalog.live.source_text(stored.version_id)
    assert catalog.documents.content(stored.id).pages == pages


@pytest.mark.parametrize("bad", ["NUL \0 inside", "lone \ud800 surrogate"])
def test_what_no_database_stores_is_refused_by_name(catalog: Catalog, bad: str) -> None:
    for odd in (
        document("odd.txt", bad),
        document("odd.txt", title=bad),
        document("odd.txt", metadata={"k": bad}),
        document("odd.txt", metadata={bad: "v"}),
    ):
        with pytest.raises(LoadError, match=r"odd\.txt"):
            pend(catalog, document("good.txt"), odd)
    assert catalog.versions.leftovers() == []


def test_names_swapped_between_documents(catalog: Catalog) -> None:
    put(catalog, document("a.txt", "A."), document("b.txt", "B."), root="/r")
    known = catalog.documents.known(catalog.collections.id_of("c"))
    a, b = known["a.txt"].document_id, known["b.txt"].document_id
    catalog.documents.settle([FileState(a, "b.txt", "/r", 1, 2), FileState(b, "a.txt", "/r", 3, 4)])
    known = catalog.documents.known(catalog.collections.id_of("c"))
    assert (known["a.txt"].document_id, known["b.txt"].document_id) == (b, a)
    assert (known["b.txt"].size, known["b.txt"].mtime_ns, known["b.txt"].root) == (1, 2, "/r")


def test_collections(catalog: Catalog) -> None:
    catalog.collections.create("b.2")
    put(catalog, document("a.txt"))
    fingerprint = Fingerprint("words/1", 64, 40, 0)
    catalog.collections.set_fingerprint(catalog.collections.id_of("c"), fingerprint)
    found = {item.name: item for item in catalog.collections.all()}
    assert list(found) == ["b.2", "c"]
    assert (found["c"].documents, found["c"].chunks, found["c"].fingerprint) == (1, 2, fingerprint)
    assert (found["b.2"].documents, found["b.2"].fingerprint) == (0, None)
    with pytest.raises(Conflict, match="c"):
        catalog.collections.create("c")
    for name in ("", "!x", "a b", "x" * 64, "ä"):
        with pytest.raises(InvalidInput):
            catalog.collections.create(name)
    gone = catalog.collections.mark_deleting("c")
    assert catalog.collections.abandoned() == [gone]
    for look in (catalog.collections.get, catalog.live.count_chunks, catalog.live.languages, catalog.collections.id_of):
        with pytest.raises(UnknownCollection):
            look("c")
    assert catalog.collections.create("c").documents == 0
    catalog.collections.purge(gone)
    assert catalog.versions.leftovers() == [] and catalog.collections.abandoned() == []


def test_two_at_once_want_the_same_new_collection(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    def get(name: str) -> Collection:
        monkeypatch.undo()
        catalog.collections.create(name)
        raise UnknownCollection(name)

    monkeypatch.setattr(catalog.collections, "get", get)
    assert catalog.collections.ensure("new").id == catalog.collections.id_of("new")


def test_languages_most_frequent_first(catalog: Catalog) -> None:
    put(catalog, document("a", language="en"), document("b", language="de"), document("d", language="de"))
    assert catalog.live.languages("c") == ("de", "en")


def test_passages_of_another_collection_are_not_returned(catalog: Catalog) -> None:
    catalog.collections.create("other")
    (version,) = put(catalog, document("a.txt"), collection="other")
    assert catalog.live.passages("c", [f"{version}:0"]) == {}
    assert set(catalog.live.passages("other", [f"{version}:0", "ver_none:0"])) == {f"{version}:0"}


def test_rebuild_keeps_documents_and_drops_what_was_deleted_meanwhile(catalog: Catalog) -> None:
    put(catalog, document("a.txt", published="2019", metadata={"n": 1}), document("b.txt"), root="/r")
    old = catalog.collections.id_of("c")
    ids = {source: item.document_id for source, item in catalog.documents.known(old).items()}
    new = catalog.rebuild.begin()
    items = list(catalog.rebuild.texts(old))
    assert {item.document.source: (item.origin.root, item.document_id) for item in items} == {
        source: ("/r", document_id) for source, document_id in ids.items()
    }
    halves = [
        NewVersion(item.document, (Chunk(0, 0, 3, item.document.text[:3], 1),), item.origin, item.document_id)
        for item in items
    ]
    catalog.versions.add_pending(new, halves)
    catalog.documents.withdraw([ids["b.txt"]])
    fingerprint = Fingerprint("other", 8, 32, 0)
    catalog.rebuild.finish(old, new, fingerprint)
    (only,) = catalog.documents.page(catalog.collections.id_of("c"), 10, None).items
    assert (only.id, only.source, only.chunks, only.published, only.metadata) == (
        ids["a.txt"], "a.txt", 1, "2019", {"n": 1},
    )  # fmt: skip
    assert catalog.collections.get("c").fingerprint == fingerprint
    assert catalog.collections.abandoned() == [old]


def test_a_catalog_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="RAG_CATALOG__URL"):
        open_catalog("no url")
    for kind in ("nosuch", "postgresql+nosuch"):
        with pytest.raises(SettingsError, match=r"RAG_CATALOG__URL .*nosuch"):
            open_catalog(f"{kind}://u:geheim@h/rag")
    (tmp_path / "catalog.sqlite").write_bytes(b"no database at all, but long enough to be taken for one" * 40)
    with pytest.raises(StoreError, match=r"catalog\.sqlite"):
        open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")


def test_a_driver_that_is_not_installed_is_named() -> None:
    with pytest.raises(
        SettingsError, match=r"RAG_CATALOG__URL .*module pg8000.*pip install '\.\[postgres\]'"
    ) as caught:
        open_catalog("postgresql+pg8000://u:geheim@h/rag")
    assert "geheim" not in str(caught.value)


def test_another_schema_is_refused(catalog: Catalog) -> None:
    with catalog.database.write() as connection:
        connection.execute(sa.text("UPDATE facts SET value = '0'"))
    with pytest.raises(StoreError, match="schema 0"):
        catalog.database._create()


def test_after_an_error_nothing_of_a_transaction_is_left(catalog: Catalog) -> None:
    with pytest.raises(RuntimeError), catalog.database.write() as connection:
        connection.execute(sa.text("DELETE FROM collections"))
        raise RuntimeError
    assert [item.name for item in catalog.collections.all()] == ["c"]
