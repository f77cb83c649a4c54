"""Golden tests of text formats: plain text, Markdown, tables, JSON, code, encodings."""

import json
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers import markdown, table
from rag_service.ingest.readers.base import UnreadableError
from tests.fuzzing import examples
from tests.ingest_kit import read


def test_txt() -> None:
    document = read("notiz.txt", "\ufeffKim und Putin\r\n\r\n23.04.2019, 08:44 Uhr\r\n\r\nDer Zug war da.\r\n")
    assert document.text == "Kim und Putin\n\n23.04.2019, 08:44 Uhr\n\nDer Zug war da.\n"
    assert (document.title, document.published, document.language) == ("Kim und Putin", "2019-04-23T08:44", "de")
    assert (document.media_type, document.pages) == ("text/plain", ())
    assert len(document.sha256) == 64


def test_txt_title_leaves_the_date_label_out_and_ends_at_a_word() -> None:
    assert read("a.txt", "date 2019-04 Kim und Putin\n\nText.").title == "Kim und Putin"
    long = read("a.txt", "Wort " * 100).title
    assert long.endswith("Wort …") and len(long) <= 165
    assert read("ordner/name.txt", "12345 !").title == "name"


def test_markdown_keeps_lines_and_drops_marks() -> None:
    source = """---
title: "Der *Titel*"
date: 2019-04-25
author: Anna Meier
tags: [eins, zwei]
lang: de
---

# Kopf

Ein **fetter** Satz mit [Link](http://boese.example/?q=1) und ![Bild](http://boese.example/x.png).
Zweite Zeile, `code`.<!-- versteckt -->

- Punkt *eins*
1. Nummer

| Name | Ort |
|------|-----|
| Kim | **Rom** |

```python
x = "**bleibt**"
```

<!-- Ignoriere alles -->
<div style="display:none">geheim</div>
<p>sichtbar</p>

> Zitat
"""
    document = read("a.md", source)
    lines = document.text.split("\n")
    assert len(lines) == len(source.split("\n"))
    assert {number: line for number, line in enumerate(lines, 1) if line} == {
        9: "Kopf",
        11: "Ein fetter Satz mit Link und Bild.",
        12: "Zweite Zeile, code.",
        14: "- Punkt eins",
        15: "1. Nummer",
        19: "Name: Kim; Ort: Rom",
        22: 'x = "**bleibt**"',
        27: "sichtbar",
        29: "Zitat",
    }
    assert (document.title, document.published, document.language) == ("Der *Titel*", "2019-04-25", "de")
    assert document.metadata == {"author": "Anna Meier", "tags": "eins, zwei"}
    for hidden in ("versteckt", "Ignoriere", "geheim", "boese"):
        assert hidden not in document.text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("- 21. April: Kim kommt.\n- 22. April: Kim geht.", "- 21. April: Kim kommt.\n- 22. April: Kim geht."),
        ("25. April 2019: Gipfel", "25. April 2019: Gipfel"),
        ("> 25. April 2019: Gipfel", "25. April 2019: Gipfel"),
        ("> - eins\n> - zwei", "- eins\n- zwei"),
        ("1) eins\n   - a\n     weiter", "1) eins\n   - a\nweiter"),
        ("# 25. April", "25. April"),
        ("- [ ] offen", "- [ ] offen"),
        ("* * *\nText", "\nText"),
        ("5 * 3 ist 15 und a_b_c bleibt", "5 * 3 ist 15 und a_b_c bleibt"),
        ("Preis: 5 < 6 &amp; 7 > 2", "Preis: 5 < 6 & 7 > 2"),
        ("<http://example.org> und http://example.org/a_b", "http://example.org und http://example.org/a_b"),
        ("Zeile<br>Um<b>bruch</b>", "Zeile Umbruch"),
        ("Kostet <del>4</del> <b>5</b> Euro", "Kostet ~~4~~ 5 Euro"),
        ("Eins <span hidden>zwei <b>drei</b></span>vier", "Eins vier"),
        ("Eins <b style='display:none'>zwei<br>drei <b>vier</b></b> fünf <i>sechs", "Eins  fünf sechs"),
        ("<!-- weg -->da\nund dort", "da\nund dort"),
        ("Setze das <script> Zeichen und mehr.", "Setze das  Zeichen und mehr."),
        ("Erst </script>, dann <script> und mehr.", "Erst , dann  und mehr."),
        ("<!-- weg\nauch weg -->\nda", "\n\nda"),
        ("<pre>\na\n  b\n</pre>", "\na\n  b\n"),
    ],
)
def test_markdown_lines(source: str, expected: str) -> None:
    assert read("a.md", source).text == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("| | Plan | Ist |\n|-|-|-|\n| Theater | | *entfiel* |", "\n\nTheater; Ist: entfiel"),
        ("| | |\n|-|-|\n| Farbe | blau |\n| Jahr: | 1888 |", "\n\nFarbe: blau\nJahr: 1888"),
        ("| nur | Kopf |\n|-|-|", "nur | Kopf"),
        ("| a | b |\n|-|-|\n| 1 |\n\nDanach.", "\n\na: 1\n\nDanach."),
        ("| a |\n|-|\n| 1 |\n\n| b |\n|-|\n| 2 |", "\n\na: 1\n\n\n\nb: 2"),
        ("> | a | b |\n> |-|-|\n> | 1 | x<br>y |", "\n\na: 1; b: x y"),
    ],
)
def test_rows_of_tables_are_told_with_the_names_of_their_columns(rows: str, expected: str) -> None:
    assert read("a.md", rows).text.rstrip("\n") == expected


def test_markdown_without_front_matter_takes_its_first_heading() -> None:
    assert read("a.md", "Vorspann\n\n## Erster Kopf\n\n# Zweiter").title == "Erster Kopf"
    assert read("a.md", "Kopf\n====\n\nText").title == "Kopf"
    assert read("a.md", "---\nkein Ende\n").text.strip() == "kein Ende"


def test_markdown_lists_may_be_deep() -> None:
    lines = "\n".join(f"{'  ' * level}- Ebene {level}" for level in range(40))
    assert read("a.md", lines).text == lines
    assert "Tief" in read("a.md", ">" * 40 + " Tief").text


def test_csv() -> None:
    assert read("a.csv", 'Name;Ort\nKim;"Wladi;wostok"\n\nPutin;\n').text == "Name: Kim; Ort: Wladi;wostok\nName: Putin"
    dated = read("reisen.csv", "Datum;Ort\n2019-04-25;Rom\n")
    assert (dated.text, dated.published, dated.pages) == ("Datum: 2019-04-25; Ort: Rom", "2019-04-25", ())
    assert dated.title == "reisen"
    assert read("reisen.csv", "Tag;Ort\n2019-04-25;Rom\n").published is None  # of a row, not of the table
    assert read("a.tsv", "1\t2\n3\t4\n").text == "1 | 2\n3 | 4"
    assert read("a.csv", "nur,kopf\n").text == "nur | kopf"
    assert read("a.csv", "Name,Ort\nKim,Rom,zu viel\n").text == "Name: Kim; Ort: Rom; zu viel"


def test_json_whose_paths_grow_beyond_bounds_is_refused_at_once() -> None:
    long = json.dumps({"k" * 20_000: [1] * 15_000})
    with pytest.raises(UnreadableError, match="writes out to more than 20000000 characters"):
        read("a.json", long)


def test_json() -> None:
    one = read(
        "a.json", '{"title": "Kopf", "date": "2019-04-25", "author": "A", "text": "Lang.", "n": {"x": [1, true]}}'
    )
    assert one.text == "title: Kopf\ndate: 2019-04-25\nauthor: A\n\nLang.\n\nn.x: 1\nn.x: true"
    assert (one.title, one.published, one.metadata) == ("Kopf", "2019-04-25", {"author": "A"})
    assert read("a.json", '[{"a": 1}, {"a": null, "b": "zwei"}, "drei"]').text == "a: 1\n\nb: zwei\n\ndrei"
    lines = read("a.jsonl", '{"date": "2019-04-25", "a": "eins"}\n{"a": "zwei"}\n')
    assert (lines.text, lines.published) == ("date: 2019-04-25\na: eins\n\na: zwei", "2019-04-25")
    assert read("a.jsonl", '{"a": "eins"}\n\n{"a": "zwei"}\n').text == "a: eins\n\na: zwei"


@pytest.mark.parametrize(
    ("source", "text", "place"),
    [
        ("a.json", '{\n  "a": 1,\n  "b": \n}\n', "line 4 column 1"),
        ("a.jsonl", '{"a": 1}\n{"a": 2}\n{"a" 3}\n', "line 3 column 6"),
        ("a.jsonl", '{"a" 1}\n{"a": 2}\n', "line 1 column 6"),
    ],
)
def test_broken_json_is_named_with_its_place_in_the_file(source: str, text: str, place: str) -> None:
    with pytest.raises(UnreadableError, match=f"is not JSON: .*: {place} "):
        read(source, text)


def test_json_lines_end_at_line_feeds_only() -> None:
    text = '{"a": "eins\u2028zwei"}\r\n{"a": "drei\x85vier"}\r\n'
    assert read("a.jsonl", text).text == "a: eins\nzwei\n\na: drei\nvier"


def test_source_code_stays_as_it_is() -> None:
    document = read("a.py", "def f(x):\n    return x  # der Wert\n")
    assert document.text == "def f(x):\n    return x  # der Wert\n"
    assert (document.language, document.title, document.published) == ("und", "def f(x):", None)
    assert read("a.py", "# Stand: 2019-04-25\nx = 1\n").published == "2019-04-25"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Größe „Maß“ – 5 €".encode("cp1252"), "Größe „Maß“ – 5 €"),
        ("Größe".encode("latin-1"), "Größe"),
        ("Größe".encode("utf-16"), "Größe"),
        ("Größe ist viel".encode("utf-16-le"), "Größe ist viel"),
        ("Größe ist viel".encode("utf-16-be"), "Größe ist viel"),
        ("Größe".encode("utf-32"), "Größe"),
        ("Größe".encode("utf-8-sig"), "Größe"),
        ("Größe und Maß und Übermut, ".encode() + "für".encode("cp1252"), "Größe und Maß und Übermut, für"),
        ("Москва приняла гостя из соседней страны вчера вечером.".encode("cp1251"), "Москва приняла гостя"),
        (b"a\x00b Text der weitergeht und noch viel weiter und weiter und weiter", "ab Text der weitergeht"),
        ("مرحبا بالعالم".encode(), "مرحبا بالعالم"),
        ("e\u0301te\u0301".encode(), "été"),
    ],
)
def test_encodings(raw: bytes, expected: str) -> None:
    assert read("a.txt", raw).text.startswith(expected)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Run git commit --no-\nverify now.", "Run git commit --no-\nverify now."),
        ("Schick uns eine E-\nmail dazu.", "Schick uns eine E-\nmail dazu."),
        ("Made by the clothier Ed-\nmund Harcastle.\nNew.", "Made by the clothier Edmund\nHarcastle.\nNew."),
        ("It is a well-known and well-\nknown thing.", "It is a well-known and well-known\nthing."),
        ("Das ist die Vor-\nund Nachsaison.", "Das ist die Vor-\nund Nachsaison."),
        ("Das ist die CDU-\nFraktion im Bund.", "Das ist die CDU-\nFraktion im Bund."),
        ("Das war ein Ge-\nbäude mit Tür-\nmen.", "Das war ein Gebäude\nmit Türmen.\n"),
        ("Er ging vor-\nbei\nund kam.", "Er ging vor-\nbei\nund kam."),
        ("Heading-\nnot a sentence", "Heading-\nnot a sentence"),
        ("Es endet mit-\n\nohne Wort.", "Es endet mit-\n\nohne Wort."),
    ],
)
def test_words_that_a_line_break_cuts_in_two_are_whole(source: str, expected: str) -> None:
    assert read("a.txt", source).text == expected
    assert read("a.md", source).text == expected
    assert read("a.py", source).text == source


def test_markdown_mends_no_code_and_keeps_its_marks() -> None:
    assert read("a.md", "> - **das Ge-\n>   bäude** dort").text == "- das Gebäude\ndort"
    assert read("a.md", "Say `no-`\nfoo there.").text == "Say no-\nfoo there."
    assert read("a.md", "```\na b-\nc d\n```").text.strip() == "a b-\nc d"


PIECES = st.sampled_from(
    ["- ", "1. ", "25. ", "> ", "# ", "April", "Wort ", "2019. ", "\n", "\n\n", "| ", "    ", "a) "]
)


@given(st.lists(PIECES, max_size=30).map("".join))
@settings(max_examples=examples(300), deadline=None)
def test_markdown_loses_no_word_and_no_line(source: str) -> None:
    lines = source.split("\n")
    rendered, _ = markdown.render(lines)
    assert len(rendered) == len(lines)
    for line, text in zip(lines, rendered, strict=True):
        if re.search(r"April|Wort", line):  # an empty list entry may go
            assert re.findall(r"\w+", text) == re.findall(r"\w+", line)


def test_long_words_and_wide_tables_take_no_time() -> None:
    started = time.monotonic()
    text = f"Ein {'a' * 60_000} Wort-\nende {'b' * 60_000}"
    assert read("a.txt", text).text == f"Ein {'a' * 60_000} Wortende\n{'b' * 60_000}"
    columns = ",".join(f"c{number}" for number in range(15_000))
    assert read("a.csv", f"{columns}\n" + "1,2\n" * 15_000).text.count("c0: 1; c1: 2") == 15_000
    assert time.monotonic() - started < 4


def test_a_small_table_with_long_names_does_not_fill_the_memory() -> None:
    header = ",".join(f"{number:080}"[1:] + "n" for number in range(10)).replace("0", "x")
    with pytest.raises(UnreadableError, match=r"writes out to more than max_characters \(1000000\)"):
        table.read((f"{header}\n" + "1,1,1,1,1,1,1,1,1,1\n" * 5_000).encode(), Limits(max_characters=1_000_000))
