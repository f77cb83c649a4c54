"""The evaluation report as a reader sees it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from evals.cases.model import Dataset
from evals.compare import compare
from evals.report.page import write_report, write_sweep
from evals.run import Scorers, run
from evals.runs import load_run
from evals.sweep import SweepRow
from rag_service.models import Turn
from tests import eval_kit
from tests.e2e.browser import NARROW, WIDE, Visit, chromium, needs_browser
from tests.eval_kit import ScriptedTarget

pytestmark = needs_browser


LONG = f"https://intranet.example.org/{'handbook/' * 12}leave?id={'0123456789' * 3}"


def with_addresses(cases: Dataset) -> Dataset:
    """The same with a long address in the question and the history of a case that goes wrong."""
    odd = replace(cases.cases[6], question=f"{cases.cases[6].question} {LONG}", history=(Turn("user", LONG),))
    return replace(cases, cases=(*cases.cases[:6], odd, *cases.cases[7:]))


async def written(folder: Path) -> Path:
    """A report on a run that names the wrong capital in the north, compared with one that is all right."""
    cases = with_addresses(eval_kit.dataset(folder))
    good = await run(cases, ScriptedTarget(), folder / "good", scorers=Scorers())
    wrong = ScriptedTarget(lambda case, answer: replace(answer, text="Bern [1]") if "north" in case.tags else answer)
    bad = await run(cases, wrong, folder / "bad", scorers=Scorers())
    first, second = load_run(good.path), load_run(bad.path)
    return write_report(second, compare(first, second), folder / "report.html")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asyncio.run(written(tmp_path_factory.mktemp("report")))


@pytest.fixture(scope="module")
def browser(report: Path) -> Iterator:
    """Started after the report was written: Playwright's loop and another one cannot share a thread."""
    with chromium() as started:
        yield started


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (NARROW, "light"), (WIDE, "dark")])
def test_the_report_reads_well_and_asks_for_nothing(browser, report: Path, viewport, scheme) -> None:
    visit = Visit(browser, f"file://{report}", viewport=viewport, scheme=scheme)
    page = visit.open("")
    assert page.locator(".tile").count() == 9
    assert "0.700" in page.locator(".tile", has_text="Answers right").inner_text()
    assert "-0.300" in page.locator(".tile", has_text="Answers right").inner_text()
    assert page.locator("figure svg").count() == 4
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    case = page.locator("details.case").first
    case.locator("summary").first.click()
    assert case.locator("mark.both").is_visible()
    assert case.locator("mark.both").inner_text().startswith("Die Hauptstadt von")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert visit.faults == []
    assert visit.hosts == {""}
    visit.close()


def test_cases_can_be_found(browser, report: Path) -> None:
    visit = Visit(browser, f"file://{report}")
    page = visit.open("")
    shown = page.locator("#all tbody tr:visible")
    assert shown.count() == 18
    page.fill("#find", "hauptstadt NORTH")
    assert shown.count() == 3
    page.select_option("#show", "right")
    assert shown.count() == 0
    page.fill("#find", "")
    assert page.locator("#count").inner_text() == "15 of 18 cases"
    visit.close()


def test_the_sweep_page_shows_what_is_unbeaten(browser, tmp_path: Path) -> None:
    rows = [
        SweepRow({"retrieval.top_k": 8}, Path("x"), 0.9, 0.8, 1.0, 30.0, True, 18, 0),
        SweepRow({"retrieval.top_k": 4}, Path("y"), 0.8, 0.7, 0.9, 40.0, False, 18, 0),
    ]
    visit = Visit(browser, f"file://{write_sweep(rows, 'case_right', 'seeds', tmp_path / 'sweep.html')}")
    page = visit.open("")
    assert page.locator("tbody tr").first.inner_text().split() == [
        "1",
        "8",
        "0.900",
        "0.800–1.000",
        "18",
        "0",
        "30.0",
        "yes",
    ]
    assert page.locator("circle.optimal").count() == 1
    assert Axe().run(page).violations_count == 0
    assert visit.faults == []
    visit.close()
