"""What no database can hold names nothing; the same on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from rag_service.errors import InvalidInput, RagError, UnknownCollection, UnknownDocument, UnknownJob
from rag_service.index.catalog import Catalog
from tests.catalog_kit import document, put

ODD = ["a\0b", "\0", "lone \ud800 surrogate"]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_name_names_nothing(catalog: Catalog, odd: str) -> None:
    with pytest.raises(UnknownDocument):
        catalog.documents.get(odd)
    with pytest.raises(UnknownDocument):
        catalog.documents.content(odd)
    with pytest.raises(UnknownJob):
        catalog.jobs.get(odd)
    for look in (catalog.collections.get, catalog.collections.id_of, catalog.live.count_chunks):
        with pytest.raises(UnknownCollection):
            look(odd)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("field", ["source", "title", "metadata.k", "odd"])
def test_an_odd_filter_finds_nothing_or_is_refused(catalog: Catalog, field: str, odd: str) -> None:
    put(catalog, document("a.txt", metadata={"k": "v"}))
    filters = {f"metadata.{odd}": "v"} if field == "odd" else {field: odd}
    try:
        assert catalog.live.matching_versions("c", filters) == []
    except InvalidInput as error:
        assert "\n" not in str(error)


def test_what_the_database_refuses_to_write_is_an_error_of_ours(catalog: Catalog) -> None:
    job = catalog.jobs.create("ingest", "c", 1)
    with pytest.raises(RagError):
        catalog.jobs.advance(job.id, status="failed", done=1, total=1, new=[], error="lone \ud800 surrogate")
    assert catalog.jobs.get(job.id).status == "queued"
