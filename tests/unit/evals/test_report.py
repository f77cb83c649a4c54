import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from evals.cases.model import Case
from evals.compare import compare
from evals.gate import Check
from evals.report.highlight import Piece, pieces
from evals.report.page import write_report, write_sweep
from evals.report.svg import Point, histogram, scatter
from evals.report.terminal import comparison_tables, gate_lines, print_run, sweep_table
from evals.report.view import explain
from evals.run import Scorers, run
from evals.runs import Run, load_run, save_baseline
from evals.sweep import SweepRow
from rag_service.models import Answer
from tests import eval_kit
from tests.eval_kit import Change, ScriptedTarget, printed


def wrong_in_the_north(case: Case, answer: Answer) -> Answer:
    return replace(answer, text="<b>Bern</b> & Co. [1]") if "north" in case.tags else answer


async def evaluated(tmp_path: Path, name: str, change: Change | None = None, fail: frozenset[str] = frozenset()) -> Run:
    folder = await run(eval_kit.dataset(tmp_path), ScriptedTarget(change, fail), tmp_path / name, scorers=Scorers())
    return load_run(folder.path)


def test_text_is_cut_where_evidence_and_citations_begin_and_end() -> None:
    assert pieces("abcdefgh", 10, gold=[(12, 16)], cited=[(14, 30)]) == [
        Piece("ab", ""),
        Piece("cd", "gold"),
        Piece("ef", "both"),
        Piece("gh", "cited"),
    ]
    assert pieces("ab", 0, [], []) == [Piece("ab", "")]


async def test_the_page_needs_nothing_from_elsewhere_and_escapes_what_was_said(tmp_path: Path) -> None:
    good = await evaluated(tmp_path, "good")
    bad = await evaluated(tmp_path, "bad", wrong_in_the_north, frozenset({"utopia"}))
    page = write_report(bad, compare(good, bad), tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(src|href)=["']|@import|url\(""", page)
    assert "&lt;b&gt;Bern&lt;/b&gt; &amp; Co." in page
    assert "<b>Bern</b>" not in page
    assert "1 cases failed with model_timeout." in page
    assert "4 cases flipped" in page
    assert page.count('<details class="case">') == 4
    assert "wrong answer although gold evidence is cited" in page
    assert '<mark class="both">Die Hauptstadt von Schweden ist Stockholm.</mark>' in page
    assert "<td>1 × model_timeout</td>" in page


async def test_a_report_without_comparison_or_errors(tmp_path: Path) -> None:
    page = write_report(await evaluated(tmp_path, "good"), None, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Compared with" not in page
    assert "0 of 18." in page
    assert page.count("<figure>") == 4


async def test_the_terminal_says_the_same(tmp_path: Path) -> None:
    good = await evaluated(tmp_path, "good")
    bad = await evaluated(tmp_path, "bad", wrong_in_the_north, frozenset({"utopia"}))
    console = Console(file=StringIO(), width=200)
    print_run(bad, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert re.search(r"Answers right +0\.700 +\d\.\d+–\d\.\d+ +10 +8 +0", text)
    assert re.search(r"north +3 +0\.000 \(3\)", text)
    assert "1 × model_timeout" in text
    assert re.search(r"1 of 18 cases failed:\s+model_timeout, as in utopia: .+", text)
    assert "Milliseconds an answer: p50" in text
    text = printed(comparison_tables(compare(good, bad)))
    assert re.search(r"Answers right +10 +0 +1\.000 +0\.700 +-0\.300", text)
    assert "worse schweden: Was ist die Hauptstadt von Schweden?" in text
    assert "Citations verified" not in text and re.search(r"\d+ of \d+ metrics are the same\.", text)
    text = printed(comparison_tables(compare(good, good)))
    assert "0 cases flipped" not in text and "0 of " not in text and "Answers right" not in text


def test_the_gate_ends_with_what_failed_and_the_verdict() -> None:
    checks = [Check("b", False, "0.1 [0, 1]"), Check("a", True, "fine")]
    assert printed(gate_lines(checks, Path("runs/x"), Path("base"))).splitlines() == [
        "ok      a: fine",
        "failed  b: 0.1 [0, 1]",
        "What changed: rag-service eval compare base runs/x",
        "Gate not met: 1 of 2 checks failed.",
    ]
    assert printed(gate_lines(checks[1:], Path("runs/x"), Path("base"))).splitlines() == [
        "ok      a: fine",
        "Gate met.",
    ]
    assert "What changed" not in printed(gate_lines(checks, Path("runs/x"), None))


def test_the_table_of_a_sweep() -> None:
    text = printed(sweep_table([SweepRow({"top_k": 4}, Path("x"), 0.9, 0.8, 1.0, 12.34, True, 16, 2)], "case_right"))
    assert re.search(r"\* +4 +0\.900 +0\.800–1\.000 +16 +2 +12\.3", text)


def test_a_combination_without_figures_has_dashes_and_no_point(tmp_path: Path) -> None:
    good = SweepRow({"top_k": 4}, Path("x"), 0.9, 0.8, 1.0, 12.34, True, 16, 2)
    empty = SweepRow({"top_k": 8}, Path("y"), None, None, None, None, False, 0, 18)
    assert " ".join(printed(sweep_table([good, empty], "case_right")).split()).endswith("8 – 0 18 –")
    for rows, points in (([good, empty], 1), ([empty], 0)):
        page = write_sweep(rows, "case_right", "seeds", tmp_path / "sweep.html").read_text(encoding="utf-8")
        assert page.count("<circle") == points
        assert '<td>8</td><td class="n">–</td><td class="n"></td>' in page


def test_a_sweep_page_joins_the_unbeaten(tmp_path: Path) -> None:
    rows = [
        SweepRow({"retrieval.top_k": 8}, Path("x"), 0.9, 0.8, 1.0, 30.0, True, 18, 0),
        SweepRow({"retrieval.top_k": 4}, Path("y"), 0.8, 0.7, 0.9, 10.0, True, 18, 0),
        SweepRow({"retrieval.top_k": 2}, Path("z"), 0.7, 0.6, 0.8, 20.0, False, 18, 0),
    ]
    page = write_sweep(rows, "case_right", "seeds", tmp_path / "sweep.html").read_text(encoding="utf-8")
    assert page.count('class="mark optimal"') == 2
    assert page.count('<circle class="mark"') == 1
    assert '<polyline class="path"' in page
    assert "retrieval.top_k = 4: 0.800, 10 ms" in page


def test_charts_survive_odd_data() -> None:
    assert histogram("t", "ms", [("", [])]) == ""
    assert 'height="204.0"' in histogram("t", "ms", [("", [5.0, 5.0])])
    assert "<circle" in scatter("t", [Point(0.5, 0.5, "<a>")], "x", "y")
    assert "&lt;a&gt;" in scatter("t", [Point(0.5, 0.5, "<a>")], "x", "y")


async def test_a_baseline_has_a_report_without_passages(tmp_path: Path) -> None:
    save_baseline(await evaluated(tmp_path, "a", wrong_in_the_north), tmp_path / "base")
    page = write_report(load_run(tmp_path / "base"), None, tmp_path / "base.html").read_text(encoding="utf-8")
    assert "Cases handled wrong" in page and "&lt;b&gt;Bern" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"error": {"code": "x"}}, "failed: x"),
        ({"scores": {"forbidden_absent": 0.0}}, "said what it must not"),
        ({"answerable": False}, "answered although there is no answer"),
        ({"answerable": False, "outcome": {"answered": False}}, "rightly declined"),
        ({"outcome": {"answered": False}}, "declined although there is an answer"),
        ({"scores": {"answer_correct": 0.0}}, "wrong answer, evidence not retrieved"),
        (
            {"scores": {"answer_correct": 0.0, "citation_recall": 0.0}, "ranks": {"evidence": 2}},
            "wrong answer, evidence at rank 2 not cited",
        ),
        ({"scores": {"answer_correct": 0.0, "citation_recall": 0.5}}, "wrong answer although gold evidence is cited"),
        ({"scores": {"citation_recall": 0.0}}, "right answer, gold evidence not cited"),
        ({}, "right"),
    ],
)
def test_what_happened_in_words(changes: dict[str, object], words: str) -> None:
    record = {
        "error": None,
        "outcome": {"answered": True},
        "answerable": True,
        "scores": {},
        "ranks": {"evidence": None},
    }
    assert explain(record | changes) == words
