"""Processes that are killed in the middle of their work, and what must hold afterwards."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from rag_service.index.search import BestMatches, DenseSearch
from rag_service.index.stores import Stores
from rag_service.ingest.library import Library
from tests.library_kit import WordEncoder, open_library

Texts = dict[str, str]
_WORDS = ["Apfel", "Birne", "Quitte", "Kirsche", "Pflaume", "Traube", "Feige", "Dattel", "Olive", "Mandel", "Nuss"]


def new_text(rng: random.Random) -> str:
    """Some paragraphs that no other document has."""
    return "\n\n".join(
        " ".join([*rng.choices(_WORDS, k=12), f"x{rng.getrandbits(40)}"]) for _ in range(rng.randint(1, 12))
    )


def mutate(folder: Path, rng: random.Random, files: int) -> None:
    """Change, add, rename and remove files of a folder."""
    folder.mkdir(exist_ok=True)
    present = sorted(folder.glob("*.txt"))
    for path in rng.sample(present, len(present) // 3):
        path.write_text(new_text(rng))
    for path in rng.sample(present, len(present) // 10):
        path.unlink()
    for path in rng.sample(sorted(folder.glob("*.txt")), len(present) // 10):
        path.rename(folder / f"moved-{rng.getrandbits(32)}.txt")
    while len(list(folder.glob("*.txt"))) < files:
        (folder / f"doc-{rng.getrandbits(32)}.txt").write_text(new_text(rng))


def on_disk(folder: Path) -> Texts:
    """What the folder says by now."""
    return {path.name: path.read_text() for path in folder.glob("*.txt")}


def stored(library: Library) -> Texts:
    """What the library says; every document exactly once."""
    if not library.collections():
        return {}
    items = library.documents("c", 10_000).items
    assert len({item.source for item in items}) == len(items), "a document is doubled"
    return {item.source: library.content(item.id).text for item in items}


def killed(work: Callable[..., None], *arguments: object, after: float | None = None) -> bool:
    """Run work in a process of its own and kill it after some seconds of work; whether it was still running.

    Without ``after`` the process is expected to kill itself.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.library_kit", "chromadb", "tantivy", "filelock"])
    ready, started = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(started, *arguments), daemon=True)
    process.start()
    ready.recv()
    if after is not None:
        time.sleep(after)
        process.kill()
    process.join(60)
    assert process.exitcode is not None, "the process hangs"
    return process.exitcode == -signal.SIGKILL


def ingest(started: Connection, data: Path, folder: Path) -> None:
    """Bring the library in step with the folder."""
    library, _ = open_library(data)
    started.send(None)
    library.ingest("c", [folder])
    library.close()


def delete(started: Connection, data: Path) -> None:
    """Delete documents one by one, in the order of their sources."""
    library, _ = open_library(data)
    items = library.documents("c", 10_000).items
    started.send(None)
    for item in items:
        library.delete_document(item.id)
    library.close()


def ingest_to_point(started: Connection, data: Path, folder: Path, point: str, moment: str) -> None:
    """Ingest, and die right before, within or after the named step."""
    library, stores = open_library(data)
    owner: object = stores
    *path, name = point.split(".")
    for part in path:
        owner = getattr(owner, part)
    step = getattr(owner, name)

    def dying(*arguments: object, **options: object) -> object:
        if moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = step(*arguments, **options)
        if moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    object.__setattr__(owner, name, dying)
    started.send(None)
    library.ingest("c", [folder])
    library.close()


def write_indexes_often(data: Path) -> None:
    """Have embedded Chroma write its indexes after every few changes instead of a thousand."""
    import chromadb

    client = chromadb.PersistentClient(str(data / "chroma"), settings=chromadb.Settings(anonymized_telemetry=False))
    for collection in client.list_collections():
        collection.modify(configuration={"hnsw": {"sync_threshold": 16, "batch_size": 8}})
    client.close()


def check(data: Path, allowed: dict[str, set[str | None]], question: str | None = " ".join(_WORDS)) -> None:
    """Reopen: doctor finds nothing, each document is old or new, and every search result is from a live version.

    Searches are checked with a question that has a word of every chunk.
    """
    library, stores = open_library(data)
    try:
        now = stored(library)
        for source, texts in allowed.items():
            assert now.get(source) in texts, f"{source} is neither as before nor as after"
        assert now.keys() <= allowed.keys()
        assert library.doctor().items == ()
        assert stores.catalog.versions.leftovers() == []
        if now and question:
            assert_live(stores, question)
    finally:
        library.close()


def assert_live(stores: Stores, question: str) -> None:
    """Searches return what is live and nothing else; the question has a word of every chunk.

    The lexical search returns all of it. Chroma's graph is approximate and may leave a chunk out that doctor finds.
    """
    total = stores.catalog.live.count_chunks("c")
    dense = DenseSearch(stores, "words/1").query("c", WordEncoder().embed_query("Apfel"), 2 * total, None)
    lexical = BestMatches(stores).query("c", question, 2 * total, None)
    for hits, least in ((dense, 0.97 * total), (lexical, total)):
        names = [hit.chunk_id for hit in hits]
        assert least <= len(names) == len(set(names)) <= total
        assert len(stores.catalog.live.passages("c", names)) == len(names)


def states(before: Texts, after: Texts) -> dict[str, set[str | None]]:
    """What each document may be at any moment between two states."""
    return {source: {before.get(source), after.get(source)} for source in before.keys() | after.keys()}
