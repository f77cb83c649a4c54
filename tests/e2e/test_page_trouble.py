"""The page when something is amiss: keys, connections, addresses."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import needs_browser

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
