"""How the figures of a comparison are written, wherever they are shown."""

import re
from dataclasses import replace
from pathlib import Path

from evals.compare import Comparison, compare
from evals.gate import Gate, check
from evals.report.markdown import comparison_markdown
from evals.report.page import write_report
from evals.report.terminal import comparison_tables, run_tables
from evals.run import Scorers, run
from evals.runs import Run, load_run
from rag_service.models import Answer, Usage
from tests import eval_kit
from tests.eval_kit import Case, Change, ScriptedTarget, printed


async def evaluated(tmp_path: Path, name: str, change: Change | None = None) -> Run:
    folder = await run(eval_kit.dataset(tmp_path), ScriptedTarget(change), tmp_path / name, scorers=Scorers())
    return load_run(folder.path)


def shown(comparison: Comparison, second: Run, tmp_path: Path) -> tuple[str, str, str]:
    """The comparison in the terminal, in Markdown, and as a page, blanks being one."""
    page = write_report(second, comparison, tmp_path / "r.html").read_text(encoding="utf-8")
    texts = printed(comparison_tables(comparison)), comparison_markdown(comparison), page
    terminal, markdown, html = (" ".join(text.split()) for text in texts)
    return terminal, markdown, html


def decided_wrongly(case: Case, answer: Answer) -> Answer:
    if answer.answered:
        return eval_kit.abstained(case, answer.passages)
    text = eval_kit.texts()["irland.txt"]
    return eval_kit.answered(case, answer.passages, [eval_kit.citation("irland.txt", text, 8, 40)])


async def test_a_chance_too_small_to_write_is_not_zero(tmp_path: Path) -> None:
    good, bad = await evaluated(tmp_path, "good"), await evaluated(tmp_path, "bad", decided_wrongly)
    terminal, markdown, html = shown(compare(good, bad), bad, tmp_path)
    assert "-1.000 -1.000–-1.000 < 0.001 worse" in terminal
    assert "| -1.000 | -1.000 to -1.000 | &lt; 0.001 | worse |" in markdown
    assert '<td class="n">&lt; 0.001</td>' in html
    assert re.search(r"Answers right 10 0 1.000 0.000 -1.000 -1.000–-1.000 0.00[1-9] worse", terminal)
    regression = check(bad, Gate((), good.path, 0.05, ("case_right",)))[1]
    assert regression.reason == "1.0000 -> 0.0000 (-1.0000, p < 0.001) over 18 cases"


async def test_a_small_difference_in_cost_is_seen(tmp_path: Path) -> None:
    def costing(cost: float) -> Change:
        return lambda case, answer: replace(answer, usage=Usage(900 + int(cost * 1e6), 5, cost))

    cheap, dear = (
        await evaluated(tmp_path, "cheap", costing(0.00025)),
        await evaluated(tmp_path, "dear", costing(0.00029)),
    )
    terminal, markdown, html = shown(compare(cheap, dear), dear, tmp_path)
    cells = ("0.000250", "0.000290", "+0.000040")
    assert "Cost a question 18 0 " + " ".join(cells) + " +0.000040–+0.000040 < 0.001 worse" in terminal
    assert " | ".join((*cells, "+0.000040 to +0.000040")) in markdown
    assert all(f'<td class="n">{cell}</td>' in html for cell in (*cells, "+0.000040 to +0.000040"))
    assert "Prompt tokens a question 18 0 1,150 1,190 +40.000 +40.000–+40.000" in terminal
    assert re.search(r"Cost a question +0\.000290 +0\.000290–0\.000290", printed(run_tables(dear)))
