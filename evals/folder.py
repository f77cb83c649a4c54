"""A run's folder: config, what was asked so far, results, times, summary.

While a run goes on, ``asked.jsonl`` grows by one line a case. Once all cases are asked it is replaced by
``results.jsonl`` and ``summary.json`` (the same for the same service and cases, to the byte) and
``times.jsonl`` and ``latency.json`` (never the same twice). ``clock.json`` says meanwhile when the run began and how
long it has been at work, in all its attempts.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from evals.errors import RunError

FORMAT = 1
LOCK = ".lock"
CLOCK = "clock.json"
Record = dict[str, Any]


class RunFolder:
    """Reads and writes one run's files; all writes are atomic or appended line by line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.added = 0  # outcomes and judgements that this process put in
        self._begun, self._earlier, self._since = time.time(), 0.0, time.perf_counter()
        self._asked = path / "asked.jsonl"
        self._judged = path / "judgements.jsonl"

    @property
    def complete(self) -> bool:
        """Whether the run ended and was summed up."""
        return (self.path / "summary.json").is_file()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other evaluations out of the folder; RunError while one is at work in it."""
        from filelock import FileLock, Timeout

        self.path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.path / LOCK)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise RunError(f"{self.path}: another evaluation writes into it; let it end, or name another.") from None
        try:
            yield
        finally:
            (self.path / LOCK).unlink(missing_ok=True)
            lock.release()

    def start(self, config: Record) -> None:
        """Create the folder or take up an earlier run of the same config; RunError names what differs."""
        self._since = time.perf_counter()
        if not (self.path / "config.json").is_file():
            own = (LOCK, "config.json.part")
            if self.path.is_dir() and any(item.name not in own for item in self.path.iterdir()):
                raise RunError(f"{self.path} is not empty and holds no run; name another folder.")
            self.path.mkdir(parents=True, exist_ok=True)
            _write(self.path / "config.json", config)
            return
        differing = sorted(_differences(self.config(), config))
        if differing:
            raise RunError(
                f"{self.path} holds a run that differs in {', '.join(differing)}; "
                "name another folder, or delete this one to start over."
            )
        self._begun, self._earlier = self._worked()

    def reopen(self) -> None:
        """Make a complete run one to take up, with the outcomes of cases that did not fail; RunError for a baseline."""
        times = {row.pop("id"): row for row in self.times()}
        good = [record for record in self.results() if record["error"] is None]
        if any(record["id"] not in times for record in good):
            raise RunError(f"{self.path} keeps no times, as a baseline does: ask its failed cases in another folder.")
        asked = ({key: record[key] for key in ("id", "outcome", "error")} for record in good)
        _replace(self._asked, b"".join(_line(record | {"timings": times[record["id"]]}) for record in asked))
        (self.path / "summary.json").unlink()

    def config(self) -> Record:
        """The run's config; RunError when it is missing or from another version."""
        config = self._read("config.json")
        if config.get("format") != FORMAT:
            raise RunError(
                f"{self.path} was written by another version (format {config.get('format')}, "
                f"this one reads {FORMAT}); run the evaluation again."
            )
        return config

    def asked(self) -> dict[str, Record]:
        """What was asked before, by case id."""
        return {str(record["id"]): record for record in self._log(self._asked)}

    def append_asked(self, record: Record) -> None:
        """Keep one outcome, durably."""
        self._append(self._asked, record)

    def judgements(self) -> dict[str, Record]:
        """What the judge said before, by the key of the question it was asked."""
        return {str(record["key"]): record for record in self._log(self._judged)}

    def append_judgement(self, record: Record) -> None:
        """Keep one judgement, durably."""
        self._append(self._judged, record)

    def clock(self) -> Record:
        """When the run began (Unix seconds), and the seconds that its attempts took so far."""
        return {"started": self._begun, "seconds": self._earlier + time.perf_counter() - self._since}

    def finish(self, results: Sequence[Record], times: Sequence[Record], summary: Record, latency: Record) -> None:
        """Write the final files; the summary comes last and marks the run as complete."""
        write_files(self.path, self.config(), results, times, summary, latency)
        self._asked.unlink(missing_ok=True)
        (self.path / CLOCK).unlink(missing_ok=True)

    def results(self) -> list[Record]:
        """Result records in the dataset's order; RunError unless the run is complete."""
        return self._lines("results.jsonl")

    def times(self) -> list[Record]:
        """Milliseconds by case, in the dataset's order."""
        return self._lines("times.jsonl")

    def summary(self) -> Record:
        """The summary; RunError unless the run is complete."""
        self._need_complete()
        return self._read("summary.json")

    def latency(self) -> Record:
        """Latency percentiles and when the run was made."""
        self._need_complete()
        return self._read("latency.json")

    def _worked(self) -> tuple[float, float]:
        """When an earlier attempt began the run and how long it was worked on; now and nothing if nothing tells."""
        for name in (CLOCK, "latency.json"):
            with suppress(RunError, KeyError):
                kept = self._read(name)
                return float(kept["started"]), float(kept["seconds"])
        return self._begun, 0.0

    def _append(self, path: Path, record: Record) -> None:
        with path.open("ab") as file:
            file.write(_line(record))
            file.flush()
            os.fsync(file.fileno())
        _write(self.path / CLOCK, self.clock())
        self.added += 1

    def _lines(self, name: str) -> list[Record]:
        self._need_complete()
        try:
            return [json.loads(line) for line in (self.path / name).read_bytes().splitlines()]
        except (FileNotFoundError, ValueError) as error:
            what = "has no" if isinstance(error, FileNotFoundError) else "cannot be read in its"
            raise RunError(f"{self.path} is damaged: it {what} {name}; run the evaluation again.") from None

    def _log(self, path: Path) -> list[Record]:
        """Records appended so far; a line that a kill cut short is dropped from the file."""
        if not path.is_file():
            return []
        lines = path.read_bytes().splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):
            _replace(path, b"".join(lines[:-1]))
            lines.pop()
        try:
            return [json.loads(line) for line in lines]
        except ValueError as error:
            raise RunError(f"{path} is damaged: {error}; delete {self.path} to start over.") from None

    def _need_complete(self) -> None:
        self.config()
        if not self.complete:
            raise RunError(
                f"{self.path} holds an unfinished run; finish it with the command that began it: "
                f"`rag-service eval run DATASET --out {self.path}`."
            )

    def _read(self, name: str) -> Record:
        path = self.path / name
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise RunError(f"{self.path} is not a run folder: it has no {name}.") from None
        except ValueError as error:
            raise RunError(f"{path} is damaged: {error}") from error
        if not isinstance(content, dict):
            raise RunError(f"{path} is damaged: not an object")
        return content


def write_files(
    path: Path,
    config: Record,
    results: Sequence[Record],
    times: Sequence[Record],
    summary: Record,
    latency: Record,
) -> None:
    """Write a finished run's files, each atomically, the summary last."""
    _write(path / "config.json", config)
    _replace(path / "results.jsonl", b"".join(_line(record) for record in results))
    _replace(path / "times.jsonl", b"".join(_line(record) for record in times))
    _write(path / "latency.json", latency)
    _write(path / "summary.json", summary)


def _write(path: Path, content: Record) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    _replace(path, text.encode() + b"\n")


def _replace(path: Path, content: bytes) -> None:
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(content)
    part.replace(path)


def _differences(first: Mapping[str, Any], second: Mapping[str, Any], path: str = "") -> Iterable[str]:
    """Dotted keys at which two configs differ."""
    for key in first.keys() | second.keys():
        one, two = first.get(key), second.get(key)
        name = f"{path}{key}"
        if isinstance(one, Mapping) and isinstance(two, Mapping):
            yield from _differences(one, two, f"{name}.")
        elif one != two:
            yield name


def _line(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False, sort_keys=True).encode() + b"\n"
