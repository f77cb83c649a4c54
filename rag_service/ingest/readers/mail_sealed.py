"""Mails whose text is out of reach: encrypted, or wrapped into their signature."""

from __future__ import annotations

from email.message import EmailMessage

from rag_service.ingest.readers.mail_header import is_attached

_ENCRYPTED = "is encrypted ({}); decrypt it in your mail program and save it again"
_WRAPPED = "is wrapped into its signature (S/MIME); save it without the signature with your mail program"
_PGP = ("multipart/encrypted", "application/pgp-encrypted")
_SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_FILE = "smime.p7m"  # by which a gateway that does not know the type passes it on
_WRAPPINGS = ("signed-data", "compressed-data")
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # its object identifier: RFC 5652, section 5.1
_START = 64  # bytes


def sealed(part: EmailMessage, name: str, whole: bool) -> str | None:
    """Why the text in a part cannot be read; None where it can, or where the part is a signed file that is attached."""
    kind = part.get_content_type()
    if kind in _PGP:
        return _ENCRYPTED.format("PGP")
    named = name.lower() == _FILE
    if kind not in _SMIME and not named:
        return None
    if not (whole or named) and name and is_attached(part):
        return None
    declared = str(part.get_param("smime-type") or "").lower()
    if declared in _WRAPPINGS or (not declared and _SIGNED_DATA in _start(part)):
        return _WRAPPED
    return _ENCRYPTED.format("S/MIME")


def armoured(text: str) -> str | None:
    """Why a text cannot be read that is nothing but encrypted; None for every other."""
    return _ENCRYPTED.format("PGP") if text.startswith("-----BEGIN PGP MESSAGE-----") else None


def _start(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload[:_START] if isinstance(payload, bytes) else b""
