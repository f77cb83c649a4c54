"""Mail: subject, sender and date as metadata; the plain body, else the HTML one; names of attachments."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.ingest.readers.decode import decode, decode_as
from rag_service.ingest.readers.html import decode_html, parse
from rag_service.ingest.readers.markup import prepare, visible_text
from rag_service.models import MetadataValue


def read(data: bytes, limits: Limits) -> Extracted:
    """Subject, people and body of one message; UnreadableError when there is no header at all."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    subject, sender = _header(message, "subject"), _header(message, "from")
    if not subject and not sender and message.get("date") is None:
        raise UnreadableError("has no mail header; save the message again as .eml")
    metadata: dict[str, MetadataValue] = {"author": sender} if sender else {}
    recipients = _header(message, "to")
    if recipients:
        metadata["to"] = recipients
    attachments = [name for part in message.iter_attachments() if (name := part.get_filename())]
    head = [f"{subject}" if subject else "", f"Von: {sender}" if sender else ""]
    tail = [f"Anlagen: {', '.join(attachments)}"] if attachments else []
    blocks = [block for block in [*head, _body(message), *tail] if block.strip()]
    return Extracted(("\n\n".join(blocks),), title=subject or None, published=_date(message), metadata=metadata)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").split())
    except (ValueError, IndexError, AttributeError, TypeError):  # the parser meets malformed headers in many ways
        return ""


def _date(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(str(message["date"])).isoformat() if message["date"] else None
    except (ValueError, TypeError, IndexError):
        return None


def _body(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    if part.get_content_subtype() == "html":
        tree = parse(_charset_text(part, data) or decode_html(data))
        if tree is None:
            return ""
        prepare(tree)
        return visible_text(tree)
    return _charset_text(part, data) or decode(data)


def _charset_text(part: MIMEPart, data: bytes) -> str | None:
    return decode_as(str(part.get_content_charset() or "utf-8"), data)
