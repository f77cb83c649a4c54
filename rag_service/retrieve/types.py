"""What a retrieval hands on."""

from __future__ import annotations

from dataclasses import dataclass

from rag_service.models import Warning
from rag_service.ports import Evidence


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Passages with their evidence, what the caller should know about them, and the milliseconds it took."""

    evidence: Evidence
    warnings: tuple[Warning, ...]
    milliseconds: float
