"""The circuit breaker on a clock of the test's own."""

from __future__ import annotations

from rag_service.answer.models.breaker import CircuitBreaker


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def opened() -> tuple[CircuitBreaker, Clock]:
    clock = Clock()
    breaker = CircuitBreaker(2, 10, clock)
    for _ in range(2):
        assert breaker.wait() == 0
        breaker.failed()
    return breaker, clock


def test_it_opens_after_failures_in_a_row() -> None:
    breaker, clock = opened()
    assert breaker.wait() == 10
    clock.now += 4
    assert breaker.wait() == 6


def test_a_success_in_between_starts_the_count_anew() -> None:
    breaker = CircuitBreaker(2, 10, Clock())
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.wait() == 0


def test_one_trial_passes_and_its_success_closes() -> None:
    breaker, clock = opened()
    clock.now += 10
    assert breaker.wait() == 0
    assert breaker.wait() == 10
    breaker.succeeded()
    assert breaker.wait() == 0


def test_a_failed_trial_opens_again() -> None:
    breaker, clock = opened()
    clock.now += 10
    assert breaker.wait() == 0
    breaker.failed()
    assert breaker.wait() == 10


def test_an_abandoned_trial_makes_way_for_another() -> None:
    breaker, clock = opened()
    clock.now += 10
    assert breaker.wait() == 0
    breaker.abandoned()
    assert breaker.wait() == 0
