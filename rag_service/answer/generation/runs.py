"""Markers within the wording of a sentence: those that belong together, and what is left without them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag_service.answer.generation import leads
from rag_service.answer.markers import Marker, find_markers, from_to

_AROUND = 80  # characters before a run that tell what it is in its sentence
_FIRST_NAME = 0xF0000  # of characters for private use that stand for names, in which a sentence might seem to end


@dataclass(frozen=True, slots=True)
class Run:
    """Markers and all that goes with them at ``[start, end)`` of a text, and the passage numbers they name.

    ``named``: without a name in their place the sentence is broken, as in 'Laut [1] öffnet die Kantine'.
    """

    start: int
    end: int
    numbers: tuple[int, ...]
    named: bool = False


def find_runs(text: str, language: str) -> Iterator[Run]:
    """The runs of a text in their order; they do not overlap."""
    since = 0
    for group in _groups(text):
        run = _run(text, since, group, language)
        since = run.end
        yield run


def without_runs(text: str, language: str) -> tuple[str, list[int], list[tuple[int, Run]]]:
    """The text without runs and the blanks before them, each character's origin, and each run's place.

    The origins are positions in ``text``; a place is the position in the stripped text where the run stood, behind the
    character that stands for its name if it has one.
    """
    kept: list[str] = []
    origins: list[int] = []
    places: list[tuple[int, Run]] = []
    position = 0
    for run in find_runs(text, language):
        kept.extend(text[position : run.start])
        origins.extend(range(position, run.start))
        if run.named:
            kept.append(chr(_FIRST_NAME + len(places)))
            origins.append(run.start)
        while kept[-1:] and kept[-1] in " \t\u00a0\u202f":
            kept.pop()
            origins.pop()
        places.append((len(kept), run))
        position = run.end
    kept.extend(text[position:])
    origins.extend(range(position, len(text)))
    return "".join(kept), origins, places


def with_names(
    text: str, places: Sequence[tuple[int, Run]], name: Callable[[Sequence[int], bool], str]
) -> tuple[str, tuple[str, ...]]:
    """A sentence of a stripped text with names in their places, and these names.

    ``name`` is told passage numbers, and whether a word such as 'Quelle' stands before them.
    """
    found: list[str] = []

    def put(match: re.Match[str]) -> str:
        labelled = leads.label().search(text, max(0, match.start() - _AROUND), match.start()) is not None
        found.append(name(places[ord(match.group()) - _FIRST_NAME][1].numbers, labelled))
        return found[-1]

    return re.sub(f"[{chr(_FIRST_NAME)}-{chr(_FIRST_NAME + 0xFFFD)}]", put, text), tuple(found)


def without_names(text: str, names: Iterable[str]) -> str:
    """What a sentence says, whoever says it: 'öffnet die Kantine um 11 Uhr'."""
    for name in names:
        before, found, after = text.partition(name)
        if found:
            lead = leads.preposition().search(before)
            text = (before[: lead.start()] if lead else before) + after.removeprefix(",")
    return " ".join(text.split())


def unfinished_lead(text: str) -> int | None:
    """Where words begin at the end of a text that may lead to a marker of the sentence before them."""
    match = leads.unfinished().search(text, max(0, len(text) - _AROUND))
    return match.start() if match else None


def _groups(text: str) -> Iterator[list[Marker]]:
    """Markers with nothing but blanks, commas or 'und' between them; in '... [1] und [2] nennt ...' are two groups."""
    group: list[Marker] = []
    for marker in find_markers(text):
        joined = bool(group) and leads.joiner().fullmatch(text, group[-1].end, marker.start) is not None
        if joined and leads.saying().match(text, marker.end):
            joined = _is_subject(text, max(0, group[0].start - _AROUND), group[0].start)
        if group and not joined:
            yield group
            group = []
        group.append(marker)
    if group:
        yield group


def _run(text: str, since: int, group: Sequence[Marker], language: str) -> Run:
    start, end = group[0].start, group[-1].end
    numbers = _numbers(text, group)
    back = max(since, start - _AROUND)
    opened, closed = leads.opened().search(text, back, start), leads.closed().match(text, end)
    if opened and closed:
        return Run(opened.start(), closed.end(), numbers)
    pointer = leads.pointer().search(text, back, start)
    pointed = leads.pointed().match(text, end) if pointer else None
    if pointer and pointed:
        return Run(*_pointed_at(text, since, pointer, pointed.end()), numbers)
    if pointer or _is_noun(text, back, start, end, language):
        return Run(start, end, numbers, named=True)
    comma = leads.comma().search(text, back, start) if leads.stop().match(text, end) else None
    return Run(comma.start() if comma else start, end, numbers)


def _pointed_at(text: str, since: int, pointer: re.Match[str], end: int) -> tuple[int, int]:
    """A run with the words that point at it; if they are a sentence, with its full stop and the line break before."""
    start = pointer.start()
    before = text[since:start].rstrip()
    if not start or before.endswith((".", "!", "?", "…")) or "\n" in text[since + len(before) : start]:
        stop = re.compile(r"[*_]*[.!]?[*_]*(?=\s|$)").match(text, end)
        return since + len(before), stop.end() if stop else end
    return start, end + (pointer.group().lstrip().startswith(",") and text[end : end + 2] == ", ")


def _is_noun(text: str, back: int, start: int, end: int, language: str) -> bool:
    """Whether a sentence uses a run as a noun: behind a preposition, or before a verb of saying."""
    if leads.always().search(text, back, start) or text.startswith(" zufolge", end):
        return True
    goes_on = leads.going_on().match(text, end) is not None
    preposition = leads.preposition().search(text, back, start)
    if preposition:
        word = preposition["word"]
        opens = word[0].isupper() and _clause(text, preposition.start())
        if opens and (goes_on or text.startswith((",", ":"), end)):
            return True
        if word == "in" and language == "de":
            return True
        if word in ("laut", "nach", "aus") and goes_on:  # at the end they belong to the verb: 'reicht sie nach [1]'
            return True
    if goes_on and leads.conjunction().search(text, back, start):
        return True
    return leads.saying().match(text, end) is not None and _is_subject(text, back, start)


def _is_subject(text: str, back: int, start: int) -> bool:
    """Whether a marker there stands where the subject of a clause does."""
    before = leads.subject().search(text, back, start)
    return _clause(text, before.start() if before else start)


def _clause(text: str, position: int) -> bool:
    """Whether a clause begins there."""
    return leads.clause_start().search(text, max(0, position - _AROUND), position) is not None


def _numbers(text: str, group: Sequence[Marker]) -> tuple[int, ...]:
    """All passages that markers name; '[1]-[3]' is a range."""
    found = list(group[0].numbers)
    for before, marker in pairwise(group):
        if leads.through().fullmatch(text, before.end, marker.start):
            found += from_to(found[-1], marker.numbers[0])
        found += marker.numbers
    return tuple(dict.fromkeys(found))
