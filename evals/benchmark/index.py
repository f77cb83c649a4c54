"""What ingest adds to embedding, and what an unchanged folder, searching, deleting and checking cost."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.benchmark.synthetic import SyntheticEncoder, Wording, paragraphs, write_documents
from rag_service.bootstrap import open_service
from rag_service.index.catalog import open_catalog
from rag_service.index.inventory import Inventory
from rag_service.index.search import BestMatches, DenseSearch, TokenBlocks
from rag_service.index.stores import Stores, open_stores
from rag_service.ingest.discover import Discovered
from rag_service.ingest.library import Library, Tools
from rag_service.ingest.limits import Limits
from rag_service.ingest.load import Loader
from rag_service.ingest.uploaded import load_upload
from rag_service.ingest.write import Engine
from rag_service.models import Fingerprint, Upload
from rag_service.settings import Settings

Figures = dict[str, float]
_CHUNKS_A_PAGE = 4
_QUERIES = 200


def main(arguments: Sequence[str]) -> int:
    """Print the figures; every time is in seconds unless its name says milliseconds."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmark index", description=__doc__)
    parser.add_argument(
        "--documents", type=int, default=1000, help="documents ingested with the bundled encoder; 0: none"
    )
    parser.add_argument("--paragraphs", type=int, default=1, help="paragraphs of 120 words a document")
    parser.add_argument("--chunks", type=int, default=50_000, help="size of the collection without a model; 0: none")
    parser.add_argument("--pages", type=int, default=500, help="pages of the document deleted from it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args(arguments)
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        if chosen.documents:
            figures |= ingest_figures(Path(folder), chosen.documents, chosen.paragraphs)
        if chosen.chunks:
            figures |= scale_figures(Path(folder), chosen.chunks, chosen.pages * _CHUNKS_A_PAGE)
    if chosen.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        sys.stdout.writelines(f"{name:44} {value:12.3f}\n" for name, value in figures.items())
    return 0


def ingest_figures(folder: Path, documents: int, length: int) -> Figures:
    """Whole ingest, opening and imports included, against embedding the same chunks alone; then unchanged."""
    for path in write_documents(folder / "documents", documents, length):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    service = open_service(Settings(data_dir=folder / "data"))
    try:
        service.encoder.encode_documents(["warm"])
        whole, whole_cpu = costs(lambda: service.library.ingest("default", [folder / "documents"]))
        texts = _chunk_texts(folder / "data")
        alone, alone_cpu = costs(lambda: service.encoder.encode_documents(texts))
        again = seconds(lambda: service.library.ingest("default", [folder / "documents"]))
    finally:
        service.close()
    return {
        "ingest documents": documents,
        "ingest chunks": len(texts),
        "ingest": whole,
        "embedding alone": alone,
        "ingest / embedding alone": whole / alone,
        "ingest / embedding alone, processor time": whole_cpu / alone_cpu,
        "unchanged folder, in process": again,
        "unchanged folder, command from start to end": _command(folder),
    }


def scale_figures(folder: Path, chunks: int, document_chunks: int) -> Figures:
    """Searches, deletion and doctor over a collection of chance vectors and texts."""
    stores = open_stores(folder / "scale")
    encoder = SyntheticEncoder()
    library = Library(stores, _tools(encoder))
    try:
        build = seconds(lambda: fill(library, chunks, document_chunks))
        figures = {"scale chunks": float(stores.catalog.live.count_chunks("scale")), "scale build": build}
        figures |= _searches(stores, encoder)
        figures["doctor"] = seconds(library.doctor)
        large = next(item for item in library.documents("scale", 10**9).items if item.chunks == document_chunks)
        figures["deleted chunks"] = document_chunks
        figures["delete one document"] = seconds(lambda: library.delete_document(large.id))
        figures["findings afterwards"] = len(library.doctor().items)
    finally:
        library.close()
    return figures


def fill(library: Library, chunks: int, document_chunks: int) -> None:
    """One long document, and documents of twenty chunks up to the size asked for."""
    wording = Wording(1)
    uploads = [Upload("long.txt", text=wording.text(document_chunks), metadata={"kind": "long"})]
    for number in range((chunks - document_chunks) // 20):
        published = f"20{number % 25:02}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        uploads.append(Upload(f"{number:06}.txt", text=wording.text(20), published=published))
    for start in range(0, len(uploads), 200):
        library.wait(library.submit("scale", uploads[start : start + 200]).id)


def costs(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of the processors: these tell more on a busy machine."""
    started = time.process_time()
    elapsed = seconds(work)
    return elapsed, time.process_time() - started


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _searches(stores: Stores, encoder: SyntheticEncoder) -> Figures:
    """Milliseconds of single searches, the catalog's part of filters included."""
    dense, lexical, tokens = DenseSearch(stores, encoder.identity), BestMatches(stores), TokenBlocks(stores)
    vectors, wording = encoder.embed_documents(["x"] * _QUERIES), Wording(2)
    questions = [wording.paragraph(8) for _ in range(_QUERIES)]
    filters: dict[str, dict[str, Any] | None] = {
        "": None,
        " one source": {"source": "000100.txt"},
        " one year": {"published": "2010"},
        " twelve years": {"published": {"$gte": "2010", "$lt": "2022"}},
    }
    figures: Figures = {}
    for name, filter_ in filters.items():

        def versions(chosen: dict[str, Any] | None = filter_) -> list[str] | None:
            return stores.catalog.live.matching_versions("scale", chosen) if chosen is not None else None

        def search_dense(n: int) -> object:
            return dense.query("scale", vectors[n], 40, versions())

        def search_lexical(n: int) -> object:
            return lexical.query("scale", questions[n], 40, versions())

        figures |= _percentiles(f"dense{name}", search_dense) | _percentiles(f"lexical{name}", search_lexical)
    names = [[hit.chunk_id for hit in dense.query("scale", vector, 20, None)] for vector in vectors]
    figures |= _percentiles("20 token vectors", lambda n: tokens.blocks("scale", names[n]))
    return figures | _percentiles("20 passages", lambda n: stores.catalog.live.passages("scale", names[n]))


def _percentiles(name: str, search: Callable[[int], object]) -> Figures:
    search(0)
    taken = [seconds(lambda n=n: search(n)) * 1000 for n in range(_QUERIES)]  # type: ignore[misc]
    middle, last = np.percentile(taken, [50, 99])
    return {f"{name}, p50 ms": float(middle), f"{name}, p99 ms": float(last)}


def _chunk_texts(data_dir: Path) -> list[str]:
    """What was embedded."""
    catalog = open_catalog(f"sqlite:///{data_dir / 'catalog.sqlite'}")
    inventory = Inventory(catalog.database)
    versions = list(inventory.versions(catalog.collections.id_of("default")))
    texts = [chunk.text for chunk in inventory.chunks(versions)]
    catalog.close()
    return texts


def _command(folder: Path) -> float:
    """The ingest command on the unchanged folder, as a process of its own."""
    environment = os.environ | {"RAG_DATA_DIR": str(folder / "data")}
    program = "import sys; from rag_service.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "ingest", str(folder / "documents"), "--json"]
    return seconds(lambda: subprocess.run(command, env=environment, check=True, capture_output=True))


def _tools(encoder: SyntheticEncoder) -> Tools:
    limits = Limits()
    loader = Loader(limits)
    return Tools(
        discover=lambda paths: Discovered(),
        load=loader.load_file,
        load_upload=lambda upload: load_upload(loader, limits, upload),
        engine=lambda: Engine(encoder, encoder, paragraphs),
        fingerprint=Fingerprint(encoder.identity, encoder.dimension, 256, 0),
    )
