"""What was fitted once for the bundled encoder and ships with it, made by `python -m evals.fit_encoder`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FITTED_FILE = Path(__file__).with_name("fitted.npz")


@dataclass(frozen=True, slots=True)
class Fitted:
    """Largest absolute activation of each channel over general text, and the projection of token vectors.

    ``input`` and ``attended`` (layers, 384) enter the attention's and the feed-forward's first matrix,
    ``gelu`` (layers, 1536) the feed-forward's second. Token vectors are projected as
    ``(hidden - mean) @ projection``, where ``projection`` is (384, 128).
    """

    input: NDArray[np.float32]
    attended: NDArray[np.float32]
    gelu: NDArray[np.float32]
    mean: NDArray[np.float32]
    projection: NDArray[np.float32]


def load_fitted() -> Fitted:
    """Read the shipped file."""
    with np.load(FITTED_FILE) as arrays:
        return Fitted(**{name: arrays[name].astype(np.float32) for name in Fitted.__dataclass_fields__})
