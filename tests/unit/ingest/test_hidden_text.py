"""What a page, a mail or an e-book hides is not read; what it shows is, however its style sheets are written."""

import io
import zipfile

import pytest

from tests import ingest_kit as kit
from tests.ingest_kit import read

FEE = "Die Pauschale beträgt 28 Euro."
END = "Ende der Seite."


def body(markup: str, styles: str = "") -> str:
    """What a page and a mail of the same markup show, before its last line."""
    page = f"<html><head><style>{styles}</style></head><body>{markup}<p>{END}</p></body></html>"
    text = read("a.html", page).text
    mail = read("a.eml", f"Subject: S\nContent-Type: text/html; charset=utf-8\n\n{page}").text
    assert mail == f"S\n\n{text}"
    before, end, after = text.rpartition(END)
    assert (end, after) == (END, "")
    return before.strip()


@pytest.mark.parametrize(
    "style",
    [
        "color:#000;background-color:transparent",
        "border-color: transparent",
        "-webkit-tap-highlight-color:transparent",
        "backface-visibility:hidden",
        "fill-opacity:0;stroke-opacity:0",
        "opacity:0.8",
        "margin-top:-120px;margin-left:-480px",
        "margin-left: -9999px; padding-left: 9999px",
        "position:relative;top:-120px",
        "margin-left:141.6pt;text-indent:-141.6pt",  # as word processors write hanging indents
        "background-clip:text;-webkit-background-clip:text;color:transparent",
        "-webkit-background-clip:text;-webkit-text-fill-color:transparent",
        "position:absolute;clip:rect(0,600px,400px,0)",
        "--display:none;scroll-margin-top:-1000px",
        "/* display:none */ color:red",
        "background:url(data:image/png;display:none)",
        "font-family:'x;display:none'",
        "font-size:0.9em",
    ],
)
def test_text_that_only_seems_to_be_hidden_is_read(style: str) -> None:
    assert body(f'<p style="{style}">{FEE}</p>') == FEE
    assert body(f"<p class=a>{FEE}</p>", f".a{{{style}}}") == FEE
    assert read("a.md", f'<span style="{style}">{FEE}</span>').text == FEE


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : NONE !important",
        "color:red;;visibility:hidden",
        "visibility:collapse",
        "opacity:0",
        "opacity:.0;",
        "opacity:0%",
        "font-size:0",
        "font-size:0.0em !important",
        "color:transparent",
        "color:transparent;background-clip:padding-box",
        "-webkit-text-fill-color:transparent",
        "content-visibility:hidden",
        "position:absolute;left:-9999px",
        "position:fixed;top:-100%",
        "position:relative;left:-999em",
        "text-indent:-999px",
        "text-indent:-100%",
        "margin-left:-9999px",
        "position:absolute;clip:rect(0 0 0 0)",
        "clip:rect(1px, 1px, 1px, 1px)",
        "display:/* so */none",
        "background:url(a.png);display:none",
        "content:'\\';';display:none",
    ],
)
def test_what_a_declaration_hides_is_not_read(style: str) -> None:
    assert body(f'<p style="{style}">geheim</p>') == ""
    assert body("<p class=a>geheim</p>", f".a{{{style}}}") == ""
    assert "geheim" not in read("a.md", f'Sichtbar <span style="{style}">geheim</span>').text


@pytest.mark.parametrize(
    "styles",
    [
        "@media print{.a{display:none}}",
        "@media (max-width:600px){.a{display:none}}",
        "@media(max-width:600px){.a{display:none}}",
        "@media screen and (max-width:600px){ .b{color:red} .a{display:none} }",
        "@media only print{@media screen{.a{display:none}}}",
        "@media print{@page{margin:0}.a{display:none}}",
        "@media print{.b::after{content:'}'}.a{display:none}}",
        "@media print{/* } */.a{display:none}}",
        "@media print{.b{background:url(data:x,})}.a{display:none}}",
        "@MEDIA PRINT{.a{display:none}}",
        "@supports not (display:grid){.a{display:none}}",
        "@supports (-webkit-touch-callout:none){.a{display:none}}",
        "@container (max-width:300px){.a{display:none}}",
        "@starting-style{.a{opacity:0}}",
        "@keyframes a{from{opacity:0}to{opacity:1}}.a{animation:a 1s}",
        ".b{color:red;.a{display:none}}",
        ".a{@media print{display:none}}",
        "/* .a{display:none} */",
        "li.a{display:none}",
        ".a:hover{display:none}",
        ".a{display:none}.a{display:block}",
        ".a{display:none}.b.a{display:block}",
        ".a{display:none!important}.a.b{display:block!important}",
        ".a{opacity:0}.a.b{transition:none;opacity:1}",
        "</style><style media=print>.a{display:none}",
        "</style><style media='(max-width: 600px)'>.a{display:none}",
        "</style><noscript><style>.a{display:none}</style></noscript><style>",
    ],
)
def test_rules_that_do_not_hold_here_hide_nothing(styles: str) -> None:
    assert body(f"<p class='a b'>{FEE}</p>", styles) == FEE


@pytest.mark.parametrize(
    "styles",
    [
        "@media screen{.a{display:none}}",
        "@media all {.b{color:red}.a{display:none}}",
        "@media only screen,print{.a{display:none}}",
        "@media not print{.a{display:none}}",
        "@media screen{@supports (display:grid){@layer x{.a{display:none}}}}",
        "@media print{.b{color:red}}.a{display:none}",
        "@import url(x.css);@layer x,y; .a{display:none}",
        "@font-face{font-family:x}.a{display:none}",
        ".b::before{content:'{'}.a{display:none}",
        ".b::before{content:\"it's } '\"}.a{display:none}",
        ".b{background:url(data:x;{)}.a{display:none}",
        ".b{.c{color:red}}.a{display:none}",
        ".a{color:red;&:hover{color:blue}display:none}",
        "/* it's */ .a{display:none}",
        "<!-- .a{display:none} -->",
        "}.b{} .a{display:none}",
        ".a{display:none",
        "@media screen{.a{display:none",
        "P.a{display:none}",
        "*.a, .c > .d{display:none}",
        ".a{display:none}.a.c{display:block}",
        ".a{display:none}.a.b{opacity:1}",
        ".a{display:block}.a{display:none}",
        ".a{display:none !important}.a{display:block}.a.b{display:block}",
        f"{'.c{color:red}' * 20_000}.a{{display:none}}",
        "</style><style media='screen, print'>.a{display:none}",
    ],
)
def test_rules_that_hold_on_every_screen_hide(styles: str) -> None:
    assert body("<p class='a b'>geheim</p>", styles) == ""


def test_what_a_script_has_opened_is_read() -> None:
    panels = f"<div class=tab>geheim</div><div class=tab style='display: block'>{FEE}</div>"
    assert body(panels, ".tab{display:none}") == FEE
    assert body(panels, ".tab{display:none!important}") == ""


@pytest.mark.parametrize(
    ("markup", "styles", "expected"),
    [
        ("<div style='font-size:0'><span style='font-size:16px'>Eins</span> <b style='font:1rem x'>zwei</b></div>", "",
         "Eins zwei"),
        ("<div class=row><div class=col>Eins</div><div class=col>zwei</div></div>",
         ".row{font-size:0}.col{font-size:16px}", "Eins\n\nzwei"),
        ("<div class=row><p>Eins</p></div>", ".row{font-size:0}.row > p{font-size:var(--text)}", "Eins"),
        ("<div class=row><p>Eins</p></div>", ".row{font-size:0}.row *{font-size:medium}", "Eins"),
        ("<ul class=row>geheim<li class=col>Eins</li>geheim<li>geheim</li></ul>",
         ".row{font-size:0}UL LI.col:first-child{font-size:14px}", "- Eins"),
        ("<div style='font-size:0'>geheim <i>geheim</i><div><p style='font-size:12pt'>Eins <b>zwei</b></p></div></div>",
         "", "Eins zwei"),
        ("<div style='font-size:0'><font size=2>Eins</font></div>", "", "Eins"),
        ("<div class=a style='font-size:14px'>Eins</div>", ".a{font-size:0}", "Eins"),
        ("<div style='font-size:0'><p style='font-size:1em'>geheim</p><p style='font-size:120%'>geheim</p></div>", "",
         ""),
        ("<div style='font-size:0'><p style='font-size:0px'>geheim</p><p style='font-size:inherit'>geheim</p></div>",
         "", ""),
        ("<p style='font-size:12px'>Eins<span style='font-size:0'>geheim</span>s</p>", "", "Einss"),
        ("<p class=a><b>geheim</b></p>", ":root{font-size:16px}html{font-size:100%}.a{font-size:0}", ""),
        ("<div style='font-size:0'><p style='font-size:9px;display:none'>geheim</p></div>", "", ""),
    ],
)  # fmt: skip
def test_letters_of_no_size_go_and_what_has_a_size_again_within_stays(markup: str, styles: str, expected: str) -> None:
    assert body(markup, styles) == expected


def test_a_page_of_boxes_without_gaps_is_read_whole() -> None:
    story = "".join(
        f"<p class=c>Der Absatz {n} erzählt, was am Tag des Festes in der Stadt geschah.</p>" for n in range(8)
    )
    text = body(f"<div class=r><div class=r>{story}</div></div>", ".r{font-size:0}.c{font-size:1rem}")
    assert text.count("was am Tag des Festes") == 8


@pytest.mark.parametrize("style", ["backface-visibility:hidden", "overflow: hidden"])
def test_boxes_of_a_long_page_are_read_whatever_their_style(style: str) -> None:
    story = "".join(f"<p>Der Absatz {n} erzählt, was am Tag des Festes in der Stadt geschah.</p>" for n in range(8))
    text = read("a.html", f"<article>{story}<div style='{style}'><p>{FEE}</p></div>{story}</article>").text
    assert f"geschah.\n\n{FEE}\n\nDer Absatz 0" in text and text.count("Absatz") == 16


def test_a_chapter_shows_what_its_style_sheet_shows() -> None:
    styles = "@media amzn-kf8{.a{display:none}} .b{display:none}"
    chapter = f"<style>{styles}</style><p class=a>{FEE}</p><p class=b>geheim</p>"
    book = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(kit.epub())) as source, zipfile.ZipFile(book, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, f"<html><body>{chapter}</body></html>" if name.endswith("html") else data)
    assert set(read("a.epub", book.getvalue()).text.split("\n\n")) == {FEE}
