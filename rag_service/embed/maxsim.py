"""Late interaction: a question's tokens against a passage's (MaxSim; Khattab & Zaharia, 2020, arXiv:2004.12832)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int8] | NDArray[np.float32]


def maxsim(question: Tokens, passage: Tokens) -> float:
    """Mean over the question's tokens (q, d) of the best cosine among the passage's tokens (t, d).

    -1.0, the worst possible, when either has no tokens.
    """
    return float(maxsim_many(question, passage, np.array([0, len(passage)]))[0])


def maxsim_many(question: Tokens, passages: Tokens, bounds: NDArray[np.int_]) -> NDArray[np.float32]:
    """Score n passages at once, their tokens one after another (sum of t, d), passage i in [bounds[i], bounds[i+1])."""
    scores = np.full(len(bounds) - 1, -1.0, np.float32)
    filled = bounds[:-1] < bounds[1:]
    if len(question) and filled.any():
        scores[filled] = np.maximum.reduceat(cosines(question, passages), bounds[:-1][filled], axis=0).mean(axis=1)
    return scores


def cosines(question: Tokens, passage: Tokens) -> NDArray[np.float32]:
    """Cosine of every passage token with every question token, (t, q)."""
    left, right = passage.astype(np.float32), question.astype(np.float32)
    product: NDArray[np.float32] = left @ right.T
    # Dividing the narrow product is cheaper than dividing the vectors.
    product /= _lengths(left)[:, None]
    product /= _lengths(right)
    return product


def _lengths(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths: NDArray[np.float32] = np.sqrt(np.einsum("td,td->t", vectors, vectors))
    return np.maximum(lengths, np.float32(1e-6))
