"""The service as a process of its own, and what it uses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evals.errors import RunError

SERVICE = (sys.executable, "-c", "import sys; from rag_service.cli import main; sys.exit(main())")
READY = re.compile(r"Serving (http://\S+)")


@contextmanager
def served(data: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The URL of a server over a data directory, and its process; RunError when it ends before it is ready.

    ``settings`` are variables of its environment, beside the ones of this process.
    """
    environment = os.environ | {"RAG_DATA_DIR": str(data)} | settings
    with started([*SERVICE, "serve", "--port", "0"], environment) as process:
        yield ready(process, READY, f"The server over {data}"), process


@contextmanager
def started(command: Sequence[str], environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A process whose output is read here; terminated at the end."""
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=nowhere, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def ready(process: subprocess.Popen[str], pattern: re.Pattern[str], what: str) -> str:
    """The address in the first line of a process that has the pattern; RunError when it ends without one."""
    assert process.stdout is not None
    found = next((match for line in process.stdout if (match := pattern.match(line))), None)
    if found is None:
        raise RunError(f"{what} ended before it was ready: start it by hand to see why.")
    return found.group(1)


def processor_seconds(pid: int) -> float:
    """Processor seconds of a process so far, its threads included, from /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
