"""Words before a name that are no part of it: titles, and what somebody or some place is."""

from __future__ import annotations

import re
from functools import cache

from rag_service.text.words import fold

OFFICES = "chef|präsident|kanzler|minister|leiter|direktor|könig|vorstand|gründer|inhaber|eigentümer|trainer|meister"
_TITLES = "herrn?|frau|fräulein|dr|prof|professor|med|ing|dipl|mr|mrs|ms|miss|sir|lady|lord"
_MORE_OFFICES = (
    "president|chancellor|director|king|queen|prince|princess|chief|leader|secretary|chairman|chairwoman|mayor|senator"
    "|general|judge|coach|haber|führer|lehrer|sprecher|sekretär|kaiser|vorsitzender?|kollege|beauftragte[rn]?|richter"
    "|anwalt|botschafter|papst|prinz|doktor"
)
_PLACES = "stadt|insel|dorf|land|region|provinz|kreis|gemeinde|familie|firma|ehepaar|gruppe|konzern|museum|schule|city"


def is_title(word: str) -> bool:
    """Whether a folded word of a name is a form of address: 'frau', 'dr.'."""
    return _title().fullmatch(word) is not None


def is_role(word: str) -> bool:
    """Whether a folded word of a name tells what is named: 'kremlchef', 'president', 'hafenstadt'."""
    return _role().fullmatch(word) is not None


@cache
def _title() -> re.Pattern[str]:
    return re.compile(rf"(?:{_TITLES})\.?")


@cache
def _role() -> re.Pattern[str]:
    words = fold(f"{OFFICES}|{_MORE_OFFICES}|{_PLACES}")
    return re.compile(rf".*(?:{words})(?:in|innen|en|e?s|n)?")
