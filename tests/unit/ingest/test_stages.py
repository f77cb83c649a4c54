"""Two stages at once, in order, and what becomes of the rest when one fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from rag_service.ingest.stages import in_stages

SECONDS = 10


def test_results_come_in_order_with_what_both_stages_made() -> None:
    ended = threading.Event()
    found = in_stages(range(20), lambda item: item * 10, lambda item, made: (item, made + 1), ended)
    assert list(found) == [(item, item * 10 + 1) for item in range(20)]


def test_the_next_item_is_in_the_first_stage_while_one_is_in_the_second() -> None:
    begun = [threading.Event() for _ in range(4)]

    def first(item: int) -> int:
        begun[item].set()
        return item

    def second(item: int, _: int) -> bool:
        return item == 3 or begun[item + 1].wait(SECONDS)

    assert list(in_stages(range(4), first, second, threading.Event())) == [True] * 4


def test_items_are_taken_one_ahead_and_no_further() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(10):
            taken.append(item)
            yield item

    results = in_stages(items(), lambda item: item, lambda item, _: item, threading.Event())
    assert next(results) == 0
    assert taken == [0, 1, 2]
    results.close()


@pytest.mark.parametrize("stage", ["first", "second"])
def test_after_a_failure_nothing_gets_to_the_second_stage(stage: str) -> None:
    ended = threading.Event()
    stored: list[int] = []

    def first(item: int) -> int:
        if stage == "first" and item == 1:
            raise ValueError("no")
        return item

    def second(item: int, _: int) -> int:
        if stage == "second" and item == 1:
            raise ValueError("no")
        stored.append(item)
        return item

    results = in_stages(range(10), first, second, ended)
    with pytest.raises(ValueError, match="no"):
        list(results)
    assert stored == [0]
    assert ended.is_set()


def test_a_failing_source_of_items_ends_both_stages() -> None:
    ended = threading.Event()
    running = threading.Event()

    def items() -> Iterator[int]:
        yield 0
        assert running.wait(SECONDS)
        raise ValueError("no more")

    def first(item: int) -> int:
        running.set()
        assert ended.wait(SECONDS), "the stage is told"
        return item

    stored: list[int] = []
    with pytest.raises(ValueError, match="no more"):
        list(in_stages(items(), first, lambda item, _: stored.append(item), ended))
    assert stored == []


def test_closing_the_results_waits_for_the_stage_that_runs() -> None:
    ended = threading.Event()
    done: list[int] = []

    def first(item: int) -> int:
        if item == 1:
            assert ended.wait(SECONDS)
            done.append(item)
        return item

    results = in_stages(range(10), first, lambda item, _: item, ended)
    assert next(results) == 0
    results.close()
    assert done in ([1], [])  # begun and ended, or never begun
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith(("first", "second"))]
