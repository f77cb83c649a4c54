"""A question asked again for something else ('Und in Köln?'): the last one without what the new words replace."""

from __future__ import annotations

import re

from rag_service.text.days import are_joined, find_dates
from rag_service.text.names import find_names
from rag_service.text.roles import OFFICES
from rag_service.text.values import Value
from rag_service.text.weekdays import WEEKDAY, weekdays

_MERGED = {"im": "in", "ins": "in", "am": "an", "beim": "bei", "zum": "zu", "zur": "zu", "vom": "von"}
PLACED = ("in", "an", "auf", "bei", "at", "on")  # 'in Bonn' and 'auf Sylt' are two places
PREPOSITIONS = frozenset((*_MERGED, *PLACED)).union(
    "von zu aus nach mit für gegen über durch of for with from to by about against".split()  # noqa: SIM905
)
ARTICLES = ("der", "die", "das", "den", "dem", "the")
_COUNTRY = r"(?:Schweiz|Türkei|Ukraine|Slowakei|Mongolei|Niederlanden?)"  # behind an article and yet names
_NO_NAME = re.compile(r".*(?:zeit|heit|keit|ung|schaft|tion|tät|fall|ferien|office|büro|arbeit|urlaub)", re.IGNORECASE)
_CONNECTOR = re.compile(r".*\s(?P<word>von|van|de|of|zu|al|bin|da|di|la|le)(?:\s(?:der|la|de))*\s")
_COUNTED = re.compile(r"\bviele?[nr]?\s+$", re.IGNORECASE)  # of 'wie viele Tage Urlaub' nothing is a name
_ROLE = re.compile(rf"[A-Z]{{2,}}|(?i:.*(?:{OFFICES}|hauptstadt|sitz)(?:in)?)")
_MEETS = re.compile(  # takes somebody besides its subject, where no 'ein' or 'an' ends the question
    r"\b(?:traf|trifft|besuchte?|empfing|empfängt|begrüßte?|begleitete?|kritisierte?|lobte?|ernannte|schlug|besiegte?)\s+$"
)


def varied(base: str, language: str, new: list[str], said: str) -> str:
    """The last question without the name that the new words replace; as it is when they replace none.

    Behind a preposition they replace the name behind the same one; ``said`` tells where two names adjoin.
    """
    lead = plain_preposition(new[0])
    if lead in PREPOSITIONS:
        name = _placed(base, language, lead) if names_behind(new, language) else None
    else:
        named = new[0][0].isupper() or (lead == "the" and names_behind(["of", *new], language))
        names = [name for name in find_names(base, language) if not _COUNTED.search(base[: name.start])]
        first = names[0] if named and names else None
        name = _last_part(base, first, said, language) if first else None
    return cut(base, [name]) if name else base


def without_dates(context: str) -> str:
    """The last question without its dates, which the new one replaces; the days of a range go together."""
    spans: list[tuple[int, int]] = []
    before: Value | None = None
    for value in find_dates(context):
        begin = spans.pop()[0] if before and are_joined(context, before, value) else value.start
        spans.append((begin, value.end))
        before = value
    spans += [match.span() for match in re.finditer(rf"\b{WEEKDAY}s?\b", context, re.IGNORECASE)]
    gone: list[tuple[int, int]] = []
    for start, end in spans:
        lead = re.search(
            r"(?:\b(?:im|in|am|on|vom|from|zwischen|between)\s+(?:dem\s+)?(?:(?:the\s+)?\w+(?:ten|st|nd|rd|th)\s+)?|"
            r",\s+de[mn]\s+)?(?:(?:the )?(?:jahr|year|monat)e?\s+)?$",
            context[:start],
            re.IGNORECASE,
        )
        gone.append((lead.start() if lead else start, end))
    return cut(context, gone)


def plain_preposition(word: str) -> str:
    """A preposition without the article it is merged with: 'in' of 'im'; any other word in lower case."""
    return _MERGED.get(word.lower(), word.lower())


def names_behind(new: list[str], language: str) -> bool:
    """Whether what stands behind the new preposition is a name: 'in Köln', not 'in Teilzeit' or 'im Winter'."""
    words = new[2:] if len(new) > 1 and new[1].lower() in ARTICLES else new[1:]
    if not words or find_dates(words[0]) or weekdays(words[0]) or _NO_NAME.fullmatch(words[0]):
        return False
    if re.fullmatch(rf"{_COUNTRY}|[A-Z]{{2,}}", words[0]):  # 'US' is no name to those who read 'us'
        return True
    return any(name.start == len(new[0]) + 1 for name in find_names(" ".join((new[0], *words)), language))


def _placed(base: str, language: str, preposition: str) -> tuple[int, int] | None:
    """The last name behind the preposition, or behind one that tells of a place as it does; with the preposition."""
    alike = PLACED if preposition in PLACED else (preposition,)
    merged = [word for word, plain in _MERGED.items() if plain in alike]
    lead = rf"\b(?P<preposition>{'|'.join((*alike, *merged))})\s+(?:(?:{'|'.join(ARTICLES)})\s+)?"
    dates = {place for value in find_dates(base) for place in range(value.start, value.end)}
    names = [(name.start, name.end) for name in find_names(base, language) if name.start not in dates]
    names += [match.span() for match in re.finditer(rf"\b{_COUNTRY}\b", base)]
    found: list[tuple[bool, int, int]] = []
    for start, end in names:
        before = re.search(rf"{lead}$", base[:start], re.IGNORECASE)
        if before and not weekdays(base[start:end]):
            same = plain_preposition(before["preposition"]) == preposition
            found.append((same, before.start(), end))
        # 'the CEO of Siemens' is one run, whose last part stands behind the preposition
        inner = re.search(rf"\s{preposition}\s+(?=[^\W\d_][\w-]*$)", base[start:end])
        if inner:
            found.append((True, start + inner.start(), end))
    return max(found)[1:] if found else None


def _last_part(base: str, run: Value, said: str, language: str) -> tuple[int, int]:
    """Of 'CEO von Siemens' the company, of 'Kim Jong Un Putin' the second: a name has up to three words."""
    text = base[run.start : run.end]
    connector = _CONNECTOR.match(text)
    if connector:
        head = text[: connector.start("word")].strip()
        article = re.search(r"\b(?:der|die|das|den|dem|the|an?)\s+$", base[: run.start], re.IGNORECASE)
        parted = connector["word"] == "of" or article or _ROLE.fullmatch(head)
        return (run.start + connector.end(), run.end) if parted else (run.start, run.end)
    words = text.split()
    pair = _MEETS.search(base[: run.start]) and not re.search(r"\b(?:ein|an|auf|bei|ab)\W*$", base[run.end :])
    if len(words) < (2 if pair else 4):
        return run.start, run.end
    known = {name.norm for name in find_names(said, language)}
    last = next((n for n in (3, 2) if n < len(words) and " ".join(words[-n:]).casefold() in known), 1)
    return run.end - len(" ".join(words[-last:])), run.end


def cut(context: str, spans: list[tuple[int, int]]) -> str:
    """The text without the spans."""
    for start, end in sorted(spans, reverse=True):
        context = f"{context[:start]} {context[end:]}"
    return re.sub(r"\s+(?=[?.!,])", "", " ".join(context.split())).strip()
