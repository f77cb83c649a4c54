"""Sources of uploaded documents: relative paths that stay where they belong."""

from __future__ import annotations

import re
import unicodedata

MAX_SOURCE = 1024
MAX_SEGMENT = 255
_DRIVE = re.compile(r"^[A-Za-z]:")
_FORM_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}


def check_source(source: str) -> str:
    """The source itself when it is a clean relative path; ValueError says what is wrong with it."""
    if not source.strip():
        raise ValueError("must not be empty")
    if not unicodedata.is_normalized("NFC", source):
        raise ValueError("must be in Unicode's composed form (NFC)")
    if any(len(segment) > MAX_SEGMENT for segment in source.split("/")):
        raise ValueError(f"must not hold a name of more than {MAX_SEGMENT} characters")
    if source != clean_source(source):
        raise ValueError(
            "must be a relative path with forward slashes: no '.' or '..', no drive, no control or format "
            "characters, no space around a name"
        )
    return source


def form_file_name(sent: str) -> str:
    """The file name that a part of a form stands for: HTML has three characters written as escapes, and no others."""
    for escape, character in _FORM_ESCAPES.items():
        sent = sent.replace(escape, character)
    return sent


def clean_source(name: str) -> str:
    """A client's file name as a source; empty when nothing of it is left.

    Folders are kept; drives, empty and dot segments, and control and format characters (which could
    disguise a name) are not. Bounded to 1024 characters.
    """
    text = unicodedata.normalize("NFC", name).replace("\\", "/")
    text = "".join(character for character in text if unicodedata.category(character) not in ("Cc", "Cf", "Cs"))
    segments = (_DRIVE.sub("", segment).strip() for segment in text.split("/"))
    kept = [_shortened(segment) for segment in segments if segment.strip(".")]
    while len(kept) > 1 and len("/".join(kept)) > MAX_SOURCE:
        kept.pop(0)
    return "/".join(kept)


def _shortened(segment: str) -> str:
    if len(segment) <= MAX_SEGMENT:
        return segment
    stem, dot, suffix = segment.rpartition(".")
    ending = dot + suffix if stem and len(suffix) <= 10 else ""
    return segment[: MAX_SEGMENT - len(ending)] + ending
