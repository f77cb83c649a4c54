"""Retrying by the clock: what is waited, and what is raised in the end."""

import time
from threading import Event, Timer

import pytest

from rag_service.embed.retry import with_retries
from rag_service.errors import ModelUnavailable, Stopping
from rag_service.transient import Transient


def failing(times, wait=None):
    left = iter(range(times))

    def attempt():
        if next(left, None) is not None:
            raise Transient(ModelUnavailable("away"), wait)
        return "done"

    return attempt


def test_success_after_failures():
    assert with_retries(failing(2), 3, 0.001, Event()) == "done"


def test_the_last_failure_is_raised():
    with pytest.raises(ModelUnavailable, match="away"):
        with_retries(failing(3), 3, 0.001, Event())


def test_waits_double_and_are_never_shorter_than_asked():
    started = time.monotonic()
    with_retries(failing(3), 4, 0.02, Event())  # 0.01-0.02, 0.02-0.04 and 0.04-0.08 s
    assert time.monotonic() - started >= 0.07
    started = time.monotonic()
    with_retries(failing(1, wait=0.2), 2, 0.001, Event())
    assert time.monotonic() - started >= 0.2


def test_no_attempt_is_a_mistake():
    with pytest.raises(ValueError, match="at least one"):
        with_retries(failing(0), 0, 0.001, Event())


def test_nothing_is_waited_for_or_tried_once_it_is_to_stop():
    stopped, tried = Event(), []

    def attempt():
        tried.append(None)
        raise Transient(ModelUnavailable("away"), 30.0)

    Timer(0.1, stopped.set).start()
    started = time.monotonic()
    for _ in range(2):
        with pytest.raises(Stopping):
            with_retries(attempt, 5, 0.001, stopped)
    assert time.monotonic() - started < 5
    assert len(tried) == 1
