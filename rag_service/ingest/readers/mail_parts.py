"""What one mail holds, part by part: texts in their order, names of attachments, and the mails in it."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from email.message import EmailMessage

from rag_service.ingest.readers.base import UnreadableError
from rag_service.ingest.readers.decode import decode, decode_as
from rag_service.ingest.readers.html import decode_html, parse
from rag_service.ingest.readers.mail_events import Event, events_of
from rag_service.ingest.readers.mail_header import file_name, header_field, is_attached, parse_mail
from rag_service.ingest.readers.mail_sealed import armoured, sealed
from rag_service.ingest.readers.mail_text import Text, add_text, best_of
from rag_service.ingest.readers.markup import prepare, visible_text

_DEEPEST = 30  # multiparts in multiparts
_CALENDAR = "text/calendar"
_TEXTS = ("text/plain", "text/markdown", "text/html", _CALENDAR)
_MAILS = ("message/rfc822", "message/global", "message/news")


@dataclass(slots=True)
class Parts:
    """What was found in a mail; `mails` with their file names, `problem` is that of the first text not readable."""

    texts: list[Text] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    mails: list[tuple[EmailMessage, str]] = field(default_factory=list)
    problem: UnreadableError | None = None


def take_apart(message: EmailMessage) -> Parts:
    """The mail's parts, with what it invites to behind its texts; UnreadableError when it is encrypted."""
    parts = Parts()
    _take(message, parts, 0)
    for event in parts.events:
        add_text(parts.texts, Text(event.facts))
        add_text(parts.texts, Text(event.description))
    return parts


def _take(part: EmailMessage, parts: Parts, depth: int) -> None:
    if depth > _DEEPEST:
        raise UnreadableError("is nested too deeply; save it again with your mail program")
    name = file_name(part)
    reason = sealed(part, name, whole=depth == 0)
    if reason and not parts.texts:  # behind a text of its own it is one attachment among others
        raise UnreadableError(reason)
    kind = part.get_content_type()
    inner = _inner(part)
    if kind in _MAILS and inner:
        parts.mails.append((_unwrapped(part, inner[0]), name))
    elif kind == "multipart/alternative" and inner:
        _take_best(inner, parts, depth)
    elif part.get_content_maintype() == "multipart" and inner:
        for one in inner:
            if kind != "multipart/related" or not _is_shown(one):
                _take(one, parts, depth + 1)
    elif _is_own(part, kind) and not (name and (is_attached(part) or (parts.texts and kind != _CALENDAR))):
        _take_text(part, kind, name, parts)
    elif name:
        parts.attachments.append(name)


def _take_best(alternatives: list[EmailMessage], parts: Parts, depth: int) -> None:
    """The texts of one of several parts that say the same, and all that the others hold beside text."""
    options: list[list[Text]] = []
    for one in alternatives:
        found = Parts()
        _take(one, found, depth + 1)
        options.append(found.texts)
        parts.events += found.events
        parts.attachments += found.attachments
        parts.mails += found.mails
        parts.problem = parts.problem or found.problem
    for text in best_of(options):
        add_text(parts.texts, text)


def _take_text(part: EmailMessage, kind: str, name: str, parts: Parts) -> None:
    try:
        text = _text(part, kind)
    except UnreadableError as error:  # one part that is none costs the others nothing
        parts.problem = parts.problem or error
        parts.attachments.append(name)
        return
    if kind == _CALENDAR:
        parts.events.extend(events_of(text.content))
        return
    reason = armoured(text.content)
    if reason and not parts.texts:
        raise UnreadableError(reason)
    add_text(parts.texts, text)


def _inner(part: EmailMessage) -> list[EmailMessage]:
    payload = part.get_payload() if part.is_multipart() else []
    return [one for one in payload if isinstance(one, EmailMessage)] if isinstance(payload, list) else []


def _unwrapped(part: EmailMessage, mail: EmailMessage) -> EmailMessage:
    """The mail in a part; some programs write it as base64, which the library takes for its text."""
    payload = mail.get_payload()
    if mail.keys() or not isinstance(payload, str) or header_field(part, "content-transfer-encoding") != "base64":
        return mail
    try:
        found = parse_mail(base64.b64decode(payload.encode("ascii", "ignore")))
    except binascii.Error:
        return mail
    return found if found.keys() else mail


def _is_shown(part: EmailMessage) -> bool:
    """Whether a part is a picture that the page beside it shows."""
    return part.get_content_maintype() == "image" and not is_attached(part)


def _is_own(part: EmailMessage, kind: str) -> bool:
    """Whether a part can be a text of the mail itself; so can all parts in one, where what bounds them is lost."""
    return kind in _TEXTS or part.get_content_maintype() == "multipart"


def _text(part: EmailMessage, kind: str) -> Text:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    text = decode_as(str(part.get_content_charset() or "utf-8"), data)
    if kind != "text/html":
        return Text((decode(data) if text is None else text).strip())
    tree = parse(decode_html(data) if text is None else text)
    if tree is None:
        return Text("")
    prepare(tree)
    return Text(visible_text(tree), html=True)
