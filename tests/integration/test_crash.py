"""Kill -9 at any moment leaves every document as it was or as it was to become."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests import crash
from tests.library_kit import open_library

FILES = 40


def complete(data: Path, folder: Path) -> None:
    """The next ingest takes up where the killed one was."""
    library, _ = open_library(data)
    job = library.ingest("c", [folder])
    assert job.status == "succeeded"
    assert crash.stored(library) == crash.on_disk(folder)
    library.close()


@pytest.mark.parametrize(
    ("point", "moment"),
    [
        ("catalog.versions.add_pending", "after"),
        ("vectors.add", "after"),
        ("lexical.add", "after"),
        ("tokens.add", "after"),
        ("catalog.versions.flip", "before"),
        ("catalog.versions.flip", "after"),
        ("vectors.remove", "after"),
        ("catalog.versions.purge", "before"),
        ("catalog.documents.settle", "after"),
    ],
)
def test_killed_at_each_step(tmp_path: Path, point: str, moment: str) -> None:
    rng = random.Random(f"{point}{moment}")
    data, folder = tmp_path / "data", tmp_path / "docs"
    crash.mutate(folder, rng, 8)
    complete(data, folder)
    before = crash.on_disk(folder)
    crash.mutate(folder, rng, 10)
    for path in sorted(folder.glob("doc-*.txt"))[:1]:
        path.rename(folder / "moved.txt")
    assert crash.killed(crash.ingest_to_point, data, folder, point, moment)
    crash.check(data, crash.states(before, crash.on_disk(folder)))
    complete(data, folder)


def run_kills(tmp_path: Path, kills: int, seed: int, *, written_often: bool = False) -> None:
    """Kill ingests and deletions at random moments until so many of them were hit at work.

    ``written_often`` makes Chroma write its index every few changes, so that many a kill meets it at that.
    """
    rng = random.Random(seed)
    data, folder = tmp_path / "data", tmp_path / "docs"
    crash.mutate(folder, rng, 1)
    complete(data, folder)
    if written_often:
        crash.write_indexes_often(data)
    before = crash.on_disk(folder)
    hits = turn = 0
    while hits < kills:
        assert turn < 10 * kills, "the work is over too soon to be killed"
        crash.mutate(folder, rng, FILES)
        after = crash.on_disk(folder)
        if turn % 3 == 2:
            after = {}
            hits += crash.killed(crash.delete, data, after=rng.uniform(0, 0.4))
        else:
            hits += crash.killed(crash.ingest, data, folder, after=rng.uniform(0, 1.0))
        crash.check(data, crash.states(before, after))
        library, _ = open_library(data)
        before = crash.stored(library)
        library.close()
        turn += 1
    complete(data, folder)


def test_killed_at_random_moments(tmp_path: Path) -> None:
    run_kills(tmp_path, 4, 1)


def test_killed_at_random_moments_while_indexes_are_written(tmp_path: Path) -> None:
    run_kills(tmp_path, 3, 1, written_often=True)


@pytest.mark.soak
@pytest.mark.parametrize("written_often", [False, True])
def test_killed_at_fifty_random_moments(tmp_path: Path, written_often: bool) -> None:
    run_kills(tmp_path, 50, 2, written_often=written_often)
