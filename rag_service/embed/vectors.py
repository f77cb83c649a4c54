"""Checks that vectors from outside must pass before anything is built on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_service.errors import ModelError, SettingsError


def unit_vectors(
    raw: Sequence[Any], count: int, source: str, *, wanted: int | None = None, before: int | None = None
) -> NDArray[np.float32]:
    """Turn what arrived into (count, d) float32 of unit length.

    ``source`` names the model and where it runs, for the message. Raises ModelError when vectors are missing, of
    different lengths (one another's, or that of those ``before``), zero or not finite; SettingsError when they are not
    of the length that the settings ``wanted``.
    """
    if len(raw) != count:
        raise ModelError(f"{source} gave {len(raw)} vectors for {count} texts.")
    try:
        vectors = np.array(raw, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise ModelError(f"{source} gave vectors that are not equally long lists of numbers.") from error
    if vectors.ndim != 2 or not vectors.shape[1]:
        raise ModelError(f"{source} gave vectors that are not equally long lists of numbers.")
    length = vectors.shape[1]
    if wanted is not None and length != wanted:
        raise SettingsError(f"{source} gives vectors of {length} numbers, RAG_EMBEDDING__DIMENSION says {wanted}.")
    if before is not None and length != before:
        raise ModelError(f"{source} gives vectors of {length} numbers, and gave some of {before} before.")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise ModelError(f"{source} gave a vector that is zero or not finite.")
    unit: NDArray[np.float32] = (vectors / lengths).astype(np.float32)
    return unit
