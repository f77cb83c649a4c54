"""Many streams open at once over a slow model: what each costs the server, and whether it still answers at once.

    python -m evals.benchmark streams [--streams 200] [--first 5] [--pieces 200] [--per-second 10] [--plain] [--json]

It ingests a dataset's corpus into a directory of its own, starts a slow endpoint (evals/benchmark/slow_model.py) and
the service, and asks everything at the same moment. All streams are open once each waits for, or reads, its reply of
the model: what comes before is retrieval and weighing evidence. GET /healthz is asked ten times a second throughout,
whether the one before was answered or not.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evals.benchmark.arguments import count
from evals.benchmark.serving import SERVICE, ready, served, started
from evals.benchmark.slow_model import MODEL
from evals.benchmark.watched import watched
from evals.cases.load import load_dataset
from evals.cases.model import Dataset

DATASET = Path(__file__).parents[1] / "datasets" / "seeds.yaml"
ENDPOINT = re.compile(r"Model at (http://\S+)")


def main(arguments: Sequence[str]) -> int:
    """Print the figures; exit code 0, 1 unless all streams were open at once and ended with the model's answer."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmark streams", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--streams", type=count, default=200)
    parser.add_argument("--first", type=float, default=5.0, help="seconds until the model's first piece")
    parser.add_argument("--pieces", type=count, default=200, help="pieces of a reply, about a token each")
    parser.add_argument("--per-second", type=float, default=10.0, help="pieces a second")
    parser.add_argument("--plain", action="store_true", help="ask the model for text with markers, not for JSON")
    parser.add_argument("--concurrency", type=count, help="RAG_LLM__MAX_CONCURRENCY; default: as shipped")
    parser.add_argument("--dataset", type=Path, default=DATASET, help="whose questions are asked of its corpus")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    dataset = load_dataset(options.dataset)
    with tempfile.TemporaryDirectory() as folder, _slow_model(options) as model:
        data = Path(folder) / "data"
        environment = _environment(data, model, options)
        ingest = [*SERVICE, "ingest", str(dataset.corpus), "--json"]
        subprocess.run(ingest, env=os.environ | environment, check=True, capture_output=True)
        with served(data, **environment) as (url, process):
            watch = asyncio.run(watched(url, model, process.pid, _questions(dataset, options.streams)))
    figures = watch.figures()
    if options.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{name:44} {value}\n" for name, value in figures.items())
    whole = figures["open at once"] == figures["answers by the model"] == options.streams
    return 0 if whole and not figures["healthz errors"] else 1


@contextmanager
def _slow_model(options: argparse.Namespace) -> Iterator[str]:
    pace = ["--first", options.first, "--pieces", options.pieces, "--per-second", options.per_second]
    with started([sys.executable, "-m", "evals.benchmark.slow_model", *map(str, pace)]) as process:
        yield ready(process, ENDPOINT, "The slow model")


def _environment(data: Path, model: str, options: argparse.Namespace) -> dict[str, str]:
    """Settings of the service: every question reaches the model, none is declined before."""
    chosen = {
        "RAG_DATA_DIR": str(data),
        "RAG_LLM__BASE_URL": f"{model}/v1",
        "RAG_LLM__MODEL": MODEL,
        "RAG_LLM__STRUCTURED": "off" if options.plain else "auto",
        "RAG_ABSTENTION__THRESHOLD": "0",
    }
    return chosen | ({"RAG_LLM__MAX_CONCURRENCY": str(options.concurrency)} if options.concurrency else {})


def _questions(dataset: Dataset, count: int) -> list[str]:
    asked = [case.question for case in dataset.cases if case.answerable and not case.history]
    return list(itertools.islice(itertools.cycle(asked), count))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
