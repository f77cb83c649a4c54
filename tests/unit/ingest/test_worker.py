"""The extracting process's answers, asked in this process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag_service.ingest.limits import Limits
from rag_service.ingest.llama_reader import read_with
from rag_service.ingest.readers.base import UnreadableError
from rag_service.ingest.worker import reply
from tests import ingest_kit as kit

JSON_READER = "llama_index.core.readers.json.JSONReader"


def request(module: str, llama: str | None = None) -> dict[str, object]:
    return {"module": module, "suffix": ".x", "llama": llama}


def test_replies() -> None:
    extracted = reply(request("pdf"), kit.pdf([[kit.Print("Kim")]]), Limits())["extracted"]
    assert (extracted["pages"], extracted["paginated"]) == (("Kim",), True)
    assert reply(request("pdf"), b"x", Limits()) == {"error": "is not a PDF; check the file's suffix"}
    failing = reply(request("llama", "tests.ingest_kit.Failing"), b"x", Limits())
    assert failing["error"] == (
        "made its reader tests.ingest_kit.Failing fail (ValueError: nicht lesbar); "
        "check the file, or the reader named in RAG_INGEST__READERS"
    )
    nested = reply(request("llama", "tests.ingest_kit.Recursive"), b"x", Limits())
    assert nested == {"error": "is nested too deeply; flatten it"}


def test_llamaindex_reader_gives_pages_and_metadata() -> None:
    extracted = read_with(JSON_READER, ".json", b'{"ort": "Rom"}')
    assert (extracted.pages, extracted.paginated) == (('"ort": "Rom"',), False)
    titled = read_with("tests.ingest_kit.Titled", ".x", b"eins\ntwo")
    assert (titled.pages, titled.paginated) == (("eins", "two"), True)
    assert (titled.title, titled.published) == ("Der Titel", "2019-04-25")
    assert titled.metadata == {"page_label": "1", "since": "2019-04-01T08:00:00"}
    with pytest.raises(UnreadableError, match="nothing to read"):
        read_with("tests.ingest_kit.Titled", ".x", b"")


def test_the_worker_ends_with_its_parent(tmp_path: Path) -> None:
    program = (
        "from rag_service.ingest.limits import Limits; from rag_service.ingest.load import Loader; "
        "loader = Loader(Limits()); loader.load_bytes('a.html', b'<p>Text der Seite</p>'); "
        "print(loader._sandbox._idle.get_nowait()._process.pid, flush=True); import os; os._exit(1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[3]
    )
    worker = int(done.stdout)
    for _ in range(100):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            break
        if Path(f"/proc/{worker}/stat").read_text().split()[2] == "Z":
            break
        subprocess.run(["sleep", "0.05"], check=True)
    else:
        pytest.fail("the worker outlived its parent")


def test_a_reader_that_cannot_be_had_says_so() -> None:
    with pytest.raises(UnreadableError, match="cannot be imported"):
        read_with("tests.ingest_kit.Absent", ".x", b"x")
    with pytest.raises(UnreadableError, match="cannot be imported"):
        read_with("ohne_punkt", ".x", b"x")
    with pytest.raises(UnreadableError, match="is no class"):
        read_with("tests.ingest_kit.time", ".x", b"x")
