"""Loading within limits: what hostile, broken and changing files do, and what they are told."""

import hashlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_service.errors import LoadError
from rag_service.ingest.limits import Limits
from rag_service.ingest.load import Loader, load_file, read_bytes
from tests import ingest_kit as kit
from tests.ingest_kit import Print

KIT = "tests.ingest_kit"
LLAMA_JSON = "llama_index.core.readers.json.JSONReader"
READERS = {
    "slow": f"{KIT}.Sleeping",
    ".hungry": f"{KIT}.Hungry",
    ".crash": f"{KIT}.Crashing",
    ".fail": f"{KIT}.Failing",
    ".gone": f"{KIT}.Absent",
    ".odd": f"{KIT}.time",
    ".records": LLAMA_JSON,
}


@pytest.fixture(scope="module")
def loader() -> Iterator[Loader]:
    with Loader(Limits(timeout=60), READERS) as loader:
        yield loader


def refused(loader: Loader, source: str, data: bytes) -> str:
    with pytest.raises(LoadError) as caught:
        loader.load_bytes(source, data)
    message = str(caught.value)
    assert message.startswith(f"{source}: ")
    return message


def test_a_file_becomes_a_document(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Kim kam an.", encoding="utf-8")
    document = load_file(path, "ordner/a.txt", Limits())
    assert (document.source, document.text) == ("ordner/a.txt", "Kim kam an.")
    assert document.sha256 == hashlib.sha256(b"Kim kam an.").hexdigest()


@pytest.mark.parametrize(
    ("source", "data", "found"),
    [
        ("a.pdf", kit.pdf([[Print("Kim kam an.")]]), "Kim kam an."),
        ("a.DOCX", kit.docx(), "Letzter Absatz."),
        ("a.pptx", kit.pptx(), "Putin empfängt ihn"),
        ("a.xlsx", kit.xlsx(), "Ort: Wladiwostok"),
        ("a.epub", kit.epub(), "Das Ende."),
        ("a.html", b"<p>Der Zug fuhr ab.</p>", "Der Zug fuhr ab."),
        ("a.eml", b"Subject: S\n\nDer Zug fuhr ab.", "Der Zug fuhr ab."),
        ("a.md", b"# Kopf\n\nText *hier*.", "Text hier."),
        ("a.md", b"Text *hier*. " * 20_000, "Text hier."),
        ("a.unbekannt", "Größe".encode(), "Größe"),
        ("ohne", b"Text", "Text"),
    ],
)
def test_formats_through_the_worker(loader: Loader, source: str, data: bytes, found: str) -> None:
    assert found in loader.load_bytes(source, data).text


@pytest.mark.parametrize(
    ("source", "text", "published"),
    [
        ("protokolle/2024-05-14-leitung.md", "# Leitungsrunde", "2024-05-14"),
        ("preise 2024_02.csv", "Artikel;Preis\nNM-200;149,00", "2024-02"),
        ("Rundschreiben 14.5.2024.txt", "Guten Tag", "2024-05-14"),
        ("2024-05-14.txt", "Stand: 3. Mai 2021", "2021-05-03"),
        ("plan-2019-04-bis-2023-09.txt", "Guten Tag", None),
        ("agenda-2030.txt", "Guten Tag", None),
        ("scan_20240514_093012.txt", "Guten Tag", None),
    ],
)
def test_a_name_dates_what_has_no_other_date(loader: Loader, source: str, text: str, published: str | None) -> None:
    assert loader.load_bytes(source, text.encode()).published == published


def test_a_llamaindex_reader_by_dotted_path(loader: Loader) -> None:
    document = loader.load_bytes("a.records", b'{"ort": "Wladiwostok"}')
    assert '"ort": "Wladiwostok"' in document.text
    assert ".records" in loader.suffixes and ".pdf" in loader.suffixes


def test_hostile_content_is_refused_with_reason_and_remedy(loader: Loader) -> None:
    assert "is empty" in refused(loader, "a.txt", b"")
    assert "is empty" in refused(loader, "a.pdf", b" \n")
    assert "password-protected; save it without a password" in refused(loader, "a.pdf", kit.locked_pdf())
    assert "is a broken PDF" in refused(loader, "a.pdf", b"%PDF-1.7\n" + os.urandom(2000))
    assert "holds binary data" in refused(loader, "a.txt", bytes(range(256)) * 8)
    assert "cut.docx: " in refused(loader, "cut.docx", kit.docx()[:-200])


@pytest.mark.parametrize("name", ["own kid", "two kids", "drawn", "previous"])
def test_looped_pdfs_end(loader: Loader, name: str) -> None:
    started = time.monotonic()
    refused(loader, "a.pdf", kit.looped_pdfs()[name])
    assert time.monotonic() - started < 20


def test_ten_thousand_pages_are_refused_in_no_time(loader: Loader) -> None:
    started = time.monotonic()
    assert "has 10000 pages, more than max_pages (5000)" in refused(loader, "a.pdf", kit.pdf([[Print("x")]] * 10_000))
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("a.docx", "word/document.xml"),
        ("a.epub", "OEBPS/content.opf"),
        ("a.xlsx", "xl/workbook.xml"),
        ("a.pptx", "x.xml"),
    ],
)
def test_zip_bombs_are_measured_before_they_unpack(loader: Loader, source: str, part: str) -> None:
    assert "zip bomb" in refused(loader, source, kit.zipped({part: b"0" * 50_000_000}))


def test_many_parts_and_entities_do_no_harm(loader: Loader) -> None:
    assert "more than 20000" in refused(loader, "a.epub", kit.zipped({f"p{number}": "" for number in range(20_001)}))
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
    laughs = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><container>&e29;</container>'
    assert "e-book" in refused(loader, "a.epub", kit.zipped({"META-INF/container.xml": laughs}))


def test_short_markdown_made_to_take_for_ever_is_ended() -> None:
    with Loader(Limits(timeout=3)) as loader:
        assert "nested too deeply" in refused(loader, "a.md", b"---\na: " + b"[" * 7_000 + b"]" * 7_000 + b"\n---\nx")
        started = time.monotonic()
        assert "took longer than the 3 s" in refused(loader, "a.md", b">" * 100 + b" a\n" + b"b\n" * 14_000)
        assert time.monotonic() - started < 20


def test_html_nested_100000_deep(loader: Loader) -> None:
    started = time.monotonic()
    deep = b"<p>Anfang</p>" + b"<div>" * 100_000 + b"Tief unten" + b"</div>" * 100_000
    try:
        assert "Anfang" in loader.load_bytes("a.html", deep).text
    except LoadError as error:
        assert str(error).startswith("a.html: ")
    assert time.monotonic() - started < 60


def test_a_name_that_would_break_a_line_is_escaped() -> None:
    with pytest.raises(LoadError) as caught:
        Loader(Limits()).load_bytes("zwei\nZeilen\x1b[2J.txt", b"")
    assert str(caught.value) == "zwei\\nZeilen\\x1b[2J.txt: is empty; there is nothing to ingest"


def test_right_to_left_and_stray_code_points(loader: Loader) -> None:
    assert loader.load_bytes("a.txt", "وصل كيم إلى المدينة.".encode()).language == "ar"
    text = loader.load_bytes("a.json", b'{"a": "x\\ud800y\\u0000z"}').text
    assert text == "a: x\ufffdyz"


def test_a_reader_that_hangs_is_ended_at_the_timeout() -> None:
    with Loader(Limits(timeout=1.0), READERS) as loader:
        started = time.monotonic()
        assert "took longer than the 1 s that ingest.file_timeout allows" in refused(loader, "a.slow", b"x")
        assert time.monotonic() - started < 5
        assert loader.load_bytes("a.txt", b"danach").text == "danach"


def test_a_reader_that_is_hungry_crashes_or_fails_costs_only_its_file(loader: Loader) -> None:
    assert "needs more than 2000 MB" in refused(loader, "a.hungry", b"x")
    assert "made its extractor fail" in refused(loader, "a.crash", b"x")
    assert "made its reader tests.ingest_kit.Failing fail (ValueError: nicht lesbar)" in refused(loader, "a.fail", b"x")
    assert "which cannot be imported" in refused(loader, "a.gone", b"x")
    assert "which is no class" in refused(loader, "a.odd", b"x")
    assert "Kim" in loader.load_bytes("a.pdf", kit.pdf([[Print("Kim")]])).text


def test_threads_share_the_workers() -> None:
    found: list[str] = []
    with Loader(Limits(), workers=2) as loader:

        def load(number: int) -> None:
            found.append(loader.load_bytes(f"{number}.pdf", kit.pdf([[Print(f"Seite {number}")]])).text)

        threads = [threading.Thread(target=load, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == [f"Seite {number}" for number in range(8)]


def test_a_huge_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    started = time.monotonic()
    with pytest.raises(LoadError, match=r"huge.txt: is 200.0 MB, more than the 100 MB that ingest.max_file_mb allows"):
        load_file(path, "huge.txt", Limits())
    assert time.monotonic() - started < 0.5
    with pytest.raises(LoadError, match="max_file_mb"):
        Loader(Limits(max_file_bytes=10)).load_bytes("a.txt", b"x" * 11)


def test_what_is_no_regular_file_is_never_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.txt"))
        for path in (pipe, tmp_path / "s.txt", Path("/dev/zero"), tmp_path):
            with pytest.raises(LoadError, match="is no regular file"):
                read_bytes(path, "a.txt", Limits())


def test_missing_and_forbidden_files(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"a.txt: cannot be read: No such file or directory; check the path"):
        read_bytes(tmp_path / "a.txt", "a.txt", Limits())
    path = tmp_path / "b.txt"
    path.write_text("x")
    path.chmod(0)
    user = os.geteuid()
    try:
        if user == 0:  # root reads everything
            os.seteuid(65534)
        with pytest.raises(LoadError, match=r"b.txt: cannot be read: Permission denied"):
            read_bytes(path, "b.txt", Limits())
    finally:
        os.seteuid(user)


def test_a_file_that_keeps_growing_is_refused_and_one_that_settles_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 30_000_000)
    done = threading.Event()

    def write() -> None:
        with path.open("ab") as file:
            while not done.is_set():
                file.write(b"y" * 100)
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(LoadError, match=r"a.txt: changed while it was being read; ingest it again"):
            read_bytes(path, "a.txt", Limits())
    finally:
        done.set()
        writer.join()
    assert read_bytes(path, "a.txt", Limits()) == path.read_bytes()
