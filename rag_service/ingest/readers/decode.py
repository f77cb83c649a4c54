"""Bytes to text: byte-order marks, UTF-8, UTF-16, then single-byte encodings by what reads well."""

from __future__ import annotations

import codecs
import re

from rag_service.ingest.readers.base import UnreadableError

_SAMPLE = 65_536
_FEW = 5  # control characters that a short text may hold
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a zip archive or office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"SQLite format 3\x00", "a database"),
)
_LATIN_1 = ("ascii", "cp1252", "iso8859-1")  # by name; who writes one of them means the second
_SIGNS = {code: bytes((code,)).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
_NO_CHARSETS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
_ESCAPED = re.compile("[\udc80-\udcff]+")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_WESTERN = frozenset("äöüÄÖÜßéèàáâêëîïôûùçñóíúøåæœÉÈÀÇÑØÅÆ„“”‚‘’–—…€§°²³»«›‹©®™·•½¼¾×±µ´¡¿ \u00a0\u00ad")


def decode(data: bytes) -> str:
    """Text of a file of unknown encoding; UnreadableError when it is not text."""
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise UnreadableError(f"is {what} by its content, not text; give it its own suffix or convert it")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    wide = _wide_encoding(data[:_SAMPLE])
    if wide and not _CONTROLS.search(data[:_SAMPLE].decode(wide, "replace").encode()):
        return data.decode(wide, "replace")
    if len(_CONTROLS.findall(data[:_SAMPLE])) > max(_FEW, len(data[:_SAMPLE]) // 50):
        raise UnreadableError("holds binary data, not text; convert it to text or leave it out")
    text = _utf8(data)
    return _decode_legacy(data) if text is None else text


def decode_as(charset: str, data: bytes) -> str | None:
    """Text in the encoding that a file says it is in; None where it cannot be, and the bytes themselves decide."""
    try:
        name = codecs.lookup(charset).name
        if name in _NO_CHARSETS or (name.startswith(("utf-16", "utf-32")) and b"\0" not in data):
            return None
        if name in _LATIN_1:
            text = _utf8(data)
            return _western(data) if text is None else text
        text = data.decode(name)
        return windows_signs(text) if name.startswith("iso8859") else text
    except (LookupError, ValueError):
        return None


def windows_signs(text: str) -> str:
    """The text with C1 controls, which no text holds, as the signs of Windows-1252 in their place, such as € and „."""
    return text.translate(_SIGNS)


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 without a mark: nearly every second byte of a Western text is zero."""
    if len(sample) < 4:
        return None
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.7 and odd < half * 0.1:
        return "utf-16-be"
    return None


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _decode_legacy(data: bytes) -> str:
    mixed = data.decode("utf-8", "surrogateescape")
    stray = sum(len(run) for run in _ESCAPED.findall(mixed))
    beyond_ascii = sum(character > "\x7f" for character in mixed) - stray
    if beyond_ascii > stray:  # UTF-8 with pieces of something else pasted in
        return _ESCAPED.sub(lambda run: _western(run.group().encode("ascii", "surrogateescape")), mixed)
    high = {chr(byte) for byte in set(data) if byte > 0x7F}
    if all(_western(character.encode("latin-1")) in _WESTERN for character in high):
        return _western(data)
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    if best is None:
        raise UnreadableError("is in no encoding that could be recognised; save it as UTF-8")
    return data.decode(best.encoding, "replace")


def _western(data: bytes) -> str:
    """Windows-1252, with the five bytes that it leaves open read as Latin-1."""
    return windows_signs(data.decode("latin-1"))
