"""A watched folder: changes are taken up when they have come to rest."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

from rag_service.errors import RagError
from rag_service.ingest.watch import watch
from rag_service.models import Job
from tests.library_kit import open_library, write


def test_a_watched_folder_stays_in_step(tmp_path: Path) -> None:
    library, _ = open_library(tmp_path / "data")
    folder = tmp_path / "docs"
    write(folder, a="Alt.")
    stop = threading.Event()
    seen: queue.Queue[Job | RagError] = queue.Queue()

    def run() -> None:
        for job in watch(library, "c", [folder], quiet_seconds=0.2, stop=stop):
            seen.put(job)

    thread = threading.Thread(target=run)
    thread.start()

    def outcomes() -> dict[str, str]:
        job = seen.get(timeout=60)
        assert isinstance(job, Job)
        return {item.source: item.status for item in job.documents}

    try:
        assert outcomes() == {"a.txt": "added"}
        write(folder, a="Neu.", b="Dazu.")
        assert outcomes() == {"a.txt": "updated", "b.txt": "added"}
        (folder / "a.txt").unlink()
        assert outcomes() == {"a.txt": "deleted", "b.txt": "unchanged"}
        assert [item.source for item in library.documents("c").items] == ["b.txt"]
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
    library.close()
