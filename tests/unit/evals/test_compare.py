from dataclasses import replace
from pathlib import Path

import pytest

from evals.cases.model import Case, Dataset
from evals.compare import compare
from evals.errors import DatasetError, RunError
from evals.gate import check, load_gate
from evals.report.jsonable import comparison_json
from evals.report.markdown import comparison_markdown, gate_markdown, run_markdown
from evals.run import Scorers, run
from evals.runs import Run, load_run, save_baseline
from rag_service.models import Answer, Turn
from tests import eval_kit
from tests.eval_kit import Change, ScriptedTarget

GATE = """
thresholds:
  answer_correct: {min: 0.9}
  citation_precision: {min: 0.9}
  citations_verified: {min: 1}
  abstention_f1: {min: 0.8}
  false_abstentions: {max: 0.2}
baseline: base
regression: {alpha: 0.05, metrics: [case_right, citation_recall, evidence_ndcg@10, abstention_f1]}
"""


async def evaluated(
    tmp_path: Path,
    name: str,
    change: Change | None = None,
    fail: frozenset[str] = frozenset(),
    cases: Dataset | None = None,
) -> Run:
    folder = await run(
        cases or eval_kit.dataset(tmp_path), ScriptedTarget(change, fail), tmp_path / name, scorers=Scorers()
    )
    return load_run(folder.path)


def failed_checks(finished: Run, tmp_path: Path) -> list[str]:
    (tmp_path / "gate.yaml").write_text(GATE, encoding="utf-8")
    return [item.name for item in check(finished, load_gate(tmp_path / "gate.yaml")) if not item.passed]


def passages_shuffled(case: Case, answer: Answer) -> Answer:
    """Retrieval broken: the passage with the evidence comes last but for those that never had it."""
    turned = tuple(replace(item, rank=rank) for rank, item in enumerate(reversed(answer.passages), start=1))
    return replace(answer, passages=turned)


def citations_shifted(case: Case, answer: Answer) -> Answer:
    """Citations broken: the offsets are off by three."""
    return replace(answer, citations=tuple(replace(c, start=c.start + 3, end=c.end + 3) for c in answer.citations))


def citations_elsewhere(case: Case, answer: Answer) -> Answer:
    """Citations broken: real quotes of the document that do not carry the answer."""
    texts = eval_kit.texts()
    moved = tuple(
        eval_kit.citation(c.source, texts[c.source], len(texts[c.source]) - 31, len(texts[c.source]) - 1)
        for c in answer.citations
    )
    return replace(answer, citations=moved)


def never_abstains(case: Case, answer: Answer) -> Answer:
    if answer.answered:
        return answer
    text = eval_kit.texts()["irland.txt"]
    return eval_kit.answered(case, answer.passages, [eval_kit.citation("irland.txt", text, 8, 40)], confidence=0.9)


def always_abstains(case: Case, answer: Answer) -> Answer:
    return eval_kit.abstained(case, answer.passages, confidence=0.1)


def wrong_sentence(case: Case, answer: Answer) -> Answer:
    """Answers broken: another capital is named."""
    return replace(answer, text="Die Hauptstadt ist Bern. [1]") if answer.answered else answer


BROKEN: list[tuple[Change, list[str], list[str], set[str]]] = [
    (
        passages_shuffled,
        ["evidence_mrr", "document_ndcg@10", "evidence_hit@1"],
        ["answer_correct", "citation_recall"],
        {"no regression of evidence_ndcg@10"},
    ),
    (
        citations_shifted,
        ["citations_verified", "statements_supported"],
        ["answer_correct", "evidence_mrr"],
        {"citations_verified at least 1"},
    ),
    (
        citations_elsewhere,
        ["citation_precision", "citation_recall"],
        ["citations_verified", "answer_correct"],
        {"citation_precision at least 0.9", "no regression of citation_recall"},
    ),
    (
        never_abstains,
        ["abstention_recall", "abstention_f1", "case_right", "confidence_auroc"],
        ["answer_correct", "false_abstentions"],
        {"abstention_f1 at least 0.8", "no regression of abstention_f1"},
    ),
    (
        always_abstains,
        ["answer_correct", "abstention_precision", "abstention_f1", "case_right"],
        ["abstention_recall"],
        {
            "answer_correct at least 0.9",
            "abstention_f1 at least 0.8",
            "false_abstentions at most 0.2",
            "citation_precision at least 0.9",
            "citations_verified at least 1",
            "no regression of citation_recall",
        },
    ),
    (
        wrong_sentence,
        ["answer_correct", "answer_token_f1", "answer_rouge_l", "case_right"],
        ["citation_recall", "abstention_f1"],
        {"answer_correct at least 0.9", "no regression of case_right"},
    ),
]


@pytest.mark.parametrize(("change", "fallen", "kept", "gate"), BROKEN)
async def test_what_is_broken_falls_what_is_not_stays_and_the_gate_closes(
    tmp_path: Path, change: Change, fallen: list[str], kept: list[str], gate: set[str]
) -> None:
    good = await evaluated(tmp_path, "good")
    save_baseline(good, tmp_path / "base")
    assert failed_checks(good, tmp_path) == []
    broken = await evaluated(tmp_path, "broken", change)
    before, after = good.summary["metrics"], broken.summary["metrics"]
    for name in fallen:
        assert after[name]["mean"] < before[name]["mean"], name
    for name in kept:
        assert after[name]["mean"] == before[name]["mean"], name
    assert gate <= set(failed_checks(broken, tmp_path))


async def test_differences_flips_and_tags(tmp_path: Path) -> None:
    good = await evaluated(tmp_path, "good")
    broken = await evaluated(tmp_path, "broken", wrong_sentence)
    result = compare(good, broken)
    changes = {item.metric.name: item for item in result.changes}
    correct = changes["answer_correct"]
    assert (correct.change.n, correct.change.difference, correct.unpaired) == (10, -1.0, 0)
    assert correct.significant() and not correct.better
    assert changes["abstention_f1"].change.difference == 0.0
    assert len(result.flips) == 10
    assert result.flips[0].second["outcome"]["answer"] == "Die Hauptstadt ist Bern. [1]"
    north = {item.metric.name: item.change for item in result.tags["north"]}
    assert (north["case_right"].n, north["case_right"].difference) == (3, -1.0)
    assert compare(broken, good).flips[0].better is not False
    values = comparison_json(result)
    assert values["metrics"]["answer_correct"]["verdict"] == "worse"
    assert values["flips"][0]["first"] == "Die Hauptstadt von Frankreich ist Paris. [1]"


async def test_lower_is_better_where_it_is(tmp_path: Path) -> None:
    good = await evaluated(tmp_path, "good")
    broken = await evaluated(tmp_path, "broken", always_abstains)
    changes = {item.metric.name: item for item in compare(good, broken).changes}
    assert changes["false_abstentions"].change.difference == 1.0
    assert not changes["false_abstentions"].better
    assert "citation_recall" not in changes


async def test_cases_scored_by_one_run_only_are_counted(tmp_path: Path) -> None:
    good = await evaluated(tmp_path, "good")
    partly = await evaluated(tmp_path, "partly", fail=frozenset({"italien", "utopia"}))
    changes = {item.metric.name: item for item in compare(good, partly).changes}
    assert (changes["answer_correct"].change.n, changes["answer_correct"].unpaired) == (9, 1)
    assert (changes["abstention_f1"].change.n, changes["abstention_f1"].unpaired) == (16, 2)
    save_baseline(good, tmp_path / "base")
    one = await evaluated(tmp_path, "one", fail=frozenset({"italien"}))
    assert failed_checks(one, tmp_path) == ["all cases answered"]
    # 2 of 18 are more than a tenth, 1 of 10 is not
    assert failed_checks(partly, tmp_path) == [
        "all cases answered",
        "abstention_f1 at least 0.8",
        "false_abstentions at most 0.2",
        "no regression of case_right",
        "no regression of abstention_f1",
    ]


async def test_cases_with_another_filter_or_history_are_not_the_same(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    filtered = replace(cases.cases[0], filters={"source": "frankreich.txt"})
    followed = replace(cases.cases[1], history=(Turn("user", "Wo liegt Rom?"),))
    changed = replace(cases, cases=(filtered, followed, *cases.cases[2:]), sha256="other")
    before, after = await evaluated(tmp_path, "a", cases=cases), await evaluated(tmp_path, "b", cases=changed)
    assert compare(before, after, common=True).cases == 16
    save_baseline(before, tmp_path / "base")
    assert compare(load_run(tmp_path / "base"), after, common=True).cases == 16


async def test_runs_over_other_cases_are_not_compared_silently(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    whole = await evaluated(tmp_path, "whole", cases=cases)
    part = await evaluated(tmp_path, "part", cases=replace(cases, cases=cases.cases[2:], sha256="other"))
    with pytest.raises(RunError, match="part lacks 2 cases of the other: frankreich, italien"):
        compare(whole, part)
    assert compare(whole, part, common=True).cases == 16
    save_baseline(whole, tmp_path / "base")
    with pytest.raises(RunError, match=r"does not fit the run: .*make a new one with `rag-service eval baseline RUN`"):
        failed_checks(part, tmp_path)
    (tmp_path / "corpus" / "irland.txt").write_text("x", encoding="utf-8")
    moved = replace(part, config=part.config | {"corpus_sha256": "0"}, records=whole.records)
    with pytest.raises(RunError, match=r"the cases changed between them; the corpus changed between them"):
        compare(whole, moved)
    strange = replace(part, records=tuple(record | {"id": f"x-{record['id']}"} for record in part.records))
    with pytest.raises(RunError, match="no case in common"):
        compare(whole, strange, common=True)


async def test_a_baseline_is_small_and_compares_like_its_run(tmp_path: Path) -> None:
    good = await evaluated(tmp_path, "good")
    save_baseline(good, tmp_path / "base")
    kept = load_run(tmp_path / "base")
    assert "passages" not in (tmp_path / "base" / "results.jsonl").read_text(encoding="utf-8")
    assert all(item.change.difference == 0 for item in compare(kept, good).changes)


async def test_a_gate_without_its_baseline_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="does not exist; make a new one"):
        failed_checks(await evaluated(tmp_path, "good"), tmp_path)


def test_a_wrong_gate_names_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "gate.yaml"
    path.write_text(
        "thresholds:\n  answer_corect: {min: 1}\n  case_right: {}\n  cost: {max: .nan}\n"
        "regression: {metrics: [mrr], alpha: 1.5}\nx: 1\nbaseline: base\n",
        encoding="utf-8",
    )
    with pytest.raises(DatasetError) as caught:
        load_gate(path)
    assert [problem.replace(str(path), "F") for problem in caught.value.problems] == [
        "F:6: unknown key 'x' in the gate; known keys: thresholds, baseline, regression",
        "F:2: unknown metric 'answer_corect'; did you mean 'answer_correct'?",
        "F:3: case_right needs min or max",
        "F:4: cost: max must be a number",
        "F:5: alpha must be between 0 and 1",
        "F:5: unknown metric 'mrr'; did you mean 'evidence_mrr'?",
    ]
    with pytest.raises(DatasetError, match="no such file"):
        load_gate(tmp_path / "none.yaml")
    for nothing in ("{}", "regression: {alpha: 0.1}\n", "baseline: base\n", "thresholds: {}\n"):
        path.write_text(nothing, encoding="utf-8")
        with pytest.raises(DatasetError, match="holds nothing that could fail"):
            load_gate(path)
    path.write_text("thresholds: 3\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="thresholds must be a mapping"):
        load_gate(path)


async def test_markdown_for_a_pull_request(tmp_path: Path) -> None:
    good = await evaluated(tmp_path, "good")
    broken = await evaluated(tmp_path, "broken", wrong_sentence)
    assert "| Answers right | 1.000 | 1.000–1.000 | 10 | 8 | 0 |" in run_markdown(good)
    text = comparison_markdown(compare(good, broken))
    assert "| Answers right | 10 | 0 | 1.000 | 0.000 | -1.000 |" in text
    assert "10 cases flipped, 10 of them for the worse." in text
    assert "| worse: Was ist die Hauptstadt von Frankreich? | Die Hauptstadt von Frankreich ist Paris. [1] |" in text
    (tmp_path / "gate.yaml").write_text("thresholds: {answer_correct: {min: 0.5, max: 0.9}}", encoding="utf-8")
    checks = check(good, load_gate(tmp_path / "gate.yaml"))
    assert "| **failed** | answer_correct at least 0.5 and at most 0.9 |" in gate_markdown(checks)


async def test_a_case_that_failed_after_it_was_wrong_is_no_flip(tmp_path: Path) -> None:
    wrong = await evaluated(
        tmp_path, "a", lambda case, answer: replace(answer, text="Bern") if case.evidence else answer
    )
    failed = await evaluated(tmp_path, "b", fail=frozenset({"irland", "narnia"}))
    flips = {flip.first["id"]: flip.better for flip in compare(wrong, failed).flips}
    assert "irland" not in flips
    assert flips["narnia"] is False
    assert flips["polen"] is True
