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
