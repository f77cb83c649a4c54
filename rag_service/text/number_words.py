"""Numbers in words, German and English: 'vierzehn', 'einundzwanzig', 'zwölfhundert', 'two hundred and five'."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from rag_service.text.normalise import lower

_GERMAN_UNITS = {
    "ein": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fünf": 5, "fuenf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9,
}  # fmt: skip
_GERMAN_TEENS = {
    "zehn": 10, "elf": 11, "zwölf": 12, "zwoelf": 12, "dreizehn": 13, "vierzehn": 14, "fünfzehn": 15, "fuenfzehn": 15,
    "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
}  # fmt: skip
_GERMAN_TENS = {
    "zwanzig": 20, "dreißig": 30, "dreissig": 30, "vierzig": 40, "fünfzig": 50, "fuenfzig": 50, "sechzig": 60,
    "siebzig": 70, "achtzig": 80, "neunzig": 90,
}  # fmt: skip
_ENGLISH_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_ENGLISH_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_ENGLISH_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_ALONE = {"eins": 1, "beide": 2, "beiden": 2, "both": 2, "dutzend": 12, "dozen": 12, "anderthalb": 1.5}
_VALUES: dict[str, float] = {
    **_GERMAN_UNITS, **_GERMAN_TEENS, **_GERMAN_TENS, **_ENGLISH_UNITS, **_ENGLISH_TEENS, **_ENGLISH_TENS,
    "eins": 1, "einhalb": 0.5,
}  # fmt: skip
_SCALES = {
    "dutzend": 12, "dozen": 12, "tausend": 1e3, "thousand": 1e3, "tsd": 1e3, "million": 1e6, "millionen": 1e6,
    "millions": 1e6, "mio": 1e6, "milliarde": 1e9, "milliarden": 1e9, "mrd": 1e9, "billionen": 1e12,
    "trillionen": 1e18,
}  # fmt: skip
SCALE = (
    r"tausend|thousand|tsd\.?|millionen|millions?|mio\.?|milliarden?|mrd\.?|billionen|billions?|trillionen|trillions?"
    r"|dutzend|dozen"
)
ARTICLE = r"(?:eine[rn]?|an?)(?:\s(?:halbe[rns]?|half))?|half\san?"  # a number before one of SCALE only


def word_value(written: str) -> float:
    """The value of what ``number_word`` or ``ARTICLE`` matches."""
    word = lower(written)
    if re.fullmatch(ARTICLE, word):
        return 0.5 if "hal" in word else 1
    if word in _ALONE:
        return _ALONE[word]
    total = current = 0.0
    for part in _parts().findall(word):
        if part in ("hundert", "hundred"):
            current = (current or 1) * 100
        elif part in ("tausend", "thousand"):
            total, current = total + (current or 1) * 1000, 0
        else:
            current += _VALUES[part]
    return total + current


def scale_value(written: str, language: str) -> float:
    """The value of one of ``SCALE``: 'Billion' is a thousand times as much in German as in English."""
    word = lower(written).rstrip(".")
    if word in _SCALES:
        return _SCALES[word]
    power = 2 if word.startswith("b") else 3
    return 10.0 ** (6 * power if language == "de" else 3 * power + 3)


@cache
def number_word() -> str:
    """A pattern of whole words that are a number below a million, or a half more: all but 'ein', an article, too."""
    end = r"(?!\w)(?![\s-](?:hundred|thousand)\b)"  # not half of 'one hundred and two hundred'
    return rf"(?!ein\b)(?:{_german()}|{_english()}|{_any_of(_ALONE)}){end}"


def _german() -> str:
    unit, teen, ten = map(_any_of, (_GERMAN_UNITS, _GERMAN_TEENS, _GERMAN_TENS))
    tens = rf"(?:{unit}und{ten}|{teen}|{ten}|eins|{unit})"
    hundreds = rf"(?:(?:{teen}|{unit})?hundert(?:(?:und)?{tens})?|{tens})"
    return rf"(?:{hundreds}?tausend(?:(?:und)?{hundreds})?|{hundreds})(?:einhalb)?"


def _english() -> str:
    unit, teen, ten = map(_any_of, (_ENGLISH_UNITS, _ENGLISH_TEENS, _ENGLISH_TENS))
    blank = r"[\s-]"
    further = rf"{blank}(?:and{blank})?"
    tens = rf"(?:{ten}(?:{blank}{unit})?|{teen}|{unit})"
    hundreds = rf"(?:(?:{tens}{blank})?hundred(?:{further}{tens})?|{tens})"
    return rf"(?:(?:{hundreds}{blank})?thousand(?:,?{further}{hundreds})?|{hundreds})"


@cache
def _parts() -> re.Pattern[str]:
    return re.compile(_any_of([*_VALUES, "hundert", "hundred", "tausend", "thousand"]))


def _any_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"
