"""Mail: its own header, with a date to read and the names of attachments, then the plain body, else the HTML one."""

from __future__ import annotations

from email.message import EmailMessage, MIMEPart

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.ingest.readers.decode import decode, decode_as
from rag_service.ingest.readers.html import decode_html, parse
from rag_service.ingest.readers.mail_header import field, parse_mail, sent_at
from rag_service.ingest.readers.markup import prepare, visible_text
from rag_service.models import MetadataValue


def read(data: bytes, limits: Limits) -> Extracted:
    """Subject, people and body of one message; UnreadableError when there is no header at all."""
    message = parse_mail(data)
    subject, sender = field(message, "subject"), field(message, "from")
    if not subject and not sender and message.get("date") is None:
        raise UnreadableError("has no mail header; save the message again as .eml")
    metadata: dict[str, MetadataValue] = {"author": sender} if sender else {}
    recipients = field(message, "to")
    if recipients:
        metadata["to"] = recipients
    sent = sent_at(message)
    attachments = ", ".join(name for part in message.iter_attachments() if (name := part.get_filename()))
    head = {
        "From": sender,
        "To": recipients,
        "Cc": field(message, "cc"),
        "Date": f"{sent:%Y-%m-%d %H:%M}" if sent else field(message, "date"),
    }
    tail = f"Attachments: {attachments}" if attachments else ""
    lines = "\n".join(f"{name}: {value}" for name, value in head.items() if value)
    blocks = [block for block in (subject, lines, _body(message), tail) if block.strip()]
    published = sent.isoformat() if sent else None
    return Extracted(("\n\n".join(blocks),), title=subject or None, published=published, metadata=metadata)


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
