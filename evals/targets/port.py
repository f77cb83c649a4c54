"""What is evaluated: something that answers cases and shows the source texts it answers from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

from evals.cases.model import Case
from rag_service.models import Answer


class Target(Protocol):
    """A service under evaluation, in this process or behind a URL."""

    def describe(self) -> dict[str, Any]:
        """What identifies it in a run's config: kind, settings, fingerprint; JSON values, no secrets."""

    def sources(self) -> Mapping[str, str]:
        """Source text of every document, by source."""

    async def ask(self, case: Case) -> Answer:
        """The answer to a case's question; raises RagError."""

    async def close(self) -> None:
        """Release what it holds."""


def corpus_sha256(sources: Mapping[str, str]) -> str:
    """Digest of the source texts, by source: what gold offsets and citations refer to."""
    digests = {
        name: hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for name, text in sources.items()
    }
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
