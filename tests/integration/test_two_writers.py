"""Two processes at one folder: one waits or is told, and the index is right."""

from __future__ import annotations

import multiprocessing
import random
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from rag_service.errors import DataDirectoryLocked
from rag_service.index.lock import DataDirectory
from tests import crash
from tests.library_kit import open_library


def ingest(report: Connection, tried: Barrier, data: Path, folder: Path, wait: float) -> None:
    """Ingest, and begin only when both processes have tried to if neither waits for the other."""
    try:
        directory = DataDirectory(data, "ingest", wait)
    except DataDirectoryLocked as error:
        report.send(str(error))
        tried.wait(60)
        return
    if not wait:
        tried.wait(60)
    library, _ = open_library(data)
    report.send(library.ingest("c", [folder]).status)
    library.close()
    directory.release()


def both(data: Path, folder: Path, wait: float) -> list[str]:
    context = multiprocessing.get_context("forkserver")
    pipes, processes, tried = [], [], context.Barrier(2)
    for _ in range(2):
        receiving, sending = context.Pipe(duplex=False)
        processes.append(context.Process(target=ingest, args=(sending, tried, data, folder, wait), daemon=True))
        pipes.append(receiving)
    for process in processes:
        process.start()
    replies = [pipe.recv() for pipe in pipes]
    for process in processes:
        process.join(60)
    return sorted(replies)


def test_the_second_waits(tmp_path: Path) -> None:
    crash.mutate(tmp_path / "docs", random.Random(1), 40)
    assert both(tmp_path / "data", tmp_path / "docs", 60.0) == ["succeeded", "succeeded"]
    on_disk = crash.on_disk(tmp_path / "docs")
    crash.check(tmp_path / "data", crash.states(on_disk, on_disk))


def test_the_second_is_told(tmp_path: Path) -> None:
    crash.mutate(tmp_path / "docs", random.Random(2), 40)
    told, succeeded = both(tmp_path / "data", tmp_path / "docs", 0.0)
    assert succeeded == "succeeded" and "in use by process" in told
    on_disk = crash.on_disk(tmp_path / "docs")
    crash.check(tmp_path / "data", crash.states(on_disk, on_disk))
