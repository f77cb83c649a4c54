"""What ingest adds to embedding, and what an unchanged folder, searching, memory and deleting cost.

The large collection is made of the halves of a pool of passages, see evals/benchmark/composed.py: only the pool is
encoded. Every search is the service's own, the question's embedding and the reranking included.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from evals.benchmark.arguments import count
from evals.benchmark.composed import Composer, Pool, chance_pool, read_pool, write_documents
from evals.benchmark.scale import Figures, scale_figures
from evals.benchmark.timing import costs, seconds
from rag_service.bootstrap import open_encoder, open_service
from rag_service.index.catalog import open_catalog
from rag_service.index.inventory import Inventory
from rag_service.settings import Settings

_CHUNKS_A_PAGE = 4


def main(arguments: Sequence[str]) -> int:
    """Print the figures; every time is in seconds unless its name says milliseconds."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmark index", description=__doc__)
    parser.add_argument(
        "--documents", type=int, default=1000, help="documents ingested with the bundled encoder; 0: none"
    )
    parser.add_argument("--paragraphs", type=count, default=3, help="paragraphs of about 130 words a document")
    parser.add_argument("--chunks", type=int, default=50_000, help="size of the collection searched; 0: none")
    parser.add_argument("--pages", type=count, default=500, help="pages of the document deleted from it")
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        help="BEIR folder whose passages fill it; repeatable; default: chance prose",
    )
    parser.add_argument(
        "--pool", type=count, default=2000, help="passages that are encoded; its chunks are made of them"
    )
    parser.add_argument("--rounds", type=count, default=300, help="searches timed for each filter")
    parser.add_argument("--keep", type=Path, help="folder in which the collection is kept and found again")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args(arguments)
    figures: Figures = {}
    pool = read_pool(chosen.data, chosen.pool) if chosen.data else chance_pool(chosen.pool)
    with tempfile.TemporaryDirectory() as folder:
        if chosen.documents:
            figures |= ingest_figures(Path(folder), pool, chosen.documents, chosen.paragraphs)
        if chosen.chunks:
            kept = chosen.keep or Path(folder)
            kept.mkdir(parents=True, exist_ok=True)
            figures |= scale_figures(kept, pool, chosen.chunks, chosen.pages * _CHUNKS_A_PAGE, chosen.rounds)
    if chosen.json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        sys.stdout.writelines(f"{name:48} {value:12.3f}\n" for name, value in figures.items())
    return 0


def ingest_figures(folder: Path, pool: Pool, documents: int, length: int) -> Figures:
    """Whole ingest, opening and imports included, against embedding the same chunks alone; then unchanged.

    Both are done twice, ingest first and last, and the sums compared: a machine that grows slower or faster meanwhile
    favours neither. Each time the encoder has been loaded but has not seen the texts before.
    """
    for path in write_documents(folder / "documents", Composer(pool), documents, length):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    first = _ingest(folder, "data")
    texts = _chunk_texts(folder / "data")
    alone, alone_cpu = map(sum, zip(_embed(texts), _embed(texts), strict=True))
    whole, whole_cpu = map(sum, zip(first, _ingest(folder, "again"), strict=True))
    service = open_service(Settings(data_dir=folder / "data"))
    try:
        again = seconds(lambda: service.library.ingest("default", [folder / "documents"]))
    finally:
        service.close()
    return {
        "ingest documents": documents,
        "ingest chunks": len(texts),
        "ingest, twice": whole,
        "embedding alone, twice": alone,
        "ingest / embedding alone": whole / alone,
        "ingest / embedding alone, processor time": whole_cpu / alone_cpu,
        "unchanged folder, in process": again,
        "unchanged folder, command from start to end": _command(folder),
    }


def _ingest(folder: Path, name: str) -> tuple[float, float]:
    """Seconds and processor seconds of ingest into an empty data directory."""
    service = open_service(Settings(data_dir=folder / name))
    try:
        service.encoder.encode_documents(["warm"])
        return costs(lambda: service.library.ingest("default", [folder / "documents"]))
    finally:
        service.close()


def _embed(texts: Sequence[str]) -> tuple[float, float]:
    """Seconds and processor seconds of embedding alone."""
    encoder = open_encoder(Settings())
    encoder.encode_documents(["warm"])
    return costs(lambda: encoder.encode_documents(texts))


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
