"""A watched folder: changes are taken up when they have come to rest."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag_service.errors import RagError
from rag_service.ingest.watch import watch
from rag_service.models import Job
from tests.library_kit import open_library, write

Outcomes = Callable[[], dict[str, str]]


@contextmanager
def watching(tmp_path: Path, *paths: Path) -> Iterator[Outcomes]:
    """What becomes of the documents of one job after the other."""
    library, _ = open_library(tmp_path / "data")
    stop = threading.Event()
    seen: queue.Queue[Job | RagError] = queue.Queue()

    def run() -> None:
        for job in watch(library, "c", paths, quiet_seconds=0.2, stop=stop):
            seen.put(job)

    thread = threading.Thread(target=run)
    thread.start()

    def outcomes() -> dict[str, str]:
        job = seen.get(timeout=20)
        assert isinstance(job, Job)
        return {item.source: item.status for item in job.documents}

    try:
        yield outcomes
    finally:
        stop.set()
        thread.join(30)
        library.close()
    assert not thread.is_alive()


def until(outcomes: Outcomes, expected: dict[str, str]) -> None:
    """Jobs that met a change half way are passed over."""
    while outcomes() != expected:
        pass


def test_a_watched_folder_stays_in_step(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    write(folder, a="Alt.")
    with watching(tmp_path, folder) as outcomes:
        assert outcomes() == {"a.txt": "added"}
        write(folder, a="Neu.", b="Dazu.")
        assert outcomes() == {"a.txt": "updated", "b.txt": "added"}
        (folder / "a.txt").unlink()
        assert outcomes() == {"a.txt": "deleted", "b.txt": "unchanged"}


def test_a_file_that_is_replaced_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, solo="0.")
    with watching(tmp_path, Path("solo.txt")) as outcomes:
        assert outcomes() == {"solo.txt": "added"}
        for number in (1, 2, 3):
            write(tmp_path, new=f"{number}.")
            (tmp_path / "new.txt").replace("solo.txt")
            assert outcomes() == {"solo.txt": "updated"}
        write(tmp_path, solo="Am Platz geändert.")
        assert outcomes() == {"solo.txt": "updated"}


def test_a_folder_that_is_deleted_and_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    write(folder, a="Alt.")
    with watching(tmp_path, folder) as outcomes:
        assert outcomes() == {"a.txt": "added"}
        for number in (1, 2):
            shutil.rmtree(folder)
            write(folder, **{f"k{number}": f"Neu {number}."})
            until(outcomes, {f"k{number}.txt": "added", f"{'a' if number == 1 else 'k1'}.txt": "deleted"})
        write(folder, z="Noch eins.")
        assert outcomes() == {"k2.txt": "unchanged", "z.txt": "added"}


def test_a_folder_that_comes_later(tmp_path: Path) -> None:
    folder = tmp_path / "spaeter"
    with watching(tmp_path, folder) as outcomes:
        assert outcomes() == {str(folder): "failed"}
        write(folder, a="Da.")
        until(outcomes, {"a.txt": "added"})
        write(folder, b="Auch da.")
        assert outcomes() == {"a.txt": "unchanged", "b.txt": "added"}


def test_a_link_that_is_set_to_another_folder(tmp_path: Path) -> None:
    write(tmp_path / "eins", a="Alt.")
    write(tmp_path / "zwei", a="Neu.")
    link = tmp_path / "jetzt"
    link.symlink_to("eins")
    with watching(tmp_path, link) as outcomes:
        assert outcomes() == {"a.txt": "added"}
        (tmp_path / "neu").symlink_to("zwei")
        (tmp_path / "neu").replace(link)
        assert outcomes() == {"a.txt": "updated"}
        write(tmp_path / "zwei", a="Ganz neu.")
        assert outcomes() == {"a.txt": "updated"}
