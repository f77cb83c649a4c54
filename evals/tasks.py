"""Many tasks at once, bounded, failing as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

Task = Callable[[], Coroutine[Any, Any, None]]


async def run_bounded(tasks: Iterable[Task], limit: int) -> None:
    """Run all tasks, at most ``limit`` at once; the first failure ends the others and is raised."""
    slots = asyncio.Semaphore(limit)

    async def one(task: Task) -> None:
        async with slots:
            await task()

    try:
        async with asyncio.TaskGroup() as group:
            for task in tasks:
                group.create_task(one(task))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
