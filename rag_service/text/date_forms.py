"""The forms in which German and English write one calendar date, and what each means."""

from __future__ import annotations

import calendar
import re
from functools import cache

from rag_service.text.months import MONTH_NAMES, month_number
from rag_service.text.number_words import SCALE

DAY = r"[0-3]?\d"
ORDINAL = r"(?:st|nd|rd|th)"
_YEAR = r"(?:1\d|20|21)\d\d"
_THROUGH = (  # between the days of 'May 3-5'; in 'May 3 and 5 people' nothing of the kind
    r"(?:[-\u2013\u2014/]|\s(?:to|until|till|through|bis)\s(?:the\s)?"
    rf"|\s(?:and|or|&|und|oder|[-\u2013\u2014])\s(?:the\s)?(?={DAY}{ORDINAL}?(?:,?\s{_YEAR}|[.,;:)!?]|$)))"
)
_TIME = r"\s?(?:[ap]\.?m\b|o['\u2019]clock|Uhr|%)|:\d"


@cache
def date_pattern() -> re.Pattern[str]:
    """One date, or the first and last day of 'May 3-5'; ``short`` is 'D.M.', which may be something else."""
    month = "|".join(MONTH_NAMES)
    alone = "|".join(name.capitalize() for name in MONTH_NAMES if len(name) > 3 or name in ("mai", "may"))
    # A longer number or a code goes on, but not a range: '1.5.2024-3.5.2024', '29 April-3 May'.
    last = rf"-{DAY}(?:/{DAY}/|(?:\.|{ORDINAL})?\s?(?:[01]?\d\.|(?:{month})\b))"
    goes_on = rf"(?!{last})[\w-]{{0,40}}\d|[.,]\d"
    return re.compile(
        rf"\b(?:(?P<iso>{_YEAR}-[01]\d-[0-3]\d)(?:(?=T\d\d:?\d\d)|(?!{goes_on}))|(?:"
        rf"(?P<d4>{DAY})\.(?P<gap>\s?)(?P<m4>[01]?\d)\.(?:\s?(?P<y4>{_YEAR})|(?P=gap)(?P<y5>\d\d)(?!\d|\s?Uhr))"
        rf"|(?<![/.])(?P<s1>{DAY})/(?P<s2>{DAY})/(?P<y6>{_YEAR}|\d\d)(?!/)"
        rf"|(?<![/.-])(?P<s3>{DAY})-(?P<s4>{DAY})-(?P<y8>{_YEAR})"
        rf"|(?<![/.-])(?P<y7>{_YEAR})/(?P<m7>[01]?\d)/(?P<d7>{DAY})(?!/)"
        rf"|(?P<d1>{DAY})(?:\.\s?|{ORDINAL}?\s(?:of\s)?|-)(?P<m1>{month})\b\.?(?:(?:,?\s|-)(?P<y1>{_YEAR}))?"
        rf"|(?P<m2>{month})\.?\s(?P<d2>{DAY}){ORDINAL}?(?:{_THROUGH}(?P<last>{DAY}){ORDINAL}?\b(?!{_TIME}))?\b(?!\.?\d)"
        rf"(?:,?\s(?P<y2>{_YEAR}))?"
        rf"|(?P<m3>{month})\.?,?\s(?:of\s|des\sJahres\s)?(?P<y3>{_YEAR})"
        rf"|(?P<century>\d\d?)(?:\.\s?(?:Jahrhunderts?|Jh\.)|{ORDINAL}[\s-](?:century|centuries))"
        rf"|(?P<decade>{_YEAR})(?:er|s)\b"
        rf"|(?P<m5>(?-i:{alone}))\b"
        rf"|(?P<year>{_YEAR})(?!(?<=1[0-8]\d\d)\s(?:{SCALE})\b)"
        rf"|(?<![.,:/$€£#§])(?P<short>(?P<d6>{DAY})\."
        rf"(?:[ \u00a0]?(?P<m6>[01]?\d)\.|(?P<m8>[01]?\d)(?!\s?(?:Uhr|h|%|€)|[\w.-])))(?!\d|\s?(?:{month})\b)"
        rf")(?!{goes_on}))",
        re.IGNORECASE,
    )


def date_readings(match: re.Match[str]) -> tuple[str, ...]:
    """What a match of ``date_pattern`` may mean, the likelier first; nothing when there is no such day.

    Of 'May 3-5' it is the first day.
    """
    part = match.groupdict()
    if part["iso"]:
        return (part["iso"],)
    if part["century"]:
        return (f"{int(part['century'])}. century",)
    if part["decade"]:
        return (f"{part['decade'][:3]}x",)
    year = next((part[f"y{n}"] for n in range(1, 9) if part[f"y{n}"]), part["year"])
    if year and len(year) == 2:
        year = ("20" if int(year) < 70 else "19") + year
    if part["short"]:
        return _short(part["short"].rstrip("."))
    one, other = part["s1"] or part["s3"], part["s2"] or part["s4"]
    if one and other:
        return _either(year, int(one), int(other))
    if part["m1"] == "may" and re.fullmatch(r"\d+\smay", match.group()):
        return ()  # 'groups 3 and 5 may apply'
    month = _month(part["m1"] or part["m2"] or part["m3"] or part["m5"])
    month = month or int(part["m4"] or part["m7"] or 0)
    day = int(part["d1"] or part["d2"] or part["d4"] or part["d7"] or 0)
    if month > 12 or day > 31:
        return ()
    if day and month:
        return (f"{year or '-'}-{month:02d}-{day:02d}",)
    return (f"{year or '-'}-{month:02d}",) if month else (year,) if year else ()


def short_date(written: str) -> str | None:
    """The day without a year that '31.12' names, if there is such a day: ``--12-31``."""
    day, _, month = written.partition(".")
    return f"--{int(month):02d}-{int(day):02d}" if _exists(int(month), int(day)) else None


def last_day(match: re.Match[str], first: str) -> str | None:
    """The last day of 'May 3-5', whose first is given."""
    return f"{first[:-2]}{int(match['last']):02d}" if match["last"] and _exists(1, int(match["last"])) else None


def _short(written: str) -> tuple[str, ...]:
    found = short_date(written)
    if found is None:
        return ()
    return (found, f"{float(written):g}") if len(written.split()) == 1 else (found,)


def _either(year: str, one: int, other: int) -> tuple[str, ...]:
    """Day first, as most of the world has it, and month first; the year alone where neither is a day."""
    found = [f"{year}-{month:02d}-{day:02d}" for day, month in ((one, other), (other, one)) if _exists(month, day)]
    return tuple(dict.fromkeys(found)) or (year,)


def _exists(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000, month)[1]


def _month(word: str | None) -> int:
    return month_number(word) if word else 0
