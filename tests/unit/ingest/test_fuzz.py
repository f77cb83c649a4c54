"""Mutated files: a document or a LoadError, never anything else, and never for long."""

import os
import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_service.errors import LoadError
from rag_service.ingest.limits import Limits
from rag_service.ingest.load import Loader
from tests import form_kit
from tests import ingest_kit as kit
from tests.fuzzing import examples
from tests.mail_kit import forwarded, html, multipart, plain

PAGE = b"<html><head><title>T</title><style>.a{display:none}</style></head><body><p class=a>x</p><table><tr><td>y"
MARKDOWN = b"---\ntitle: T\n---\n# K\n\n- *a* [b](c)\n\n|a|b|\n|-|-|\n|c|d|\n\n```\nx\n```\n<div hidden>y</div>\n"
INVITATION = "Content-Type: text/calendar\n\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART;TZID=Z:20240520T140000\nEND:VEVENT"
PARTS = multipart("mixed", multipart("alternative", plain(""), html("<p>y"), INVITATION), forwarded("Subject: z\n\nz"))
MAIL = f"Subject: =?utf-8?q?S=C3=A4?=\nFrom: a@b\nDate: Mon, 6 May 2024 10:00:00 +0200\n{PARTS}".encode()
SEEDS: dict[str, Callable[[], bytes]] = {
    "a.txt": lambda: "date 2019-04 Größe\n\n23.04.2019".encode(),
    "a.md": lambda: MARKDOWN,
    "a.csv": lambda: b"a;b\n1;2\n",
    "a.json": lambda: b'{"a": [1, {"b": "c"}]}',
    "a.jsonl": lambda: b'{"a": 1}\n{"b": 2}\n',
    "a.html": lambda: PAGE,
    "a.eml": lambda: MAIL,
    "a.pdf": lambda: kit.pdf([kit.paragraph("Eine Zeile-\nund noch eine")] * 3),
    "form.pdf": lambda: form_kit.form(([kit.Print("Name:")], [form_kit.text("Kim", 120, 700)])),
    "a.docx": kit.docx,
    "a.pptx": kit.pptx,
    "a.xlsx": kit.xlsx,
    "a.epub": kit.epub,
}
INLINE = ["a.txt", "a.md", "a.csv", "a.json", "a.jsonl"]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The data with a few bytes changed, removed, doubled or inserted."""
    content = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(content) + 1)
        length = chance.choice([1, 1, 2, 8, 64])
        kind = chance.randrange(4)
        if kind == 0:
            content[at : at + length] = os.urandom(0) + bytes(chance.randrange(256) for _ in range(length))
        elif kind == 1:
            del content[at : at + length]
        elif kind == 2:
            content[at:at] = content[at : at + length] * 3
        else:
            content[at:at] = chance.choice([b"<", b"[", b"\x00", b"\xff", b'"', b"\xed\xa0\x80", b"999999999"])
    return bytes(content)


def check(loader: Loader, source: str, data: bytes) -> bool:
    """Whether the data made a document; every error must say which file it is about."""
    try:
        document = loader.load_bytes(source, data)
    except LoadError as error:
        assert str(error).startswith(f"{source}: ")
        return False
    assert document.text.strip() and document.title
    document.text.encode("utf-8")
    assert all(0 <= page.start <= page.end <= len(document.text) for page in document.pages)
    return True


@given(st.sampled_from(INLINE), st.integers(0, 2**32))
@settings(max_examples=examples(300), deadline=None)
def test_mutated_inline_formats(source: str, seed: int) -> None:
    check(Loader(Limits()), source, mutated(SEEDS[source](), random.Random(seed)))


@given(st.sampled_from(INLINE), st.binary(max_size=300))
@settings(max_examples=examples(300), deadline=None)
def test_arbitrary_bytes(source: str, data: bytes) -> None:
    check(Loader(Limits()), source, data)


@given(st.sampled_from(INLINE), st.text(max_size=200))
@settings(max_examples=examples(300), deadline=None)
def test_arbitrary_text(source: str, text: str) -> None:
    check(Loader(Limits()), source, text.encode("utf-8", "surrogatepass"))


def _run(rounds: int) -> dict[str, int]:
    good = dict.fromkeys(SEEDS, 0)
    with Loader(Limits(timeout=20)) as loader:
        for source, make in SEEDS.items():
            data = make()
            for seed in range(rounds):
                started = time.monotonic()
                good[source] += check(loader, source, mutated(data, random.Random(seed)))
                assert time.monotonic() - started < 25
    return good


def test_mutated_files_of_every_format() -> None:
    good = _run(15)
    assert good["a.html"] > 5 and good["a.txt"] > 5


@pytest.mark.soak
def test_mutated_files_for_long() -> None:
    assert all(_run(2_000).values())
