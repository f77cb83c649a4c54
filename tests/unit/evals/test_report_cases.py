"""What the reports say of single cases: those that failed, and those with no evidence, or several pieces of it."""

import re
from dataclasses import replace
from pathlib import Path

from evals.cases.load import load_dataset
from evals.cases.model import Case, Dataset
from evals.compare import compare
from evals.report.markdown import comparison_markdown, run_markdown
from evals.report.page import write_report
from evals.report.terminal import comparison_tables
from evals.report.view import case_view, explain
from evals.run import Scorers, run
from evals.runs import Run, load_run
from rag_service.models import Answer
from tests import eval_kit
from tests.eval_kit import Change, ScriptedTarget, printed

FACTS = [f"Die Hauptstadt von {land} ist {town}." for land, town in list(eval_kit.CAPITALS.items())[:3]]
CASES = f"""
name: odd
corpus: corpus
cases:
  - id: three
    question: Welche Hauptstädte gibt es?
    answers: [Paris]
    needs: all
    evidence:
      - {{source: frankreich.txt, quote: "{FACTS[0]}"}}
      - {{source: italien.txt, quote: "{FACTS[1]}"}}
      - {{source: spanien.txt, quote: "{FACTS[2]}"}}
  - id: bare
    question: Was ist die Hauptstadt von Italien?
    answers: [Rom]
  - id: unsaid
    question: Was ist die Hauptstadt von Spanien?
    evidence: [{{source: spanien.txt, quote: "{FACTS[2]}"}}]
"""


def odd(folder: Path) -> Dataset:
    eval_kit.write_dataset(folder)
    (folder / "odd.yaml").write_text(CASES, encoding="utf-8")
    return load_dataset(folder / "odd.yaml")


class Half(ScriptedTarget):
    """Cites Italy's fact; its passages are Poland's, Italy's and the first characters of France's."""

    def right(self, case: Case) -> Answer:
        france = self.passage("frankreich.txt", 3)
        passages = (self.passage("polen.txt", 1), self.passage("italien.txt", 2), replace(france, end=20))
        text = self.texts["italien.txt"]
        start = text.index(FACTS[1])
        return eval_kit.answered(case, passages, [eval_kit.citation("italien.txt", text, start, start + len(FACTS[1]))])


async def evaluated(cases: Dataset, out: Path, change: Change | None = None) -> Run:
    return load_run((await run(cases, Half(change), out, scorers=Scorers())).path)


async def test_a_failed_case_with_evidence_is_reported(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    good = load_run((await run(cases, ScriptedTarget(), tmp_path / "a", scorers=Scorers())).path)
    everything = frozenset(case.id for case in cases.cases)
    for name, fail in (("some", frozenset({"italien", "oz"})), ("all", everything)):
        finished = await run(cases, ScriptedTarget(fail=fail), tmp_path / name, scorers=Scorers())
        failed = load_run(finished.path)
        page = write_report(failed, compare(good, failed), tmp_path / "r.html").read_text(encoding="utf-8")
        assert f"{len(fail)} cases failed with model_timeout." in page
        case = page.split("Was ist die Hauptstadt von Italien? <small>")[1].split("</details>")[0]
        assert "<small>italien.txt</small>" in case and "failed: model_timeout" in case
        told = f"{len(fail)} cases failed and have no scores: {len(fail)} × model_timeout."
        assert told in run_markdown(failed)
        assert "failed: model_timeout" in comparison_markdown(compare(good, failed))
    assert "cases failed and have" not in run_markdown(good)


async def test_a_comparison_tells_what_only_one_run_scored(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    good = load_run((await run(cases, ScriptedTarget(), tmp_path / "good", scorers=Scorers())).path)
    fail = frozenset({"italien", "polen", "oz"})
    bad = load_run((await run(cases, ScriptedTarget(fail=fail), tmp_path / "bad", scorers=Scorers())).path)
    result = compare(good, bad)
    note = "bad: 3 of 18 cases failed and have no scores: 3 × model_timeout"
    assert result.notes == (note,)
    text = printed(comparison_tables(result))
    assert note in text
    assert re.search(r"Answers right +8 +2 +1\.000 +1\.000", text)
    assert re.search(r"Abstention F1 +15 +3 +1\.000 +1\.000", text)
    assert re.search(r"^0 of \d+ metrics are the same", text, re.MULTILINE)
    assert compare(bad, good).notes == (note,)
    assert compare(good, good).notes == ()


async def test_each_piece_of_evidence_has_its_own_rank(tmp_path: Path) -> None:
    finished = await evaluated(odd(tmp_path), tmp_path / "run")
    view = case_view(finished.records[0])
    assert [(source, found) for source, found, _ in view.evidence] == [
        ("frankreich.txt", "not retrieved"),  # less than half of it
        ("italien.txt", "first found at rank 2"),
        ("spanien.txt", "not retrieved"),
    ]
    assert [meets for _, meets, _ in view.passages] == [False, True, False]
    assert finished.records[0]["scores"]["evidence_recall@10"] == round(1 / 3, 6)
    assert [meets for _, meets in view.citations] == [True]
    page = write_report(finished, None, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "italien.txt · first found at rank 2" in page
    assert "spanien.txt · not retrieved" in page


async def test_a_case_without_evidence_is_not_said_to_lack_it(tmp_path: Path) -> None:
    finished = await evaluated(odd(tmp_path), tmp_path / "run", lambda case, given: replace(given, text="Bern [1]"))
    assert explain(finished.records[1]) == "wrong answer"
    assert explain(finished.records[2]) == "right answer, gold evidence not cited"


async def test_a_flipped_case_with_evidence_alone_expects_an_answer(tmp_path: Path) -> None:
    cases = odd(tmp_path)
    first = await evaluated(cases, tmp_path / "a")
    second = await evaluated(cases, tmp_path / "b", lambda case, given: eval_kit.abstained(case, given.passages))
    page = write_report(second, compare(first, second), tmp_path / "r.html").read_text(encoding="utf-8")
    flips = page.split("cases flipped</h3>")[1].split("</section>")[0]
    assert "unsaid · expected: any answer from the evidence" in " ".join(flips.split())
    assert "an abstention" not in flips
