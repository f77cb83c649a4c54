"""Sentence boundaries for running text, headings, lists and tables, in one linear pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rag_service.text import abbreviations as known
from rag_service.text.date_forms import short_date
from rag_service.text.days import SECTION
from rag_service.text.languages import detect_language
from rag_service.text.months import GERMAN_MONTHS, MONTH_NAMES
from rag_service.text.ordinals import goes_on, is_labelled
from rag_service.text.weekdays import ANY_WEEKDAY, SHORT_WEEKDAYS

Span = tuple[int, int]

FOOTNOTE_MARKS = r"*\u2020\u2021\u00b9\u00b2\u00b3\u2070\u2074-\u2079"  # in brackets of a pattern
_END = re.compile(
    r"(?P<mark>[.!?\u2026\u203c-\u2049\u061f\u06d4\u0964\u0965\u1362]+|[\u3002\uff01\uff1f\uff61]+)"
    r"(?P<close>(?:[\"'\u2019\u201d\u201c\u00bb\u00ab\u203a\u2039)\]}\u300d\u300f\uff09]"
    rf"|[\u00a0\u202f ]\u00bb(?=\s|$)|\[\d{{1,3}}\]|[{FOOTNOTE_MARKS}]{{1,3}}(?=\s|$))*)"
)
_LIST_ITEM = re.compile(r"[ \t]*(?:[-*+\u2022\u25aa\u25cf\u2013\u2014]|\(?(?:\d{1,3}|[a-z])[.)])[ \t]+\S")
_MARKER = re.compile(r"[ \t]*\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})\.[ \t]")
_TABLE_ROW = re.compile(r"[ \t]*\||.*\t.*\S|.*\S \| \S|(?:[^:;\n]{1,80}; )?[^:;\n]{1,80}: [^;\n]*; [^:;\n]{1,80}: \S")
_LEADER = re.compile(r"\.{5}| \.{4}|\.(?: \.){3}")  # 'Pottery ....... 130 EUR'
_LABELLED = re.compile(r"[ \t]*[^\W\d_](?:[^:;.!?\n]|(?<=[^\W\d_])\.(?=[ \u00a0-])){0,39}\.?: \S")
_KEY = re.compile(r"[^\W\d_]\w*(?: \w+){0,2}: \S")
_SPEAKER = re.compile(r"\[(?!\d{1,3}\])[^\]\n]{1,40}\]\s|<[^>\n]{1,40}>\s")
_STAMP = re.compile(r"[ \t]*\d{1,4}(?:[:./-]\d{1,4}){1,2}\S*\s")
_COLUMNS = re.compile(r"\S+ {2,}\S|.*\S {3,}\S")
_UNSPACED = re.compile(r"[\u2e80-\uabff\uf900-\ufaff\uff00-\uffef]")  # scripts without blanks between words
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]")
_OPENING = re.compile(r"[\s\"'\u201e\u201c\u201d\u201a\u2018\u00bb\u00ab\u203a\u2039(\[{\u2013\u2014\u00bf\u00a1-]*")
_TOKEN = re.compile(r"[^\s\"\u201e\u201c\u201a\u2018\u00bb\u00ab\u203a\u2039(\[{/]*$")
_LINE = re.compile(r"[^\n]*\n?")
_DATE_LABEL = re.compile(r"\s*(?:date|datum):?\s+\d{4}(?:-\d{2}){1,2}(?=\s)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_AMOUNT = re.compile(r"\d+[.,:]\d[\d.,:]*$")
_SHORT_DATE = re.compile(r"[0-3]?\d\.[01]?\d$")
_DAY_OF_WEEK = re.compile(rf"\W{{0,9}}(?:{ANY_WEEKDAY}\W{{0,9}})?$", re.IGNORECASE)
_CUT_ADJECTIVE = re.compile(r"[a-zäöüß]*(?:(?:ch|[bdfgkmnprstz])l|chn|ktr)$")  # monatl, zusätzl, techn, elektr
_NO_INITIAL = re.compile(r"(?:[^\W\d_]{3}|\d)\s+$")  # nor an abbreviation: a word or number in full
_ROMAN = re.compile(r"[IVXLC]{1,6}$")
_GLUED = re.compile(r"(?<=[a-zäöüß\"\u201c]{2})[.!?](?=[A-ZÄÖÜ][a-zäöüß]*\s)")
_NOTE = re.compile(rf"[\[{FOOTNOTE_MARKS}]")  # a footnote's mark closes nothing
_MARKS = frozenset(".!?\u2026")
_WRAP_WIDTH, _NARROW = 120, 40
_BEFORE_CAPITAL = _MARKS | frozenset(";|")
_KEPT = 3  # characters: where lines break between any two, a mark or two and the line break are left over
_MONTH_OF_YEAR = re.compile(  # of '25. April 2019', which an answer in English takes over from a German text
    rf"\.[ \u00a0]+(?:{'|'.join(MONTH_NAMES)})\.?,?[ \u00a0]+(?:19|20)\d\d\b", re.IGNORECASE
)
_LOOK_BACK = 40
_AROUND, _STEP = 200, 50  # characters on either side of a number that tell its language, the same for its neighbours

_detected = lru_cache(maxsize=8)(detect_language)


def split_sentences(text: str, language: str) -> list[Span]:
    """Spans of sentences, without the white space around them, covering every other character.

    Blank lines, headings, list items, table rows and lines with a label each are boundaries; a line break inside
    wrapped text is not.
    A closing quotation mark or bracket belongs to the sentence it closes.
    """
    spans: list[Span] = []
    label = _DATE_LABEL.match(text)
    for start, end in _units(text):
        begin = start
        if label and start < label.end():  # `date 2019-04 Kim und Putin`: a label, not part of what follows
            spans.append(_trim(text, start, label.end()))
            begin = label.end()
        for cut in _cuts(text, start, end, language):
            spans.append(_trim(text, begin, cut))
            begin = cut
        spans.append(_trim(text, begin, end))
    return [span for span in spans if span[0] < span[1]]


@lru_cache(maxsize=256)
def sentence_spans(text: str, language: str) -> tuple[Span, ...]:
    """The same, kept: who ranks, weighs, compares and quotes the sentences of a passage splits it once."""
    return tuple(split_sentences(text, language))


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _units(text: str) -> Iterator[Span]:
    """Runs of lines that can share a sentence."""
    block: list[Span] = []
    for match in _LINE.finditer(text):
        if match.group().strip():
            block.append(match.span())
        elif block:
            yield from _joined(text, block)
            block = []
    if block:
        yield from _joined(text, block)


def _joined(text: str, lines: list[Span]) -> Iterator[Span]:
    width = max(end - start for start, end in lines)
    start, end = lines[0]
    narrow = width < (_NARROW // 2 if _UNSPACED.match(text, start) else _NARROW)
    full = _WRAP_WIDTH + 1 if narrow and not _runs_on(text, lines) else width
    for next_start, next_end in lines[1:]:
        if not _wraps(text, (start, end), (next_start, next_end), full):
            yield start, end
            start = next_start
        end = next_end
    yield start, end


def _runs_on(text: str, lines: list[Span]) -> bool:
    """Whether narrow lines are prose: the last ends a sentence, or every other one begins in lower case."""
    if text[slice(*lines[-1])].rstrip()[-1] in _MARKS:
        return True
    return 2 * sum(text[start:end].lstrip()[0].islower() for start, end in lines[1:]) >= len(lines) - 1


def _wraps(text: str, unit: Span, following: Span, width: int) -> bool:
    """Whether the line break before `following` is only typesetting."""
    start, end = unit
    line_start = max(start, text.rfind("\n", start, end - 1) + 1)
    line, after = text[line_start:end].rstrip(), text[following[0] : following[1]].strip()
    if goes_on(text, start, line, after):
        return True
    if _HEADING.match(line) or _HEADING.match(after) or _LIST_ITEM.match(after):
        return False
    if is_row(line) or is_row(after) or (_LABELLED.match(line) and _LABELLED.match(after)):
        return False
    if _SPEAKER.match(after) or (_STAMP.match(after) and _STAMP.match(text, start)):
        return False
    opening = after.split(None, 1)[0]
    colon = line[-1] == ":"  # announces what follows, but for a full line of prose
    if colon and not after[0].islower():
        return False
    if after[0].islower() and opening[-1] == "." and line.split(None, 1)[0] == opening:
        return False  # 'gez.' below 'gez.'
    if (after[0].islower() and not colon) or line[-1] in ",;\u2013" or (line[-1] == "-" and len(line) > 1):
        return True
    if width > _WRAP_WIDTH or len(line) < width // 2 or _COLUMNS.match(after) or _KEY.match(after):
        return False
    if _UNSPACED.match(after):
        return len(line) + _KEPT >= width
    return len(line) + 1 + len(opening) >= width


def is_row(line: str) -> bool:
    """Whether a line is the row of a table, or leads to a price or page number by dots."""
    return _TABLE_ROW.match(line) is not None or (line.count(".") > 3 and _LEADER.search(line) is not None)


def _cuts(text: str, start: int, end: int, language: str) -> Iterator[int]:
    """Positions inside a unit where a sentence ends."""
    marker = _MARKER.match(text, start, end)
    position = marker.end() if marker else start
    starters = known.STARTERS.get(language, known.STARTERS["en"])
    begin = start
    while match := _END.search(text, position, end):
        position = match.end()
        if position >= end:
            return
        if not _WORD.search(text, max(begin, match.start() - _LOOK_BACK), match.start()):
            continue  # a mark alone is no sentence
        if _is_leader(text, begin, match):
            continue
        if match["mark"][0] in "\u3002\uff01\uff1f\uff61":
            ends = True
        elif text[position].isspace():
            ends = _ends(text, start, match, end, language)
        else:
            glued = _GLUED.match(text, match.start())
            ends = glued is not None and _next_word(text, position, end)[0].casefold() in starters
        if ends:
            yield position
            begin = position


def _is_leader(text: str, begin: int, match: re.Match[str]) -> bool:
    """Whether a mark is, or ends, the row of dots that leads to a price or page number."""
    mark = match["mark"]
    if mark == ".":
        return text.endswith(". . . ", begin, match.start())
    return len(mark) > 3 and _LEADER.match(text, match.start() - (len(mark) == 4)) is not None


def _next_word(text: str, position: int, end: int) -> tuple[str, str]:
    """The word after a mark and the character that opens it, past quotes, brackets and dashes."""
    opening = _OPENING.match(text, position, end)
    at = opening.end() if opening else position
    word = _WORD.match(text, at, min(end, at + _LOOK_BACK))
    return (word.group() if word else ""), text[at : min(at + 1, end)]


def _ends(text: str, start: int, match: re.Match[str], end: int, language: str) -> bool:
    word, first = _next_word(text, match.end(), end)
    if first.islower() or first in _MARKS:
        return False
    if match["mark"] != ".":
        return True
    token_match = _TOKEN.search(text[max(start, match.start() - _LOOK_BACK) : match.start()])
    token = token_match.group() if token_match else ""
    starts = word.casefold() in known.STARTERS.get(language, known.STARTERS["en"])
    if match["close"] and not _NOTE.match(match["close"]):
        return True
    if _AMOUNT.match(token):
        return not _is_day(text, start, match.start(), token, language) or (
            starts and not _DAY_OF_WEEK.match(text, start, match.start() - len(token))
        )
    if token.isdigit() or _ROMAN.match(token):
        return _number_ends(text, start, match.start(), token, word, starts, language)
    return _word_ends(text, start, match.start(), token, word, starts, language)


def _number_ends(text: str, start: int, at: int, token: str, word: str, starts: bool, language: str) -> bool:
    """'25. April' and 'Elisabeth II. war' go on; '1984. Danach' and, in English, '25. The' do not."""
    if len(token) == 1 and token.isalpha():
        return _word_ends(text, start, at, token, word, starts, language)
    if token.isdigit() and len(token) < 3 and _MONTH_OF_YEAR.match(text, at):
        return False
    if not (_counts_with_stops(text, start, at, language) if token.isdigit() else language in known.ORDINALS):
        return True
    if word.casefold() in GERMAN_MONTHS:
        return len(token) > 2
    return (
        starts or (token.isdigit() and (len(token) > 3 or is_labelled(text, start, at - len(token), word))) or not word
    )


def _is_day(text: str, start: int, at: int, token: str, language: str) -> bool:
    """Whether a number is a day, '02.05. Konzert', and no amount, time or version."""
    if not _SHORT_DATE.match(token) or short_date(token) is None:
        return False
    if SECTION.search(text, max(start, at - _LOOK_BACK), at - len(token)):
        return False
    return _counts_with_stops(text, start, at, language)


def _counts_with_stops(text: str, start: int, at: int, language: str) -> bool:
    """Whether a number with a full stop may go before a capital; a paragraph may be in another language."""
    if language in known.ORDINALS_BEFORE_CAPITALS:
        return True
    middle = at - at % _STEP
    around = text[max(start, middle - _AROUND) : middle + _AROUND]
    return _detected(around, language) in known.ORDINALS_BEFORE_CAPITALS


def _word_ends(text: str, start: int, at: int, token: str, word: str, starts: bool, language: str) -> bool:
    folded = token.casefold().strip(".")
    last = folded.rsplit(".", 1)[-1]
    tail = last.rpartition("-")[2]
    last = tail if len(tail) > 1 and not token.isupper() else last  # 'Serien-Nr', but 'H.-J' and 'LC-MS'
    if word[:1].isdigit() and (last in known.BEFORE_NUMBER or last.endswith("str")):
        return False
    german = language in ("de", "und")
    never_last = known.NEVER_LAST.get(language, known.NEVER_LAST_DEFAULT)
    if "." in folded:
        return starts and folded not in never_last
    if last in known.MAYBE_LAST.get(language, known.MAYBE_LAST_DEFAULT):
        return starts
    never = last in never_last  # among them 'Fr. Schulz'
    if german and token in SHORT_WEEKDAYS and not never:
        return starts
    alone = len(last) == 1 and last.isalpha() and (last.isascii() or last in "äöü" or token.isupper() or never)
    around = text[max(start, at - _LOOK_BACK) : at - len(token)]
    if alone or never:
        before = around.split()
        if not before:
            return False
        counted = before[-1][-1].isdigit() or _ROMAN.match(before[-1]) is not None
        alone = alone and (before[-1].casefold() in known.LABELS or (starts and _is_letter(token, word, around)))
        return alone or (counted and last in known.AFTER_NUMBER)
    if starts or not german or token.isupper() or last in known.NOT_ABBREVIATED:
        return True
    return not (_is_vowelless(last) or _is_cut_adjective(token, around))


def _is_letter(letter: str, word: str, around: str) -> bool:
    """Whether a lone letter before a word that begins sentences is no initial: 'Variante B. Die Kosten', '2 K. Der'."""
    return letter.isupper() and word.casefold() not in known.SURNAMES and _NO_INITIAL.search(around) is not None


def _is_vowelless(word: str) -> bool:
    """Whether a German word can only be an abbreviation: bspw, vgl, Hrsg."""
    return 1 < len(word) <= 5 and word.isalpha() and word.isascii() and not set(word) & set("aeiouy")


def _is_cut_adjective(token: str, before: str) -> bool:
    """Whether it is an adjective cut short, which has a capital only as the first word: monatl, Techn."""
    if token[:1].isupper():
        opens = _WORD.search(before) is None or before.rstrip()[-1] in _BEFORE_CAPITAL
        token = token.lower() if opens else ""
    return _CUT_ADJECTIVE.match(token) is not None
