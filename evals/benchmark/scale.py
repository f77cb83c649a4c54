"""Hybrid search, memory and deletion over a large collection, with the service's own settings."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from evals.benchmark.composed import ComposedEncoder, Composer, Pool, paragraphs
from evals.benchmark.serving import served
from evals.benchmark.timing import seconds
from evals.errors import RunError
from rag_service.bootstrap import Service, open_encoder, open_service
from rag_service.index.stores import open_stores
from rag_service.ingest.discover import Discovered
from rag_service.ingest.library import Library, Tools
from rag_service.ingest.limits import Limits
from rag_service.ingest.load import Loader
from rag_service.ingest.uploaded import load_upload
from rag_service.ingest.write import Engine
from rag_service.models import Fingerprint, Upload
from rag_service.settings import Settings

Figures = dict[str, float]
COLLECTION = "scale"
LONG = "long.txt"
DOCUMENT_CHUNKS = 20
FILTERS: dict[str, dict[str, Any] | None] = {
    "": None,
    ", one source": {"source": "000100.txt"},
    ", one year of 25": {"published": "2010"},
    ", twelve years of 25": {"published": {"$gte": "2010", "$lt": "2022"}},
}
_WARM, _ASKED = 20, 100


def build(data: Path, pool: Pool, chunks: int, long_chunks: int) -> Figures:
    """A data directory with one long document, and documents of twenty chunks up to the size asked for."""
    settings = Settings(data_dir=data)
    composer = Composer(pool)
    encoder = ComposedEncoder(open_encoder(settings), composer)
    library = Library(open_stores(data), _tools(encoder, settings))
    try:
        taken = seconds(lambda: _fill(library, composer, chunks, long_chunks))
    finally:
        library.close()
    return {"encoded passages": float(sum(map(len, pool.sets))), "build": taken}


def search_figures(data: Path, questions: tuple[str, ...], rounds: int) -> Figures:
    """Milliseconds of whole searches, the question's embedding included, each question asked once."""
    service = open_service(Settings(data_dir=data))
    figures: Figures = {"chunks": float(sum(item.chunks for item in service.library.collections()))}
    try:
        for question in questions[:_WARM]:
            service.retriever.search(COLLECTION, question)
        asked = iter(questions[_WARM:])
        for name, filters in FILTERS.items():
            own = [next(asked) for _ in range(rounds)]
            taken = [_search(service, question, filters) for question in own]
            figures |= percentiles(f"search{name}", taken)
        own = [next(asked) for _ in range(rounds)]
        figures |= percentiles("embedding of the question alone", [_embed(service, q) for q in own])
        figures["doctor"] = seconds(service.library.doctor)
    finally:
        service.close()
    return figures


def memory_figures(data: Path, questions: tuple[str, ...]) -> Figures:
    """Resident megabytes of `rag-service serve` after searches and answers, and the most it ever had."""
    with served(data) as (url, process), httpx.Client(base_url=url, timeout=60) as client:
        for question in questions[:_ASKED]:
            client.post("/v1/search", json={"query": question, "collection": COLLECTION}).raise_for_status()
        for question in questions[_ASKED : 2 * _ASKED]:
            client.post("/v1/ask", json={"question": question, "collection": COLLECTION}).raise_for_status()
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    found = dict(line.split(":", 1) for line in status.splitlines())
    return {
        "memory of the server, MB": int(found["VmRSS"].split()[0]) / 1000,
        "memory of the server at most, MB": int(found["VmHWM"].split()[0]) / 1000,
    }


def deletion_figures(data: Path) -> Figures:
    """Seconds for deleting the long document, from a copy of the data directory, and what doctor finds then."""
    with tempfile.TemporaryDirectory(dir=data.parent) as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(data, copy, ignore=shutil.ignore_patterns("*.lock"))
        service = open_service(Settings(data_dir=copy))
        try:
            service.retriever.search(COLLECTION, "warm")
            documents = service.library.documents(COLLECTION, 10**9).items
            long = next(item for item in documents if item.source == LONG)
            taken = seconds(lambda: service.library.delete_document(long.id))
            return {
                "deleted chunks": float(long.chunks),
                "delete one document": taken,
                "findings afterwards": float(len(service.library.doctor().items)),
            }
        finally:
            service.close()


def scale_figures(folder: Path, pool: Pool, chunks: int, long_chunks: int, rounds: int) -> Figures:
    """All of the above; a data directory that was built there before is used again."""
    data, built = folder / "data", folder / "built.json"
    if not built.exists():
        shutil.rmtree(data, ignore_errors=True)
        built.write_text(json.dumps(build(data, pool, chunks, long_chunks)), encoding="utf-8")
    figures: Figures = json.loads(built.read_text(encoding="utf-8"))
    figures |= search_figures(data, pool.questions, rounds)
    figures |= memory_figures(data, pool.questions)
    return figures | deletion_figures(data)


def percentiles(name: str, milliseconds: list[float]) -> Figures:
    """Median and 99th percentile."""
    middle, last = np.percentile(milliseconds, [50, 99])
    return {f"{name}, p50 ms": float(middle), f"{name}, p99 ms": float(last)}


def _search(service: Service, question: str, filters: dict[str, Any] | None) -> float:
    return seconds(lambda: service.retriever.search(COLLECTION, question, filters=filters)) * 1000


def _embed(service: Service, question: str) -> float:
    return seconds(lambda: service.encoder.encode_query(question)) * 1000


def _fill(library: Library, composer: Composer, chunks: int, long_chunks: int) -> None:
    uploads = [Upload(LONG, text=composer.document(long_chunks))]
    for number in range((chunks - long_chunks) // DOCUMENT_CHUNKS):
        published = f"20{number % 25:02}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        uploads.append(Upload(f"{number:06}.txt", text=composer.document(DOCUMENT_CHUNKS), published=published))
    for start in range(0, len(uploads), 200):
        job = library.wait(library.submit(COLLECTION, uploads[start : start + 200]).id)
        if job.status != "succeeded":
            raise RunError(f"The collection could not be built: {job.error or 'a document failed'}.")


def _tools(encoder: ComposedEncoder, settings: Settings) -> Tools:
    limits, chunking = Limits(), settings.chunking
    loader = Loader(limits)
    return Tools(
        discover=lambda paths, root=None: Discovered(),
        load=loader.load_file,
        load_upload=lambda upload: load_upload(loader, limits, upload),
        engine=lambda: Engine(encoder, encoder, paragraphs),
        fingerprint=lambda: Fingerprint(
            encoder.identity, encoder.dimension, chunking.max_tokens, chunking.overlap_tokens
        ),
    )
