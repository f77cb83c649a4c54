"""Streams of a running service watched from the outside: how each ended, and what the server spent meanwhile."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from evals.benchmark.serving import processor_seconds
from evals.benchmark.slow_model import MODEL
from evals.metrics.latency import percentiles

Figures = dict[str, Any]
EVERY = 0.1
TIMEOUT = 300.0


@dataclass(slots=True)
class Stream:
    """One stream: when it was asked and over, in seconds of the clock, and its last event."""

    asked: float
    over: float = 0.0
    event: str = ""
    body: Figures = field(default_factory=dict)

    @property
    def by_model(self) -> bool:
        """Whether it ended with an answer that the model wrote, every quote verified."""
        answered = self.event == "done" and self.body["answered"] and self.body["answerer"] == "llm"
        cited = self.body.get("citations", [])
        return bool(answered and self.body["model"] == MODEL and cited and all(each["verified"] for each in cited))


@dataclass(frozen=True, slots=True)
class Sample:
    """The processor seconds of the service so far, and the replies of the model that are under way."""

    at: float
    processor: float
    replies: int


@dataclass(slots=True)
class Watch:
    """What was seen while the streams were open; ``health`` holds when /healthz was asked, and milliseconds."""

    streams: list[Stream] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    health: list[tuple[float, float]] = field(default_factory=list)
    unwell: int = 0

    def figures(self) -> Figures:
        """Shares are of one processor; a stream's seconds run from its request to its end."""
        count = len(self.streams)
        full = [sample for sample in self.samples if sample.replies == count] or self.samples[-1:]
        first, last = full[0], full[-1]
        begun, ended = self.samples[0], self.samples[-1]
        spent = ended.processor - begun.processor
        seconds = sum(stream.over - stream.asked for stream in self.streams)
        return {
            "streams": count,
            "open at once": max(sample.replies for sample in self.samples),
            "answers by the model": sum(stream.by_model for stream in self.streams),
            "other endings": sorted({_ending(stream) for stream in self.streams if not stream.by_model}),
            "seconds of a stream": _brief([stream.over - stream.asked for stream in self.streams]),
            "seconds until all were open": round(first.at - begun.at, 2),
            "seconds all were open": round(last.at - first.at, 2),
            "% of a processor a stream, all open": _share(
                last.processor - first.processor, count * (last.at - first.at)
            ),
            "% of a processor a stream, in all": _share(spent, seconds),
            "processor s a stream, in all": round(spent / count, 4),
            "healthz until all were open, ms": _brief([took for at, took in self.health if at < first.at]),
            "healthz while all were open, ms": _brief([took for at, took in self.health if first.at <= at <= last.at]),
            "healthz errors": self.unwell,
        }


async def watched(url: str, model: str, pid: int, questions: Sequence[str]) -> Watch:
    """Ask everything at once and watch until the last stream is over."""
    watch = Watch()
    stop = asyncio.Event()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=TIMEOUT, limits=limits) as client:
        await _ask(client, url, questions[0], "extractive")  # what is opened at the first question is no stream's cost
        watching = asyncio.create_task(_watch(watch, stop, client, url, model, pid))
        await asyncio.sleep(EVERY)
        watch.streams = list(await asyncio.gather(*(_ask(client, url, question, "llm") for question in questions)))
        stop.set()
        await watching
    return watch


async def _ask(client: httpx.AsyncClient, url: str, question: str, answerer: str) -> Stream:
    stream = Stream(time.perf_counter())
    body = {"question": question, "answerer": answerer, "stream": True}
    try:
        async with client.stream("POST", f"{url}/v1/ask", json=body) as response:
            if response.status_code != httpx.codes.OK:
                stream.event, stream.body = "error", json.loads(await response.aread())
                return stream
            async for line in response.aiter_lines():
                if line.startswith("event: "):
                    stream.event = line.removeprefix("event: ")
                elif line.startswith("data: ") and stream.event in ("done", "error"):
                    stream.body = json.loads(line.removeprefix("data: "))
    except httpx.HTTPError as error:
        stream.event, stream.body = "error", {"code": type(error).__name__}
    finally:
        stream.over = time.perf_counter()
    return stream


async def _watch(watch: Watch, stop: asyncio.Event, client: httpx.AsyncClient, url: str, model: str, pid: int) -> None:
    due = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        while not stop.is_set():
            tasks.create_task(_probe(watch, client, f"{url}/healthz"))
            replies = (await client.get(f"{model}/open")).json()["open"]
            watch.samples.append(Sample(time.perf_counter(), processor_seconds(pid), replies))
            due += EVERY
            await asyncio.sleep(max(0.0, due - time.perf_counter()))


async def _probe(watch: Watch, client: httpx.AsyncClient, url: str) -> None:
    asked = time.perf_counter()
    try:
        well = (await client.get(url)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        well = False
    watch.unwell += not well
    watch.health.append((asked, (time.perf_counter() - asked) * 1000))


def _ending(stream: Stream) -> str:
    """How a stream ended that the model did not answer: an error's code, or what answered instead."""
    if stream.event == "error":
        return str(stream.body.get("code"))
    if stream.event != "done":
        return f"cut after {stream.event or 'nothing'}"
    return str(stream.body["answerer"] if stream.body["answered"] else stream.body["abstention"]["reason"])


def _share(spent: float, seconds: float) -> float | None:
    return round(100 * spent / seconds, 3) if seconds else None


def _brief(values: Sequence[float]) -> dict[str, float]:
    found = percentiles(values)
    return {name: found[name] for name in ("p50", "p99", "max") if name in found}
