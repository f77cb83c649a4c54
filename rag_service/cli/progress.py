"""Progress of long work: a bar with rate and time left on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag_service.models import Progress


@contextmanager
def bar() -> Iterator[Callable[[Progress], None] | None]:
    """A callback that draws what it is told; None when standard error is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task("Ingesting", total=None, rate="")

        def show(progress: Progress) -> None:
            rate = f"{progress.chunks_done / progress.seconds:.0f} chunks/s" if progress.seconds > 0.5 else ""
            drawn.update(task, completed=progress.documents_done, total=progress.documents_total, rate=rate)

        yield show
