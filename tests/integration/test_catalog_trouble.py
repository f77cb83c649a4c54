"""A catalog that is damaged, or that somebody else writes at the same time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from rag_service.bootstrap.keys import open_keys
from rag_service.errors import SettingsError, StoreError
from rag_service.index import versions
from rag_service.index.catalog import Catalog, open_catalog
from rag_service.index.database import Clash
from rag_service.index.schema import documents
from rag_service.index.stores import open_stores
from rag_service.settings import Settings
from tests.catalog_kit import document, new_database, pend, put


def test_a_damaged_catalog_is_told_with_the_remedy(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite"
    catalog = open_catalog(f"sqlite:///{file}")
    catalog.collections.create("c")
    put(catalog, *(document(f"{n}.txt", f"Text {n}. " * 400) for n in range(30)))
    catalog.close()
    whole = file.read_bytes()
    file.write_bytes(whole[: 4096 * 3] + b"\xa5" * (len(whole) - 4096 * 3))
    with pytest.raises(StoreError, match=r"malformed.* Put a backup of it in its place") as caught:
        damaged = open_catalog(f"sqlite:///{file}")
        damaged.documents.page(damaged.collections.id_of("c"), 100, None)
    assert "SELECT" not in str(caught.value)


def test_a_row_that_is_there_already_is_told_without_sql(catalog: Catalog) -> None:
    put(catalog, document("a.txt"))
    with pytest.raises(Clash, match="changed by somebody else") as caught, catalog.database.write() as connection:
        copied = sa.select(documents)
        connection.execute(sa.insert(documents).from_select([column.name for column in documents.c], copied))
    assert "INSERT" not in str(caught.value)


def test_two_processes_may_write_the_same_new_document(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = new_database(postgresql)
    one, other = open_catalog(url), open_catalog(url)
    one.collections.create("c")
    find, ahead = versions._free_ids, []

    def overtaken(*arguments: Any) -> list[str]:
        found = find(*arguments)
        if not ahead:
            ahead.append(None)
            ahead.extend(pend(other, document("a.txt")))
        return found

    monkeypatch.setattr(versions, "_free_ids", overtaken)
    (second,) = pend(one, document("a.txt"))
    first = ahead[1]
    assert second.document_id == first.document_id
    assert second.version_id != first.version_id
    one.close()
    other.close()


def test_a_port_that_is_no_number_is_told_without_the_password() -> None:
    with pytest.raises(SettingsError, match="port is not a number") as caught:
        open_catalog("postgresql+psycopg://rag@db:geheim/rag")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("name", ["a?b", "a%20b", "a#b"])
def test_the_catalog_lies_in_its_folder_whatever_that_is_called(tmp_path: Path, name: str) -> None:
    stores = open_stores(tmp_path / name)
    stores.close()
    assert [item.name for item in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "catalog.sqlite").is_file()
    with open_keys(Settings(data_dir=tmp_path / name)) as keys:
        assert keys.all() == []
    assert [item.name for item in tmp_path.iterdir()] == [name]
