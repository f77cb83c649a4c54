"""Prometheus metrics of one app, in a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from rag_service.errors import ModelError, RagError
from rag_service.models import Answer, Usage

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """Counts requests, answers and tokens."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "rag_http_requests", "Requests served.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "rag_http_request_seconds",
            "Seconds from request to the end of its response.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._open = Gauge("rag_http_requests_open", "Requests being served.", registry=self.registry)
        self._answers = Counter(
            "rag_answers", "Answers by answerer and outcome.", ("answerer", "outcome"), registry=self.registry
        )
        self._stages = Histogram(
            "rag_answer_stage_seconds",
            "Seconds by stage.",
            ("stage",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._failures = Counter("rag_answer_failures", "Questions that failed.", ("code",), registry=self.registry)
        self._warnings = Counter("rag_answer_warnings", "Warnings in answers.", ("code",), registry=self.registry)
        self._tokens = Counter("rag_llm_tokens", "Tokens counted by the model.", ("kind",), registry=self.registry)
        self._cost = Counter("rag_llm_cost", "Cost by the configured prices.", registry=self.registry)

    def opened(self) -> None:
        """A request has come in."""
        self._open.inc()

    def served(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request has ended; ``route`` is its template, so that ids make no new series."""
        self._open.dec()
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def answered(self, answer: Answer) -> None:
        """A question has got its answer or abstention."""
        self._answers.labels(answer.answerer, answer.abstention.reason if answer.abstention else "answered").inc()
        self._stages.labels("retrieve").observe(answer.timings.retrieve_ms / 1000)
        self._stages.labels("answer").observe(answer.timings.answer_ms / 1000)
        for warning in answer.warnings:
            self._warnings.labels(warning.code).inc()
        self._used(answer.usage)

    def failed(self, error: RagError) -> None:
        """A question has ended in an error."""
        self._failures.labels(error.code).inc()
        self._used(error.usage if isinstance(error, ModelError) else None)

    def _used(self, usage: Usage | None) -> None:
        if usage:
            self._tokens.labels("prompt").inc(usage.prompt_tokens)
            self._tokens.labels("completion").inc(usage.completion_tokens)
            self._cost.inc(usage.cost or 0)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)
