"""The panel with a document's source text."""

import time

import pytest
from playwright.sync_api import expect

from rag_service.models import Page, SourceText
from tests.e2e.browser import needs_browser
from tests.fakes import TEXT

pytestmark = needs_browser
PAGE = 3000


def test_a_long_document_with_an_emoji_opens_at_once(scripted, visiting):
    service, url = scripted
    line = "🚢 " + "Der Frachter brachte Holz. " * 200
    pages = tuple(Page(number + 1, number * PAGE, (number + 1) * PAGE) for number in range(2000))
    text = (line * (2000 * PAGE // len(line) + 1))[: 2000 * PAGE]
    service.library.put("default", "doc_1", "lang.pdf", text)
    service.library.texts["doc_1"] = SourceText(text, pages)
    start = 1999 * PAGE + 5
    page = visiting(url).open()
    expect(page.locator("#holdings")).to_contain_text("Ein Dokument")
    begun = time.monotonic()
    page.goto(f"{url}/documents/doc_1#char={start},{start + 20}")
    page.wait_for_selector("#quote", timeout=120_000)
    assert page.inner_text("#quote") == text[start : start + 20]
    assert time.monotonic() - begun < 9
    assert page.locator(".page").last.inner_text() == "Seite 2000"


@pytest.mark.parametrize("span", ["50,9", "9,9", "900,950", "99999999999999999999,3"])
def test_a_span_that_is_none_marks_nothing_and_repeats_nothing(scripted, visiting, span):
    page = visiting(scripted[1]).open(f"/documents/doc_1#char={span}")
    expect(page.locator("#source-text .text")).to_have_text(TEXT)
    assert page.locator("#quote").count() == 0


def test_the_mark_follows_the_address(scripted, visiting):
    url = f"{scripted[1]}/documents/doc_1"
    page = visiting(scripted[1]).open("/documents/doc_1#char=0,20")
    expect(page.locator("#quote")).to_have_text(TEXT[:20])
    page.goto(f"{url}#char=30,46")
    expect(page.locator("#quote")).to_have_text(TEXT[30:46])
    page.goto(f"{url}#question")  # where the skip link leads
    expect(page.locator("#quote")).to_have_text(TEXT[30:46])
    page.goto(f"{url}#char=5")
    expect(page.locator("#quote")).to_have_count(0)
    expect(page.locator("#source-text .text")).to_have_text(TEXT)
    page.go_back()
    page.go_back()
    expect(page.locator("#quote")).to_have_text(TEXT[30:46])
    page.click("#close-source")
    page.go_back()
    expect(page.locator("#quote")).to_have_text(TEXT[:20])


def test_an_address_of_no_document_says_so(scripted, visiting):
    page = visiting(scripted[1]).open("/documents/%zz")
    expect(page.locator("#source-text .notice-error")).to_contain_text("%zz")
