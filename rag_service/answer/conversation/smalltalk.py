"""Greetings, thanks and goodbyes: answered in their own language, without looking anything up."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_REPLIES = {
    "greeting": {
        "de": "Hallo! Stellen Sie mir eine Frage zu den Dokumenten.",
        "en": "Hello! Ask me a question about the documents.",
        "fr": "Bonjour ! Posez-moi une question sur les documents.",
        "es": "¡Hola! Hágame una pregunta sobre los documentos.",
        "it": "Ciao! Fammi una domanda sui documenti.",
        "pt": "Olá! Faça-me uma pergunta sobre os documentos.",
        "nl": "Hallo! Stel me een vraag over de documenten.",
        "pl": "Dzień dobry! Proszę zadać pytanie dotyczące dokumentów.",
        "tr": "Merhaba! Belgeler hakkında bir soru sorun.",
        "ru": "Здравствуйте! Задайте вопрос о документах.",
        "zh": "您好！请就文档内容提问。",
        "ja": "こんにちは。文書についてご質問ください。",
    },
    "thanks": {
        "de": "Gern geschehen.",
        "en": "You are welcome.",
        "fr": "Je vous en prie.",
        "es": "De nada.",
        "it": "Prego.",
        "pt": "De nada.",
        "nl": "Graag gedaan.",
        "pl": "Proszę bardzo.",
        "tr": "Rica ederim.",
        "ru": "Пожалуйста.",
        "zh": "不客气。",
        "ja": "どういたしまして。",
    },
    "goodbye": {
        "de": "Auf Wiedersehen!",
        "en": "Goodbye!",
        "fr": "Au revoir !",
        "es": "¡Hasta luego!",
        "it": "Arrivederci!",
        "pt": "Até logo!",
        "nl": "Tot ziens!",
        "pl": "Do widzenia!",
        "tr": "Hoşça kalın!",
        "ru": "До свидания!",
        "zh": "再见！",
        "ja": "さようなら。",
    },
}
_PHRASES = {
    "greeting": {
        "de": "hallo|hallöchen|huhu|guten (?:tag|morgen|abend)|moin(?: moin)?|servus|grüß (?:gott|dich|sie)|"
        "grüezi|tach|(?:hallo )?wie geht(?:'s| es)(?: dir| ihnen)?|na",
        "en": "hello|hi|hey|howdy|greetings|good (?:morning|afternoon|evening|day)|yo|"
        "(?:hi |hello )?how are you(?: doing)?|what's up",
        "fr": "bonjour|bonsoir|salut|coucou",
        "es": "hola|buen[oa]s (?:días|tardes|noches)|buenas",
        "it": "ciao|salve|buon ?giorno|buona ?sera",
        "pt": "olá|oi|bom dia|boa (?:tarde|noite)",
        "nl": "hoi|goede(?:morgen|middag|navond|ndag)|dag",
        "pl": "cześć|dzień dobry|witam|hej|dobry wieczór",
        "tr": "merhaba|selam|günaydın|iyi (?:günler|akşamlar)",
        "ru": "привет|здравствуйте|добрый (?:день|вечер)|доброе утро",
        "zh": "你好|您好|早上好|嗨",
        "ja": "こんにちは|こんばんは|おはよう(?:ございます)?|はじめまして",
    },
    "thanks": {
        "de": "(?:nein )?(?:ich )?(?:(?:vielen|besten|herzlichen|lieben|tausend) )?danke?"
        "(?: ?(?:schön|sehr|vielmals|dir|ihnen))*"
        "(?: für (?:die|ihre|deine)(?: \\w+)? (?:hilfe|antwort|auskunft|infos?|information))?|"
        "das (?:war'?s|war alles|genügt|reicht|hilft(?: mir)?(?: sehr| weiter)?)|{fine}|verstanden",
        "en": "(?:no )?(?:(?:many|much) )?thank(?:s| you)(?: (?:so much|very much|a lot|again))?"
        "(?: for (?:your|the)(?: \\w+)? (?:help|answer|information))?|thx|ty|cheers|{fine}|got it|"
        "that(?:'s| is| was)? (?:all|enough|helps?|helpful)(?: a lot)?",
        "fr": "merci(?: (?:beaucoup|bien))?",
        "es": "(?:muchas |mil )?gracias",
        "it": "(?:molte |mille )?grazie(?: mille)?",
        "pt": "(?:muito )?obrigad[oa]",
        "nl": "dank je(?: wel)?|dank u(?: wel)?|bedankt",
        "pl": "dzięki|dziękuję(?: bardzo)?",
        "tr": "teşekkür(?:ler| ederim)|sağ ?ol",
        "ru": "спасибо(?: большое)?|благодарю",
        "zh": "谢谢(?:你|您)?|多谢",
        "ja": "ありがとう(?:ございま(?:す|した))?",
    },
    "goodbye": {
        "de": "tschüss|tschüs|auf wiedersehen|auf wiederhören|bis (?:bald|später|dann|morgen)|"
        "schönen (?:tag|abend)(?: noch)?",
        "en": "(?:good)?bye(?: bye)?|see you(?: later| soon)?|have a (?:nice|good) day|good night",
        "fr": "au revoir|à bientôt|bonne (?:journée|soirée)",
        "es": "adiós|hasta (?:luego|pronto|mañana)",
        "it": "arrivederci|a presto",
        "pt": "tchau|até (?:logo|breve)",
        "nl": "tot ziens|doei",
        "pl": "do widzenia|na razie",
        "tr": "hoşça ?kal(?:ın)?|görüşürüz",
        "ru": "до свидания|пока",
        "zh": "再见|拜拜",
        "ja": "さようなら|またね",
    },
}
_SEAM = re.compile(r"(?:[,;!.?…–]|\s-(?=\s))\s*(?=\S)|\n\s*")  # where a greeting may end and a question begin
_INTERJECTION = re.compile(  # before what goes on with 'und': 'Aha, und in Köln?'
    r"(?:(?:(?:ah|aha|ach|oh|hm+|ok(?:ay)?|ja|jep|danke|yes|yeah)\b[\s,;:.!…–-]*"
    r"|(?:so|gut|schön|schade|verstehe|genau|stimmt|interessant|nochmal|right|sure|well|i see|interesting|thanks)"
    r"\s*[,;:.!…–-]+\s*)+)(?=(?:und|and|aber|but|what about|how about|was ist mit)\b)",
    re.IGNORECASE,
)
_FINE = "(?:ok(?:ay)?|super|prima|perfekt|perfect|great|gut|toll|klasse|wunderbar|cool|nice|awesome|top|alles klar)"
_COMPANY = "zusammen|alle(?:rseits)?|leute|there|everyone|everybody|all|team|bot|assistent|assistant|again|nochmals?"


def small_talk(text: str, spoken: str = "en") -> str | None:
    """A reply to a message that is nothing but a greeting, thanks or goodbye; None for anything else.

    Words of several languages ('ok', 'super') are answered in the one spoken before.
    """
    plain = _plain(text)
    if not plain or len(plain) > 80:
        return None
    found: dict[str, str] = {}
    for kind, language, pattern in _patterns():
        if pattern.fullmatch(plain):
            found.setdefault(language, _REPLIES[kind][language])
    return found.get(spoken) or found.get("en") or next(iter(found.values()), None)


def without_small_talk(text: str) -> str:
    """The message without greetings and thanks before and after it ('Danke! Und wann ...?'), unless it is all that."""
    kept = text.strip()
    while (match := _SEAM.search(kept)) and small_talk(kept[: match.start()]) is not None:
        kept = kept[match.end() :]
    for seam in reversed(list(_SEAM.finditer(kept.rstrip(" .!")))):
        if small_talk(kept[seam.end() :]) is None:
            break
        kept = kept[: seam.end()].rstrip(" ,–-")
    interjection = _INTERJECTION.match(kept)
    return (kept[interjection.end() :] if interjection else kept) or text


def _plain(text: str) -> str:
    """Lower case, without punctuation and emoji at the seams."""
    lowered = unicodedata.normalize("NFC", text).casefold().replace("\u2019", "'")
    kept = "".join(
        character if character.isalnum() or character == "'" or unicodedata.category(character)[0] == "M" else " "
        for character in lowered
    )
    return " ".join(kept.split())


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    patterns = []
    for kind in ("thanks", "goodbye", "greeting"):
        for language, phrases in _PHRASES[kind].items():
            hello = _plain_pattern(_PHRASES["greeting"][language])
            own = _plain_pattern(phrases)
            patterns.append((kind, language, re.compile(rf"(?:(?:{hello}) )?(?:{own})(?: (?:{own}|{_COMPANY}))*")))
    return tuple(patterns)


def _plain_pattern(phrases: str) -> str:
    return phrases.replace("{fine}", _FINE).casefold()
