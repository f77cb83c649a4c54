"""A document that the catalog cannot take fails alone, and the others of its job go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rag_service.errors import InvalidInput
from rag_service.index.rows import NewVersion
from rag_service.index.versions import PendingVersion, Versions
from rag_service.ingest.library import Library
from rag_service.models import Upload
from tests.catalog_kit import new_database
from tests.library_kit import open_library, write


@pytest.fixture(params=["sqlite", "postgresql"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    url = new_database(request.getfixturevalue("postgresql")) if request.param == "postgresql" else None
    opened, _ = open_library(tmp_path / "data", catalog_url=url)
    yield opened
    opened.close()


LONG = "".join(chr(point) for point in range(0x4E00, 0x4E00 + 3000))  # more than an index of PostgreSQL's takes
GOOD = [Upload("a.txt", text="Eins."), Upload("z.txt", text="Zwei.", metadata={"k": "v"})]


def outcomes(library: Library, *uploads: Upload) -> dict[str, str]:
    job = library.wait(library.submit("c", uploads).id, 30)
    assert job.error is None and job.done == job.total
    assert all(item.error for item in job.documents if item.status == "failed")
    return {item.source: item.status for item in job.documents}


@pytest.mark.parametrize("said", [{"k": "x\0"}, {"x\0": "v"}, {"k": "\ud800"}])
def test_a_document_that_no_database_stores_fails_alone(library: Library, said: dict[str, str]) -> None:
    odd = Upload("m.txt", text="Drei.", metadata=said)
    assert outcomes(library, GOOD[0], odd, GOOD[1]) == {"a.txt": "added", "m.txt": "failed", "z.txt": "added"}
    again = Upload("a.txt", text="Eins.", metadata=said)
    assert outcomes(library, again, GOOD[1]) == {"a.txt": "failed", "z.txt": "unchanged"}
    assert [item.source for item in library.documents("c").items] == ["a.txt", "z.txt"]
    assert library.doctor().items == ()


def test_a_document_that_this_database_refuses_fails_alone(library: Library, request: pytest.FixtureRequest) -> None:
    taken = "sqlite" in request.node.name
    long = Upload("m.txt", text="Drei.", metadata={"k": LONG})
    assert outcomes(library, GOOD[0], long, GOOD[1])["m.txt"] == ("added" if taken else "failed")
    again = Upload("a.txt", text="Eins.", metadata={"k": LONG})
    assert outcomes(library, again, GOOD[1]) == {"a.txt": "updated" if taken else "failed", "z.txt": "unchanged"}
    assert {item.source for item in library.documents("c").items} >= {"a.txt", "z.txt"}
    assert library.doctor().items == ()


def test_a_file_that_the_catalog_refuses_fails_alone(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "docs", a="Eins.", b="Zwei.", c="Drei.")
    known = library.ingest("c", [tmp_path / "docs"]).documents
    write(tmp_path / "docs", a="Vier.", b="Fünf.", c="Sechs.")
    add = Versions.add_pending

    def refusing(self: Versions, collection_id: str, items: Sequence[NewVersion]) -> list[PendingVersion]:
        if any("b.txt" in item.document.source for item in items):
            raise InvalidInput("The catalog cannot take a value.")
        return add(self, collection_id, items)

    monkeypatch.setattr(Versions, "add_pending", refusing)
    job = library.ingest("c", [tmp_path / "docs"])
    assert {item.source: item.status for item in job.documents} == {
        "a.txt": "updated", "b.txt": "failed", "c.txt": "updated",
    }  # fmt: skip
    assert (job.status, job.error) == ("failed", None)
    assert {item.document_id for item in job.documents} == {item.document_id for item in known}
    monkeypatch.undo()
    assert library.doctor().items == ()
    assert {item.source: item.status for item in library.ingest("c", [tmp_path / "docs"]).documents}[
        "b.txt"
    ] == "updated"
