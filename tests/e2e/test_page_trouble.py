"""The page when something is amiss: keys, connections, addresses."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rag_service.models import Statement
from tests.e2e.browser import needs_browser
from tests.fakes import TEXT, answer

pytestmark = needs_browser
SLOW = """
from tests.fakes import TEXT, FakeService
from tests.serving import served

service = FakeService()
service.library.put("default", "doc_1", "notes/besuch.txt", TEXT)
service.library.steps = 1000
service.asker.delay = 1.0
with served(service) as url:
    print(url, flush=True)
    input()
"""


@pytest.fixture
def slow():
    """A server in a process of its own, which takes its time, and may be killed."""
    with subprocess.Popen(
        [sys.executable, "-c", SLOW],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


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
        page.wait_for_selector("#send")  # the question before is given up; until then no other is asked
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


def test_who_has_the_whole_answer_may_ask_on_though_its_stream_is_open(scripted, visiting):
    service, url = scripted
    stream = service.asker.stream

    async def lingering(ask):
        async for event in stream(ask):
            yield event
        await asyncio.sleep(300)

    service.asker.stream = lingering
    visit = visiting(url)
    visit.open()
    visit.ask("Wann?")
    visit.ask("Und wo?")
    assert [sent["question"] for sent in visit.sent] == ["Wann?", "Und wo?"]


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


@pytest.mark.parametrize(("locale", "said"), [("de-DE", "Der Server ist nicht"), ("en-GB", "The server cannot be")])
def test_a_server_lost_in_the_middle_is_told_in_the_pages_own_words(slow, visiting, locale, said):
    process, url = slow
    page = visiting(url, locale=locale).open()
    page.wait_for_selector("#collection option", state="attached")
    page.fill("#question", "Wann?")
    page.click("#send")
    page.wait_for_selector(".answer p")
    process.kill()
    expect(page.locator(".notice-error p")).to_contain_text(said)
    assert "rror:" not in page.inner_text("#conversation")
    assert page.is_visible("#send")


def test_a_server_lost_while_it_takes_in_files_is_told(slow, visiting):
    process, url = slow
    page = visiting(url).open()
    page.click("#open-library")
    page.set_input_files("#files", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"A"}])
    expect(page.locator(".job")).to_contain_text("0 von 1 fertig")
    process.kill()
    expect(page.locator(".job .error")).to_have_text("Der Server ist nicht erreichbar.")
