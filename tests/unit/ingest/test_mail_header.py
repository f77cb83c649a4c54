"""Letters beyond ASCII in mails: in bodies of a declared encoding, and in headers."""

import pytest

from rag_service.ingest.readers.decode import decode_as
from tests.ingest_kit import read

TOLD = "Der Preis ist 50 € – „fest“ zugesagt …"


@pytest.mark.parametrize("charset", ["iso-8859-1", "ISO-8859-1", "latin1", "us-ascii", "windows-1252"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_signs_of_windows_under_the_name_of_latin_1(charset: str, encoding: str) -> None:
    body = TOLD.encode(encoding)
    plain = f"Subject: S\nContent-Type: text/plain; charset={charset}\n\n".encode() + body
    assert read("a.eml", plain).text == f"S\n\n{TOLD}"
    html = f"Subject: S\nContent-Type: text/html; charset={charset}\n\n<p>".encode() + body
    assert read("a.eml", html).text == f"S\n\n{TOLD}"
    page = f"<html><head><meta charset={charset}></head><body><p>".encode() + body
    assert read("a.html", page).text == TOLD


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("iso-8859-1", b"gr\xfc\xdfe \x81", "grüße \x81"),  # one of the five bytes that Windows-1252 leaves open
        ("iso-8859-15", b"50 \xa4, \x84fest\x93", "50 €, „fest“"),
        ("iso-8859-2", b"z\xb3oty \x96 \x80", "złoty – €"),
        ("iso-8859-1", b"", ""),
        ("utf-8", b"gr\xfc\xdfe", None),
        ("koi8-r", "Цена".encode("koi8-r"), "Цена"),
    ],
)
def test_bytes_by_the_name_of_their_encoding(charset: str, data: bytes, text: str | None) -> None:
    assert decode_as(charset, data) == text


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_headers_of_bare_bytes(encoding: str) -> None:
    mail = (
        "Subject: Größe – „fest“\n und Preis in €\nFrom: Jürgen Groß <j@example.org>\n"
        "To: Zoë <z@example.org>, b@example.org\nCc: Günther\n\nText."
    )
    document = read("a.eml", mail.encode(encoding))
    assert document.title == "Größe – „fest“ und Preis in €"
    assert document.metadata == {"author": "Jürgen Groß <j@example.org>", "to": "Zoë <z@example.org>, b@example.org"}
    assert document.text == (
        "Größe – „fest“ und Preis in €\n\nFrom: Jürgen Groß <j@example.org>\n"
        "To: Zoë <z@example.org>, b@example.org\nCc: Günther\n\nText."
    )


def test_headers_of_bare_bytes_in_another_script_or_none() -> None:
    assert read("a.eml", "Subject: Цена вопроса\n\nx".encode()).title == "Цена вопроса"
    assert read("a.eml", b"Subject: PK\x03\x04\xff\nFrom: a@example.org\n\nText.").text.endswith("Text.")


def test_encoded_words_that_call_windows_latin_1() -> None:
    words = "=?iso-8859-1?Q?50_=80_=96_=84fest=93=85_f=FCr?= =?iso-8859-1?Q?_J=FCrgen?="
    file = "Content-Type: application/pdf\nContent-Disposition: attachment; filename*=iso-8859-1''50%20%80.pdf\n\nx"
    assert read("a.eml", f"Subject: S\n{file}").text == "S\n\nAttachments: 50 €.pdf"
    document = read("a.eml", f"Subject: {words}\nFrom: =?iso-8859-1?Q?Bj=F6rn_=8Aik?= <b@example.org>\n\nText.")
    assert document.title == "50 € – „fest“… für Jürgen"
    assert document.metadata == {"author": "Björn Šik <b@example.org>"}


def test_what_is_malformed_in_a_header_costs_no_text() -> None:
    dated = f"Subject: S\nDate: Mon, 6 May {'9' * 12} 10:00:00 +0200\n"
    assert read("a.eml", f"{dated}\nText.").text == "S\n\nText."
    assert read("a.eml", b'Subject: S\nContent-Type: text/plain; charset="a\0b"\n\nText.').text == "S\n\nText."


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8"])
def test_names_of_files_in_bare_bytes(encoding: str) -> None:
    mail = (
        "Subject: S\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nText.\n--x\n"
        'Content-Type: application/pdf\nContent-Disposition: attachment; filename="Größe und Maß.pdf"\n\nx\n--x--\n'
    )
    assert read("a.eml", mail.encode(encoding)).text == "S\n\nText.\n\nAttachments: Größe und Maß.pdf"
