"""What kind of answer a question expects: by its question words in German and English, ``any`` elsewhere."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

AnswerType = Literal[
    "date", "number", "rate", "person", "place", "reason", "manner", "list", "definition", "yes_no", "any"
]


def expected_answer(question: str) -> AnswerType:
    """The expected answer type; the rule that matches leftmost wins, ``any`` when none does."""
    text = " ".join(question.lower().split())
    best: AnswerType | None = None
    leftmost = len(text) + 1
    for kind, pattern in _rules():
        match = pattern.search(text)
        if match and match.start() < leftmost:
            best, leftmost = kind, match.start()
    if best is None:
        return "yes_no" if text.endswith("?") and _verb_first().match(text) else "any"
    return best


def is_task(text: str) -> bool:
    """Whether a message asks for work on the documents, such as a summary, rather than for a fact in them."""
    return _task().search(" ".join(text.lower().split())) is not None


def is_question_word(word: str, language: str = "") -> bool:
    """Whether a word asks rather than names: wer, welche, what; 'was' does not in an English question."""
    word = word.lower()
    return (word, language) != ("was", "en") and bool(_question_word().fullmatch(word))


def asks_several(text: str, language: str = "") -> bool:
    """Whether several things may be asked: by two question words or marks, or one after 'and' ('..., und was ...')."""
    words = re.findall(r"\w+", text)
    asking = [at for at, word in enumerate(words) if is_question_word(word, language)]
    joined = any(at and words[at - 1].lower() in ("und", "sowie", "oder", "and", "or") for at in asking)
    return len(asking) > 1 or text.count("?") > 1 or joined


@cache
def _task() -> re.Pattern[str]:
    polite = r"(?:(?:bitte|please|(?:kannst|könntest) du|(?:können|könnten) sie|(?:can|could|would) you)[ ,]+)*"
    helper = r"(?:mir |uns |me |us |den |die |das |the )?"
    return re.compile(
        rf"^{polite}{helper}(?:fass(?:e|t|en)?\b.{{0,80}}\bzusammen|über\s?setz\w*|vergleich\w*|liste\b|list\b"
        r"|nenne?n? (?:sie )?(?:mir )?alle\b|zähle?n?\b.{0,80}\bauf\b|summari[sz]e|translate|compare|outline"
        r"|(?:gib|geben|give)\b.{0,30}\b(?:überblick|zusammenfassung|overview|summary))"
        r"|\b(?:zusammen(?:fassen|gefasst|zufassen)|zusammenfassung (?:von|des|der|zu)|summary of|overview of"
        r"|(?:übersetzen|vergleichen)\W*$|was steht in\b|what does .{1,60}\bsay\W*$)"
    )


@cache
def _question_word() -> re.Pattern[str]:
    return re.compile(
        r"(?:\b(?:wer|wen|wem|wessen|wann|wo|woher|wohin|wo(?:r\w{2,4}|gegen|mit|zu|durch|bei|nach|vor|von|für|hinter)|"
        r"warum|weshalb|wieso|weswegen|wie|wieviele?|welch(?:e[mnrs]?)?|who|whom|whose|what|when|where|why|how|which)"
        r"|(?:^|\b(?:als|an|auf|aus|bei|für|gegen|in|mit|nach|über|um|von|vor|zu)\s)was)\b"
    )


@cache
def _verb_first() -> re.Pattern[str]:
    """First word of a yes/no question: an auxiliary, or in German any verb form before a subject."""
    return re.compile(
        r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must|"
        r"ist|sind|war|waren|hat|haben|hatte|hatten|wird|werden|wurde|wurden|kann|können|konnte|konnten|darf|dürfen|"
        r"muss|müssen|musste|soll|sollen|sollte|will|wollen|wollte|gibt|gab|\w+(?:te|ten|t|en|f|b|ß|ng|g))\s"
    )


def _several() -> str:
    """'Welche Hunde sind ...', 'which browsers are ...': a plural verb, or a noun that is plural by its form."""
    plural = r"[\w-]+(?<!ung)(?<!heit)(?<!keit)(?<!schaft)(?<!ion)(?<!tät)(?<!ei)"
    subject = r"gibt\ses|sind|waren|werden|wurden|gelten|galten|gehören|zählen|fallen|stehen|bestehen|kommen"
    helped = r"(?:haben|hatten|dürfen|müssen|können|sollen)"  # what they help may have another subject
    another = r"(?:ich|du|er|es|wir|ihr|sie|man|de[rnm]|die|das|ein\w*|alle|beide)\b"
    needed = rf"(?:muss|brauch\w*|benötig\w*|kann|darf|soll|{helped})\s{another}"
    return (
        rf"\bwelche(?:n(?=\s(?:[\w-]+\s)?[\w-]+[ns]\s))?\s(?:[\w-]+en?\s)?"
        rf"(?:{plural}\s(?:{subject}|{helped}(?!\s{another}))|{plural}[ns](?<!ion)\s{needed})\b"
        r"|\b(?:which|what)\s(?:[\w-]+\s)?[\w-]+(?<!s)s\s(?:are|were|do|did|have|can|may|must|should|need|exist|apply)\b"
    )


@cache
def _rules() -> tuple[tuple[AnswerType, re.Pattern[str]], ...]:
    which = r"(?:welche[mnrs]?|what|which)"
    units = (
        "hoch|gro(?:ß|ss)|klein|lange?|weit|nahe?|alt|jung|schnell|schwer|teuer|tief|breit|stark|"
        "viele[mnrs]?|viel|heiß|kalt|dick|früh|spät|bald|"
        "many|much|tall|large|big|small|long|far|close|old|young|fast|heavy|high|deep|wide|hot|cold|"
        "early|late|soon"
    )
    name = r"(?:\w*(?:name|adresse|anschrift|nummer|titel)|name|address|number|title)"
    rules: list[tuple[AnswerType, str]] = [
        ("date", r"\b(?:wann|when|wievielten)\b"),
        (
            "date",
            rf"\b{which}\s(?:(?:calendar|exact|genauen?|letzten?|ersten?|first)\s)?"
            r"(?:jahr(?:es|zehnt|hundert|en?)?|monate?n?|(?:wochen)?tage?n?|woche|datum|termine?n?|"
            r"zeit(?:punkt|raum|räumen?|en)?|epoche|"
            r"years?|months?|weeks?|days?|dates?|decades?|century|centuries|period|time|era)\b",
        ),
        ("number", rf"\b(?:wie|how)\s(?:{units})\b"),
        ("rate", r"\b(?:wie\s(?:oft|häufig|regelmäßig)|how\s(?:often|frequently|regularly))\b"),
        ("rate", rf"\bin\s{which}\s(?:abst[aä]nde?n?|intervall(?:en)?|turnus|intervals?)\b"),
        ("number", r"\bwieviele?n?\b"),
        ("number", r"\bwas\s(?:koste\w+|(?:hat|haben|wird|werden|soll\w*|würde\w*)\b.{1,80}\b(?:gekostet|kosten))\b"),
        (
            "number",
            rf"\b{which}\s(?:\w+\s)?(?:uhrzeit|zahl|anzahl|nummer|summe|höhe|größe|länge|temperatur|menge|anteil|prozentsatz|betrag|"
            r"prozent|preis|alter|number|amount|percent(?:age)?|proportion|share|sum|size|length|height|temperature|"
            r"price|age|population|rate|quote)\b",
        ),
        ("number", r"\bwhat\s(?:is|was)\sthe\s(?:\w+\s)?(?:number|amount|percentage|population|size|total|average)\b"),
        ("number", r"\bwhat\s(?:do|does|did|will|would)\b.{1,80}\bcost\b"),
        ("reason", r"\b(?:warum|weshalb|wieso|weswegen|wozu|why)\b"),
        ("reason", rf"\b(?:{which}|aus\swelchem|der|the)\s(?:gr[uü]nde?n?|ursachen?|reasons?|causes?)\b"),
        ("place", r"\b(?:wo|woher|wohin|where)\b"),
        (
            "place",
            rf"\b{which}\s(?:\w+\s)?(?:stadt|städten?|land|ländern?|ort|orten?|region(?:en)?|gebiet|staat|kontinent|"
            r"provinz|city|cities|country|countries|place|region|state|town|continent|area|location|province)\b",
        ),
        ("any", r"\bwhat(?:'s|\s(?:is|are|was|were))\s.{1,60}\scalled\b"),
        (
            "definition",
            r"^(?:was\s(?:ist|sind|bedeutet|heißt|bezeichnet|versteht|meint)|what\s(?:is|are|does\s.*\smean))\s(?:ein\w*\s|an?\s|man\s)?[\w-]+(?:\s[\w-]+)?\?*$",
        ),
        ("list", r"^(?:nennen?|zählen?|listen?|list|name|enumerate)\b"),
        (
            "list",
            rf"\b(?:{which}\s(?:zwei|drei|vier|fünf|beiden|two|three|four|five)|was\ssind|what\sare|which\sare)\b",
        ),
        ("person", r"\b(?:wer|wen|wem|wessen|who|whom|whose)\b"),
        (
            "person",
            rf"\b{which}\s(?:\w+\s)?(?:person|mann|frau|politiker(?:in)?|präsident(?:in)?|könig(?:in)?|kaiser(?:in)?|"
            r"autor(?:in)?|minister(?:in)?|spieler(?:in)?|forscher(?:in)?|wissenschaftler(?:in)?|man|woman|politician|"
            r"president|king|queen|emperor|author|minister|player|scientist|leader)\b",
        ),
        ("person", r"\bwie\s(?:hei(?:ß|ss)(?:t|en)|hie(?:ß|ss)(?:en)?)\b(?!\ses\b)"),
        (
            "any",
            r"\bwie\s(?:hei(?:ß|ss)t|hie(?:ß|ss)|laute\w*|nenn\w+|schreib\w+|buchstabier\w+|wird\s.{1,60}\sgenannt)\b",
        ),
        ("any", rf"\bwie\s(?:ist|sind|war|waren)\s(?:de[rn]|die|das|ihre?|deine?|eure?)\s(?:\w+\s)?{name}\b"),
        ("any", r"\bhow\s(?:(?:do|does|would|should)\s(?:you|i|we|one)|to)\s(?:spell|pronounce)\b"),
        ("any", r"\bhow\s(?:is|are|was|were)\s.{1,60}\s(?:called|spelled|spelt|pronounced)\b"),
        ("manner", r"^(?:wie|how|auf\swelche|in\swhat\sway|womit|wodurch)\b"),
        ("list", _several()),
        ("any", _question_word().pattern),
    ]
    return tuple((kind, re.compile(pattern)) for kind, pattern in rules)
