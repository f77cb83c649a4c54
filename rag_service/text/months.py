"""The months as German and English write them, in full and short."""

from __future__ import annotations

from rag_service.text.normalise import lower

_GERMAN = (
    "januar jänner jan jän", "februar feber feb", "märz maerz mär", "april apr", "mai", "juni jun", "juli jul",
    "august aug", "september sept sep", "oktober okt", "november nov", "dezember dez",
)  # fmt: skip
_ENGLISH = (
    "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
    "september sept sep", "october oct", "november nov", "december dec",
)  # fmt: skip
_NUMBERS = {
    name: at for names in (_GERMAN, _ENGLISH) for at, each in enumerate(names, start=1) for name in each.split()
}
MONTH_NAMES = tuple(sorted(_NUMBERS, key=lambda name: (-len(name), name)))  # the longest first, as a pattern needs them
GERMAN_MONTHS = frozenset(" ".join(_GERMAN).split())


def month_number(name: str) -> int:
    """The number of a month, 1 to 12, by one of its names in any case; KeyError for another word."""
    return _NUMBERS[lower(name).rstrip(".")]
