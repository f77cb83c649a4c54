"""Dispatch ``python -m evals.benchmark NAME``; each benchmark is imported only when asked for."""

from __future__ import annotations

import importlib
import sys

from rag_service.cli.output import failing

BENCHMARKS = {
    "search": "search and answers over BEIR folders, whole pipeline",
    "embed": "throughput and accuracy of the bundled encoder",
    "index": "ingest, re-ingest and search times over many documents",
    "load": "one client and many at once against a running service",
    "streams": "many answers of a slow model open at once",
}


def main(arguments: list[str]) -> int:
    """Run the named benchmark with the remaining arguments; 1 when it fails, 2 for wrong usage."""
    if not arguments or arguments[0] not in BENCHMARKS:
        listed = "\n".join(f"  {name:8} {what}" for name, what in BENCHMARKS.items())
        sys.stderr.write(f"usage: python -m evals.benchmark NAME [options]\n{listed}\n")
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    module = importlib.import_module(f"evals.benchmark.{arguments[0]}")
    with failing():
        code: int = module.main(arguments[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
