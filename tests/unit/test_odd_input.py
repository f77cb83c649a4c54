"""Odd input takes time in proportion to its length: each of these would take many times the seconds allowed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import lxml.html
import pytest

from rag_service.answer.evidence.candidates import is_fragment
from rag_service.answer.generation.reply import ReplyReader
from rag_service.answer.generation.shown import defused
from rag_service.answer.models.sse import EventReader
from rag_service.ingest.readers.markup import prepare, visible_text
from rag_service.text.days import find_dates
from rag_service.text.names import find_names, find_numbers

SECONDS = 4  # of this process: other work on the machine does not count
_BOX = "<div style='font-size:0'>"
_THOUGHT = [f"{random.Random(number).random()} " for number in range(20_000)]


def reply(pieces: list[str], *, begun: bool = False) -> ReplyReader:
    """A reader that was fed the pieces, as long as it wants more."""
    reader = ReplyReader("en", begun=begun)
    for piece in pieces:
        reader.feed(piece)
        if reader.runs_on():
            break
    return reader


def styled(sheet: str) -> None:
    """Prepare a page with this style sheet, and one with it as a style attribute."""
    page = lxml.html.document_fromstring("<style></style><p>x</p>")
    next(page.iter("style")).text = sheet
    prepare(page)
    page.set("style", sheet)
    prepare(page)


CASES: dict[str, Callable[[], object]] = {
    "blanks in a sentence": lambda: is_fragment("Aa" + "\u00a0" * 40_000 + "Bb."),
    "blank lines in a passage": lambda: defused("Aa" + "\n" * 20_000 + "Bb"),
    "a line of hyphens": lambda: defused("Aa " + "-" * 20_000 + " Bb"),
    "years in a row": lambda: find_dates("2019-" * 12_000),
    "days in a row": lambda: find_dates("3. und " * 9_000 + "3., " * 9_000 + "4. Mai"),
    "short days in a row": lambda: find_numbers("3.4. und 3.4. " * 4_000),
    "numbers beside dates": lambda: find_numbers("25. April 2019 und 7 " * 4_000),
    "names in a long passage": lambda: find_names("Als die Delegation ankam, sprach er. " * 6_000, "de"),
    "an unopened thought": lambda: reply(_THOUGHT, begun=True),
    "JSON that does not end": lambda: reply(['{"statements": [{"text": "', *_THOUGHT]),
    "struck text within struck text": lambda: prepare(lxml.html.fromstring(("<s>" * 240 + "x" + "</s>" * 240) * 350)),
    "blanks in code": lambda: visible_text(lxml.html.fromstring(f"<pre>x{' ' * 100_000}y</pre>")),
    "a style sheet without rules": lambda: styled("a" * 300_000),
    "a style sheet of blocks that do not end": lambda: styled("{" * 300_000),
    "a style sheet of media that do not end": lambda: styled("@media screen{" * 20_000),
    "a style sheet of ends": lambda: styled("}" * 300_000),
    "comments within comments": lambda: styled("/*" * 150_000),
    "texts that do not end": lambda: styled("'\n\"" * 100_000),
    "addresses within addresses": lambda: styled("url(" * 80_000),
    "a rule of one long number": lambda: styled(f".a{{font:{'1' * 300_000}}}"),
    "a name of many names": lambda: styled(f"{'.a' * 150_000}{{display:none}}"),
    "boxes without size around boxes": lambda: prepare(lxml.html.fromstring(f"{_BOX * 240}x{'</div>' * 240}" * 150)),
    "much without size beside what has one": lambda: prepare(
        lxml.html.fromstring(f"{_BOX}{'<i>y</i>x' * 60_000}<b style='font-size:9px'>x</b></div>")
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_time_grows_no_faster_than_the_input(name: str) -> None:
    started = time.process_time()
    CASES[name]()
    assert time.process_time() - started < SECONDS


def test_an_event_that_does_not_end_is_given_up() -> None:
    reader = EventReader()
    with pytest.raises(ValueError, match="does not end"):
        for _ in range(100):
            reader.feed(b"x" * 100_000)


def test_a_reply_without_end_is_given_up() -> None:
    assert reply(["<think>", *["gut " * 25_000] * 20]).runs_on()
