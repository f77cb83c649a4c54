"""What stands ten thousand times in one file costs ten thousand times as much, not its square."""

import io
import time
import zipfile
from collections.abc import Callable

import lxml.html
import pytest

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers import markdown
from rag_service.ingest.readers.html import read as read_html
from rag_service.ingest.readers.html_shapes import keep_shapes
from tests import ingest_kit as kit
from tests.ingest_kit import read

TIMES = 20_000


def web(markup: str) -> str:
    return read_html(f"<html><body><p>{markup}</p></body></html>".encode(), Limits()).pages[0]


def md(source: str) -> str:
    return "\n".join(markdown.render(source.split("\n"))[0])


@pytest.mark.parametrize(
    ("told", "source", "expected"),
    [
        (md, "a <script> " * TIMES, "a  " * TIMES),
        (md, "<b hidden>x" * TIMES + "</b>" * TIMES + " da", " da"),
        (md, "<b hidden>x" * TIMES + "</i>" * TIMES + "</b>" * TIMES + " da", " da"),
        (md, "<div>&auml;</div>\n" * TIMES, "ä\n" * TIMES),
        (md, "<div>\n" + "<b>a</b>b<br>" * 2 * TIMES, "\n" + "ab " * 2 * TIMES),
        (md, "<div>\n" + "<b>a</b>b\n" * TIMES, "\n" + "ab " * TIMES),
        (web, "<i hidden>q</i>wo " * TIMES, "wo " * TIMES),
        (web, "<noscript>q</noscript>wo " * TIMES, "wo " * TIMES),
        (web, "<i style='font-size:0'>q</i>wo " * TIMES, "wo " * TIMES),
    ],
    ids=("named tags", "closed", "never closed", "entities", "one row", "nowhere", "hidden", "noscript", "sizeless"),
)
def test_the_time_grows_with_the_length(told: Callable[[str], str], source: str, expected: str) -> None:
    started = time.monotonic()
    assert told(source).split() == expected.split()
    assert time.monotonic() - started < 8


def test_a_chapter_that_is_named_again_is_read_once() -> None:
    book = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(kit.epub())) as source, zipfile.ZipFile(book, "w") as target:
        for name in source.namelist():
            spine = b'<itemref idref="a"/>'
            target.writestr(name, source.read(name).replace(spine, spine + b'<itemref idref="b"/>' + spine * 100))
    assert read("a.epub", book.getvalue()).text == read("a.epub", kit.epub()).text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<div>\n<p>Gr&uuml;n</p>\n<p>&lt;Rot&gt;</p>\n</div>", "\nGrün\n<Rot>\n"),
        ("<div><b>A</b>b\n<b>C</b>d<br>\neins</div>", "Ab Cd\n\neins"),
        ("<div>eins<br>zwei<br>\ndrei<br>vier</div>", "eins zwei\ndrei vier"),
        (f"<div>\n<p>eins</p>\n<img alt='{'x' * 50_000}'>\n<p>zwei</p></div>", "\neins\n\nzwei"),
    ],
)
def test_lines_of_raw_html_stand_where_their_last_word_does(source: str, expected: str) -> None:
    assert [line.strip() for line in md(source).split("\n")] == expected.split("\n")


def test_lines_of_raw_html_are_found_behind_many_that_are_not() -> None:
    """Those that stand nowhere stay with the line before them."""
    rows = ["<b>a</b>b<br>"] * 100 + ["eins<br>"] * 3 + ["<b>a</b>b<br>"] * 100 + ["zwei"]
    out = md("<div>\n" + "\n".join(rows) + "\n</div>").split("\n")
    assert {number: line.split()[0] for number, line in enumerate(out) if "eins" in line or "zwei" in line} == {
        101: "eins",
        102: "eins",
        103: "eins",
        204: "zwei",
    }


def test_the_text_behind_what_is_taken_out_keeps_its_order() -> None:
    hidden = "<i hidden>x<i hidden>y</i>z</i>"
    page = (
        f"{hidden}eins {hidden}zwei <b>drei</b> {hidden}vier{hidden} fünf <b>{hidden}sechs{hidden}</b>{hidden} sieben"
    )
    assert web(page) == "eins zwei drei vier fünf sechs sieben"
    nav = "<nav>x<aside>y</aside>z</nav>"
    assert web(f"eins {nav}zwei <footer>w</footer>drei<aside>v</aside> vier").split() == [
        "eins",
        "zwei",
        "drei",
        "vier",
    ]


def test_captions_stand_before_their_tables_in_order() -> None:
    table = "<table><caption>{0} eins</caption>da <caption>{0} zwei</caption>dort<tr><td>{0} Zelle</td></tr></table>"
    root = lxml.html.fragment_fromstring(table.format("A") + table.format("B"), create_parent="div")
    keep_shapes(root)
    assert [(each.tag, each.text_content()) for each in root] == [
        ("div", "A eins"), ("div", "A zwei"), ("table", "da dortA Zelle"),
        ("div", "B eins"), ("div", "B zwei"), ("table", "da dortB Zelle"),
    ]  # fmt: skip
