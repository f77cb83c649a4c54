"""Mails made of their parts for the tests of reading them."""

from __future__ import annotations

from tests.ingest_kit import read

DEADLINE = "Die Frist endet am 31. Mai 2024."
PDF = "Content-Type: application/pdf; name=plan.pdf\nContent-Disposition: inline; filename=plan.pdf\n\nx"


def multipart(kind: str, *parts: str) -> str:
    """A part that holds others, each with its own header."""
    bound = f"b{len(''.join(parts))}"
    inner = "".join(f"--{bound}\n{part}\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={bound}\n\n{inner}--{bound}--\n"


def plain(text: str, more: str = "") -> str:
    """A part of plain text, with more lines of header."""
    return f"Content-Type: text/plain; charset=utf-8\n{more}\n{text}"


def html(text: str) -> str:
    """A part that is a page."""
    return f"Content-Type: text/html; charset=utf-8\n\n{text}"


def forwarded(mail: str) -> str:
    """A part that holds another mail."""
    return f"Content-Type: message/rfc822\nContent-Disposition: attachment; filename=Angebot.eml\n\n{mail}"


def told(part: str) -> str:
    """The text of a mail below its subject."""
    text = read("a.eml", f"Subject: S\n{part}").text
    assert text.startswith("S\n\n") or text == "S"
    return text[3:]
