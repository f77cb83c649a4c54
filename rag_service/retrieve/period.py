"""The time that a question names: a bound where it asks for texts of that time, else a preference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rag_service.models import Passage, Warning
from rag_service.ports import LiveCatalog
from rag_service.retrieve.fusion import Floats
from rag_service.text.periods import Period

_BONUS = 0.5  # in units of the ranking's score, which is a log-odds: less than one good feature gives


def bounded(
    catalog: LiveCatalog, collection: str, filters: Mapping[str, Any] | None, period: Period | None
) -> tuple[list[str] | None, tuple[Warning, ...]]:
    """Versions to search, None for all of them; a strict period that no document falls in bounds nothing."""
    versions = catalog.matching_versions(collection, filters) if filters else None
    if period is None or not period.strict:
        return versions, ()
    within: Mapping[str, Any] = {"published": {"$gte": period.start.isoformat(), "$lt": period.end.isoformat()}}
    both = catalog.matching_versions(collection, {"$and": [filters, within]} if filters else within)
    if not both:
        return versions, (Warning("period_empty", f"No document is dated {period}; all dates were searched."),)
    return both, (Warning("period_only", f"Only documents dated {period} were searched."),)


def prefer(passages: Sequence[Passage], scores: Floats, period: Period | None) -> tuple[Floats, tuple[Warning, ...]]:
    """Scores with a bonus for passages published in the period that the question names."""
    if period is None or period.strict:
        return scores, ()
    inside = np.array([period.overlaps(passage.published) for passage in passages], np.float64)
    if not inside.any() or inside.all():
        return scores, ()
    return scores + _BONUS * inside, (Warning("period_preferred", f"Documents dated {period} were preferred."),)
