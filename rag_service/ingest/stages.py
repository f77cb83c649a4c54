"""Two stages of work on a thread each, through which items pass in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")
Result = TypeVar("Result")

_AHEAD = 2


def in_stages(
    items: Iterable[Item],
    first: Callable[[Item], Made],
    second: Callable[[Item, Made], Result],
    ended: threading.Event,
) -> Generator[Result, None, None]:
    """Results in the order of their items; while one is in the second stage the next is in the first.

    Items are taken on the caller's thread, one before the first stage needs it, so that no stage waits for them. The
    first error of a stage, or of the items, is raised, and no later item gets to the second stage. ``ended`` is then
    set, for stages to look at; none of them runs any more when the iterator has ended, for whatever reason.
    """
    waiting: deque[Future[Result]] = deque()
    making: deque[Future[Made]] = deque()

    def finish(item: Item, made: Future[Made]) -> Result:
        try:
            value = made.result()
            if ended.is_set():
                raise CancelledError
            return second(item, value)
        except BaseException:
            ended.set()
            raise

    with ThreadPoolExecutor(1, "first") as firsts, ThreadPoolExecutor(1, "second") as seconds:
        try:
            for item in items:
                making.append(firsts.submit(first, item))
                waiting.append(seconds.submit(finish, item, making[-1]))
                while len(waiting) > _AHEAD:
                    yield waiting.popleft().result()
                    making.popleft()
            while waiting:
                yield waiting.popleft().result()
        finally:
            ended.set()
            for made in making:
                made.cancel()
            for result in waiting:
                result.cancel()
