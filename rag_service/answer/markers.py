"""Citation markers in a model's text: found in every spelling that models use, and taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    """All markers: ``[1][2]``, ``[1, 2]``, ``[1-3]``, ``【1】``, ``[1†source]``, ``[^1]``, as ``(Passage 1)`` or
    ``(Quelle: 1)``, or in ``<sup>``.

    In square brackets with 'siehe' or a label before the number (``[Quelle 1]``, ``[cite: 1]``, ``[ref_1]``), with a
    place behind it (``[1, S. 3]``), with backslashes or twice (``[[1]]``), and with an address behind them.
    """
    return [Marker(match.start(), match.end(), _numbers(_listed(match))) for match in _marker().finditer(text)]


def unfinished_marker(text: str) -> int | None:
    """Where a bracket opens at the end of a text that may still become a marker; None without one."""
    tail = max(0, len(text) - LONGEST)
    match = re.search(
        r"(?:\\?[\[【［〔]|<sup\b|\((?=(?:[\w.]+:?\s+){0,3}(?:\d|[\w.]*:?$))|<(?=[sup]*$)|\\$)[^\]】］〕)\n]*$",
        text[tail:],
        re.IGNORECASE,
    )
    return tail + match.start() if match else None


def defuse_markers(text: str) -> str:
    """The text with round brackets in place of what could be taken for a marker, '[2019]' among it."""
    return re.sub(r"\[(\s*\d+\s*)\]", r"(\1)", _marker().sub(lambda match: f"({_listed(match).strip()})", text))


def from_to(first: int, last: int) -> Iterable[int]:
    """The numbers of a range; both of them alone when it runs backwards."""
    return range(first, min(last, first + _WIDEST_RANGE) + 1) if last >= first else (first, last)


def _listed(match: re.Match[str]) -> str:
    return match["list"] or match["named"] or match["raised"]


def _numbers(listed: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in re.finditer(r"(\d+)(?:\s*(?:-|–|—|‑|bis|to)\s*(\d+))?", listed):
        found.extend(from_to(int(part[1]), int(part[2] or part[1])))
    return tuple(dict.fromkeys(found))


@cache
def _marker() -> re.Pattern[str]:
    own = r"passage[sn]?|quellen?|sources?|doc(?:ument)?s?|dokumente?|citations?|cite|belege?|ref(?:erence)?s?\.?"
    label = (
        rf"(?:{own}|abschnitte?|absatz|absätze|(?:text|fund|beleg)stellen?|text|kontext|context|chunks?|nummer|number"
        r"|n[ro]\.?|id|p)\s*[:_-]?\s*"
    )
    place = (
        r"\s*,\s*(?:seiten?|pages?|pp?|s|zeilen?|lines?|z|abs(?:atz|chnitt)?|kap(?:itel)?|chapter|sec(?:tion)?|para|satz"
        r"|§+)(?:\.|\b|(?<=§))\s*\d[\d\s\u2013-]{0,12}(?:ff?\.?)?"
    )
    separator = r"\s*(?:[,;&+/]|-|–|—|‑|und|and|bis|to)\s*"
    see = r"(?:(?:siehe|vgl\.?|see|cf\.?)\s+)?"
    number = r"[#^]?\d{1,3}"
    listed = rf"(?:{label})?{number}(?:{separator}(?:(?:(?:{own})\s*[:_-]?\s*|p)?{number}))*"
    return re.compile(
        rf"\\?(?P<twice>\[(?=\[))?[\[【［〔]\s*{see}(?:{label})?(?P<list>{listed})\^?(?:{place})?\.?"
        r"\s*(?:[†‡:|][^\]】］〕\n]{0,50})?\s*\\?[\]】］〕](?(twice)\])(?:\([^()\s]{1,100}\)|(?!\())"
        rf"|\({see}(?:passage[sn]?|quellen?|sources?)\s*:?\s*(?P<named>{listed})\)"
        r"|(?<!\d)(?<!\bm)(?<!\b[ckmd]m)<sup>\s*\[?(?P<raised>\d{1,2}(?:\s*,\s*\d{1,2})*)\]?\s*</sup>",
        re.IGNORECASE,
    )
