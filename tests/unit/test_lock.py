"""One data directory has one owner, who says who it is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from rag_service.errors import DataDirectoryLocked, StoreError
from rag_service.index.lock import DataDirectory, owner


def test_the_second_is_told_who_has_it_and_where_it_serves(tmp_path: Path) -> None:
    assert owner(tmp_path) is None
    held = DataDirectory(tmp_path, "rag-service serve")
    with pytest.raises(DataDirectoryLocked, match=rf"process {os.getpid()} \(rag-service serve\)"):
        DataDirectory(tmp_path, "rag-service ingest")
    held.serve("http://127.0.0.1:8000")
    with pytest.raises(
        DataDirectoryLocked, match=r"serving http://127\.0\.0\.1:8000\); stop it first\. .*POST /v1/documents"
    ):
        DataDirectory(tmp_path, "rag-service ingest", wait=0.1)
    found = owner(tmp_path)
    assert found is not None
    assert (found.pid, found.command, found.url) == (os.getpid(), "rag-service serve", "http://127.0.0.1:8000")
    held.release()
    assert owner(tmp_path) is None
    DataDirectory(tmp_path, "rag-service ingest").release()


def test_a_killed_owner_loses_it(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from rag_service.index.lock import DataDirectory; "
        "held = DataDirectory(Path(sys.argv[1]), 'child'); print('held', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdout.readline() == b"held\n"
    found = owner(tmp_path)
    assert found is not None and (found.pid, found.command) == (child.pid, "child")
    with pytest.raises(DataDirectoryLocked, match=str(child.pid)):
        DataDirectory(tmp_path, "second")
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert owner(tmp_path) is None
    DataDirectory(tmp_path, "second").release()


@pytest.mark.parametrize("noted", ["", "no json", "[]", '{"pid": 1}'])
def test_an_unreadable_note_does_not_hide_the_lock(tmp_path: Path, noted: str) -> None:
    held = DataDirectory(tmp_path, "first")
    (tmp_path / "owner.json").write_text(noted)
    with pytest.raises(DataDirectoryLocked, match="another process"):
        DataDirectory(tmp_path, "second")
    assert owner(tmp_path) is not None
    held.release()


def test_one_that_is_just_taking_it_is_named(tmp_path: Path) -> None:
    just_taken = FileLock(tmp_path / "lock", thread_local=False)
    just_taken.acquire()
    note = {"pid": 4711, "command": "first", "since": 0}
    writing = threading.Timer(0.2, (tmp_path / "owner.json").write_text, [json.dumps(note)])
    writing.start()
    with pytest.raises(DataDirectoryLocked, match=r"process 4711 \(first\)"):
        DataDirectory(tmp_path, "second")
    writing.join()
    just_taken.release()


def test_one_that_is_just_giving_it_up_is_waited_for(tmp_path: Path) -> None:
    """Asking who has a directory holds its lock for a moment; nobody is refused for that."""
    probing = FileLock(tmp_path / "lock", thread_local=False)
    probing.acquire()
    ending = threading.Timer(0.2, probing.release)
    ending.start()
    DataDirectory(tmp_path, "second").release()
    ending.join()


def test_a_directory_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=r"data directory .*/file cannot be used: File exists; set RAG_DATA_DIR"):
        DataDirectory(tmp_path / "file", "rag-service ask")
    with pytest.raises(StoreError, match="below cannot be used: Not a directory"):
        DataDirectory(tmp_path / "file" / "below", "rag-service ask")
    (tmp_path / "lock").touch()
    monkeypatch.setattr(FileLock, "_acquire", refuse)
    for take in (owner, lambda folder: DataDirectory(folder, "rag-service ask")):
        with pytest.raises(StoreError, match="cannot be used: Read-only file system"):
            take(tmp_path)


def refuse(lock: FileLock) -> None:
    raise OSError(30, "Read-only file system")
