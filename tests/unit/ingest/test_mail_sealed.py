"""Mails that are encrypted or signed, and invitations."""

import base64
import time

import pytest

from rag_service.ingest.readers.base import UnreadableError
from tests.mail_kit import DEADLINE, PDF, forwarded, html, multipart, plain, told

SIGNED = bytes.fromhex("308006092a864886f70d010702a080") + b"x" * 90
SECRET = bytes.fromhex("308006092a864886f70d010703a080") + b"x" * 90
ARMOUR = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"
PGP = multipart(
    "encrypted; protocol=application/pgp-encrypted",
    "Content-Type: application/pgp-encrypted\n\nVersion: 1",
    f"Content-Type: application/octet-stream; name=encrypted.asc\n\n{ARMOUR}",
)


def smime(parameters: str, data: bytes, kind: str = "application/pkcs7-mime") -> str:
    disposition = "Content-Disposition: attachment; filename=smime.p7m"
    code = base64.encodebytes(data).decode()
    return f"Content-Type: {kind}{parameters}\n{disposition}\nContent-Transfer-Encoding: base64\n\n{code}"


@pytest.mark.parametrize(
    ("mail", "way"),
    [
        (smime("; smime-type=enveloped-data; name=smime.p7m", SECRET), "S/MIME"),
        (smime("; smime-type=authEnveloped-data", SECRET), "S/MIME"),
        (smime("; name=smime.p7m", SECRET, "application/x-pkcs7-mime"), "S/MIME"),
        (smime("", SECRET, "application/octet-stream"), "S/MIME"),
        (multipart("mixed", smime("", SECRET), plain("Liste Garten")), "S/MIME"),
        (PGP, "PGP"),
        (multipart("mixed", PGP, plain("Liste Garten")), "PGP"),
        (multipart("mixed", plain(" "), "Content-Type: application/pgp-encrypted\n\nVersion: 1"), "PGP"),
        (plain(ARMOUR), "PGP"),
        (multipart("alternative", plain(ARMOUR), html(f"<pre>{ARMOUR}</pre>")), "PGP"),
        (multipart("mixed", forwarded(f"Subject: S\n{PGP}")), "PGP"),
    ],
)
def test_encrypted_mails_are_refused_with_reason_and_remedy(mail: str, way: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        told(mail)
    assert str(caught.value) == f"is encrypted ({way}); decrypt it in your mail program and save it again"


@pytest.mark.parametrize("parameters", ["; smime-type=signed-data", "", "; smime-type=compressed-data"])
def test_mails_inside_their_signature_are_refused(parameters: str) -> None:
    with pytest.raises(UnreadableError, match=r"is wrapped into its signature \(S/MIME\); save it without"):
        told(smime(parameters, SIGNED))


def test_signed_mails_are_read() -> None:
    signature = "Content-Type: application/pgp-signature; name=signature.asc\n\nx"
    mail = multipart("signed; protocol=application/pgp-signature", plain(DEADLINE), signature)
    assert told(mail) == f"{DEADLINE}\n\nAttachments: signature.asc"


def test_what_is_encrypted_beside_a_text_is_named() -> None:
    assert told(multipart("mixed", plain(DEADLINE), smime("", SECRET))) == f"{DEADLINE}\n\nAttachments: smime.p7m"
    assert told(multipart("mixed", plain(DEADLINE), PGP)) == f"{DEADLINE}\n\nAttachments: encrypted.asc"
    invoice = smime("", SIGNED).replace("smime.p7m", "rechnung.xml.p7m")
    assert told(multipart("mixed", invoice, PDF)) == "Attachments: rechnung.xml.p7m, plan.pdf"
    keys = smime("; smime-type=certs-only", SIGNED).replace("smime.p7m", "smime.p7c")
    assert told(multipart("mixed", keys, plain(DEADLINE))) == f"{DEADLINE}\n\nAttachments: smime.p7c"
    inner = multipart("mixed", plain(DEADLINE), forwarded(f"Subject: Geheim\n{PGP}"))
    assert told(inner) == f"{DEADLINE}\n\nAttachments: Angebot.eml"


def calendar(*lines: str, head: str = "") -> str:
    body = "\r\n".join(("BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"))
    return f"Content-Type: text/calendar; charset=utf-8; method=REQUEST\n{head}\n{body}"


PLANNED = calendar(
    "SUMMARY;LANGUAGE=de:Planung\\, zweite Run",
    " de",
    'DTSTART;TZID="Europe/Berlin":20240520T140000',
    "DTEND;TZID=Europe/Berlin:20240520T153000",
    "RRULE:FREQ=WEEKLY;COUNT=5",
    "LOCATION:Raum 4\\, Haus B",
    "BEGIN:VALARM",
    "DESCRIPTION:REMINDER",
    "END:VALARM",
    f"DESCRIPTION:Bitte vorbereiten.\\n{DEADLINE}",
)
FACTS = (
    "Event: Planung, zweite Runde\nStart: 2024-05-20 14:00 (Europe/Berlin)\nEnd: 2024-05-20 15:30 (Europe/Berlin)\n"
    "Repeats: weekly\nLocation: Raum 4, Haus B"
)


def test_an_invitation_tells_what_when_and_where() -> None:
    described = f"{FACTS}\n\nBitte vorbereiten.\n{DEADLINE}"
    assert told(PLANNED) == described
    assert told(multipart("alternative", plain(""), PLANNED)) == described
    text = f"Bitte vorbereiten.\n\n{DEADLINE}"
    page = html(f"<p>Bitte vorbereiten.</p><p>{DEADLINE}</p>")
    file = calendar("SUMMARY:x", head="Content-Disposition: attachment; filename=invite.ics\n")
    mail = multipart("mixed", multipart("alternative", plain(text), page, PLANNED), file)
    assert told(mail) == f"{text}\n\n{FACTS}\n\nAttachments: invite.ics"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("DTSTART;VALUE=DATE:20240520", "DTEND;VALUE=DATE:20240521"), "Start: 2024-05-20"),
        (("DTSTART;VALUE=DATE:20240520", "DTEND;VALUE=DATE:20240523"), "Start: 2024-05-20\nEnd: 2024-05-22"),
        (("DTSTART:20240520T120000Z", "STATUS:CANCELLED"), "Start: 2024-05-20 12:00 (UTC)\nStatus: cancelled"),
        (("SUMMARY:A", "DTSTART;VALUE=DATE:20249999", "DTEND:00010101"), "Event: A"),
        (("SUMMARY:A", "DTSTART:morgen", 'LOCATION;ALTREP="cid:a:b;c":Rom'), "Event: A\nLocation: Rom"),
        (("STATUS:CONFIRMED",), ""),
    ],
)
def test_times_of_events(lines: tuple[str, ...], expected: str) -> None:
    assert told(calendar(*lines)) == expected


@pytest.mark.parametrize("line", ["A" + ';B="' * 20_000, "A" + ";" * 50_000, "X-A:" + "\\" * 9_999, "END", "END:"])
def test_hostile_calendars_end(line: str) -> None:
    started = time.monotonic()
    assert told(calendar(*[line] * 20, "SUMMARY:Ende")) == ("" if line == "END:" else "Event: Ende")
    assert told(calendar("SUMMARY:Anfang", *["BEGIN:VEVENT", "SUMMARY:Ende", "END:VEVENT"] * 500)).count("Ende") == 1
    assert time.monotonic() - started < 10
