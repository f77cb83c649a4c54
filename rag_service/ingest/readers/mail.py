"""Mail: its own header, with a date to read, its texts, the names of attachments; then the mails that it forwards."""

from __future__ import annotations

from email.message import EmailMessage

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.ingest.readers.mail_header import header_field, parse_mail, sent_at
from rag_service.ingest.readers.mail_parts import take_apart
from rag_service.models import MetadataValue

_LEVELS = 4  # of mails in mails that are read


def read(data: bytes, limits: Limits) -> Extracted:
    """Subject, people and texts of one message; UnreadableError without any header, or when it is encrypted."""
    message = parse_mail(data)
    subject, sender, recipients = (
        header_field(message, "subject"),
        header_field(message, "from"),
        header_field(message, "to"),
    )
    if not subject and not sender and "date" not in message:
        raise UnreadableError("has no mail header; save the message again as .eml")
    metadata: dict[str, MetadataValue] = {"author": sender} if sender else {}
    if recipients:
        metadata["to"] = recipients
    sent = sent_at(message)
    published = sent.isoformat() if sent else None
    return Extracted((_written(message, 0),), title=subject or None, published=published, metadata=metadata)


def _written(message: EmailMessage, level: int) -> str:
    """The mail as text, and below it the mails that it holds; those that cannot be read are named as attachments."""
    parts = take_apart(message)
    names, problem = list(parts.attachments), parts.problem
    inner: list[str] = []
    for mail, name in parts.mails:
        try:
            if level < _LEVELS:
                inner.append(_written(mail, level + 1))
                continue
        except UnreadableError as error:
            problem = problem or error
        names.append(name or header_field(mail, "subject"))
    if problem and not parts.texts and not inner:
        raise problem
    attachments = ", ".join(dict.fromkeys(name for name in names if name))
    tail = f"Attachments: {attachments}" if attachments else ""
    texts = [text.content for text in parts.texts]
    blocks = [header_field(message, "subject"), _head(message), *texts, tail, *dict.fromkeys(inner)]
    return "\n\n".join(block for block in blocks if block)


def _head(message: EmailMessage) -> str:
    sent = sent_at(message)
    fields = {
        "From": header_field(message, "from"),
        "To": header_field(message, "to"),
        "Cc": header_field(message, "cc"),
        "Date": f"{sent:%Y-%m-%d %H:%M}" if sent else header_field(message, "date"),
    }
    return "\n".join(f"{name}: {value}" for name, value in fields.items() if value)
