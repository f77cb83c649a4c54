"""The one normalisation of extracted text, done at load: offsets point into its result."""

from __future__ import annotations

import re
import unicodedata

_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls, byte-order marks, soft hyphens, zero-width and bidirectional override marks, invisible tags.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\u00ad\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_PAIRS = re.compile("[\ud800-\udbff][\udc00-\udfff]")


_LIKE_ASCII = str.maketrans("\u017f\u212a\u0130\u0131", "skii")  # a long s, the Kelvin sign, the Turkish i


def lower(word: str) -> str:
    """A word in lower case, to be looked up: what a pattern that ignores case has matched, and no other spelling."""
    return word.translate(_LIKE_ASCII).lower()


def normalise(text: str) -> str:
    """NFC with plain newlines; invisible characters dropped, lone surrogates replaced by U+FFFD."""
    text = _NEWLINES.sub("\n", text)
    if _SURROGATES.search(text):
        text = _PAIRS.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)
        text = _SURROGATES.sub("\ufffd", text)
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
