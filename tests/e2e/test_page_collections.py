"""Which collection the page asks, and what it adds to and takes from it."""

import pytest
from playwright.sync_api import expect

from rag_service.settings import Settings
from tests.e2e.browser import needs_browser
from tests.fakes import TEXT, FakeService
from tests.serving import served

pytestmark = needs_browser
FILE = {"name": "mole.txt", "mimeType": "text/plain", "buffer": b"Die Mole ist 300 Meter lang."}


@pytest.fixture
def press():
    """A service that is configured for another collection than the one it holds."""
    service = FakeService(settings=Settings(collection="press"))
    service.library.put("aaa", "doc_1", "notes/besuch.txt", TEXT)
    service.library.delete_collection("default")
    with served(service) as url:
        yield service, url


def test_the_configured_collection_is_chosen(press, visiting):
    service, url = press
    service.library.put("press", "doc_2", "p.txt", "P")
    visit = visiting(url)
    page = visit.open()
    visit.ask("Wann?")
    assert visit.sent[0]["collection"] == "press"
    assert "collection=" not in page.url
    page.select_option("#collection", "aaa")
    visit.ask("Wann?")
    assert visit.sent[1]["collection"] == "aaa"
    assert "collection=aaa" in page.url
    page.reload()
    page.wait_for_selector(".footer")
    assert visit.sent[2]["collection"] == "aaa"


def test_without_collections_uploads_go_to_the_configured_one(press, visiting):
    service, url = press
    service.library.delete_collection("aaa")
    page = visiting(url).open()
    expect(page.locator("#holdings")).to_contain_text("noch keine Dokumente")
    page.click("#open-library")
    page.set_input_files("#files", [FILE])
    page.wait_for_selector(".job ul")
    assert list(service.library.names) == ["press"]


def test_a_key_uploads_to_its_collection_that_is_to_be_made(scripted, visiting):
    service, url = scripted
    service.keys.add("right", "soon", write=True)
    page = visiting(url).open()
    page.wait_for_selector("#key-dialog[open]")
    page.fill("#key", "right")
    page.keyboard.press("Enter")
    expect(page.locator("#holdings")).to_contain_text("noch keine Dokumente")
    assert page.locator("#collection option").all_inner_texts() == ["soon"]
    page.click("#open-library")
    page.set_input_files("#files", [FILE])
    page.wait_for_selector(".job ul")
    assert "mole.txt: hinzugefügt" in page.inner_text(".job")
    assert sorted(service.library.names) == ["default", "soon"]
    expect(page.locator("#holdings")).to_contain_text("Ein Dokument")


@pytest.mark.parametrize(
    ("locale", "said"), [("de-DE", "namens gone gibt es nicht"), ("en-GB", "no collection named gone")]
)
def test_a_collection_that_is_not_there_is_told_and_no_other_asked(scripted, visiting, locale, said):
    visit = visiting(scripted[1], locale=locale)
    page = visit.open("/?q=Wann%3F&collection=gone")
    expect(page.locator("#holdings")).to_contain_text(said)
    assert page.input_value("#question") == "Wann?"
    assert page.input_value("#collection") == "default"
    assert visit.sent == []
    page.click("#send")
    page.wait_for_selector(".footer")
    assert [body["collection"] for body in visit.sent] == ["default"]


def drop(page, path):
    """Drop a file or folder of this machine on the page."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 200, "y": 200, "data": data})


def test_the_files_of_a_dropped_folder_are_uploaded_under_their_paths(scripted, visiting, tmp_path):
    service, url = scripted
    folder = tmp_path / "ordner"
    (folder / "unten" / "leer").mkdir(parents=True)
    (folder / ".git").mkdir()
    left = (".git/config", ".DS_Store", "~$richt.docx", "Desktop.ini", "unten/Thumbs.db")
    for name in ("unten/b.txt", *left, *(f"{number:03}.txt" for number in range(150))):
        (folder / name).write_text(name)
    page = visiting(url).open()
    expect(page.locator("#holdings")).to_contain_text("Ein Dokument")
    drop(page, folder)
    page.wait_for_selector(".job ul")
    sources = sorted(upload.source for upload in service.library.uploads)
    assert sources == [*(f"ordner/{number:03}.txt" for number in range(150)), "ordner/unten/b.txt"]
    expect(page.locator("#documents")).to_contain_text("ordner/000.txt")


@pytest.mark.parametrize(
    ("files", "locale", "said"),
    [
        (0, "de-DE", "Darin sind keine Dateien."),
        (0, "en-GB", "There are no files in it."),
        (1001, "de-DE", "mehr als 1000 Dateien"),
        (1001, "en-GB", "more than 1000 files"),
    ],
)
def test_a_folder_with_nothing_or_too_much_in_it_is_told(scripted, visiting, tmp_path, files, locale, said):
    service, url = scripted
    for number in range(files):
        (tmp_path / f"{number}.txt").touch()
    page = visiting(url, locale=locale).open()
    page.wait_for_selector("#collection option", state="attached")
    drop(page, tmp_path)
    expect(page.locator(".job .error")).to_contain_text(said)
    assert service.library.uploads == []


def test_the_focus_stays_in_the_list_when_a_document_is_deleted(scripted, visiting):
    service, url = scripted
    for name in ("a.txt", "z.txt"):
        service.library.put("default", f"doc_{name}", name, "A")
    page = visiting(url).open()
    page.click("#open-library")
    for title, focused in (("a.txt", "besuch.txt"), ("z.txt", "besuch.txt"), ("besuch.txt", "✕")):
        row = page.locator("#documents li", has_text=title)
        row.locator("button").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        row.wait_for(state="detached")
        assert page.evaluate("document.activeElement.textContent") == focused
