"""What a model wrote, made harmless: no link, image, HTML, tool call or role marker reaches a reader."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rag_service.answer.markers import defuse_markers
from rag_service.text.months import GERMAN_MONTHS

_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    r"\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_URL_SCHEME = r"(?:[a-z][a-z0-9+.-]{1,20}://|(?<!\w)(?:(?:mailto|javascript|vbscript):(?=\S)|data:(?=\w+/)))"
_IN_URL = r"(?:[^\s<>\"'“”»«)\]]*[^\s<>\"'“”»«)\].,;:!?])"
_SUFFIXES = (  # of files, and of what is called after them: Node.js/Express is no address
    "js|jsx|ts|tsx|json|ya?ml|toml|ini|cfg|conf|env|lock|txt|log|csv|tsv|xml|html?|css|pdf|docx?|xlsx?|pptx?|odt|rb"
    "|php|java|kt|go|cs|cpp|hpp?|sql|db|exe|dll|jar|tar|gz|png|jpe?g|gif|svg"
)
_BLOCKS = (  # that end a line
    "blockquote|body|br|center|dd|details|div|dl|dt|footer|form|h[1-6]|header|hr|li|main|nav|ol|option|p|pre|section"
    "|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_TAGS = (
    f"{_BLOCKS}|a|abbr|b|base|button|canvas|code|em|embed|font|frame|head|html|i|iframe|img|input|label|link|marquee"
    "|math|meta|noscript|object|picture|q|s|script|select|small|source|span|strike|strong|style|sub|sup|svg|textarea|tt"
    "|u|video|audio"
)
_CODE = re.compile(r"(?<!`)`+([^`\n]+)`+")
_BLANKS = re.compile(r"(?!(?<=\d)[\u00a0\u2009\u202f]\d)\s+")  # but those that group the digits of a number
_NESTED = 20  # empty brackets within each other
_FIRST_CODE = 0xE000  # of characters for private use, none of which `visible` leaves


def visible(text: str) -> str:
    """The text without invisible and control characters, which hide or reorder what is read."""
    text = _INVISIBLE.sub("", text)
    return "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn")
    )


def clean_statement(text: str, told: str = "") -> tuple[str, bool]:
    """The statement as plain text on one line, and whether anything dangerous was taken out.

    ``told`` is what the passages say: '2. Vorsitzender' keeps its number where one of them has it, too.
    """
    safe = _CODE.sub(lambda match: match.group().replace("<", "‹").replace(">", "›"), visible(text))
    safe = re.sub(r"^[ \t]*(?:[-_*=][ \t]*){3,}$", "", safe, flags=re.MULTILINE)  # a rule
    before = safe
    for pattern, replacement in _dangerous():
        safe = pattern.sub(replacement, safe)
    found = safe != before
    safe = re.sub(r"<([a-z/!?][^<>]*)>", r"‹\1›", safe, flags=re.IGNORECASE)
    safe = re.sub(r"<(?=[a-z/!?])", "‹", safe, flags=re.IGNORECASE)
    safe = unlisted(re.sub(r"^\s*(?:#{1,6}|>)+\s+", "", _without_emphasis(safe)), told)
    safe = defuse_markers(_without_empty_brackets(safe))
    safe = _BLANKS.sub(" ", safe).strip()
    safe = re.sub(r"\s+([.,;:!?])(?=\s|$)", r"\1", safe)
    safe = safe.lstrip(" ,;:.!?)]}|").strip()
    return (safe if any(character.isalnum() for character in safe) else ""), found


def without_links(text: str) -> str:
    """The text with every address, link and image replaced, for showing to a model."""
    text = re.sub(r"!\[[^\]]{0,1000}\]\([^)]*\)?", r"(image)", text)  # bounded: a row of brackets opens many
    text = re.sub(r"\[([^\]]{0,1000})\]\(\s*[^)]*\)?", r"\1", text)
    return _address().sub("(link)", text)


def _without_empty_brackets(text: str) -> str:
    """Without brackets and quotation marks around nothing, which would make a marker of '[[]1]'."""
    for _ in range(_NESTED):
        before, text = text, re.sub(r"\(\s*\)|\[\s*\]|\"\s*\"|„\s*“", "", text)
        if before == text:
            break
    return text


def _without_emphasis(text: str) -> str:
    """Without Markdown's signs for bold, italics and code; what stands in code stays as it is."""
    codes: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        codes.append(match.group(1))
        return chr(_FIRST_CODE + len(codes) - 1)

    text = _CODE.sub(put_aside, text)
    text = re.sub(r"(\*\*|~~)(?=[^\s*~\d])([^*~\n]*[^\s*~])\1", r"\2", text)
    text = re.sub(r"(?<!\w)(?:\*\*|__|~~)|(?:\*\*|__|~~)(?!\w)|`+", "", text)
    text = re.sub(r"(?<!\w)[*_](\S(?:[^*_\n]*\S)?)[*_](?!\w)", r"\1", text)
    return re.sub(
        f"[{chr(_FIRST_CODE)}-{chr(_FIRST_CODE + len(codes))}]",
        lambda match: codes[ord(match.group()) - _FIRST_CODE],
        text,
    )


def unlisted(text: str, told: str = "") -> str:
    """Without the bullet or number of a list item; '1. Mai' is a date."""
    text = re.sub(r"^\s*[-*+•▪●–]\s+", "", text)
    match = re.match(r"\s*\(?(\d{1,2})[.)]\s+(\w+)", text)
    if match is None or match.group(2).casefold() in GERMAN_MONTHS:
        return text
    if re.search(rf"(?<!\d){match.group(1)}\.\s+{re.escape(match.group(2))}", told):
        return text
    return text[match.start(2) :]


@cache
def _address() -> re.Pattern[str]:
    return re.compile(
        rf"{_URL_SCHEME}{_IN_URL}?|\bwww\.{_IN_URL}"
        rf"|(?<![\w@.-])(?:[\w-]+\.)+(?!(?:{_SUFFIXES})\b)[a-z]{{2,24}}(?::\d+)?[/?]{_IN_URL}?"
        rf"|(?<!\w)//(?:[\w-]+\.)+[a-z]{{2,24}}{_IN_URL}?",
        re.IGNORECASE,
    )


@cache
def _dangerous() -> tuple[tuple[re.Pattern[str], str], ...]:
    role = r"system|assistant|user|human|developer|tool|function|ai|bot"
    return tuple(
        (re.compile(pattern, re.IGNORECASE | re.DOTALL), replacement)
        for pattern, replacement in (
            (r"<(tool_call|function_call|tools?|script|style|iframe|svg|object)\b.*?(?:</\1\s*>|$)", ""),
            (r"\{\s*\"(?:name|tool|function|tool_calls|arguments|recipient_name)\"\s*:.*", ""),
            (r"!\[[^\]]*\](?:\([^)]*\)?|\[[^\]]*\])?", ""),  # image
            (r"^\s*\[[^\]]+\]:\s*\S+.*$", ""),  # link definition
            (r"\[([^\]]*)\]\(\s*[^)]*\)?", r"\1"),  # link
            (r"\]\(\s*[^)]*\)?", "]"),  # what is left of a link whose text has brackets of its own
            (r"\[([^\]\d][^\]]*)\]\[[^\]]*\]", r"\1"),  # link by reference
            (rf"<\|(?:im_)?start[^|>]*\|>\s*(?:{role})?\b", ""),
            (r"<\|[^|>]{0,40}\|?>|\[/?(?:INST|TOOL_CALLS|AVAILABLE_TOOLS)\]|<</?SYS>>|</?s>", ""),
            (rf"^\s*(?:#+\s*)?(?:\*\*)?(?:{role})(?:\*\*)?\s*:\s*", ""),
            (rf"^\s*#+\s*(?:{role})\b\s*", ""),
            (r"<!--.*?(?:-->|$)", ""),
            (rf"</?(?:{_BLOCKS})\b[^<>]*>", " "),
            (rf"</?(?:{_TAGS})\b[^<>]*>", ""),
            (r"</[a-z][\w:-]*\s*>|(?<!\w)<[a-z][\w:-]*\s*/?>", ""),
            (r"<[a-z][\w:-]*\s[^<>]*=[^<>]*>|<[!?][^<>]*>", ""),
            (rf"<(?:{_TAGS})\s[^<>]*=[^<>]*$", ""),
            (_address().pattern, ""),
        )
    )
