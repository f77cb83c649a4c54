"""The library over a Chroma server and PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from tests.library_kit import open_library, write


def test_over_a_chroma_server_and_postgresql(tmp_path: Path, chroma_server: object, postgresql: str) -> None:
    library, stores = open_library(tmp_path / "data", chroma=chroma_server, catalog_url=postgresql)
    write(tmp_path / "docs", a="Der Apfel ist rot.", b="Die Birne reift.")
    assert library.ingest("c", [tmp_path / "docs"]).status == "succeeded"
    write(tmp_path / "docs", b="Die Birne fault.")
    (tmp_path / "docs" / "a.txt").unlink()
    library.ingest("c", [tmp_path / "docs"])
    assert not (tmp_path / "data" / "chroma").exists() and not (tmp_path / "data" / "catalog.sqlite").exists()
    assert library.doctor().items == () and stores.catalog.live.count_chunks("c") == 1
    library.delete_collection("c")
    library.close()
