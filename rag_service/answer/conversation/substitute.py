"""What a correction, or a further variant of a question, puts in the place of something said before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag_service.answer.conversation.variant import (
    ARTICLES,
    PLACED,
    PREPOSITIONS,
    cut,
    names_behind,
    plain_preposition,
    without_dates,
)
from rag_service.text.days import find_dates
from rag_service.text.stopwords import EITHER
from rag_service.text.weekdays import weekdays
from rag_service.text.words import fold

_POINTERS = (*ARTICLES, "that", "those")
_GERMAN_NOUN = r"(?:[a-zäöüß-]+(?:e|en|er|es|em)\s+){0,2}[A-ZÄÖÜ][\w-]*"
_GERMAN = re.compile(rf"\b(?P<article>der|die|das|den|dem|ein(?:e[nmrs]?)?)\s+{_GERMAN_NOUN}")
_STOPS = rf"(?:{'|'.join(sorted(PREPOSITIONS))}|the|an?|is|are|was|were|do|does|did)\b"
_ENGLISH = re.compile(rf"\b(?P<article>the|an?)\s+(?P<words>[a-z][\w-]*(?:\s+(?!{_STOPS})[a-z][\w-]*){{0,3}})")
_ENGLISH_PLURAL = re.compile(r"\b(?:are|were|do|did)\s+(?P<words>[a-z][\w-]{2,}s)\b")
_BARE = re.compile(r"(?<=[a-zäöüß]\s)[A-ZÄÖÜ][\w-]+")
_DETERMINED = re.compile(r"(?:\b(?:ein|kein|mein|unser|viele?)|(?:e|er|es|em))$", re.IGNORECASE)
_HELPED = re.compile(r"\b(?:do|does|did|can|could|will|would|shall|should|may|might|must|has|have|had)\s+$")


def phrase_of(words: list[str]) -> list[str]:
    """The words of a variant without what only points at a noun named before: 'das in Graz', 'the one in Graz'."""
    behind = 2 if [word.lower() for word in words[1:2]] in (["one"], ["ones"]) else 1
    points = len(words) > behind and words[0].lower() in _POINTERS
    return words[behind:] if points and words[behind].lower() in PREPOSITIONS else words


def without_noun(base: str, language: str, new: list[str], *, corrected: bool) -> str:
    """The last question without the noun that the new one replaces; as it is where that is not plain.

    Behind a preposition it is what stands behind the same; without one only a correction replaces a noun.
    """
    lead = plain_preposition(new[0])
    if lead in PREPOSITIONS:
        spans = [] if lead in PLACED and lead != "bei" else _behind(base, language, lead)
    else:
        spans = _phrases(base, language, new) if corrected and without_dates(" ".join(new)).strip() else []
    return cut(base, spans) if len(spans) == 1 else base


def still_meant(
    terms: Sequence[str], new: list[str], told: str, language: str, *, for_pronoun: bool
) -> tuple[str, ...]:
    """The terms carried over that a further variant does not replace.

    A day replaces days, and what stands behind a preposition what was ``told`` behind it; a noun alone replaces
    what a pronoun stood for (``for_pronoun``), the first that no preposition was told before.
    """
    said = " ".join(new)
    if is_dated(said):
        return tuple(term for term in terms if not is_dated(term))
    lead = plain_preposition(new[0])
    if lead in PREPOSITIONS:
        if lead in PLACED and not names_behind(new, language):
            return tuple(terms)
        return tuple(term for term in terms if is_dated(term) or not _told_behind(term, lead, told))
    free = next((term for term in terms if not _told_behind(term, "", told)), None) if for_pronoun else None
    return tuple(term for term in terms if term != free)


def same_kind(new: list[str], old: list[str], language: str) -> bool:
    """Whether a variant asks for another of what the variant before it asked for: 'Und Umzug?', 'Und Todesfall?'."""
    if not old or is_dated(" ".join(new)) or is_dated(" ".join(old)):
        return False
    lead, before = plain_preposition(new[0]), plain_preposition(old[0])
    if lead not in PREPOSITIONS:
        return before not in PREPOSITIONS and _has_noun(new, language) and _has_noun(old, language)
    if lead in PLACED and lead != "bei":
        return before in PLACED and names_behind(new, language) and names_behind(old, language)
    return lead == before


def _has_noun(words: list[str], language: str) -> bool:
    """Not 'vorher' or 'then'."""
    return any(word[0].isupper() if language == "de" else fold(word) not in EITHER for word in words)


def is_dated(text: str) -> bool:
    """Whether a text names a date or a day of the week."""
    return bool(find_dates(text) or weekdays(text))


def _told_behind(term: str, lead: str, told: str) -> bool:
    """Whether a term was told behind the preposition, or behind any where none is given."""
    alike = PLACED if lead in PLACED else (lead,) if lead else tuple(PREPOSITIONS)
    for match in re.finditer(rf"(?<!\w){re.escape(term)}(?!\w)", told):
        words = re.findall(r"\w+", told[max(0, match.start() - 40) : match.start()])[-2:]
        if any(plain_preposition(word) in alike for word in words):
            return True
    return False


def _behind(base: str, language: str, lead: str) -> list[tuple[int, int]]:
    noun = _GERMAN_NOUN if language == "de" else rf"[a-z][\w-]*(?:\s+(?!{_STOPS})[a-z][\w-]*){{0,2}}"
    article = r"(?:(?:der|die|das|den|dem|eine?[nmrs]?|the|an?)\s+)?"
    pattern = re.compile(rf"(?<!\w)(?P<word>\w+)\s+{article}{noun}")
    found = []
    for word in re.finditer(r"\w+", base):
        match = pattern.match(base, word.start()) if plain_preposition(word.group()) == lead else None
        if match and not is_dated(match.group()):
            found.append(match.span())
    return found


def _phrases(base: str, language: str, new: list[str]) -> list[tuple[int, int]]:
    """The noun that a correction replaces: the only one with an article, or the only one with the same."""
    if language != "de":
        named = [_english(base, match) for match in _ENGLISH.finditer(base) if not _placed(base, match.start())]
        return named or [match.span("words") for match in _ENGLISH_PLURAL.finditer(base)]
    found = [match for match in _GERMAN.finditer(base) if not _placed(base, match.start())]
    if new[0].lower() not in _POINTERS and not new[0].lower().startswith("ein"):
        bare = [
            match.span()
            for match in _BARE.finditer(base)
            if not _placed(base, match.start()) and not _DETERMINED.search(base[: match.start()].rstrip())
        ]
        return bare or [match.span() for match in found]
    if len(found) > 1:  # of 'die Frist für den Antrag' and 'der Preis der Karte' either may be meant
        within = any(_within(base, match) for match in found)
        found = [] if within else [match for match in found if match["article"] == new[0].lower()]
    return [match.span() for match in found]


def _within(base: str, match: re.Match[str]) -> bool:
    """Whether a noun belongs to the one before it: behind a preposition, or in the genitive."""
    before = base[: match.start()].split()[1:][-1:]
    genitive = match["article"] in ("der", "einer")
    return bool(before) and (plain_preposition(before[0]) in PREPOSITIONS or (genitive and before[0][0].isupper()))


def _placed(base: str, start: int) -> bool:
    """Whether a preposition of place or time stands before: not what, but where is asked."""
    before = re.findall(r"\w+", base[:start])[-1:]
    return bool(before) and plain_preposition(before[0]) in PLACED


def _english(base: str, match: re.Match[str]) -> tuple[int, int]:
    """The span of an English noun: up to a word that can be none, and before the verb of 'does the gym open'."""
    words = match["words"].split()
    ends = next((at for at, word in enumerate(words) if at and fold(word) in EITHER), None)
    kept = words[:ends]
    before = base[: match.start()]
    participle = re.search(r"\b(?:is|are|was|were)\s+$", before) and kept[-1].endswith(("ed", "en"))
    if len(kept) > 1 and ends is None and (_HELPED.search(before) or participle):
        kept = kept[:-1]
    return match.start(), match.start("words") + len(" ".join(kept))
