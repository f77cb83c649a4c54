"""Filters of the API on SQLite and PostgreSQL: what they match, what they refuse, and that they use an index."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from rag_service.errors import InvalidFilter, UnknownCollection
from rag_service.index.catalog import Catalog, open_catalog
from rag_service.index.filters import condition
from rag_service.index.schema import documents, versions
from tests.catalog_kit import document, matching, opened, put


@pytest.fixture(params=["sqlite", "postgresql"], scope="module")
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    for catalog in opened(request, tmp_path_factory.mktemp("catalog")):
        fill(catalog)
        yield catalog


def fill(catalog: Catalog) -> None:
    put(
        catalog,
        document("a.txt", published="2019-04-25T08:44", language="de", metadata={"author": "Anna", "n": 1, "ok": True}),
        document("b.txt", published="2019-04", language="en", metadata={"author": "Bert", "n": 2.5, "ok": False}),
        document("c.md", published="2023-09-13", media_type="text/markdown", metadata={"author": "Anna"}),
        document("d.txt", title="Ohne Datum"),
        document("e.txt", published="2019"),
    )


@pytest.mark.parametrize(
    ("filters", "sources"),
    [
        ({}, "abcde"),
        ({"source": "a.txt"}, "a"),
        ({"source": {"$in": ["a.txt", "c.md", "z"]}}, "ac"),
        ({"source": {"$in": []}}, ""),
        ({"source": {"$nin": ["a.txt"]}}, "bcde"),
        ({"source": {"$gt": "b.txt", "$lte": "d.txt"}}, "cd"),
        ({"title": {"$eq": "Ohne Datum"}}, "d"),
        ({"language": {"$ne": "de"}}, "b"),
        ({"media_type": "text/markdown"}, "c"),
        ({"published": {"$gte": "2019-04-01", "$lt": "2019-05-01"}}, "ab"),
        ({"published": {"$lte": "2019-04"}}, "abe"),
        ({"published": {"$gt": "2019-04"}}, "c"),
        ({"published": {"$gt": "2019"}}, "c"),
        ({"published": {"$gte": "2019"}}, "abce"),
        ({"published": {"$gte": "2019", "$lte": "9999-12-31"}}, "abce"),
        ({"published": {"$lte": "9999"}}, "abce"),
        ({"published": {"$gt": "9999"}}, ""),
        ({"published": "2019-04"}, "ab"),
        ({"published": "2019"}, "abe"),
        ({"published": "2019-04-25"}, "a"),
        ({"published": "2019-04-25T08:44"}, "a"),
        ({"published": {"$in": ["2019-04-25", "2023"]}}, "ac"),
        ({"published": {"$ne": "2019"}}, "cd"),
        ({"published": {"$nin": ["2019", "2023"]}}, "d"),
        ({"metadata.author": {"$eq": "Anna"}}, "ac"),
        ({"metadata.author": {"$ne": "Anna"}}, "bde"),
        ({"metadata.author": {"$gte": "B"}}, "b"),
        ({"metadata.n": {"$gt": 1, "$lt": 3}}, "b"),
        ({"metadata.n": 1}, "a"),
        ({"metadata.ok": True}, "a"),
        ({"metadata.ok": {"$in": [True, False]}}, "ab"),
        ({"metadata.none": {"$nin": ["x"]}}, "abcde"),
        ({"source": {"$ne": "a.txt"}, "language": "de"}, "cde"),
        ({"$or": [{"source": "a.txt"}, {"published": "2023"}]}, "ac"),
        ({"$and": [{"metadata.author": "Anna"}, {"$or": [{"language": "en"}, {"source": "c.md"}]}]}, "c"),
    ],
)
def test_what_a_filter_matches(filled: Catalog, filters: dict[str, object], sources: str) -> None:
    assert {source[0] for source in matching(filled, filters)} == set(sources)


@pytest.mark.parametrize(
    ("filters", "named"),
    [
        ({"sauce": "x"}, "sauce"),
        ({"metadata.": "x"}, "metadata."),
        ({"source": {"$like": "x"}}, r"\$like"),
        ({"source": {}}, "source"),
        ({"source": {"$in": "a.txt"}}, r"\$in"),
        ({"source": 5}, "source"),
        ({"source": None}, "source"),
        ({"source": ["a.txt"]}, "source"),
        ({"metadata.n": 10**400}, "metadata.n"),
        ({"published": "gestern"}, "gestern"),
        ({"published": 2019}, "2019"),
        ({"published": "2019-13"}, "2019-13"),
        ({"$or": []}, r"\$or"),
        ({"$or": {"source": "x"}}, r"\$or"),
        ({"$and": ["x"]}, "object"),
        ({"$not": {"source": "x"}}, r"\$not"),
    ],
)
def test_what_a_filter_refuses_naming_it(filled: Catalog, filters: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidFilter, match=named):
        filled.live.matching_versions("c", filters)


def test_nested_too_deep(filled: Catalog) -> None:
    filters: dict[str, object] = {"source": "a.txt"}
    for _ in range(20):
        filters = {"$and": [filters]}
    with pytest.raises(InvalidFilter, match="deep"):
        filled.live.matching_versions("c", filters)


def test_long_lists_are_one_comparison(filled: Catalog) -> None:
    names = ["a.txt", *(f"{number}.txt" for number in range(9_000))]
    assert matching(filled, {"source": {"$in": names}}) == {"a.txt"}
    assert matching(filled, {"source": {"$nin": names}}) == {"b.txt", "c.md", "d.txt", "e.txt"}


@pytest.mark.parametrize(
    "filters",
    [
        {"source": {"$in": ["x"] * 20_000}},
        {"$and": [{"source": {"$in": ["x"] * 9_000}}] * 2},
        {"published": {"$in": ["2019"] * 600}},
        {"metadata.author": {"$nin": ["x"] * 600}},
        {"$or": [{"source": "x"}] * 600},
    ],
)
def test_more_than_a_database_compares_is_refused(filled: Catalog, filters: dict[str, object]) -> None:
    with pytest.raises(InvalidFilter, match="too much at once"):
        filled.live.matching_versions("c", filters)


@pytest.mark.parametrize(
    "filters",
    [
        {"published": {"$in": ["2018"] * 249}},
        {"metadata.author": {"$in": ["x"] * 249}},
        {"$and": [{"$or": [{"source": "x"}] * 49}] * 10},
    ],
)
def test_as_much_as_is_allowed_is_compared(filled: Catalog, filters: dict[str, object]) -> None:
    assert matching(filled, filters) == set()


@pytest.mark.parametrize(
    "filters",
    [
        {f"metadata.{number}": 1 for number in range(60_000)},
        {"$or": [{"title": str(number)} for number in range(60_000)]},
        {"$and": [{f"metadata.{field}": {"$in": list(range(500))}} for field in range(60)]},
    ],
)
def test_far_too_much_is_refused_at_once(filters: dict[str, object]) -> None:
    started = time.monotonic()
    with pytest.raises(InvalidFilter, match="compares too much"):
        condition(filters)
    assert time.monotonic() - started < 2


def test_unknown_collection(filled: Catalog) -> None:
    with pytest.raises(UnknownCollection):
        filled.live.matching_versions("nope", {})


def test_a_new_description_is_what_filters_see(catalog: Catalog) -> None:
    fill(catalog)
    known = catalog.documents.known(catalog.collections.id_of("c"))["a.txt"]
    catalog.versions.describe(known.version_id, "2020", {"author": "Cora"})
    assert matching(catalog, {"metadata.author": "Cora", "published": "2020"}) == {"a.txt"}
    assert matching(catalog, {"metadata.n": 1}) == set()


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({"source": {"$in": ["a.txt"]}}, "autoindex_documents"),
        ({"published": {"$gte": "2019-04-01", "$lt": "2019-05-01"}}, "versions_by_state"),
        ({"published": "2019-04"}, "versions_by_state"),
        ({"metadata.author": "Anna"}, "metadata_by_text"),
        ({"metadata.n": {"$gt": 1}}, "metadata_by_number"),
    ],
)
def test_filters_are_answered_by_an_index(tmp_path: Path, filters: dict[str, object], index: str) -> None:
    empty = open_catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}")
    statement = (
        sa.select(versions.c.id)
        .join(documents, documents.c.id == versions.c.document_id)
        .where(versions.c.collection_id == "col", versions.c.state == "live", condition(filters))
    )
    with empty.database.read() as connection:
        sql = statement.compile(connection.engine, compile_kwargs={"literal_binds": True})
        plan = " / ".join(row[-1] for row in connection.execute(sa.text(f"EXPLAIN QUERY PLAN {sql}")))
    empty.close()
    assert index in plan
    assert "SCAN" not in plan
