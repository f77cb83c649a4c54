"""The header of a mail and of its parts: parsed with their 8-bit letters, told field by field."""

from __future__ import annotations

import email
from datetime import datetime
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime

from rag_service.ingest.readers.base import UnreadableError
from rag_service.ingest.readers.decode import decode, windows_signs

# The parser meets malformed headers in many ways.
_MALFORMED = (ValueError, IndexError, AttributeError, TypeError, OverflowError)


class _Policy(EmailPolicy):
    """Reads bytes beyond ASCII in a header as text, where the library puts replacement characters."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if value.isascii():
            return name, value
        try:
            return name, decode(value.encode("utf-8", "surrogateescape"))
        except UnreadableError:
            return name, value


def parse_mail(data: bytes) -> EmailMessage:
    """The mail with all its parts."""
    message = email.message_from_bytes(data, policy=_Policy())
    assert isinstance(message, EmailMessage)
    return message


def header_field(message: EmailMessage, name: str) -> str:
    """A field of the header on one line; empty when there is none that can be read."""
    try:
        return " ".join(windows_signs(str(message.get(name) or "")).split())
    except _MALFORMED:
        return ""


def sent_at(message: EmailMessage) -> datetime | None:
    """When the mail was sent; None when its header does not tell."""
    try:
        return parsedate_to_datetime(str(message["date"])) if message["date"] else None
    except _MALFORMED:
        return None


def file_name(part: EmailMessage) -> str:
    """The name of the file that a part of a mail is; empty when it has none."""
    try:
        return " ".join(windows_signs(part.get_filename() or "").split())
    except _MALFORMED:
        return ""


def is_attached(part: EmailMessage) -> bool:
    """Whether a part calls itself an attachment."""
    try:
        return part.is_attachment()
    except _MALFORMED:
        return False
