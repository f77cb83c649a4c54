"""A running service under load: one client, then many, extractive answers.

    python -m evals.benchmark load --url URL --data DIR [--collection NAME] [--clients 64] [--seconds 60] [--json]

The questions are a BEIR folder's. One client asks in turn, plainly and streamed (the first byte is the first of the
stream's events); then many ask at once for a while. With ``--pid`` the processor time of the service is read, too.
The service keeps what it read for a question: start it anew before each run, or a question asked before is timed
without its reading.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from evals.benchmark.arguments import count
from evals.benchmark.serving import processor_seconds
from evals.errors import RunError
from evals.importers.beir import read_beir
from evals.metrics.latency import percentiles

ASKED = 200
WARM = 20
TIMEOUT = 60.0


def main(arguments: Sequence[str]) -> int:
    """Print the figures; exit code 0, 1 when a request failed."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmark load", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--url", required=True, help="of a running service")
    parser.add_argument("--data", type=Path, required=True, help="BEIR folder with the questions")
    parser.add_argument("--collection", default="default")
    parser.add_argument("--clients", type=count, default=64)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--pid", type=int, help="process of the service, on this machine")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    figures = asyncio.run(_measure(options))
    if options.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    else:
        sys.stdout.write("".join(f"{name:36} {value}\n" for name, value in figures.items()))
    return 1 if figures["errors"] else 0


async def _measure(options: argparse.Namespace) -> dict[str, Any]:
    questions = itertools.cycle([query.text for query in read_beir(options.data).queries])
    limits = httpx.Limits(max_connections=options.clients + 1, max_keepalive_connections=options.clients + 1)
    async with httpx.AsyncClient(base_url=options.url, timeout=TIMEOUT, limits=limits) as client:
        asker = _Asker(client, options.collection, questions)
        await asker.greet()
        for _ in range(WARM):
            await asker.ask()
        before = _cpu_seconds(options.pid)
        plain = _answered([await asker.ask() for _ in range(ASKED)])
        spent = (_cpu_seconds(options.pid) - before) / max(1, len(plain))
        streamed = _answered([await asker.first_byte() for _ in range(ASKED)])
        many = await asker.at_once(options.clients, options.seconds)
    figures: dict[str, Any] = {
        "one client, ms": percentiles(plain),
        "first streamed byte, ms": percentiles(streamed),
        f"{options.clients} clients, ms": percentiles(many),
        "answers per s": round(len(many) / options.seconds, 1),
        "errors": asker.errors,
    }
    if options.pid is not None:
        figures["processor s an answer"] = round(spent, 4)
        figures["answers per s times processor s"] = round(len(many) / options.seconds * spent, 2)
    return figures


class _Asker:
    """Sends questions and times the answers, in milliseconds; counts what failed, which has no time."""

    def __init__(self, client: httpx.AsyncClient, collection: str, questions: Iterator[str]) -> None:
        self._client = client
        self._collection = collection
        self._questions = questions
        self.errors = 0

    async def greet(self) -> None:
        """RunError where nothing answers, or a first question is refused."""
        url = str(self._client.base_url).rstrip("/")
        try:
            response = await self._client.post("/v1/ask", json=self._body(stream=False))
        except httpx.HTTPError as error:
            raise RunError(f"{url} does not answer: {error}") from error
        if response.status_code != httpx.codes.OK:
            raise RunError(f"{url} does not answer questions: {response.status_code} {response.text[:500]}")

    async def ask(self) -> float | None:
        started = time.perf_counter()
        try:
            (await self._client.post("/v1/ask", json=self._body(stream=False))).raise_for_status()
        except httpx.HTTPError:
            self.errors += 1
            return None
        return (time.perf_counter() - started) * 1000

    async def first_byte(self) -> float | None:
        started = time.perf_counter()
        first: float | None = None
        try:
            async with self._client.stream("POST", "/v1/ask", json=self._body(stream=True)) as response:
                response.raise_for_status()
                async for _ in response.aiter_bytes():
                    first = first or (time.perf_counter() - started) * 1000
        except httpx.HTTPError:
            first = None
        self.errors += first is None
        return first

    async def at_once(self, clients: int, seconds: float) -> list[float]:
        """Times of all that was answered until then, or asked before and answered later."""
        until = time.perf_counter() + seconds

        async def one() -> list[float | None]:
            found = []
            while time.perf_counter() < until:
                found.append(await self.ask())
            return found

        return _answered(itertools.chain(*await asyncio.gather(*(one() for _ in range(clients)))))

    def _body(self, *, stream: bool) -> dict[str, Any]:
        return {
            "question": next(self._questions),
            "collection": self._collection,
            "answerer": "extractive",
            "stream": stream,
        }


def _answered(times: Iterable[float | None]) -> list[float]:
    """The times there are."""
    return [value for value in times if value is not None]


def _cpu_seconds(pid: int | None) -> float:
    return 0.0 if pid is None else processor_seconds(pid)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
