"""Mails of several parts: which texts are read, in which order, and what is only named."""

import base64
import time

import pytest

from rag_service.ingest.readers.base import UnreadableError
from tests.ingest_kit import read
from tests.mail_kit import DEADLINE, PDF, forwarded, html, multipart, plain, told

ORDER = "Ihre Bestellung 4711 wird am 20. Mai geliefert."
TERMS = "Wir liefern frei Haus, nehmen Altes mit und kommen nach Absprache, wenn der Kunde anwesend ist, und zwar"
INNER = (
    "Subject: Angebot\nFrom: Ada <ada@example.org>\nDate: Mon, 6 May 2024 10:00:00 +0200\n\nDer Preis ist 4000 Euro."
)
INNER_TEXT = "Angebot\n\nFrom: Ada <ada@example.org>\nDate: 2024-05-06 10:00\n\nDer Preis ist 4000 Euro."


@pytest.mark.parametrize("blank", ["", " \n\u00a0\n", "https://shop.example/mail?id=77\n", "[cid:bild.png]"])
def test_the_page_is_read_where_the_plain_alternative_is_blank(blank: str) -> None:
    assert told(multipart("alternative", plain(blank), html(f"<p>{ORDER}</p>"))) == ORDER


def test_a_plain_alternative_that_only_stands_for_the_page_is_not_taken_for_it() -> None:
    page = f"<p>{ORDER}</p><p>Sie erhalten 3 Stühle und 1 Tisch zum Preis von 410 €, zahlbar in 14 Tagen.</p>"
    assert "410 €" in told(multipart("alternative", plain("Diese Mail enthält HTML."), html(page)))
    short = multipart("alternative", plain(ORDER), html(f"<div><b>Schuster GmbH</b> {ORDER}</div>"))
    assert told(short) == ORDER
    assert told(multipart("alternative", plain(""), html("https://shop.example/mail"))) == "https://shop.example/mail"


def test_texts_around_an_attachment_are_read_in_order() -> None:
    mail = multipart("mixed", plain("Anbei der Plan."), PDF, plain(DEADLINE))
    assert told(mail) == f"Anbei der Plan.\n\n{DEADLINE}\n\nAttachments: plan.pdf"
    page = multipart("mixed", html("<p>Anbei der Plan."), PDF, html(f"<p>{DEADLINE}"))
    rich = multipart("alternative", plain(""), page)
    assert told(rich) == f"Anbei der Plan.\n\n{DEADLINE}\n\nAttachments: plan.pdf"
    both = multipart("alternative", plain(f"Anbei der Plan.\n\n{DEADLINE}"), page)
    assert told(both) == f"Anbei der Plan.\n\n{DEADLINE}\n\nAttachments: plan.pdf"


def test_a_page_is_read_before_the_footer_of_a_mailing_list() -> None:
    footer = "_______\nListe Garten: https://liste.example/garten"
    assert told(multipart("mixed", html(f"<p>{DEADLINE}</p>"), plain(footer))) == f"{DEADLINE}\n\n{footer}"


def test_what_a_part_repeats_is_not_doubled() -> None:
    page = f"<p>{ORDER} Mehr <a href='https://shop.example/4711'>hier</a>.</p>"
    spelled = f"{ORDER} Mehr hier <https://shop.example/4711>."
    assert told(multipart("mixed", plain(spelled), html(page))) == spelled
    assert told(multipart("mixed", plain(ORDER), plain(f"  {ORDER}\n"))) == ORDER
    assert told(multipart("mixed", plain("Hallo!"), plain(f"Hallo!\n{ORDER}"))) == f"Hallo!\n{ORDER}"
    table = (
        "<table><tr><th>Artikel</th><th>Anzahl</th></tr><tr><td>Stuhl</td><td>3</td></tr><tr><td>Tisch</td><td>1</td>"
    )
    listed = "Artikel Anzahl\nStuhl 3\nTisch 1"
    assert told(multipart("mixed", plain(listed), html(table))) == listed


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (plain("Preis: 5 €"), plain("Preis: 5 $")),
        (plain("Preis: 5 €"), html("Preis: 5 $")),
        (plain("Siehe https://a.example/1"), plain("Siehe https://a.example/2")),
        (plain(DEADLINE), html(DEADLINE.replace("31", "30"))),
        (plain(f"{TERMS} am 30. Mai."), html(f"{TERMS} am 31. Mai.")),
        (plain("👍"), plain("👎")),
        (plain("👍"), html("👎")),
        (plain("Ja"), plain("Januar")),
        (plain("30 €"), plain("130 €")),
    ],
)
def test_parts_that_differ_in_little_are_both_read(one: str, other: str) -> None:
    first, second = (told(part).strip() for part in (one, other))
    assert told(multipart("mixed", one, other)) == f"{first}\n\n{second}"


def test_text_files_stay_attachments() -> None:
    for disposition in ("attachment; filename=notiz.txt", "inline; filename=notiz.txt"):
        notes = plain("Geheime Notiz.", f"Content-Disposition: {disposition}\n")
        assert told(multipart("mixed", plain("Anbei."), notes)) == "Anbei.\n\nAttachments: notiz.txt"
    assert told(plain("Bericht", "Content-Disposition: attachment; filename=b.txt\n")) == "Attachments: b.txt"
    unnamed = plain(DEADLINE, "Content-Disposition: attachment\n")
    assert told(multipart("mixed", plain("Anbei."), unnamed)) == f"Anbei.\n\n{DEADLINE}"


def test_files_are_named_wherever_they_stand_but_not_the_pictures_of_a_page() -> None:
    logo = "Content-Type: image/png; name=logo.png\nContent-ID: <l>\n\nx"
    photo = "Content-Type: image/png\nContent-Disposition: attachment; filename=foto.png\n\nx"
    page = multipart("related", html(f"<p>{ORDER}<img src=cid:l></p>"), logo, photo)
    signed = multipart("signed", multipart("mixed", multipart("alternative", plain(""), page), PDF), plain(""))
    assert told(signed) == f"{ORDER}\n\nAttachments: foto.png, plan.pdf"


def test_a_forwarded_mail_is_read_with_its_header() -> None:
    mail = multipart("mixed", plain("Zur Kenntnis."), forwarded(INNER), PDF)
    document = read("a.eml", f"Subject: Fwd\nFrom: bo@example.org\n{mail}")
    assert document.text == f"Fwd\n\nFrom: bo@example.org\n\nZur Kenntnis.\n\nAttachments: plan.pdf\n\n{INNER_TEXT}"
    assert (document.title, document.metadata) == ("Fwd", {"author": "bo@example.org"})
    second = INNER.replace("4000", "3500")
    assert (
        told(multipart("digest", f"\n{INNER}", f"\n{second}"))
        == f"{INNER_TEXT}\n\n{INNER_TEXT.replace('4000', '3500')}"
    )
    assert told(multipart("alternative", plain("Da."), multipart("mixed", html("Da."), forwarded(INNER)))) == (
        f"Da.\n\n{INNER_TEXT}"
    )


def test_what_is_attached_twice_is_told_once() -> None:
    page = multipart("mixed", html("Da."), PDF, forwarded(INNER))
    mail = multipart("mixed", multipart("alternative", plain("Da."), page), PDF, forwarded(INNER))
    assert told(mail) == f"Da.\n\nAttachments: plan.pdf\n\n{INNER_TEXT}"


def test_a_forwarded_mail_in_base64_is_read() -> None:
    coded = base64.encodebytes(INNER.encode()).decode()
    wrapped = f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{coded}"
    assert told(multipart("mixed", plain("Da."), wrapped)) == f"Da.\n\n{INNER_TEXT}"
    no_mail = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nKein Code."
    assert told(multipart("mixed", plain("Da."), no_mail)) == "Da.\n\nKein Code."


def nested(levels: int) -> str:
    mail = "Subject: M0\n\nT0"
    for level in range(1, levels + 1):
        mail = f"Subject: M{level}\n" + multipart(
            "mixed", plain(f"T{level}"), f"Content-Type: message/rfc822\n\n{mail}"
        )
    return mail


def test_mails_in_mails_are_read_a_few_levels_deep() -> None:
    assert read("a.eml", nested(4)).text == "\n\n".join(f"M{level}\n\nT{level}" for level in range(4, -1, -1))
    read_levels = [f"M{level}\n\nT{level}" for level in range(60, 55, -1)]
    assert read("a.eml", nested(60)).text == "\n\n".join([*read_levels, "Attachments: M55"])


def test_hostile_nesting_ends_soon() -> None:
    started = time.monotonic()
    bare = "Content-Type: message/rfc822\n\n" * 300
    assert read("a.eml", f"Subject: S\n{bare}Subject: T\n\nx").text == "S"
    deep = plain(DEADLINE)
    for _ in range(40):
        deep = multipart("mixed", deep)
    with pytest.raises(UnreadableError, match="is nested too deeply"):
        told(deep)
    many = multipart("mixed", *(plain(f"Teil {number}") for number in range(2_000)))
    assert told(many).count("Teil") == 2_000
    assert time.monotonic() - started < 20


def test_a_part_that_is_no_text_costs_the_others_nothing() -> None:
    binary = "Content-Type: text/plain; charset=x-none; name=a.bin\nContent-Transfer-Encoding: base64\n\n"
    binary += base64.b64encode(bytes(range(32)) * 8 + b"\xff").decode()
    assert told(multipart("mixed", binary, plain(DEADLINE))) == f"{DEADLINE}\n\nAttachments: a.bin"
    assert told(multipart("mixed", binary, forwarded(INNER))) == f"Attachments: a.bin\n\n{INNER_TEXT}"
    with pytest.raises(UnreadableError, match="holds binary data"):
        told(multipart("mixed", binary))
    deep = html("<div>" * 30_000 + "x")
    assert told(multipart("alternative", plain(DEADLINE), deep)) == DEADLINE


def test_a_mail_without_the_bounds_of_its_parts_is_read_as_it_stands() -> None:
    assert told(f"Content-Type: multipart/mixed; boundary=x\n\n{DEADLINE}") == DEADLINE
