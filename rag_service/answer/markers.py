"""Citation markers in a model's text: found in every spelling that models use, and taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

LONGEST = 60  # characters that an opened marker may still grow to
_WIDEST_RANGE = 50


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker at ``[start, end)`` of a text and the passage numbers it names."""

    start: int
    end: int
    numbers: tuple[int, ...]


def find_markers(text: str) -> list[Marker]:
    """All markers: ``[1][2]``, ``[1, 2]``, ``[1-3]``, ``【1】``, ``[1†source]``, ``[^1]``, ``[Quelle 1]``, and with
    backslashes before the brackets, a link to a place on the page behind them, as ``(Passage 1)`` or in ``<sup>``.
    """
    return [Marker(match.start(), match.end(), _numbers(_listed(match))) for match in _marker().finditer(text)]


def without_markers(text: str) -> tuple[str, list[int], list[tuple[int, Marker]]]:
    """The text without markers and the blanks before them, each character's origin, and each marker's place.

    The origins are positions in ``text``; a place is the position in the stripped text where it stood.
    """
    kept: list[int] = []
    places: list[tuple[int, Marker]] = []
    position = 0
    for marker in find_markers(text):
        kept.extend(range(position, marker.start))
        while kept and text[kept[-1]] in " \t\u00a0\u202f":
            kept.pop()
        places.append((len(kept), marker))
        position = marker.end
    kept.extend(range(position, len(text)))
    return "".join(text[index] for index in kept), kept, places


def unfinished_marker(text: str) -> int | None:
    """Where a bracket opens at the end of a text that may still become a marker; None without one."""
    tail = max(0, len(text) - LONGEST)
    match = re.search(
        r"(?:\\?[\[【［〔]|<sup\b|\((?=\w*\s*$|\w+\s+\d)|<(?=[sup]*$)|\\$)[^\]】］〕)\n]*$", text[tail:], re.IGNORECASE
    )
    return tail + match.start() if match else None


def defuse_markers(text: str) -> str:
    """The text with round brackets in place of what could be taken for a marker."""
    return _marker().sub(lambda match: f"({_listed(match).strip()})", text)


def _listed(match: re.Match[str]) -> str:
    return match["list"] or match["named"] or match["raised"]


def _numbers(listed: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in re.finditer(r"(\d+)(?:\s*(?:-|–|—|‑|bis|to)\s*(\d+))?", listed):
        first, last = int(part[1]), int(part[2] or part[1])
        found.extend(range(first, min(last, first + _WIDEST_RANGE) + 1) if last >= first else (first, last))
    return tuple(dict.fromkeys(found))


@cache
def _marker() -> re.Pattern[str]:
    label = r"(?:passage[sn]?|quellen?|sources?|doc(?:ument)?s?|dokumente?|citations?|abschnitte?|belege?|n[ro]\.?|p)"
    separator = r"(?:[,;&+/]|-|–|—|‑|und|and|bis|to)"
    number = rf"(?:(?:{label}\s*)?[#^]?\d{{1,3}})"
    return re.compile(
        rf"\\?[\[【［〔]\s*(?:{label}\s*:?\s*)?(?P<list>{number}(?:\s*{separator}\s*{number})*)"
        r"\s*(?:[†‡:|][^\]】］〕\n]{0,50})?\s*\\?[\]】］〕](?:\(#[^)\s]{0,40}\)|(?!\())"
        rf"|\((?:passage[sn]?|quellen?|sources?)\s*(?P<named>{number}(?:\s*{separator}\s*{number})*)\)"
        r"|(?<!\d)(?<!\bm)(?<!\b[ckmd]m)<sup>\s*\[?(?P<raised>\d{1,2}(?:\s*,\s*\d{1,2})*)\]?\s*</sup>",
        re.IGNORECASE,
    )
