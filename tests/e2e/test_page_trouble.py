"""The page when something is amiss: keys, connections, addresses."""

import pytest
from playwright.sync_api import expect

from rag_service.models import Statement
from tests.e2e.browser import needs_browser
from tests.fakes import TEXT, answer

pytestmark = needs_browser


@pytest.mark.parametrize("typed", ["schlüssel–x“", "two words", "ключ"])
def test_a_key_that_no_header_can_carry_is_refused_and_another_asked_for(scripted, visiting, typed):
    service, url = scripted
    service.keys.add("right")
    visit = visiting(url)
    page = visit.open()
    page.wait_for_selector("#key-dialog[open]")
    page.fill("#key", typed)
    page.keyboard.press("Enter")
    expect(page.locator("#key-error")).to_have_text("Der Server nimmt diesen Schlüssel nicht an.")
    assert page.is_visible("#key-dialog")
    page.fill("#key", "right")
    page.keyboard.press("Enter")
    expect(page.locator("#holdings")).to_contain_text("Ein Dokument")
    assert page.is_hidden("#key-dialog")


def test_what_was_typed_before_the_key_dialog_was_cancelled_is_no_key(scripted, visiting):
    service, url = scripted
    service.keys.add("right")
    page = visiting(url).open()
    page.wait_for_selector("#key-dialog[open]")
    page.fill("#key", "right")
    page.keyboard.press("Escape")
    expect(page.locator("#holdings")).not_to_be_empty()
    assert page.evaluate("sessionStorage.length") == 0


def test_asking_works_after_the_key_dialog_was_cancelled(scripted, visiting):
    service, url = scripted
    service.library.create_collection("press")
    service.keys.add("right")
    visit = visiting(url)
    page = visit.open("/?collection=press")
    page.wait_for_selector("#key-dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#key-dialog", state="hidden")
    page.fill("#question", "Wann?")
    page.keyboard.press("Enter")
    page.wait_for_selector("#key-dialog[open]")
    page.fill("#key", "right")
    page.keyboard.press("Enter")
    page.wait_for_selector(".footer")
    assert [body["collection"] for body in visit.sent] == ["press"]
    assert page.input_value("#collection") == "press"
    assert "collection=press" in page.url


def test_cancelling_again_tells_why_nothing_is_answered(scripted, visiting):
    service, url = scripted
    service.keys.add("right")
    visit = visiting(url)
    page = visit.open()
    for question in ("Wann?", "Wo?"):
        page.wait_for_selector("#key-dialog[open]")
        page.keyboard.press("Escape")
        page.wait_for_selector("#key-dialog", state="hidden")
        page.fill("#question", question)
        page.keyboard.press("Enter")
    page.wait_for_selector("#key-dialog[open]")
    page.keyboard.press("Escape")
    expect(page.locator(".notice-error")).to_have_count(2)
    assert visit.sent == []
    page.click("#open-library")
    page.wait_for_selector("#key-dialog[open]")
    page.fill("#key", "right")
    page.keyboard.press("Enter")
    expect(page.locator("#documents li")).to_have_count(1)


def test_only_the_number_of_a_citation_is_a_marker(scripted, visiting):
    service, url = scripted
    said = f"{TEXT[:45]} [12]."
    service.asker.script = lambda ask: answer(
        ask, text=f"{said} [1]", statements=(Statement(said, 0, len(said), (1,), True),)
    )
    visit = visiting(url)
    page = visit.open()
    visit.ask("Wann?")
    assert page.locator(".marker").all_inner_texts() == ["1"]
    assert "[12]." in page.inner_text(".answer")
