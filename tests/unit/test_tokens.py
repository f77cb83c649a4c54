"""Token vectors on disk: what was written comes back, whatever is torn off or goes wrong."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from rag_service.errors import StoreError
from rag_service.index import tokenfile
from rag_service.index.tokenfile import TokenFile
from rag_service.index.tokens import TokenVectors
from rag_service.ports import TokenBlock


def block(seed: int, tokens: int = 5, width: int = 8) -> TokenBlock:
    random = np.random.default_rng(seed)
    vectors = random.integers(-127, 128, (tokens, width), dtype=np.int8)
    return TokenBlock(vectors, random.integers(0, 900, (tokens, 2), dtype=np.int32))


def same(found: TokenBlock | None, wanted: TokenBlock) -> bool:
    return (
        found is not None and np.array_equal(found.tokens, wanted.tokens) and np.array_equal(found.spans, wanted.spans)
    )


def file(folder: Path) -> TokenFile:
    return TokenFile(folder / "0.data", folder / "0.index")


def test_blocks_come_back_also_after_reopening(tmp_path: Path) -> None:
    store = TokenVectors(tmp_path)
    blocks = {f"ver_a:{n}": block(n, tokens=n) for n in range(4)} | {"ver_b:0": block(9)}
    store.add("col", blocks)
    for opened in (store, TokenVectors(tmp_path)):
        found = opened.blocks("col", [*blocks, "ver_a:9", "ver_c:0"])
        assert found.keys() == blocks.keys()
        assert all(same(found[name], blocks[name]) for name in blocks)
        assert opened.count("col") == 5 and opened.chunk_ids("col") == set(blocks)
        assert opened.collections() == ["col"]
    assert store.blocks("none", ["ver_a:0"]) == {} and store.count("none") == 0 and store.damaged("none") == []
    assert store.chunk_ids("none") == set()
    store.remove("none", ["ver_a"])
    assert not (tmp_path / "none").exists()
    store.close()


def test_removed_versions_are_gone_and_replaced_blocks_replaced(tmp_path: Path) -> None:
    store = TokenVectors(tmp_path)
    store.add("col", {"ver_a:0": block(1), "ver_b:0": block(2)})
    store.add("col", {"ver_b:0": block(3, tokens=7)})
    store.remove("col", ["ver_a", "ver_unknown"])
    for opened in (store, TokenVectors(tmp_path)):
        assert opened.chunk_ids("col") == {"ver_b:0"}
        assert same(opened.blocks("col", ["ver_b:0"])["ver_b:0"], block(3, tokens=7))


def test_dead_blocks_are_given_back_to_the_disk(tmp_path: Path) -> None:
    store = TokenVectors(tmp_path, compact_from=10_000)
    store.add("col", {f"ver_{n}:0": block(n, tokens=100) for n in range(20)})
    before = sum(path.stat().st_size for path in (tmp_path / "col").iterdir())
    store.remove("col", [f"ver_{n}" for n in range(15)])
    after = sum(path.stat().st_size for path in (tmp_path / "col").iterdir())
    assert after < before / 3
    for opened in (store, TokenVectors(tmp_path)):
        found = opened.blocks("col", [f"ver_{n}:0" for n in range(20)])
        assert set(found) == {f"ver_{n}:0" for n in range(15, 20)}
        assert all(same(found[f"ver_{n}:0"], block(n, tokens=100)) for n in range(15, 20))
    store.add("col", {"ver_new:0": block(99)})
    assert same(TokenVectors(tmp_path).blocks("col", ["ver_new:0"])["ver_new:0"], block(99))


def test_a_crash_while_compacting_leaves_the_old_files(tmp_path: Path) -> None:
    store = TokenVectors(tmp_path)
    store.add("col", {"ver_a:0": block(1)})
    (tmp_path / "col" / "1.data").write_bytes(b"half a copy")
    (tmp_path / "col" / "1.index").write_bytes(b"")
    again = TokenVectors(tmp_path, compact_from=0)
    assert same(again.blocks("col", ["ver_a:0"])["ver_a:0"], block(1))
    again.add("col", {"ver_b:0": block(2, tokens=50)})
    again.remove("col", ["ver_b"])
    assert same(TokenVectors(tmp_path).blocks("col", ["ver_a:0"])["ver_a:0"], block(1))


@pytest.mark.parametrize("cut", [1, 20, 55, 57, 100])
def test_a_torn_index_keeps_what_is_whole_and_goes_on(tmp_path: Path, cut: int) -> None:
    first = file(tmp_path)
    first.append({("ver_a", 0): block(1), ("ver_a", 1): block(2)})
    first.close()
    index = tmp_path / "0.index"
    index.write_bytes(index.read_bytes()[:-cut])
    opened = file(tmp_path)
    assert same(opened.read("ver_a", 0), block(1)) == (cut <= 56)
    assert opened.read("ver_a", 1) is None
    opened.append({("ver_b", 0): block(3)})
    opened.close()
    opened = file(tmp_path)
    assert same(opened.read("ver_b", 0), block(3))
    assert same(opened.read("ver_a", 0), block(1)) == (cut <= 56)
    opened.close()


def test_a_record_of_zeros_or_beyond_the_data_is_ignored(tmp_path: Path) -> None:
    first = file(tmp_path)
    first.append({("ver_a", 0): block(1)})
    first.append({("ver_a", 1): block(2)})
    first.close()
    with (tmp_path / "0.index").open("ab") as index:
        index.write(b"\0" * 56)
    data = tmp_path / "0.data"
    data.write_bytes(data.read_bytes()[:-3])
    opened = file(tmp_path)
    assert opened.places.keys() == {"ver_a"} and opened.places["ver_a"].keys() == {0}
    opened.append({("ver_b", 0): block(3)})
    assert same(opened.read("ver_b", 0), block(3)) and same(opened.read("ver_a", 0), block(1))
    opened.close()


def test_an_index_that_is_none_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "0.index").write_bytes(b"something else entirely, and long")
    opened = file(tmp_path)
    opened.append({("ver_a", 0): block(1)})
    opened.close()
    assert same(file(tmp_path).read("ver_a", 0), block(1))


def test_damaged_bytes_are_not_handed_out(tmp_path: Path) -> None:
    store = TokenVectors(tmp_path)
    store.add("col", {"ver_a:0": block(1), "ver_a:1": block(2)})
    data = tmp_path / "col" / "0.data"
    raw = bytearray(data.read_bytes())
    raw[0] ^= 1
    data.write_bytes(raw)
    assert set(store.blocks("col", ["ver_a:0", "ver_a:1"])) == {"ver_a:1"}
    assert store.damaged("col") == ["ver_a:0"]


def test_a_full_disk_leaves_the_files_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = TokenVectors(tmp_path)
    store.add("col", {"ver_a:0": block(1)})
    sizes = [path.stat().st_size for path in sorted((tmp_path / "col").iterdir())]
    write, written = os.pwrite, []

    def full(descriptor: int, raw: memoryview, at: int) -> int:
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(write(descriptor, raw[:10], at))
        return written[0]

    monkeypatch.setattr(tokenfile.os, "pwrite", full)
    with pytest.raises(StoreError, match="No space left"):
        store.add("col", {"ver_b:0": block(2)})
    monkeypatch.undo()
    assert [path.stat().st_size for path in sorted((tmp_path / "col").iterdir())] == sizes
    store.add("col", {"ver_c:0": block(3)})
    assert TokenVectors(tmp_path).chunk_ids("col") == {"ver_a:0", "ver_c:0"}


def test_dropped_collections_are_gone(tmp_path: Path) -> None:
    store = TokenVectors(tmp_path)
    store.add("col", {"ver_a:0": block(1)})
    store.drop("col")
    store.drop("never")
    assert store.collections() == [] and store.count("col") == 0
    store.add("col", {"ver_b:0": block(2)})
    assert store.chunk_ids("col") == {"ver_b:0"}
