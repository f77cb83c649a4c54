"""Lines on pages to paragraphs: gaps, type sizes and right edges tell where a paragraph ends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, product, zip_longest
from statistics import median

from rag_service.ingest.readers.hyphens import Hyphens
from rag_service.ingest.readers.pdf_tables import Cell, table_at

_MARGIN = 0.13  # share of the page's height where running heads stand
_REPEATED = 0.6  # share of pages on which a line is no accident
_SAME_HEIGHT = 6.0  # points
_FINAL = re.compile(r"[.!?:\u2026][\"'\u201c\u201d\u00ab\u00bb)\]]*$")
_MIXED = 4  # numbers of a line of which some may count the pages and others not
_DIGITS = re.compile(r"\d+")
_LEADER = re.compile(r"\.{4}|\.(?: \.){3}")
_ITEM = re.compile(r"(?:[-*\u2022\u25aa\u25cf\u2013\uf0b7]|\d{1,3}[.)])\s")


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its box in points from the page's lower left; `height` is the page's, `cells` its parts.

    Fields stand in it when it is one of a `form`.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    height: float
    bold: bool = False
    cells: tuple[Cell, ...] = ()
    form: bool = False

    @property
    def size(self) -> float:
        """Height of the line's type."""
        return self.top - self.bottom


def drop_running_heads(pages: list[list[Line]]) -> list[list[Line]]:
    """Pages without the lines at the top or bottom that most of them repeat, page numbers included.

    What is filled into a form stays: it is what tells it from another.
    """
    if len(pages) < 2:
        return pages
    keys = [[_keys(line, number) for line in page] for number, page in enumerate(pages)]
    seen = Counter(key for page in keys for key in {key for line in page for key in line})
    repeated = {key for key, count in seen.items() if count >= max(2, _REPEATED * len(pages))}
    return [
        [line for line, own in zip(page, page_keys, strict=True) if line.form or repeated.isdisjoint(own)]
        for page, page_keys in zip(pages, keys, strict=True)
    ]


def _keys(line: Line, page: int) -> set[tuple[str, int]]:
    """What repeats of a marginal line: its text, each number as it is or counted from the page's own."""
    if _MARGIN * line.height <= line.bottom and line.top <= (1 - _MARGIN) * line.height:
        return set()
    text, place = " ".join(line.text.split()), round(line.bottom / _SAME_HEIGHT)
    between, numbers = _DIGITS.split(text), [(run, f"#{int(run[:9]) - page}") for run in _DIGITS.findall(text)]
    spellings = product(*numbers) if len(numbers) <= _MIXED else zip(*numbers, strict=True)
    return {("".join(chain(*zip_longest(between, spelling, fillvalue=""))), place) for spelling in spellings}


def paragraphs(lines: Sequence[Line], hyphens: Hyphens) -> tuple[str, bool]:
    """A page's text, a line a paragraph and blank lines between blocks; and whether the last one goes on."""
    parts: list[str] = []
    leading = _leading(lines)
    table_end = 0
    for index, line in enumerate(lines):
        if index < table_end:
            continue
        end, rows = table_at(lines, index)
        if rows:
            parts.append("\n\n" * bool(parts) + "\n".join(rows))
            table_end = end
            continue
        text = " ".join(line.text.split())
        if index == 0:
            parts.append(text)
            continue
        before = lines[index - 1]
        if index == table_end or _new_block(before, line, leading):
            parts.append(f"\n\n{text}")
        elif _wraps(before, line, _right_margin(lines, index - 1)):
            parts[-1], text = hyphens.join(parts[-1], text)
            parts.append(text)
        else:
            parts.append(f"\n{text}")
    if not lines or table_end == len(lines) or lines[-1].form:
        return "".join(parts), False
    last = lines[-1].text.rstrip()
    return "".join(parts), last.endswith("-") or (not _FINAL.search(last) and _is_full(lines))


def _leading(lines: Sequence[Line]) -> float:
    steps = [a.bottom - b.bottom for a, b in pairwise(lines) if 0 < a.bottom - b.bottom < 4 * a.size]
    return median(steps) if steps else 0.0


def _new_block(before: Line, line: Line, leading: float) -> bool:
    if abs(before.size - line.size) > 0.12 * max(before.size, line.size):
        return True
    if before.bold != line.bold and line.left - before.left < 2 * line.size:
        return True
    step = before.bottom - line.bottom
    if step < -before.size:  # the next column: its first line may go on with the sentence
        return bool(_FINAL.search(before.text.rstrip()))
    own = max(leading, 0.9 * line.size)
    if step > 1.35 * own:
        return True
    indented = 0.8 * line.size < line.left - before.left < 5 * line.size
    return indented and bool(_FINAL.search(before.text.rstrip()))


def _wraps(before: Line, line: Line, margin: float) -> bool:
    """Whether the line break is only typesetting: the next line's first word would not have fitted."""
    if _ITEM.match(line.text) or _LEADER.search(before.text):
        return False
    if line.form or (before.form and (not before.cells or before.cells[-1].field)):  # a label, or a value's end
        sentence = bool(before.cells and line.cells) and not line.cells[0].text.endswith(":")
        return sentence and line.text[:1].islower()
    if before.text.rstrip().endswith("-"):
        return True
    words = line.text.split(None, 1)
    if not words or line.text[0].islower():
        return bool(words)
    width = (before.right - before.left) / max(len(before.text), 1)
    return before.right + width * (len(words[0]) + 1) >= margin


def _right_margin(lines: Sequence[Line], index: int) -> float:
    """Right edge of the column around a line, from its neighbours."""
    around = lines[max(0, index - 4) : index + 6]
    line = lines[index]
    prose = (other for other in around if not other.form and abs(other.left - line.left) < 4 * line.size)
    return max((other.right for other in prose), default=line.right)


def _is_full(lines: Sequence[Line]) -> bool:
    return lines[-1].right >= _right_margin(lines, len(lines) - 1) - 2 * lines[-1].size
