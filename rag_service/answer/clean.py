"""What a model wrote, made harmless: no link, image, HTML, tool call or role marker reaches a reader."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rag_service.answer.markers import defuse_markers
from rag_service.text.abbreviations import MONTHS

_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    r"\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_URL_SCHEME = r"(?:[a-z][a-z0-9+.-]{1,20}://|(?:mailto|javascript|data|vbscript|tel|file):(?=\S))"


def visible(text: str) -> str:
    """The text without invisible and control characters, which hide or reorder what is read."""
    text = _INVISIBLE.sub("", text)
    return "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn")
    )


def clean_statement(text: str) -> tuple[str, bool]:
    """The statement as plain text on one line, and whether anything dangerous was taken out."""
    safe = visible(text)
    before = safe
    for pattern, replacement in _dangerous():
        safe = pattern.sub(replacement, safe)
    found = safe != before
    safe = re.sub(r"\*\*|__|~~|`+", "", safe)
    safe = re.sub(r"(?<!\w)[*_](\S(?:[^*_\n]*\S)?)[*_](?!\w)", r"\1", safe)
    safe = _unlisted(re.sub(r"^\s*(?:#{1,6}|>)+\s+", "", safe))
    safe = defuse_markers(safe)
    safe = " ".join(safe.split())
    safe = re.sub(r"\s+([.,;:!?])(?=\s|$)", r"\1", safe)
    safe = re.sub(r"\(\s*\)|\[\s*\]|\"\s*\"|„\s*“", "", safe).lstrip(" ,;:.!?)]}|").strip()
    return (safe if any(character.isalnum() for character in safe) else ""), found


def without_links(text: str) -> str:
    """The text with every address, link and image replaced, for showing to a model."""
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)?", r"(image)", text)
    text = re.sub(r"\[([^\]]*)\]\(\s*[^)]*\)?", r"\1", text)
    return _address().sub("(link)", text)


def _unlisted(text: str) -> str:
    """Without the bullet or number of a list item; '1. Mai' is a date."""
    text = re.sub(r"^\s*[-*+•▪●–]\s+", "", text)
    match = re.match(r"\s*\(?\d{1,2}[.)]\s+(\w+)", text)
    if match and match.group(1).casefold() not in MONTHS:
        return text[match.start(1) :]
    return text


@cache
def _address() -> re.Pattern[str]:
    return re.compile(
        rf"{_URL_SCHEME}[^\s<>\"'“”»«)\]]*|\bwww\.[^\s<>\"'“”»«)\]]+"
        r"|(?<![\w@.])(?:[\w-]+\.)+[a-z]{2,24}(?::\d+)?[/?][^\s<>\"'“”»«)\]]*"
        r"|(?<!\w)//(?:[\w-]+\.)+[a-z]{2,24}[^\s<>\"'“”»«)\]]*",
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
            (r"\[([^\]\d][^\]]*)\]\[[^\]]*\]", r"\1"),  # link by reference
            (rf"<\|(?:im_)?start[^|>]*\|>\s*(?:{role})?\b", ""),
            (r"<\|[^|>]{0,40}\|?>|\[/?(?:INST|TOOL_CALLS|AVAILABLE_TOOLS)\]|<</?SYS>>|</?s>", ""),
            (rf"^\s*(?:#+\s*)?(?:\*\*)?(?:{role})(?:\*\*)?\s*:\s*", ""),
            (rf"^\s*#+\s*(?:{role})\b\s*", ""),
            (r"<!--.*?(?:-->|$)", ""),
            (r"</?[a-z!?][^>]*(?:>|$)", ""),
            (_address().pattern, ""),
        )
    )
