"""The cases of a set as rows and weights: what statistics over a whole set are computed from.

Rows have shape (n, 3): answerable (0 or 1), abstained (0 or 1), confidence (0 to 1, NaN where none is
stated). Weights have shape (r, n): how often each case counts in each of r samples. A statistic maps both
to r values, NaN where it is undefined; so resamples and permutations are one matrix product each.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]
Weights = NDArray[np.float64]
Values = NDArray[np.float64]
Statistic = Callable[[Rows, Weights], Values]
ANSWERABLE, ABSTAINED, CONFIDENCE = 0, 1, 2


def value(statistic: Statistic, rows: Rows) -> float | None:
    """The statistic of the rows themselves; None where it is undefined."""
    found = float(statistic(rows, np.ones((1, len(rows))))[0])
    return None if np.isnan(found) else found


def ratio(part: Values, whole: Values) -> Values:
    """Part by whole, NaN where there is no whole."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
