"""What a text gives: a date, number, name or rate, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["date", "number", "name", "rate"]


@dataclass(frozen=True, slots=True)
class Value:
    """A date, number, name or rate (how often) at ``[start, end)``; ``norm`` is equal for equal values.

    Dates are ISO 8601 as precise as known, with ``--04-25`` when the year is missing; numbers are decimal. ``other`` is
    what it may mean as well, where its form leaves that open: 6 May for 05/06/2024, the number for '3.10.'.
    """

    kind: Kind
    start: int
    end: int
    norm: str
    other: str = ""

    @property
    def readings(self) -> tuple[str, ...]:
        """All that it may mean, the likelier first."""
        return (self.norm, self.other) if self.other else (self.norm,)
