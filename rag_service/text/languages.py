"""Which language a text or a short question is in: by script, function words and telling letters."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import cache

from rag_service.text.stopwords import STOP_WORDS
from rag_service.text.words import fold

_PIECE = 1_000  # characters looked at, each at the start, in the middle and at the end
_SHORT = 20  # words; in longer texts a chance hit is no evidence
_RATE = 0.05
_ENOUGH = 0.5
_OWN_WEIGHT = 0.7
_NAMED = 0.4  # of its weight has a word with a capital within a sentence: rather part of a name ('Le Pen'), or a noun
_WORD = re.compile(r"[^\W\d_]{2,}|(?<!\w)(?<!\d )[^\W\d_](?![^\W\d_])")
_GOES_ON = re.compile(r"(?:[^\W_],? |[^\W_] \()$")  # what stands before a word that begins no sentence
_LANGUAGE = re.compile(
    r"(?:deutsch|englisch|französisch|spanisch|italienisch|polnisch|türkisch|russisch)(?:e[nrs]?)?"
    r"|german|english|french|spanish|italian|polish|turkish|russian",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_FOREIGN = re.compile(r"[^\W\d_A-Za-z\u00aa-\u024f\u1e00-\u1eff]")

# Function words of further languages in Latin script; those of German and English are the stop words.
_FUNCTION_WORDS = {
    "fr": (
        "le la les un une des du de et est sont dans pour que qui quand où comment pourquoi quel "
        "quelle quels il elle ils elles nous vous avec sur pas ne au aux ce cette ces se son sa ses "
        "été par plus mais ou leur combien prix horaires"
    ),
    "es": (
        "el la los las un una unos de del y es son en por para que quién cuándo dónde cómo qué cuál "
        "cuáles se su sus con no al lo le como más pero fue ha han este esta estos entre sobre "
        "también muy desde cuánto cuánta cuántos cuántas cuesta"
    ),
    "it": (
        "il lo la gli le un una uno di del della dei delle e è sono in per che chi quando dove come "
        "perché quale si su con non al alla ha hanno questo questa ma più anche da dal nel nella è "
        "stato quali quanto quanta quanti quante costa"
    ),
    "nl": (
        "de het een en is zijn in van op te dat die wie wat wanneer waar hoe waarom welke niet met "
        "voor aan er om ook maar als bij door naar uit heeft hebben werd worden deze dit hij zij tot "
        "over ligt hoeveel kost"
    ),
    "pt": (
        "o a os as um uma do da dos das de e é são em no na nos nas por para que quem quando onde "
        "como porquê qual quais se seu sua com não ao mais mas foi tem este esta isso entre sobre "
        "também muito fica onde quanto quanta quantos quantas custa"
    ),
    "pl": (
        "i w z na do jest są się nie to że kto co kiedy gdzie jak dlaczego który która które o od po "
        "za przez dla oraz ale był była było być ich jego jej tego także ile czy jaki jaka jakie kosztuje"
    ),
    "cs": (
        "a v ve z na do je jsou se si ne to že kdo co kdy kde jak proč který která které o od po za "
        "pro ale byl byla bylo být jeho její jako také nebo kolik jaký jaká jaké stojí"
    ),
    "sv": (
        "och i att det en ett är som på av för med den till inte vem vad när var hur varför vilken "
        "har de om från han hon var kan men så efter eller träffade mycket kostar"
    ),
    "da": (
        "og i at det en et er som på af for med den til ikke hvem hvad hvornår hvor hvordan hvorfor "
        "hvilken har de om fra han hun var kan men så efter eller blev meget koster"
    ),
    "no": (
        "og i at det en et er som på av for med den til ikke hvem hva når hvor hvordan hvorfor "
        "hvilken har de om fra han hun var kan men så etter eller ble mye koster"
    ),
    "fi": (
        "ja on ei se että oli kuka mikä mitä milloin missä miten miksi hän he ovat kun mutta joka "
        "niin kuin tai sekä olla ole myös jos sen paljonko kuinka"
    ),
    "hu": (
        "a az és egy hogy nem is van volt ki mi mikor hol hogyan miért melyik ez azt meg de csak még "
        "már el fel mint vagy ha lesz voltak mennyi mennyibe hány"
    ),
    "ro": (
        "și în de la un o este sunt cu pe nu că cine ce când unde cum care se au a fost din pentru "
        "mai dar sau lui său prin între cât câți costă"
    ),
    "tr": (
        "ve bir bu da de için ile ne zaman nerede nasıl neden hangi mi mı mu değil olarak daha çok "
        "gibi var olan sonra kadar ama o kaç"
    ),
    "id": (
        "dan yang di ke dari untuk dengan ini itu adalah tidak apa siapa kapan mana bagaimana mengapa "
        "pada dalam akan telah oleh juga atau sebagai berapa"
    ),
    "vi": (
        "và là của có không được cho với trong ở khi nào ai gì đâu như thế tại sao một các những này "
        "đó đã sẽ người cũng từ"
    ),
}
_LETTERS = {
    "ß": "de", "ñ": "es", "¿": "es", "¡": "es", "ã": "pt", "õ": "pt", "ł": "pl", "ż": "pl", "ś": "pl",
    "ř": "cs", "ě": "cs", "ů": "cs", "ő": "hu", "ű": "hu", "ș": "ro", "ț": "ro", "ă": "ro", "ı": "tr",
    "ğ": "tr", "ş": "tr", "ơ": "vi", "ư": "vi", "ế": "vi", "ệ": "vi", "œ": "fr",
}  # fmt: skip
_SCRIPTS = (
    ("ko", "\uac00-\ud7a3\u1100-\u11ff"), ("ja", "\u3040-\u30ff"), ("zh", "\u4e00-\u9fff"), ("ar",
    "\u0600-\u06ff"), ("ru", "\u0400-\u04ff"), ("el", "\u0370-\u03ff"), ("he", "\u0590-\u05ff"), ("hi",
    "\u0900-\u097f"), ("bn", "\u0980-\u09ff"), ("ta", "\u0b80-\u0bff"), ("th", "\u0e00-\u0e7f"), ("ka",
    "\u10a0-\u10ff"), ("hy", "\u0530-\u058f"),
)  # fmt: skip
# Letters that tell languages of one script apart.
_WITHIN = {
    "ru": (("uk", "іїєґ"), ("sr", "ђјљњћџ"), ("bg", "")),
    "ar": (("fa", "پچژگ"), ("ur", "ٹڈڑےں")),
    "zh": (("ja", "\u3042\u306e\u306f\u3092\u306b"),),
}


def detect_language(text: str, default: str = "und") -> str:
    """ISO 639-1 code of the text's main language; the default when nothing speaks for one."""
    sample = _sample(text)
    script = _script(sample)
    if script is not None:
        return script
    words = [word for word in _WORD.finditer(sample) if len(word.group()) > 1 or word.group().islower()]  # no '18 V'
    votes: defaultdict[str, float] = defaultdict(float)
    table = _votes()
    for match in words:
        word = match.group().lower()
        found = table.get(word)
        if found is None and not word.isascii():
            found = table.get(fold(word))
        if not found:
            continue
        share = _NAMED if _is_named(sample, match) else 1.0
        for language, weight in found.items():
            votes[language] += weight * share
    for letter in _LETTERS.keys() & set(sample.lower()):
        votes[_LETTERS[letter]] += 0.5
    language, weight = max(votes.items(), key=lambda item: item[1], default=(default, 0.0))
    enough = _RATE * len(words) if len(words) > _SHORT else _ENOUGH
    return language if weight >= enough and weight > votes.get(default, 0.0) else default


def is_language(name: str) -> bool:
    """Whether a word names a language in German or English: 'auf Englisch' is about nobody."""
    return _LANGUAGE.fullmatch(name.strip()) is not None


def _is_named(sample: str, word: re.Match[str]) -> bool:
    within = _GOES_ON.search(sample[max(word.start() - 3, 0) : word.start()])
    return within is not None and word.group()[0].isupper() and word.group()[1:].islower()


def _sample(text: str) -> str:
    if len(text) <= 3 * _PIECE:
        return text
    middle = len(text) // 2
    return " ".join((text[:_PIECE], text[middle : middle + _PIECE], text[-_PIECE:]))


def _script(sample: str) -> str | None:
    """The language of a script other than Latin, when at least a third of the letters are in it."""
    if not _FOREIGN.search(sample):
        return None
    letters = len(_LETTER.findall(sample)) or 1
    if len(_FOREIGN.findall(sample)) * 3 < letters:
        return None
    counts = {code: len(re.findall(f"[{span}]", sample)) for code, span in _SCRIPTS}
    code = max(counts, key=lambda key: counts[key])
    if counts["ja"] and counts["ja"] + counts["zh"] > letters / 3 and counts["ja"] * 20 > counts["zh"]:
        return "ja"
    if counts[code] * 3 < letters:
        return None
    found = set(sample.casefold())
    return next((other for other, own in _WITHIN.get(code, ()) if own and found & set(own)), code)


@cache
def _votes() -> Mapping[str, Mapping[str, float]]:
    """Each function word's weight for every language that has it: shared ones say less.

    German and English have by far the longer lists, so that a word of theirs loses less by being shared.
    """
    lists: dict[str, Collection[str]] = {code: words.split() for code, words in _FUNCTION_WORDS.items()}
    lists.update(STOP_WORDS)
    languages: dict[str, list[str]] = {}
    for code, words in lists.items():
        for word in words:
            languages.setdefault(word, []).append(code)
    return {
        word: {code: max(1 / len(codes), _OWN_WEIGHT if code in STOP_WORDS else 0.0) for code in codes}
        for word, codes in languages.items()
    }
