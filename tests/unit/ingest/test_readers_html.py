"""What a web page shows is in its text, whether the page is long or short."""

import pytest

from tests.ingest_kit import read

STORY = "".join(f"<p>Sentence {n} tells what happened in the wash house at the end of the lane.</p>" for n in range(8))
END = "Sentence 7 tells what happened in the wash house at the end of the lane."


def shown(markup: str) -> str:
    """What is read behind a story that is long enough to be the page's main text."""
    text = read("a.html", f"<html><body>{STORY}{markup}</body></html>").text
    assert END in text
    return text.partition(END)[2].strip()


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<details><summary>Parking</summary>Only for <b>residents</b>.</details>", "Parking\n\nOnly for residents."),
        (
            "<details><summary>Hours</summary><p>Daily 7 to 9.</p>And <i>Sunday</i>.<ul><li>a</li></ul>Last.</details>",
            "Hours\n\nDaily 7 to 9.\n\nAnd Sunday.\n\n- a\n\nLast.",
        ),
        ("<figure><img src=x><figcaption>Made by Holm in 1998.</figcaption></figure>", "Made by Holm in 1998."),
        (
            "<blockquote>Said he.</blockquote><address>Mill Lane 3<br>12345 Town</address>",
            "Said he.\n\nMill Lane 3\n12345 Town",
        ),
        ("<p>On <time datetime='2020-01-02'>2 January</time> it <q>opened</q>.</p>", "On 2 January it opened."),
    ],
)
def test_boxes_captions_addresses_and_times_are_read(markup: str, expected: str) -> None:
    assert shown(markup) == expected


TABS = "<button role=tab id=t aria-controls=a>A</button>"


@pytest.mark.parametrize(
    ("markup", "read_too"),
    [
        (f"{TABS}<div role=tabpanel id=a hidden><p>The price is 7 euros.</p></div>", True),
        (f"{TABS}<div role=tabpanel aria-labelledby=t hidden><p>The price is 7 euros.</p></div>", True),
        ("<div hidden='until-found'><p>The price is 7 euros.</p></div>", True),
        ("<div role=tabpanel hidden><p>The price is 7 euros.</p></div>", False),
        (f"{TABS}<div role=tabpanel id=a hidden style='display:none'><p>The price is 7 euros.</p></div>", False),
        (f"<div hidden>{TABS}</div><div role=tabpanel id=a hidden><p>The price is 7 euros.</p></div>", False),
        (f"{TABS}<div id=a hidden><p>The price is 7 euros.</p></div>", False),
    ],
)
def test_only_what_a_reader_can_open_is_read_of_what_is_hidden(markup: str, read_too: bool) -> None:
    assert shown(markup) == ("The price is 7 euros." if read_too else "")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("It takes 10<sup>6</sup> litres, 5 m<sup>2</sup> and 10<sup>-3</sup>.", "It takes 10⁶ litres, 5 m² and 10⁻³."),
        ("CO<sub>2</sub> and H<sub>2</sub>O, x<sup>n+1</sup>", "CO₂ and H₂O, xⁿ⁺¹"),
        ("a word<sup><b>1</b></sup> and two<sup>2,3</sup>", "a word¹ and two²,³"),
        ("1<sup>st</sup> of 10<sup>1.5</sup>, said<sup>[2]</sup>", "1st of 10^1.5, said[2]"),
        ("written in <sub>2024</sub>", "written in 2024"),
    ],
)
def test_raised_and_lowered_figures_do_not_run_into_numbers_and_words(markup: str, expected: str) -> None:
    assert shown(f"<p>{markup}</p>") == expected
    assert read("a.html", f"<p>{markup}</p>").text == expected
    assert read("a.md", markup).text == expected
    assert read("a.md", f"<div>{markup}</div>").text == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<pre><code>for x in y:\n    print(x)</code></pre>", "for x in y:\n    print(x)"),
        ("<pre>for x in y:<br>    <b>print</b>(x)</pre>", "for x in y:\n    print(x)"),
        ("<p>First:</p><pre>ls</pre><p>Then.</p>", "First:\n\nls\n\nThen."),
        ("<p>Say <code>ls\n  -l</code> or <kbd>Ctrl</kbd>+<kbd>C</kbd>.</p>", "Say ls -l or Ctrl+C."),
        ("<ul><li>Say <code>ls</code> first.</li></ul>", "- Say ls first."),
    ],
)
def test_code_keeps_its_lines_and_stays_within_its_sentence(markup: str, expected: str) -> None:
    assert shown(markup) == expected
    assert read("a.html", markup).text == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<ol><li>Put in.</li><li>Press <b>start</b>.</li></ol>", "1. Put in.\n2. Press start."),
        ("<ol start=4><li>Put in.</li><li value=9>Press.</li><li>Wait.</li></ol>", "4. Put in.\n9. Press.\n10. Wait."),
        ("<ol reversed><li>Put in.</li><li>Press.</li></ol>", "2. Put in.\n1. Press."),
        ("<ol type=A><li>Put in.</li><li>Press.</li></ol>", "A. Put in.\nB. Press."),
        ("<ol type=i><li>Put in.</li></ol>", "- Put in."),
        ("<ol><li>1. Put in.</li><li>2. Press.</li></ol>", "1. Put in.\n2. Press."),
        ("<ol><li><p>Put in.</p></li><li><div><p>Press.</p></div></li></ol>", "1. Put in.\n2. Press."),
        ("<ul><li>one<ol><li>two<ul><li>three</li></ul></li></ol></li><li>four</li></ul>",
         "- one\n  1. two\n    - three\n- four"),
        ("<ul><li>one<ul><li>two</li></ul>after</li></ul>", "- one\n  - two\nafter"),
    ],
)  # fmt: skip
def test_lists_have_their_numbers_and_levels(markup: str, expected: str) -> None:
    assert read("a.html", markup).text == expected
    assert shown(markup) == expected


def test_the_caption_of_a_table_stands_before_it_and_is_no_row() -> None:
    rows = "<tr><th>Wash</th><th>Price</th></tr><tr><td>Hot</td><td>3</td></tr><tr><td>Cold</td><td>2</td></tr>"
    expected = "Prices in 2024\n\nWash: Hot; Price: 3\nWash: Cold; Price: 2\n\nAfter."
    for caption in ("Prices <b>in</b> 2024", "<p>Prices in 2024</p>"):
        table = f"<table><caption>{caption}</caption>{rows}</table><p>After.</p>"
        assert shown(table) == expected
        assert read("a.html", table).text == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Costs <del>4</del> <ins>5</ins>, <s>as <b>ever</b></s>.</p>", "Costs ~~4~~ 5, ~~as ever~~."),
        ("<ul><li><input type=checkbox checked> washed</li><li><label><input type=checkbox>dried</label></li></ul>",
         "- [x] washed\n- [ ] dried"),
        ("<h2>The<br>house</h2><p>Old.</p>", "The house\n\nOld."),
        ("<table><tr><th>Kind<br>of wash</th><th>Price</th></tr><tr><td>Hot<br>wash</td><td>3</td></tr></table>",
         "Kind of wash: Hot wash; Price: 3"),
        ("<p>One<br>two</p>", "One\ntwo"),
    ],
)  # fmt: skip
def test_struck_text_boxes_and_breaks_in_cells_are_told(markup: str, expected: str) -> None:
    assert shown(markup) == expected
    assert read("a.html", markup).text == expected
