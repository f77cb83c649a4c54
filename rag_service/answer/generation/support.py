"""Whether the numbers, dates and names of a statement occur in the passages it cites."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from difflib import SequenceMatcher
from itertools import groupby

from rag_service.models import Passage, Quote
from rag_service.text.days import find_dates, within
from rag_service.text.names import find_names, find_numbers
from rag_service.text.roles import is_role, is_title
from rag_service.text.stopwords import EITHER
from rag_service.text.values import Value
from rag_service.text.weekdays import WEEKDAY, weekdays
from rag_service.text.words import fold, word_spans

_PLACE_WORDS = "in|nach|aus|bei|von|gegen|mit|für|laut|zwischen|und"
_SET_PHRASES = re.compile(
    r"kraft|form|folge|richtung|höhe|frage|verbindung|abwesenheit|anwesenheit|bezug|gefahr|haft|ruhe|kontakt|hinsicht|"
    r"zukunft|druck|hilfe|zeit|ende|anfang|mitte|teil|beginn|jahr|haus|krieg|frieden"
)
_NOUN_ENDINGS = re.compile(r"(?:ung|heit|keit|schaft|ion|tät|ismus|tum|nis|ling|eur|ung?en|e|en|er|ern|s)$")
_INFLECTED = re.compile(r"\w+(?:e|en|em|es) [\w-]+$")  # 'Beide Seiten', 'Neue Sanktionen' open a sentence
_SIMILAR = 0.7
_FULL = 2  # parts of a name, and letters of a part that is no initial
_LONGEST_FIRST, _LONGEST_NOUNLIKE = 11, 6  # letters of a first name, and of one with the ending of a noun
_WEEKDAY = re.compile(rf"\b{WEEKDAY}", re.IGNORECASE)
_SHORT_WEEKDAY = re.compile(r"\b(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b\.?,?\s+$")


def missing_values(
    statement: str, language: str, cited: Sequence[Passage], known: frozenset[str], quotes: Sequence[Quote] = ()
) -> list[str]:
    """The statement's dates, numbers and names that no cited passage holds, as they are written in it.

    ``known`` are folded words of names, from ``name_words``; in German they tell names from other nouns. With
    ``quotes`` of the passages a number has to stand in one of them: elsewhere it counts something else.
    """
    texts = [f"{item.title}\n{item.text}" for item in cited]
    dates = {norm for text in texts for value in find_dates(text) for norm in value.readings}
    dates |= {item.published[:10] for item in cited if item.published}
    counted = [(f"{each.passage.title}\n{each.text}", each.passage.language) for each in quotes]
    counted = counted or [(text, item.language) for item, text in zip(cited, texts, strict=True)]
    numbers = {norm for text, spoken in counted for value in find_numbers(text, spoken) for norm in value.readings}
    named = find_dates(statement)
    missing = [value for value in named if not _date_known(value, dates | numbers)]
    for value in find_numbers(statement, language):
        written = statement[value.start : value.end]
        if not (written[0].isalpha() and value.norm in ("1", "2")) and not _number_known(value, numbers, dates):
            missing.append(value)
    days = weekdays(" ".join(texts)) | {_published_day(item.published) for item in cited}
    missing += [
        Value("date", match.start(), match.end(), "")
        for match in _WEEKDAY.finditer(statement)
        if not weekdays(match.group()) <= days
    ]
    missing += [value for value in _misnamed_days(statement, texts) if value not in missing]
    same = all(item.language == language for item in cited)
    words = {fold(text[start:end]) for text in texts for start, end in word_spans(text)}
    told = [value.norm for item, text in zip(cited, texts, strict=True) for value in find_names(text, item.language)]
    missing += [
        value
        for value in _undated(statement, find_names(statement, language), named)
        if _is_name(statement, value, language, known) and not _name_known(value.norm, words, told, same)
    ]
    return [statement[value.start : value.end] for value in sorted(missing, key=lambda value: value.start)]


def name_words(passages: Sequence[Passage], question: str, language: str) -> frozenset[str]:
    """Folded words that stand in names of several words, in the passages or the question."""
    texts = [(question, language)] + [(f"{item.title}\n{item.text}", item.language) for item in passages]
    return frozenset(
        word
        for text, spoken in texts
        for value in find_names(text, spoken)
        if " " in value.norm
        for word in _parts(value.norm)
    )


def _undated(statement: str, names: Sequence[Value], dates: Sequence[Value]) -> list[Value]:
    """The names without months and days of the week, which are looked up as such: of 'Monday Putin' Putin."""
    spans = [(date.start, date.end) for date in dates] + [match.span() for match in _WEEKDAY.finditer(statement)]
    spans += [match.span() for date in dates if (match := _SHORT_WEEKDAY.search(statement, 0, date.start))]
    found: list[Value] = []
    for name in names:
        words = [match.span() for match in re.finditer(r"\S+", statement[name.start : name.end])]
        words = [(name.start + start, name.start + end) for start, end in words]
        for dated, group in groupby(words, lambda word: any(word[0] < end and start < word[1] for start, end in spans)):
            run = list(group)
            written = statement[run[0][0] : run[-1][1]]
            if not dated:
                found.append(Value("name", run[0][0], run[-1][1], " ".join(written.split()).casefold()))
    return found


def _date_known(value: Value, known: set[str]) -> bool:
    """Whether one says what it says, or more; a day without a year is that of a year named elsewhere, too."""
    return any(_reading_known(norm, known) for norm in value.readings)


def _reading_known(norm: str, known: set[str]) -> bool:
    if any(within(norm, other) for other in known):
        return True
    year, _, rest = norm.partition("-")
    if not (year and rest) or not any(within(year, other) for other in known):
        return False
    return any(other.startswith("--") and within(f"--{rest}", other) for other in known)


def _dated_days(text: str) -> list[tuple[int, Value]]:
    """Dates that a day of the week stands right before: 'Samstag, 27. April'."""
    found = []
    for value in find_dates(text):
        before = re.search(
            rf"({_WEEKDAY.pattern})s?,?\s+(?:(?:dem|den|der|the)\s+)?$", text[: value.start], re.IGNORECASE
        )
        if before:
            found.append((min(weekdays(before.group(1))), value))
    return found


def _misnamed_days(statement: str, texts: Sequence[str]) -> list[Value]:
    """Dates of the statement to which the passages give another day of the week."""
    told = [(day, value.norm) for text in texts for day, value in _dated_days(text)]
    misnamed = []
    for day, value in _dated_days(statement):
        days = {other for other, norm in told if norm[-5:] == value.norm[-5:]}
        if days and day not in days:
            misnamed.append(value)
    return misnamed


def _published_day(published: str | None) -> int:
    """The day of the week of a full date, -1 without one."""
    try:
        return date.fromisoformat((published or "")[:10]).weekday()
    except ValueError:
        return -1


def _number_known(value: Value, numbers: set[str], dates: set[str]) -> bool:
    norm = value.norm
    if norm in numbers or any(norm.zfill(2) in known.split("-") or norm == known for known in dates):
        return True
    return value.other != "" and _reading_known(value.other, dates | numbers)


def _is_name(statement: str, value: Value, language: str, known: frozenset[str]) -> bool:
    """Runs of capitalised words are names; in German a single one only with more to say so."""
    written = statement[value.start : value.end]
    if language != "de" or (" " in value.norm and not (value.start == 0 and _INFLECTED.match(written))):
        return True
    if written.isupper() or any(part in known for part in _parts(value.norm)):
        return True
    before = re.search(r"(\w+)\s+$", statement[: value.start])
    if before is None or not re.fullmatch(_PLACE_WORDS, before.group(1), re.IGNORECASE):
        return False
    return not _SET_PHRASES.fullmatch(value.norm) and not _NOUN_ENDINGS.search(value.norm) and "-" not in value.norm


def _name_known(name: str, words: set[str], told: Sequence[str], same_language: bool) -> bool:
    parts = _parts(name)
    if not same_language:
        return len(parts) < _FULL or any(_near(part, word) for part in parts for word in words)
    if _among(parts[-1], words):
        return not _namesake(name, words, told)
    if len(parts) < _FULL or not _among(parts[0], words):
        return False
    runs = [_parts(other) for other in told]
    return not any(run[0] == parts[0] and len(run) > 1 for run in runs)


def _namesake(name: str, words: set[str], told: Sequence[str]) -> bool:
    """Whether only others of that last name are told of: 'Anna Schmidt', and no Peter at all."""
    first, last = _first_and_last(name)
    if not first or _among(first, words):
        return False
    others = {other for other, same in map(_first_and_last, told) if other and _among(same, {last})}
    return bool(others) and not any(_near(first, other) or other in _parts(name) for other in others)


def _first_and_last(name: str) -> tuple[str, str]:
    """The first and the last name of what is likely a person: of 'Frau Dr. Anna Schmidt' Anna and Schmidt.

    The first is empty where nothing tells that it is one: a German noun before a name tells what is named
    ('Staatslenker Putin').
    """
    parts = [fold(part) for part in name.split()]
    last = parts.pop()
    titles = [at for at, part in enumerate(parts) if is_title(part) or is_role(part)]
    first = "".join(parts[titles[-1] + 1 :][:1] if titles else parts[:1])
    titled = bool(titles) and is_title(parts[titles[-1]])
    short = len(first) <= (_LONGEST_NOUNLIKE if _NOUN_ENDINGS.search(first) else _LONGEST_FIRST)
    other = is_role(last) or any(part in EITHER for part in parts) or len(first.rstrip(".")) < _FULL
    return "" if other or not (short or titled) else first, last


def _among(word: str, words: set[str]) -> bool:
    """Whether a word stands there in this or another case: Putins is Putin."""
    if word in words or word.rstrip("s") in words or word + "s" in words:
        return True
    return len(word) > 4 and any(
        abs(len(other) - len(word)) <= 2 and (other.startswith(word) or word.startswith(other)) and len(other) > 3
        for other in words
    )


def _near(word: str, other: str) -> bool:
    """Whether two words may be one name in two languages: Wladiwostok, Vladivostok."""
    if len(word) < 4 or len(other) < 4:
        return word == other
    if word in other or other in word or word[:4] == other[:4]:
        return True
    matcher = SequenceMatcher(None, word, other)
    return matcher.quick_ratio() >= _SIMILAR and matcher.ratio() >= _SIMILAR


def _parts(name: str) -> list[str]:
    return [fold(part) for part in re.split(r"[\s\u2010-\u2015-]+", name) if part]
