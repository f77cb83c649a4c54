"""What the gate cannot tell does not pass it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from evals.errors import DatasetError
from evals.gate import Bound, Check, Gate, check, load_gate
from evals.run import Scorers, run
from evals.runs import Run, load_run, save_baseline
from evals.summarise import summarise
from tests import eval_kit
from tests.eval_kit import ScriptedTarget

JUDGE = {"model": "m", "prompts": {"p": "1"}}


@pytest.fixture
async def plain(tmp_path: Path) -> Run:
    """A run with all answers right, neither judged nor embedded."""
    folder = await run(eval_kit.dataset(tmp_path), ScriptedTarget(), tmp_path / "run", scorers=Scorers())
    return load_run(folder.path)


def judged(plain: Run, late: Collection[str] = (), judge: object = JUDGE) -> Run:
    """The run with every answerable case judged correct, but for those where the judge timed out."""
    records = []
    for record in plain.records:
        said = record["answerable"] and record["id"] not in late
        scores = {"judge_correct": 1.0} if said else {}
        reasons = {"judge_correct": "model_timeout"} if record["id"] in late else {}
        records.append(
            record | {"scores": record["scores"] | scores, "unscored": record["unscored"] | reasons},
        )
    return replace(plain, records=tuple(records), summary=summarise(records), config=plain.config | {"judge": judge})


def with_wrong(plain: Run, count: int) -> Run:
    """The run with the first cases wrong."""
    wrong = [record | {"scores": record["scores"] | {"case_right": 0.0}} for record in plain.records[:count]]
    records = [*wrong, *plain.records[count:]]
    return replace(plain, records=tuple(records), summary=summarise(records))


def checked(finished: Run, baseline: Run, tmp_path: Path, guarded: Sequence[str]) -> list[Check]:
    save_baseline(baseline, tmp_path / "base")
    return check(finished, Gate((), tmp_path / "base", 0.05, tuple(guarded)))[1:]


def test_every_guarded_metric_is_a_check(plain: Run, tmp_path: Path) -> None:
    guarded = ("answer_similarity", "judge_correct", "case_right", "case_right")
    assert checked(plain, plain, tmp_path, guarded) == [
        Check("no regression of answer_similarity", False, "the baseline has no value for it"),
        Check("no regression of judge_correct", False, "the baseline has no value for it"),
        Check("no regression of case_right", True, "1.0000 -> 1.0000 (+0.0000, p = 1.000) over 18 cases"),
    ]


def test_a_metric_without_a_pair_says_whose_fault_it_is(plain: Run, tmp_path: Path) -> None:
    answerable = [record["id"] for record in plain.records if record["answerable"]]
    none, half, other = judged(plain, answerable), judged(plain, answerable[:5]), judged(plain, answerable[5:])
    for finished, baseline, reason in (
        (none, judged(plain), "this run has no value for it"),
        (half, other, "no case has a value in both runs"),
        (plain, judged(plain), "one run has no judge"),
        (judged(plain, judge=JUDGE | {"model": "n"}), judged(plain), "the judges differ, m and n"),
    ):
        expected = [Check("no regression of judge_correct", False, reason)]
        assert checked(finished, baseline, tmp_path, ["judge_correct"]) == expected


@pytest.mark.parametrize(("late", "passed"), [(0, True), (1, True), (2, False), (9, False)])
def test_a_regression_is_not_told_from_what_is_left_of_its_cases(
    plain: Run, tmp_path: Path, late: int, passed: bool
) -> None:
    answerable = [record["id"] for record in plain.records if record["answerable"]]
    whole, part = judged(plain), judged(plain, answerable[:late])
    reason = f"1.0000 -> 1.0000 (+0.0000, p = 1.000) over {10 - late} cases"
    reason += (f", {late} unpaired" if late else "") + ("" if passed else ": too many to tell")
    for finished, baseline in ((part, whole), (whole, part)):
        (made,) = checked(finished, baseline, tmp_path, ["judge_correct"])
        assert made == Check("no regression of judge_correct", passed, reason)


@pytest.mark.parametrize(("late", "passed"), [(0, True), (1, True), (2, False)])
def test_nor_is_a_threshold(plain: Run, late: int, passed: bool) -> None:
    answerable = [record["id"] for record in plain.records if record["answerable"]]
    gate = Gate((Bound("judge_correct", 0.9, None),), None, 0.05, ())
    made = check(judged(plain, answerable[:late]), gate)[1]
    reason = f"1.0000 over {10 - late} cases [1.0000, 1.0000]"
    reason += (f", {late} unscored" if late else "") + ("" if passed else ": too many to tell")
    assert made == Check("judge_correct at least 0.9", passed, reason)


def test_what_has_a_threshold_may_not_get_worse_at_five_percent(plain: Run, tmp_path: Path) -> None:
    path = tmp_path / "gate.yaml"
    path.write_text("thresholds: {case_right: {min: 0.5}}\nbaseline: base\n")
    gate = load_gate(path)
    assert gate == Gate((Bound("case_right", 0.5, None),), tmp_path / "base", 0.05, ("case_right",))
    save_baseline(plain, tmp_path / "base")
    worse = {count: with_wrong(plain, count) for count in (1, 9)}
    assert {count: check(finished, gate)[-1].passed for count, finished in worse.items()} == {1: True, 9: False}


def test_a_regression_without_a_baseline_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gate.yaml"
    path.write_text(
        "thresholds: {case_right: {min: 0.1}}\nregression: {metrics: [citation_recall]}\n", encoding="utf-8"
    )
    with pytest.raises(DatasetError, match=r"gate\.yaml:2: regression needs a baseline"):
        load_gate(path)
