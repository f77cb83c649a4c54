"""A disk that fills up during ingest: a clear failure, the old state whole, and the rest later."""

from __future__ import annotations

import itertools
import multiprocessing
import subprocess
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from rag_service.errors import StoreError
from tests import crash
from tests.library_kit import WordEncoder, open_library, write


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a tmpfs needs more rights than this process has")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def long_text(seed: int) -> str:
    return "\n\n".join(f"Absatz {seed} {n} " + " ".join(f"wort{seed * n % 97}" for _ in range(60)) for n in range(300))


def fill(started: Connection, disk: Path, folder: Path) -> None:
    """Ingest into a disk that is too small, and report how that ended."""
    library, _ = open_library(disk)
    try:
        library.ingest("c", [folder])
        started.send("succeeded")
    except StoreError as error:
        started.send(str(error))


def reopen(started: Connection, disk: Path) -> None:
    """Start once more, as any command does, and report how that ended."""
    try:
        library, _ = open_library(disk)
        library.close()
        started.send("opened")
    except StoreError as error:
        started.send(str(error))


def told(work: Callable[..., None], *arguments: object) -> str:
    """What work says at its end, in a process of its own that lets go of the disk."""
    context = multiprocessing.get_context("forkserver")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(sending, *arguments), daemon=True)
    process.start()
    message = str(receiving.recv())
    process.join(60)
    return message


def test_a_full_disk_keeps_the_old_state(small_disk: Path, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs, klein="Passt noch hinein.")
    library, _ = open_library(small_disk)
    library.ingest("c", [docs])
    library.close()
    for n in range(4):
        (docs / f"gross{n}.txt").write_text(long_text(n))
    message = told(fill, small_disk, docs)
    assert any(word in message.lower() for word in ("full", "no space", "space left")), message
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    states = crash.states({"klein.txt": "Passt noch hinein."}, crash.on_disk(docs))
    crash.check(small_disk, states, question=None)
    library, _ = open_library(small_disk)
    assert library.ingest("c", [docs]).status == "succeeded"
    assert crash.stored(library) == crash.on_disk(docs)
    assert library.doctor().items == ()
    library.close()


def test_a_start_on_a_full_disk_empties_nothing(small_disk: Path, tmp_path: Path) -> None:
    write(tmp_path / "docs", klein="Passt noch hinein.", auch="Passt auch hinein.")
    write(tmp_path / "gross")
    for n in range(4):
        (tmp_path / "gross" / f"{n}.txt").write_text(long_text(n))
    library, _ = open_library(small_disk)
    library.ingest("other", [tmp_path / "docs"])
    library.close()
    told(fill, small_disk, tmp_path / "gross")
    for path in itertools.count():  # not a byte is left
        try:
            (small_disk / f"fill{path}").write_bytes(bytes(4096))
        except OSError:
            break
    message = told(reopen, small_disk)
    assert "its disk is full" in message, message
    for path in small_disk.glob("fill*"):
        path.unlink()
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    encoder = WordEncoder()
    library, stores = open_library(small_disk, encoder)
    try:
        assert encoder.encoded == []
        assert stores.vectors.count(stores.catalog.collections.id_of("other")) == 2
        assert library.doctor().items == ()
    finally:
        library.close()
