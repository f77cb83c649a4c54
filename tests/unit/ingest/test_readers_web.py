"""Golden tests of web pages, mail and e-books."""

import pytest

from rag_service.ingest.readers.base import UnreadableError
from tests import ingest_kit as kit
from tests.ingest_kit import read

PAGE = """<!doctype html><html lang="de"><head><title>Kim reist | Zeitung</title>
<meta charset="utf-8"><meta name="author" content="Anna Meier">
<meta property="article:published_time" content="2019-04-25T11:20:00+02:00">
<style>.weg {{ display: none }} #auch {{visibility:hidden}}</style></head>
<body><nav><a href="/">Start</a> <a href="/abo">Abo bestellen</a></nav>
<article><h1>Kim reist ab</h1>
<p>Der Zug verließ die Stadt am frühen Nachmittag, Stunden vor der geplanten Zeit, und niemand nannte den Grund.</p>
<h2>Die Hintergründe</h2>
<p>Beobachter hatten mit einem längeren Aufenthalt gerechnet, denn das Programm sah noch zwei Besuche vor.</p>
<ul><li>ein Theater</li><li>ein Delfinarium</li></ul>
<table><tr><th>Ort</th><th>Tag</th></tr><tr><td>Chassan</td><td>Mittwoch</td></tr></table>
{hidden}
</article><footer>Impressum und Datenschutz</footer><script>alert(1)</script></body></html>"""


HIDDEN = """<div style="display: none">versteckt eins</div><p class="weg">versteckt zwei</p>
<p id="auch">versteckt drei</p><p hidden>versteckt vier</p><span style="font-size:0px">versteckt fünf</span>
<!-- versteckt sechs --><p aria-hidden="true">versteckt sieben</p><template>versteckt acht</template>
<p style="position:absolute;left:-9999px">versteckt neun</p><p style="opacity:0">versteckt zehn</p>"""


def test_html_gives_the_main_text_in_blocks() -> None:
    document = read("a.html", PAGE.format(hidden=HIDDEN))
    assert document.text == (
        "Kim reist ab\n\n"
        "Der Zug verließ die Stadt am frühen Nachmittag, Stunden vor der geplanten Zeit, "
        "und niemand nannte den Grund.\n\n"
        "Die Hintergründe\n\n"
        "Beobachter hatten mit einem längeren Aufenthalt gerechnet, "
        "denn das Programm sah noch zwei Besuche vor.\n\n"
        "- ein Theater\n- ein Delfinarium\n\n"
        "Ort: Chassan; Tag: Mittwoch"
    )
    assert (document.title, document.published) == ("Kim reist ab", "2019-04-25T11:20")
    assert document.metadata == {"author": "Anna Meier"}


def test_html_metadata_from_json_ld_and_time() -> None:
    linked = (
        '<html><head><script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline": "Kopf",'
        '"datePublished": "2019-04", "author": [{"name": "A"}, {"name": "B"}]}]}</script></head>'
        "<body><p>Text der Seite.</p></body></html>"
    )
    document = read("a.html", linked)
    assert (document.title, document.published, document.metadata) == ("Kopf", "2019-04", {"author": "A, B"})
    timed = '<html><body><p><time datetime="2020-01-02">gestern</time> Der Text.</p></body></html>'
    assert read("a.html", timed).published == "2020-01-02"
    broken = '<script type="application/ld+json">{kaputt</script><title>T</title><p>Nur Text hier.</p>'
    assert read("a.html", broken).title == "T"


def test_html_without_semantic_marks_loses_its_link_lists_and_keeps_its_tables() -> None:
    teasers = "".join(f"<li><a href='/{n}'>Noch eine Meldung Nummer {n} vom Tage</a></li>" for n in range(40))
    story = "".join(f"<p>Der Absatz {n} erzählt, was am Tag des Gipfels in der Stadt geschah.</p>" for n in range(8))
    text = read("a.html", f"<body><div><ul>{teasers}</ul></div><div>{story}</div></body>").text
    assert "Absatz 0" in text and "Absatz 7" in text and "Meldung Nummer 7" not in text
    rows = "".join(f"<tr><td>Ort {n}</td><td>{n * 7} Gäste</td></tr>" for n in range(30))
    table = read("a.html", f"<body><p>Kurz.</p><table>{rows}</table></body>").text
    assert "Ort 0 | 0 Gäste" in table and "Ort 29 | 203 Gäste" in table


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("<tr><th></th><th>Plan</th><th>Ist</th></tr><tr><td>Theater</td><td></td><td>entfiel</td></tr>",
         "Theater; Ist: entfiel"),
        ("<thead><tr><th>Ort<th>Tag<tbody><tr><th>Rom<td>Mo<tr><td><td>Di", "Ort: Rom; Tag: Mo\nTag: Di"),
        ("<tr><th>Farbe</th><td>blau</td></tr><tr><th>Jahr</th><td>1888</td></tr>", "Farbe: blau\nJahr: 1888"),
        ("<tr><th>nur</th><th>Kopf</th></tr>", "nur | Kopf"),
        ("<tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr>", "a | b\nc | d"),
        ("<tr><th colspan=2>Woche</th></tr><tr><td>Mo</td><td>Di</td></tr>", "Woche\nMo | Di"),
        ("<tr><th>Ort</th></tr><tr><td>Rom</td><td>zu viel</td></tr>", "Ort: Rom; zu viel"),
        (f"<tr><th>{'x' * 90}</th><th>b</th></tr><tr><td>c</td><td>d</td></tr>", f"{'x' * 90} | b\nc | d"),
    ],
)  # fmt: skip
def test_rows_of_tables_are_told_with_the_names_of_their_columns(rows: str, expected: str) -> None:
    assert read("a.html", f"<body><p>Kurz.</p><table>{rows}</table></body>").text == f"Kurz.\n\n{expected}"


def test_terms_stand_before_their_descriptions() -> None:
    terms = "<dl><dt>VPN</dt>\n<dd>Im Portal.</dd><dt>Uhr</dt><dt>Zeit</dt><dd>Per App.</dd><dd>Oder am Tor.</dd></dl>"
    short = read("a.html", f"<body><p>Kurz.</p>{terms}</body>").text
    assert short == "Kurz.\n\nVPN: Im Portal.\n\nUhr\n\nZeit: Per App.\n\nOder am Tor."
    story = "".join(f"<p>Der Absatz {n} erzählt, was am Tag des Gipfels in der Stadt geschah.</p>" for n in range(8))
    assert "\n- VPN: Im Portal.\n- Uhr\n- Zeit: Per App.\n" in read("a.html", f"<body>{story}{terms}</body>").text


def test_headings_of_a_page_without_an_article_are_kept() -> None:
    story = "<p>Der Empfang ist besetzt, und zwar an jedem Tag von der ersten Stunde an bis zum späten Abend.</p>"
    page = "".join(f"<h2>Kapitel {n}</h2>{story}" for n in range(4))
    text = read("a.html", f"<body><nav><a href='/'>Start</a></nav><h1>Die Tage</h1>{page}</body>").text
    assert text.startswith("Die Tage\n\nKapitel 0\n\nDer Empfang") and text.count("Kapitel") == 4
    assert "Start" not in text


@pytest.mark.parametrize("source", ["a.html", "a.md"])
def test_control_characters_around_what_is_hidden(source: str) -> None:
    told = "<div><p>Eins&#1;<script>x</script>&#2;zwei<b>drei&#3;</b><!-- y -->&#4;vier.</p></div>"
    text = read(source, told).text.strip().replace("\ufffd", "")  # which Markdown puts in their place
    assert text == "Einszweidreivier."


@pytest.mark.parametrize(
    "part",
    [
        "<ol><li>acht&#27;zehn</li></ol>",
        "<pre>acht&#12;zehn</pre>",
        "<figure><figcaption>acht&#2;zehn</figcaption></figure>",
        "<details><summary>Zahl</summary>acht&#7;zehn</details>",
        "<table><tr><td>acht&#1;zehn</td></tr></table>",
    ],
)
def test_control_characters_make_no_page_unreadable(part: str) -> None:
    assert "achtzehn" in "".join(read("a.html", f"<h1>Zahlen</h1>{part}<p>Ende der Seite.</p>").text.split())


def test_html_encodings() -> None:
    latin = '<html><head><meta charset="iso-8859-1"></head><body><p>Größe „Maß“</p></body></html>'
    assert "Größe „Maß“" in read("a.html", latin.encode("cp1252")).text
    lying = '<html><head><meta charset="ascii"></head><body><p>Größe</p></body></html>'
    assert "Größe" in read("a.html", lying.encode()).text
    wide = "<html><body><p>Größe ist alles.</p></body></html>".encode("utf-16")
    assert "Größe ist alles." in read("a.html", wide).text


MAIL = (
    "From: =?utf-8?q?Anna_M=C3=BCller?= <anna@example.org>\r\nTo: team@example.org\r\n"
    "Subject: =?utf-8?b?R2lwZmVsZ2VzcHLDpGNo?=\r\nDate: Thu, 25 Apr 2019 08:44:01 +0200\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
    "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    "<p>Der Gipfel <b>beginnt</b>.</p><p hidden>geheim</p>\r\n--x\r\n"
    "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=plan.txt\r\n\r\nPlan\r\n--x--\r\n"
)


@pytest.mark.parametrize("charset", ["utf-16", "utf-16le", "utf-32", "undefined", "punycode", "unicode_escape"])
def test_a_declared_encoding_that_cannot_be_is_not_followed(charset: str) -> None:
    page = f'<meta charset="{charset}"><p>Die Schule in C:\\neu hat 312 Schüler.</p>'
    for raw in (page.encode(), f"{page} ".encode()):  # an odd and an even number of bytes
        assert read("a.html", raw).text == "Die Schule in C:\\neu hat 312 Schüler."
    mail = f"Subject: S\nContent-Type: text/plain; charset={charset}\n\nAm Samstag in C:\\neu!"
    assert read("a.eml", mail).text == "S\n\nAm Samstag in C:\\neu!"
    wide = '<meta charset="utf-16le"><p>Größe</p>'.encode("utf-16-le")
    assert read("a.html", wide).text == "Größe"


def test_a_short_page_has_blocks_too_and_no_navigation() -> None:
    page = (
        "<body><nav><a href=x>Start</a></nav><h1>Der Hafen</h1><p>Er wurde 1888 gebaut.</p><iframe>Ersatz</iframe>"
        "<table><tr><th>Jahr</th><th>Schiffe</th></tr><tr><td>1889</td><td>7</td></tr></table>"
        "<ul><li>Kai</li><li>Kran</li></ul><footer>Impressum</footer></body>"
    )
    assert read("a.html", page).text == (
        "Der Hafen\n\nEr wurde 1888 gebaut.\n\nJahr: 1889; Schiffe: 7\n\n- Kai\n- Kran"
    )


def test_html_is_read_whole_or_refused_however_deep_it_is() -> None:
    page = "<p>Anfang.</p>{}<p>Mitte.</p>{}<p>Ende.</p>"
    deep = read("a.html", page.format("<div>" * 400, "</div>" * 400))
    assert deep.text == "Anfang.\n\nMitte.\n\nEnde."
    with pytest.raises(UnreadableError, match="is nested too deeply"):
        read("a.html", page.format("<div>" * 30_000, "</div>" * 30_000))


def test_eml() -> None:
    document = read("a.eml", MAIL)
    assert document.text == (
        "Gipfelgespräch\n\nFrom: Anna Müller <anna@example.org>\nTo: team@example.org\nDate: 2019-04-25 08:44\n\n"
        "Der Gipfel beginnt.\n\nAttachments: plan.txt"
    )
    assert (document.title, document.published) == ("Gipfelgespräch", "2019-04-25T08:44")
    assert document.metadata == {"author": "Anna Müller <anna@example.org>", "to": "team@example.org"}
    plain = "Subject: S\nContent-Type: text/plain; charset=iso-8859-1\n\nGr\xf6\xdfe".encode("latin-1")
    assert read("a.eml", plain).text == "S\n\nGröße"


def test_epub() -> None:
    document = read("a.epub", kit.epub())
    assert document.text == "Eins\n\nDer Anfang, kursiv.\n\nZwei\n\nDas Ende."
    assert (document.title, document.published, document.language) == ("Das Buch", "2019-04", "de")
    assert document.metadata == {"author": "Anna Meier"}


def test_eml_with_broken_parts() -> None:
    undated = read("a.eml", b"Subject: S\nCc: a@b.example\nDate: irgendwann\n\nText.")
    assert (undated.text, undated.published) == ("S\n\nCc: a@b.example\nDate: irgendwann\n\nText.", None)
    assert read("a.eml", b"Subject: S\nContent-Type: text/plain; charset=x-unbekannt\n\nGr\xc3\xb6\xc3\x9fe").text == (
        "S\n\nGröße"
    )
    assert read("a.eml", b"Subject: S\nContent-Type: text/html\n\n<!-- -->").text == "S"
    assert read("a.eml", b"Subject: S\nContent-Type: application/pdf\n\nJVBERi0=").text == "S"


def test_a_stated_month_is_refined_by_the_dateline() -> None:
    page = '<html><head><meta name="date" content="2019-04"></head><body><p>{}</p></body></html>'
    assert read("a.html", page.format("23.04.2019, 08:44 Uhr")).published == "2019-04-23T08:44"
    assert read("a.html", page.format("23.05.2020, 08:44 Uhr")).published == "2019-04"
