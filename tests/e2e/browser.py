"""A headless Chromium for tests, the machine's own."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
needs_browser = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, started once for many pages."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield started
        finally:
            started.close()


class Visit:
    """One page in a fresh profile; ``faults`` are its script errors and ``hosts`` all that it asked for anything."""

    def __init__(self, browser: Browser, url: str, *, viewport=WIDE, scheme="light", locale="de-DE") -> None:
        context = browser.new_context(viewport=viewport, color_scheme=scheme, locale=locale)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(120_000)  # a machine can stand still for half a minute
        self.url = url
        self.faults: list[str] = []
        self.hosts: set[str] = set()
        self.sent: list[dict] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda line: self.faults.append(line.text) if "Security Policy" in line.text else None)
        self.page.on("request", self._note)

    def _note(self, request) -> None:
        self.hosts.add(request.url.split("/")[2] if "//" in request.url else request.url)
        if request.url.endswith("/v1/ask"):
            self.sent.append(request.post_data_json)

    def open(self, path="/") -> Page:
        self.page.goto(self.url + path)
        return self.page

    def ask(self, question: str) -> None:
        """Ask and wait for the end of the answer."""
        before = self.page.locator(".footer").count()
        self.page.fill("#question", question)
        self.page.keyboard.press("Enter")
        self.page.locator(".footer").nth(before).wait_for()

    def close(self) -> None:
        self.page.context.close()


def in_view(page: Page, selector: str) -> bool:
    """Whether the middle of an element is within the window."""
    return page.eval_on_selector(
        selector,
        """element => { const box = element.getBoundingClientRect(); const y = box.top + box.height / 2;
           return y > 0 && y < innerHeight && box.left >= 0 && box.right <= innerWidth; }""",
    )


def faults_of(page):
    """What axe finds wrong with the page for assistive technology."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {node['html'][:120]} {json.dumps([check['message'] for check in node['any']])[:200]}"
        for item in violations
        for node in item["nodes"]
    ]
