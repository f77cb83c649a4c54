"""Pages in a browser, and a service whose answers the test writes."""

import pytest

from tests.e2e.browser import Visit, chromium
from tests.fakes import TEXT, FakeService, answer, passage
from tests.serving import served


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def visiting(browser):
    opened = []

    def visit(url, **options):
        opened.append(Visit(browser, url, **options))
        return opened[-1]

    yield visit
    for one in opened:
        assert one.faults == []
        assert one.hosts <= {one.url.removeprefix("http://")}
        one.close()


@pytest.fixture
def scripted():
    service = FakeService()
    service.library.put("default", "doc_1", "notes/besuch.txt", TEXT)
    service.asker.script = lambda ask: answer(ask, passages=(passage(),))
    with served(service) as url:
        yield service, url
