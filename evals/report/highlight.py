"""A stretch of source text cut where gold evidence and citations begin and end."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is evidence, cited, both, or neither (``kind`` empty)."""

    text: str
    kind: str


def pieces(text: str, offset: int, gold: Sequence[Span], cited: Sequence[Span]) -> list[Piece]:
    """The text, which begins at ``offset`` of its source, in pieces of one kind each; spans in the source."""
    bounds = {0, len(text)}
    for start, end in (*gold, *cited):
        bounds |= {point - offset for point in (start, end) if 0 < point - offset < len(text)}
    cuts = sorted(bounds)
    found = []
    for start, end in itertools.pairwise(cuts):
        inside = (_within(start + offset, gold), _within(start + offset, cited))
        kind = {(True, True): "both", (True, False): "gold", (False, True): "cited"}.get(inside, "")
        found.append(Piece(text[start:end], kind))
    return found


def evidence_view(item: dict[str, Any], citations: Sequence[dict[str, Any]]) -> list[Piece]:
    """A gold evidence record in its surroundings, with what was cited of it."""
    text = item["before"] + item["quote"] + item["after"]
    cited = [
        (citation["start_char_index"], citation["end_char_index"])
        for citation in citations
        if citation["source"] == item["source"]
    ]
    return pieces(text, item["start"] - len(item["before"]), [(item["start"], item["end"])], cited)


def _within(point: int, spans: Sequence[Span]) -> bool:
    return any(start <= point < end for start, end in spans)
