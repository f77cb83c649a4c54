"""Which cases and figures of two runs are compared, and that it is told which are not."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from evals.cases.load import case_sha256
from evals.cases.model import AcceptedAnswer, Case, Dataset, GoldEvidence
from evals.compare import Comparison, compare
from evals.errors import RunError
from evals.folder import Record
from evals.report.jsonable import comparison_json
from evals.report.markdown import comparison_markdown
from evals.report.page import write_report
from evals.report.terminal import comparison_tables
from evals.run import Scorers, run
from evals.runs import Run, load_run, save_baseline
from rag_service.models import Answer, Turn
from tests import eval_kit
from tests.eval_kit import Change, ScriptedTarget

Edit = Callable[[Case], Case]


async def evaluated(tmp_path: Path, name: str, edit: Edit = lambda case: case, cases: Dataset | None = None) -> Run:
    """A run over edited cases; what is answered is the same whatever was edited."""
    given = cases or eval_kit.dataset(tmp_path)
    known = {case.id: case for case in given.cases}
    target = ScriptedTarget()
    changed = replace(given, cases=tuple(edit(case) for case in given.cases), sha256=name)

    def as_before(case: Case, answer: Answer) -> Answer:
        return target.right(known[case.id])

    folder = await run(changed, ScriptedTarget(as_before), tmp_path / name, scorers=Scorers())
    return load_run(folder.path)


def everywhere(result: Comparison, finished: Run) -> list[str]:
    """A comparison as the terminal, Markdown, JSON and the page tell it."""
    console = Console(file=StringIO(), width=300)
    console.print(comparison_tables(result))
    page = write_report(finished, result, finished.path / "report.html").read_text(encoding="utf-8")
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    return [printed, comparison_markdown(result), "\n".join(comparison_json(result)["notes"]), page]


async def test_cases_that_ask_something_else_are_counted_and_told(tmp_path: Path) -> None:
    kept = ("irland", "oz", "polen")
    before = await evaluated(tmp_path, "a")
    after = await evaluated(
        tmp_path, "b", lambda case: case if case.id in kept else replace(case, question=f"{case.question} Bitte!")
    )
    with pytest.raises(RunError, match="the cases changed between them"):
        compare(before, after)
    result = compare(before, after, common=True)
    assert (result.cases, result.left_out, comparison_json(result)["left_out"]) == (3, 15, 15)
    for told in everywhere(result, after):
        assert "15 cases left out, as they ask or expect something else: atlantis, finnland, " in told
        assert "and 10 more" in told


async def test_cases_of_one_run_and_another_corpus_are_told(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    whole = await evaluated(tmp_path, "a", cases=cases)
    part = await evaluated(tmp_path, "b", cases=replace(cases, cases=cases.cases[2:]))
    moved = replace(part, config=part.config | {"corpus_sha256": "0"})
    result = compare(moved, whole, common=True)
    assert result.left_out == 2
    for told in everywhere(result, part):
        assert "2 cases left out, as only one run has them: frankreich, italien" in told
        assert "the corpus changed between them" in told
    assert compare(whole, whole).notes == ()


EDITS: dict[str, dict[str, Any]] = {
    "evidence": {"evidence": (GoldEvidence("irland.txt", "Dort regnet es im Herbst oft."),)},
    "needs": {"needs": "all"},
    "forbidden": {"forbidden": (AcceptedAnswer("text", "Cork"),)},
    "answers": {"answers": (AcceptedAnswer("regex", "Dublin"),)},
    "history": {"history": (Turn("user", "Wo regnet es?"),)},
}


@pytest.mark.parametrize("name", EDITS)
async def test_a_case_that_expects_something_else_is_not_compared(tmp_path: Path, name: str) -> None:
    def edited(case: Case) -> Case:
        return replace(case, **EDITS[name]) if case.id == "irland" else case

    before, after = await evaluated(tmp_path, "a"), await evaluated(tmp_path, "b", edited)
    save_baseline(before, tmp_path / "base")
    for first in (before, load_run(tmp_path / "base")):
        result = compare(first, after, common=True)
        assert (result.cases, result.left_out) == (17, 1)
        assert all(item.change.difference == 0 for item in result.changes)
        assert "as they ask or expect something else: irland" in result.notes[0]


async def test_other_tags_make_no_other_case(tmp_path: Path) -> None:
    def tagged(case: Case) -> Case:
        return replace(case, tags=(*case.tags, "new"))

    before, after = await evaluated(tmp_path, "a"), await evaluated(tmp_path, "b", tagged)
    assert compare(before, after, common=True).cases == 18
    one = eval_kit.dataset(tmp_path).cases[0]
    assert case_sha256(one) == case_sha256(replace(one, id="x", line=99)) == before.records[0]["case_sha256"]


async def test_runs_of_earlier_versions_are_compared_by_what_they_say(tmp_path: Path) -> None:
    def edited(case: Case) -> Case:
        return replace(case, question="Wo?") if case.id == "irland" else replace(case, **EDITS["needs"])

    before, after = await evaluated(tmp_path, "a"), await evaluated(tmp_path, "b", edited)
    plain = ({key: value for key, value in record.items() if key != "case_sha256"} for record in before.records)
    assert compare(replace(before, records=tuple(plain)), after, common=True).cases == 17


def judged(finished: Run, judge: object, similarity: str | None) -> Run:
    scores = {"judge_correct": 1.0, "judge_faithful": 1.0, "answer_similarity": 0.9}
    records = tuple(record | {"scores": record["scores"] | scores} for record in finished.records)
    return replace(finished, records=records, config=finished.config | {"judge": judge, "similarity": similarity})


@pytest.mark.parametrize(
    ("judge", "similarity", "left", "why"),
    [
        ({"model": "m", "prompts": {"p": "1"}}, "e5", set(), []),
        (
            {"model": "n", "prompts": {"p": "1"}},
            "e5",
            {"judge_correct", "judge_faithful"},
            ["judge_correct, judge_faithful not compared: the judges differ, m and n"],
        ),
        (
            {"model": "m", "prompts": {"p": "2"}},
            "e6",
            {"judge_correct", "judge_faithful", "answer_similarity"},
            [
                "judge_correct, judge_faithful not compared: the judge's prompts differ",
                "answer_similarity not compared: the encoders differ, e5 and e6",
            ],
        ),
        (
            None,
            "e5",
            {"judge_correct", "judge_faithful"},
            ["judge_correct, judge_faithful not compared: one run has no judge"],
        ),
    ],
)
async def test_figures_that_were_measured_otherwise_are_not_compared(
    tmp_path: Path, judge: object, similarity: str, left: set[str], why: list[str]
) -> None:
    finished = await evaluated(tmp_path, "a")
    first = judged(finished, {"model": "m", "prompts": {"p": "1"}}, "e5")
    second = judged(finished, judge, similarity)
    result = compare(first, second)
    compared = {item.metric.name for item in result.changes}
    assert {"judge_correct", "judge_faithful", "answer_similarity"} - compared == left
    assert list(result.notes) == why
    for told in everywhere(result, second):
        assert all(reason in told.replace("&#39;", "'") for reason in why)


async def test_a_figure_that_one_run_has_no_value_for_is_told(tmp_path: Path) -> None:
    async def measured(name: str, change: Change | None) -> Run:
        folder = await run(eval_kit.dataset(tmp_path), ScriptedTarget(change), tmp_path / name, scorers=Scorers())
        return load_run(folder.path)

    good = await measured("good", None)
    silent = await measured("silent", lambda case, answer: eval_kit.abstained(case, answer.passages))
    cited = "citation_precision, citation_recall, citations_verified, statements_supported"
    assert compare(good, good).notes == ()
    for first, second in ((good, silent), (silent, good)):
        for told in everywhere(compare(first, second), second):
            assert f"{cited} not compared: silent has no value" in told
    here, there = (unscored(silent, good.records[place]) for place in (0, 1))
    assert f"{cited} not compared: no case has a value in both runs" in compare(here, there).notes


def unscored(finished: Run, kept: Record) -> Run:
    """The run with one record of another in place of its own."""
    records = tuple(kept if record["id"] == kept["id"] else record for record in finished.records)
    return replace(finished, records=records)
