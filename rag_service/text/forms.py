"""What the answer to a question must have by its form: a price an amount, a telephone number digits.

Light rules for German and English, which rather let something pass; what none of them knows asks for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

_CURRENCY = (
    r"euros?|eur|cents?|dollars?|usd|gbp|chf|franken|rappen|pfund|pounds?|pence|pfennige?|\w*mark|\w*taler|gulden|"
    r"kronen?|crowns?|kr|shillings?|schillinge?|yen|yuan|rubel|rubles?|lira|lire|florins?|francs?|pesos?|rupees?|dm"
)
_FREE = (
    r"kosten(?:los|frei)\w*|gebührenfrei\w*|gratis|umsonst|frei|unentgeltlich\w*|ohne\s(?:aufpreis|kosten|gebühr)|"
    r"inklusive|inbegriffen|enthalten|included|free|no\s(?:\w+\s)?(?:charge|cost|fee|money)|nichts|nothing|kein\w*|"
    r"teuer|teur\w+|günstig\w*|billig\w*|preiswert\w*|cheap\w*|expensive\w*"
)
_PAID = (
    r"(?:\w*(?:preise?n?|kosten|gebühr(?:en)?|lohn|löhne?n?|gehalt|gehälter\w*|miete|honorar|beitrag|beiträge|prämie|"
    r"zuschuss|budget|umsatz|kaution|bußgeld|geldstrafe|einkommen|vergütung|entgelt|betrag|steuern?|porto|eintritt|"
    r"rabatt|tarif|pfand|pauschale|rente|erlös|schulden|sachschaden)|(?:stunden|tages|zins|steuer|regel)satz)"
)
_COSTS = r"price|fee|costs?|salary|salaries|wages?|rent|budget|revenue|profit|deposit|fare|tuition"
_PAYS = r"koste\w*|gekostet|(?:be|ge)?zahl(?:en|t|te|ten)|verdien\w*|pay|pays|paid|earn\w*|charg\w+|spen[dt]\w*"
_NUMBER = (
    r"\d|\b(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|elf|zwölf|\w*zehn\w*|\w+[zß]ig\w*|\w+ssig\w*|\w*hundert\w*|"
    r"\w*tausend\w*|\w*million\w*|\w*milliard\w*|dutzend\w*|anderthalb\w*|halb\w*|drittel|viertel|fünftel|zehntel|"
    r"doppelt\w*|verdoppel\w*|verdreifach\w*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|"
    r"(?:twen|thir|for|fif|six|seven|eigh|nine)ty\w*|\w*hundred\w*|\w*thousand\w*|\w*billion\w*|dozens?|half|third|"
    r"quarter|twice|doubl\w*|tripl\w*|quadrupl\w*)\b"
)
_COUNT = (
    rf"{_NUMBER}|\b(?:eine?[nmrs]?|einzig\w*|einmal|beide\w*|zweit|paar|mehrere\w*|alle\w*|viele\w*|wenige\w*|nur|"
    r"jede\w*|meisten|kein\w*|nie\w*|nichts|null|an?|one|once|both|pair|couple|several|all|many|few|only|each|every|"
    r"most|no|none|never|nothing|zero)\b"
)
_LOST = r"(?:leben|sieg|amt|kopf|job|stelle|karriere|thron|nerven|zeit|kraft|freundschaft)"  # costs, but no money


@dataclass(frozen=True, slots=True)
class Form:
    """How a question asks for something, and what a text has that tells it: all patterns of one of ``told``.

    ``dated``: the day on which it was published may tell it.
    """

    asked: re.Pattern[str]
    told: Sequence[Sequence[re.Pattern[str]]]
    dated: bool = False

    def in_text(self, text: str) -> bool:
        """Whether a text has something of this form."""
        return any(all(pattern.search(text) for pattern in patterns) for patterns in self.told)


def lacks_form(question: str, text: str, *, dated: bool = False) -> bool:
    """Whether a question asks for something by its form, and the text has nothing of that form.

    ``dated``: it is known when the text was published.
    """
    asked = [form for form in _forms() if form.asked.search(question)]
    return bool(asked) and not any((form.dated and dated) or form.in_text(text) for form in asked)


@cache
def _forms() -> tuple[Form, ...]:
    return (_money(), _share(), _phone(), _mail(), _clock(), _age(), _year(), _count())


def _money() -> Form:
    asked = (
        rf"\bwas\s(?!.*\b{_LOST}\b)(?:koste\w*|(?:hat|haben|wird|werden|würden?)\b.{{1,80}}\b(?:gekostet|kosten))\b",
        r"\bwie\s?teuer\b|\bwie\s?viel\s(?:geld|euro)\b",
        r"\bwie\s?viel\b(?!\s(?:zeit|prozent|uhr)).{0,80}\b(?:koste\w*|gekostet|bezahl\w*|(?:ge)?zahlt|verdien\w*)\b",
        rf"\bwie\s(?:hoch|gro(?:ß|ss))\s\w+\s(?:\w+\s){{0,3}}?{_PAID}\b",
        r"\bwelche[mnrs]?\s(?:preis|betrag|gehalt|lohn)\b",
        r"\bhow\s(?:much\smoney|expensive)\b",
        rf"\bhow\smuch\s(?:do|does|did|will|would|is|was|are|were)\b.{{0,80}}\b(?:pay|paid|earn|spend|spent|{_COSTS})\b",
        r"\bwhat\s(?:do|does|did|will|would)\b.{1,80}\bcost\b(?!\s(?:him|her|them|the|his|their)\b)",
        rf"\bwhat\s(?:is|was|are|were)\s(?:the|its|their)\s(?:\w+\s)?(?:{_COSTS})(?=\s(?:of|for|per)\b|\?|$)",
    )
    amount = (
        rf"[€$£¥%]|\b(?:{_CURRENCY}|{_FREE}|prozent|percent|(?:million|milliard|billion|mio|mrd)\w*)\b",
        r"\d,(?:\d\d\b|-)|\d\.\d\d\b|\b\d{1,3}(?:[.,\s]\d{3})+\b",
    )
    return _form("|".join(asked), ["|".join(amount)], [rf"\b(?:{_PAID}|{_COSTS}|{_PAYS})\b", _COUNT])


def _share() -> Form:
    asked = (
        r"\bwie\s(?:hoch|gro(?:ß|ss))\s\w+\s(?:\w+\s){0,3}?\w*(?:anteil|prozentsatz|quote)\b|\bwie\s?viel\w*\sprozent\b|"
        r"\bwelche[rnm]?\s(?:\w+\s)?prozentsatz\b|\b(?:what|which)\s(?:\w+\s)?(?:percentage|percent|proportion)\b"
    )
    words = (
        r"\w*(?:prozent|percent|drittel|viertel|fünftel|zehntel|mehrheit|anteil|quote)\w*|hälfte|halb\w*|minderheit|"
        r"half|halves|thirds?|quarters?|fifths?|tenths?|majority|minority|all(?:e[rns]?)?|keine?\w?|none|most|meisten|"
        r"jede[rsnm]?|every|each|one\sin|out\sof|shares?|proportion|\d+\s(?:von|of|in|zu|to)"
    )
    return _form(asked, [rf"[%‰]|\b(?:{words})\b|\d[.,:]\d"])


def _phone() -> Form:
    asked = (
        r"\b(?:telefon|handy|fax|ruf|notruf|hotline|mobil|mobilfunk)-?(?:nummer|nr)\b|\bdurchwahl\b|"
        r"\b(?:telephone|phone|fax|mobile|hotline)\snumber\b"
    )
    return _form(asked, [r"\d[\s/().-]*\d|\b(?:\w*nummer|numbers?)\b"])


def _mail() -> Form:
    return _form(r"\be?-?mail-?\s?(?:adresse|address)\b", [r"@|\(at\)|\[at\]|adresse|address"])


def _clock() -> Form:
    words = (
        r"uhr|o.clock|noon|midnight|mittags?|mitternacht|midday|morgens?|vormittags?|nachmittags?|abends?|nachts?|"
        r"morning|afternoon|evening|night|dawn|dusk|halb|viertel|stunden?|hours?|minuten?|minutes?|\d{1,2}\s?h|\d{4}"
    )
    asked = r"\bwie\s?viel\suhr\b|\b(?:zu|um)\swelche[rm]?\suhrzeit\b|\bwhat\stime\sof\sday\b"
    return _form(asked, [rf"\d{{1,2}}[:.]\d\d|\d\s?[ap]\.?m\b|\b(?:{words})\b"])


def _age() -> Form:
    asked = r"\b(?:wie\salt|how\sold|what\sage)\b|\bwelche[mns]?\salter\b"
    return _form(asked, [rf"{_NUMBER}|\b(?:\w*jahrhundert\w*|century|centuries|\w*alter|alte?|old|age)\b"])


def _year() -> Form:
    words = (
        r"\w*jahrhundert\w*|\w*jahrzehnt\w*|century|centuries|decades?|ago|before|earlier|later|zuvor|vorher|früher|"
        r"später|danach|\d{3,4}|\d0s"
    )
    form = _form(
        r"\bwelche[mns]?\sjahr(?:en?)?\b|\b(?:what|which)\syears?\b",
        [rf"\b(?:{words})\b|\d\d(?:er|ern|jährig\w*)\b|['’]\d\d\b|\d\.\d\d\b|\b(?:vor|seit)\s\w+\sjahr"],
    )
    return replace(form, dated=True)


def _count() -> Form:
    return _form(r"\bwie\s?viele[rn]?\b|\bhow\smany\b", [_COUNT])


def _form(asked: str, *told: Sequence[str]) -> Form:
    compiled = [[re.compile(pattern, re.IGNORECASE) for pattern in patterns] for patterns in told]
    return Form(re.compile(asked, re.IGNORECASE), compiled)
