"""The server as users run it: a process of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = (sys.executable, "-c", "from rag_service.cli import main; main()")
READY = re.compile(r"Serving (http://\S+)")


def environment(data: Path | None, **more: str) -> dict[str, str]:
    """The environment of a process that keeps its data in one folder and knows no model."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RAG_", "OPENAI_"))}
    return kept | ({"RAG_DATA_DIR": str(data)} if data else {}) | more


def run(data: Path | None, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """One command from start to end."""
    return subprocess.run(
        [*COMMAND, *arguments], env=environment(data, **more), capture_output=True, text=True, timeout=240
    )


@contextmanager
def server(
    data: Path, preexec_fn: Callable[[], object] | None = None, **more: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The URL of `rag-service serve` on a free port, and its process; stopped at the end."""
    log = data.parent / f"{data.name}.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"],
            env=environment(data, **more),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            preexec_fn=preexec_fn,
        )
        try:
            line = process.stdout.readline()
            found = READY.match(line)
            assert found, f"{line!r}\n{log.read_text()}"
            yield found.group(1), process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)
            process.stdout.close()


def seconds(start: float) -> float:
    """Seconds since then."""
    return time.monotonic() - start
