"""Sentences of a document that address a model rather than a reader: found, and kept from the model.

A guess by wording, meant to be right when it says yes. What it misses still meets the other fences:
passages are delimited as data, statements are aligned to sources, and links and markup are removed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rag_service.answer.clean import visible
from rag_service.text.sentences import split_sentences

WITHHELD = "(...)"
_LOOKALIKES = str.maketrans(
    "аеорсухкмтвнігѕјһԁԛԝАВЕКМНОРСТХУІЅЈαεορνικτχυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxkmtbhirsjhdqwABEKMHOPCTXYISJaeopviktxuABEZHIKMNOPTYX",
)


def tainted_sentences(text: str, language: str) -> list[tuple[int, int, bool]]:
    """Spans of the sentences; true for those that address a model or follow one that does."""
    found: list[tuple[int, int, bool]] = []
    position, tainted = 0, False
    for start, end in split_sentences(text, language):
        sentence = text[start:end]
        same_paragraph = "\n\n" not in text[position:start]
        addressed = addresses_model(sentence)
        if addressed and same_paragraph and found and _of_the_sentence_before().search(sentence):
            found[-1] = (*found[-1][:2], True)
        tainted = (tainted and same_paragraph) or addressed
        found.append((start, end, tainted))
        position = end
    return found


def withhold(text: str, language: str) -> tuple[str, int]:
    """The text without sentences that address a model, and how many were left out.

    What follows such a sentence in the same paragraph is left out with it: orders rarely come alone.
    """
    sentences = tainted_sentences(text, language)
    removed = sum(tainted for _, _, tainted in sentences)
    if not removed:
        return text, 0
    shown = ""
    position, before = 0, False
    for start, end, tainted in sentences:
        if not tainted:
            shown += text[position:end]
        elif not before:
            shown += text[position:start] + WITHHELD
        position, before = end, tainted
    return shown, removed


def addresses_model(sentence: str) -> bool:
    """Whether a sentence gives orders to a model, in German or English, disguised letters undone."""
    plain = _undisguised(sentence)
    return any(pattern.search(plain) for pattern in _patterns())


def _undisguised(text: str) -> str:
    """Compatibility forms resolved, invisible characters gone, look-alikes in mixed words made Latin."""
    text = visible(unicodedata.normalize("NFKC", text))
    words = [_latin(word) for word in re.split(r"(\W+)", text)]
    joined = "".join(words)
    joined = re.sub(r"\b(?:\w[ .\-_*]){4,}\w\b", lambda match: re.sub(r"\W|_", "", match[0]), joined)  # s p a c e d
    return " ".join(joined.split())


def _latin(word: str) -> str:
    """A word that only looks Latin, by Cyrillic or Greek letters in it, in Latin letters."""
    swapped = word.translate(_LOOKALIKES)
    return swapped if swapped.isascii() and swapped != word else word


@cache
def _of_the_sentence_before() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:this|that|the (?:previous|last)) (?:sentence|statement)\b|\bdiesen? satz\b|\bcite it\b", re.IGNORECASE
    )


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in (*_english(), *_german(), *_structural()))


def _english() -> tuple[str, ...]:
    drop = r"\b(?:ignore|disregard|forget|override|bypass|discard|skip|do not (?:follow|obey)|stop following)\b"
    rules = (
        r"\b(?:instructions?|prompts?|rules?|directives?|guidelines?|commands?|orders?|guardrails?|"
        r"(?:text|context|passages?|documents?|sources?) (?:above|below|before))\b"
    )
    model = (
        r"(?:a\.?i\.?|language models?|llms?|chat ?bots?|gpt(?:-?\d\w*)?|claude|gemini|"
        r"ai[ -](?:assistant|model|system)s?)\b"
    )
    verb = r"(?:reply|respond|answer|output|print|say|write|repeat|return|append|include|insert|add|end)"
    clause = r"(?:^|[.:;,!–-]\s*|\b(?:please|and|then|now|just|always|instead|must|to)\s)"
    return (
        rf"{drop}.{{0,40}}{rules}",
        rf"{drop}.{{0,20}}\b(?:previous|prior|above|earlier|preceding|everything)\b",
        r"\b(?:you are|act as|pretend to be|behave as|roleplay as)\b.{0,30}\b(?:now|from now on|dan|"
        r"unrestricted|jailbroken|developer mode|an? (?:ai|assistant|language model|pirate))\b",
        rf"\b(?:note|message|instructions?|attention|notice|reminder|important)\b.{{0,20}}\b(?:to|for)\b.{{0,20}}\b{model}",
        rf"\b(?:if|when) you(?:'re| are) (?:an? |the )?{model}|\b(?:any|all|every|dear|hey) {model}",
        rf"{clause}{verb}(?: \w+)? (?:only|exactly|exclusively|nothing but|solely|verbatim)\b",
        rf"{clause}(?:reply|respond|answer) with\b|{clause}{verb} (?:this|these|the following)\b",
        rf"\b{verb}\b.{{0,60}}\b(?:your (?:answer|reply|response|output|summary)|to the (?:user|reader))\b",
        r"\byour (?:answer|reply|response|output)s? (?:must|should|shall|has to|have to|will)\b",
        r"\b(?:call|invoke|use|run|execute)\b.{0,20}\b(?:the )?(?:\w+ )?(?:tool|function|plugin)\b",
        r"\b(?:cite|quote)\b.{0,30}\b(?:as|with)\b.{0,10}\[?\d",
        r"\b(?:real|true|correct|actual|right|new) (?:answer|instructions?|task)s? (?:is|are|to every)\b",
    )


def _german() -> tuple[str, ...]:
    drop = (
        r"\b(?:ignorier\w*|vergiss|vergesse[nt]?|missachte\w*|verwirf|überschreib\w*|umgeh\w*|"
        r"beachte\w* (?:nicht|keine)|befolg\w* (?:nicht|keine)|halte dich nicht)\b"
    )
    rules = (
        r"\b(?:anweisung\w*|instruktion\w*|regeln?|vorgaben?|befehle?n?|aufforderung\w*|systemprompt\w*|prompts?|"
        r"richtlinien?|weisung\w*)"
    )
    model = r"(?:k\.?i\.?(?:-(?:assistent\w*|modell\w*|system\w*))?|sprachmodelle?[ns]?|chatbots?|llms?)\b"
    order = (
        r"(?:(?:antworte|schreibe?|gib|sage?|wiederhole?|nenne|füge?|hänge?|beende|zeige?|bette)"
        r"|(?:antworten|schreiben|geben|sagen|wiederholen|nennen|fügen|hängen|beenden|zeigen|betten) sie)"
    )
    return (
        rf"{drop}.{{0,50}}{rules}",
        rf"{drop}.{{0,30}}\b(?:alles|bisherig\w*|vorherig\w*|obig\w*|zuvor)\b",
        r"\b(?:du bist|sie sind|verhalte dich|handle als|agiere als)\b.{0,30}\b(?:ab (?:jetzt|sofort)|"
        r"von nun an|jetzt (?:ein|der|die)|ki|assistent|sprachmodell)\b",
        rf"\b(?:hinweis|nachricht|anweisung\w*|mitteilung|achtung|wichtig)\b.{{0,20}}\b(?:an|für)\b.{{0,20}}\b{model}",
        rf"\b(?:wenn|falls|sofern) (?:du|sie) (?:eine? |das )?{model}|\bliebe[rs]? {model}",
        rf"\b{order}(?: \w+){{0,3}} (?:nur|ausschließlich|exakt|genau|wörtlich|nichts als)\b",
        r"(?:^|[.:;,!–-]\s*|\b(?:und|dann|bitte|nun)\s)antworten? (?:sie )?mit\b",
        rf"\b{order}\b.{{0,60}}\b(?:deine[rn]?|ihre[rn]?) (?:antwort|ausgabe|zusammenfassung)\b",
        r"\b(?:deine|ihre) (?:antwort|ausgabe)\w* (?:muss|soll|hat|darf)\b",
        r"\b(?:rufe?|nutze?|verwende?|führe?)\b.{0,30}\b(?:werkzeug|funktion|tool)\b",
        r"\bzitiere?\b.{0,40}\b(?:als|mit)\b.{0,10}\[?\d",
        r"\b(?:richtige|wahre|korrekte|neue) (?:antwort|anweisung|aufgabe)\b.{0,30}\b(?:ist|lautet)\b",
    )


def _structural() -> tuple[str, ...]:
    return (
        r"\bsystem ?(?:prompt|message|override|note|instruction|nachricht|anweisung|hinweis)s?\b",
        r"^\W*(?:system|assistant|user|developer|human|tool)\W*:",
        r"<\|[^|]{0,40}\|>|\[/?INST\]|<</?SYS>>|^#+\s*(?:system|instruction|assistant|user)\b",
        r"</?\s*(?:passages?|documents?|context|system|instructions?|sources?|question)\b",
        r"</?(?:tool|function)_?calls?>|\"(?:arguments|tool_calls|function_call)\"\s*:",
        r"\bnot_in_documents\b",
    )
