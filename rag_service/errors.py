"""Every error the service raises on purpose.

RagError                      code, status, title; the message names the file or setting and the remedy
├── SettingsError             a setting is unknown, malformed or contradictory
├── InvalidInput              the request cannot be served as it stands
│   ├── InvalidQuestion       empty, too long, or nothing but punctuation
│   └── InvalidFilter         an operator or field that filters do not know
├── NotFound
│   ├── UnknownCollection
│   ├── UnknownDocument
│   └── UnknownJob
├── Conflict                  the resource's state forbids it
├── LoadError                 one file cannot be read or holds no text
├── StoreError
│   ├── DiskFull              nothing can be written until there is room; nothing is damaged
│   ├── FingerprintMismatch   the index was built with another embedder or chunking
│   └── DataDirectoryLocked   another process owns the data directory
├── ModelError                the model endpoint failed
│   ├── ModelTimeout
│   ├── ModelRateLimited
│   └── ModelUnavailable
├── Overloaded                a question waited for its turn until its time was over
├── Stopping                  the server ends before the answer is whole
├── Unauthorized              no key, or an unknown one
└── Forbidden                 the key does not reach this collection or may not write
"""

from __future__ import annotations

from rag_service.models import Usage


class RagError(Exception):
    """Base of all errors raised on purpose; ``status`` is the HTTP status that reports it."""

    code = "internal_error"
    status = 500
    title = "Internal error"


class SettingsError(RagError):
    """A setting is unknown, malformed or contradictory."""

    code = "invalid_settings"
    title = "Invalid settings"


class InvalidInput(RagError):
    """The request cannot be served as it stands."""

    code = "invalid_request"
    status = 422
    title = "Invalid request"


class InvalidQuestion(InvalidInput):
    """The question is empty, too long, or has no word in it."""

    code = "invalid_question"
    title = "Invalid question"


class InvalidFilter(InvalidInput):
    """A filter uses an operator, field or value that filters do not know."""

    code = "invalid_filter"
    title = "Invalid filter"


class NotFound(RagError):
    """What was asked for does not exist."""

    code = "not_found"
    status = 404
    title = "Not found"


class UnknownCollection(NotFound):
    """No collection has that name."""

    code = "unknown_collection"
    title = "Unknown collection"


class UnknownDocument(NotFound):
    """No live document has that id."""

    code = "unknown_document"
    title = "Unknown document"


class UnknownJob(NotFound):
    """No job has that id."""

    code = "unknown_job"
    title = "Unknown job"


class Conflict(RagError):
    """The resource's present state forbids the request."""

    code = "conflict"
    status = 409
    title = "Conflict"


class LoadError(RagError):
    """A file cannot be read or holds no text; the message starts with the file's name."""

    code = "unreadable_document"
    status = 422
    title = "Unreadable document"


class StoreError(RagError):
    """The index cannot be used as it stands."""

    code = "index_error"
    status = 503
    title = "Index not usable"


class DiskFull(StoreError):
    """Nothing can be written until there is room; what is stored is whole."""

    code = "disk_full"
    title = "Disk full"


class FingerprintMismatch(StoreError):
    """The index was built with another embedding model or other chunking settings."""

    code = "fingerprint_mismatch"
    status = 409
    title = "Fingerprint mismatch"


class DataDirectoryLocked(StoreError):
    """Another process owns the data directory."""

    code = "data_directory_locked"
    status = 423
    title = "Data directory in use"

    def __init__(self, message: str, url: str | None = None) -> None:
        """``url`` is where the owner serves HTTP; None when it is not a server."""
        super().__init__(message)
        self.url = url


class ModelError(RagError):
    """The model endpoint failed or answered something unusable; ``usage`` is what it counted all the same."""

    usage: Usage | None = None

    code = "model_error"
    status = 502
    title = "Model endpoint failed"


class ModelTimeout(ModelError):
    """The model endpoint did not answer within the configured time."""

    code = "model_timeout"
    status = 504
    title = "Model endpoint timed out"


class ModelRateLimited(ModelError):
    """The model endpoint refused for now: too many requests."""

    code = "model_rate_limited"
    status = 503
    title = "Model endpoint rate-limited"


class ModelUnavailable(ModelError):
    """The model endpoint cannot be reached, or its circuit breaker is open."""

    code = "model_unavailable"
    status = 503
    title = "Model endpoint unavailable"


class Overloaded(RagError):
    """A question waited for its turn until its time was over."""

    code = "overloaded"
    status = 503
    title = "Too much is asked at once"

    @classmethod
    def after(cls, seconds: float, what: str) -> Overloaded:
        """The error of ``what`` has waited as long as RAG_ANSWER__TIMEOUT says."""
        return cls(
            f"Too much is asked at once: this {what} did not get its turn within {seconds:g} s "
            f"(setting RAG_ANSWER__TIMEOUT)."
        )


class Stopping(RagError):
    """The server ends before the answer is whole."""

    code = "stopping"
    status = 503
    title = "Server is stopping"

    def __init__(self) -> None:
        super().__init__("The server is stopping and cannot finish this; ask again in a moment.")


class Unauthorized(RagError):
    """No API key was sent, or it is unknown."""

    code = "unauthorized"
    status = 401
    title = "Unauthorized"


class Forbidden(RagError):
    """The API key does not allow this."""

    code = "forbidden"
    status = 403
    title = "Forbidden"
