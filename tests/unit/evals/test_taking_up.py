"""What a folder with an earlier run in it is for the same command, and for another one."""

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from evals import environment
from evals.cases.model import Case
from evals.errors import RunError
from evals.gate import check, load_gate
from evals.run import Scorers, run
from evals.runs import load_run, save_baseline
from rag_service.models import Answer, Warning
from tests import eval_kit
from tests.eval_kit import ScriptedTarget

STABLE = ("config.json", "results.jsonl", "summary.json")


async def test_a_killed_run_is_taken_up_where_it_stopped(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    await run(cases, ScriptedTarget(), tmp_path / "whole", scorers=Scorers())

    class Killed(BaseException):
        """Stands for the process's death: nothing in the run may catch it."""

    def dies(case: Case, answer: Answer) -> Answer:
        if case.id == "irland":
            raise Killed
        return answer

    with pytest.raises(Killed):
        await run(cases, ScriptedTarget(dies), tmp_path / "killed", scorers=Scorers())
    kept = (tmp_path / "killed" / "asked.jsonl").read_bytes()
    assert 0 < kept.count(b"\n") < 18
    (tmp_path / "killed" / "asked.jsonl").write_bytes(kept + b'{"id": "irl')  # cut in the middle of a line
    target = ScriptedTarget()
    await run(cases, target, tmp_path / "killed", scorers=Scorers())
    assert len(target.asked) == 18 - kept.count(b"\n")
    for file in STABLE:
        assert (tmp_path / "killed" / file).read_bytes() == (tmp_path / "whole" / file).read_bytes(), file


async def test_a_finished_run_is_not_asked_again(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    await run(cases, ScriptedTarget(), tmp_path / "run", scorers=Scorers())
    target = ScriptedTarget()
    await run(cases, target, tmp_path / "run", scorers=Scorers())
    assert target.asked == []


async def test_failed_cases_are_unscored_with_the_reason_and_asked_again_on_resume(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    target = ScriptedTarget(fail=frozenset({"italien", "mordor"}))
    folder = await run(cases, target, tmp_path / "run", scorers=Scorers())
    summary = folder.summary()
    correct = summary["metrics"]["answer_correct"]
    assert (correct["n"], correct["skipped"], correct["unscored"]) == (9, 8, 1)
    assert correct["reasons"] == {"model_timeout": 1}
    assert summary["metrics"]["abstention_f1"]["unscored"] == 2
    assert summary["failed"] == {"model_timeout": 2}
    for name, figure in summary["metrics"].items():
        assert figure["n"] + figure["skipped"] + figure["unscored"] == 18, name
    (tmp_path / "run" / "summary.json").unlink()
    failed = [
        {"id": name, "outcome": None, "error": {"code": "x", "message": ""}, "timings": None} for name in ("italien",)
    ]
    for record in failed:
        folder.append_asked(record)
    again = ScriptedTarget()
    await run(cases, again, tmp_path / "run", scorers=Scorers())
    assert "italien" in again.asked


async def test_failed_cases_of_a_finished_run_are_asked_again(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    await run(cases, ScriptedTarget(), tmp_path / "whole", scorers=Scorers())
    everything = frozenset(case.id for case in cases.cases)
    first = await run(cases, ScriptedTarget(fail=everything), tmp_path / "run", scorers=Scorers())
    assert (first.summary()["failed"], first.added) == ({"model_timeout": 18}, 18)
    part = ScriptedTarget(fail=frozenset({"italien", "mordor"}))
    await run(cases, part, tmp_path / "run", scorers=Scorers())
    assert len(part.asked) == 18
    last = ScriptedTarget()
    healed = await run(cases, last, tmp_path / "run", scorers=Scorers())
    assert (last.asked, healed.added) == (["italien", "mordor"], 2)
    for file in STABLE:
        assert (tmp_path / "run" / file).read_bytes() == (tmp_path / "whole" / file).read_bytes(), file
    assert [row["total_ms"] for row in healed.times()] == [5.0 + len(case.id) for case in cases.cases]
    assert not (tmp_path / "run" / "asked.jsonl").exists()
    assert (await run(cases, ScriptedTarget(), tmp_path / "run", scorers=Scorers())).added == 0


async def test_a_baseline_with_failures_is_not_asked_again(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    await run(cases, ScriptedTarget(fail=frozenset({"oz"})), tmp_path / "run", scorers=Scorers())
    save_baseline(load_run(tmp_path / "run"), tmp_path / "base")
    with pytest.raises(RunError, match="keeps no times, as a baseline does"):
        await run(cases, ScriptedTarget(), tmp_path / "base", scorers=Scorers())
    assert load_run(tmp_path / "base").summary["failed"] == {"model_timeout": 1}


async def test_a_baseline_takes_the_place_of_nothing_but_a_baseline(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    await run(cases, ScriptedTarget(fail=frozenset({"oz"})), tmp_path / "run", scorers=Scorers())
    await run(cases, ScriptedTarget(), tmp_path / "other", scorers=Scorers())
    one, two = load_run(tmp_path / "run"), load_run(tmp_path / "other")
    (tmp_path / "file").touch()
    for place in ("other", "run", "corpus", "file"):
        with pytest.raises(RunError, match=f"{place} is there and is no baseline, which would take its place"):
            save_baseline(one, tmp_path / place)
    assert load_run(tmp_path / "other") == two
    (tmp_path / "empty").mkdir()
    for place in ("base", "base", "empty"):
        save_baseline(one, tmp_path / place)
        save_baseline(two, tmp_path / place)
        assert load_run(tmp_path / place).summary == two.summary


async def test_a_run_of_something_else_is_not_mixed_in(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    await run(cases, ScriptedTarget(), tmp_path / "run", scorers=Scorers())
    other = ScriptedTarget()
    other.settings = {"top_k": 9}
    with pytest.raises(RunError, match=r"differs in target\.settings\.top_k; name another folder"):
        await run(cases, other, tmp_path / "run", scorers=Scorers())
    changed = ScriptedTarget()
    changed.texts["irland.txt"] += "Neu."
    with pytest.raises(RunError, match="differs in corpus_sha256"):
        await run(cases, changed, tmp_path / "run", scorers=Scorers())
    fewer = replace(cases, cases=cases.cases[:3], sha256="other")
    with pytest.raises(RunError, match=r"differs in dataset\.cases, dataset\.sha256"):
        await run(fewer, ScriptedTarget(), tmp_path / "run", scorers=Scorers())


@pytest.mark.parametrize("part", ["rag_service", "evals"])
async def test_other_code_of_the_same_commit_is_not_mixed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    cases = eval_kit.dataset(tmp_path)
    await run(cases, ScriptedTarget(), tmp_path / "run", scorers=Scorers())
    edited = environment.code_digests() | {part: "edited"}
    monkeypatch.setattr(environment, "code_digests", lambda: edited)
    with pytest.raises(RunError, match=rf"differs in code\.{part}; name another folder"):
        await run(cases, ScriptedTarget(), tmp_path / "run", scorers=Scorers())
    config = json.loads((tmp_path / "run" / "config.json").read_text(encoding="utf-8"))
    config.pop("code")  # as runs were written before
    (tmp_path / "run" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert len(load_run(tmp_path / "run").records) == 18
    with pytest.raises(RunError, match="differs in code; name another folder"):
        await run(cases, ScriptedTarget(), tmp_path / "run", scorers=Scorers())


async def test_the_time_of_a_run_is_that_of_all_its_attempts(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)

    class Slow(ScriptedTarget):
        async def ask(self, case: Case) -> Answer:
            await asyncio.sleep(0.2 if case.id in ("frankreich", "oz") else 0.0)
            if case.id == "spanien" and "spanien" in self.fail:
                raise KeyError  # as if killed
            return await super().ask(case)

    before, clock = time.time(), time.perf_counter()
    with pytest.raises(KeyError):
        await run(cases, Slow(fail=frozenset({"spanien"})), tmp_path / "run", scorers=Scorers())
    first = time.time()
    await asyncio.sleep(0.5)  # nobody is at work
    second = await run(cases, Slow(fail=frozenset({"oz"})), tmp_path / "run", scorers=Scorers())
    taken = second.latency()["seconds"]
    assert before - 0.001 <= second.latency()["started"] <= first - 0.2
    assert 0.4 <= taken <= time.perf_counter() - clock - 0.5
    last = await run(cases, Slow(), tmp_path / "run", scorers=Scorers())
    assert last.latency()["started"] == second.latency()["started"]
    assert last.latency()["seconds"] >= taken + 0.2
    assert not (tmp_path / "run" / "clock.json").exists()


@pytest.mark.parametrize("code", ["llm_unavailable", "reranker_unavailable"])
async def test_an_answer_without_what_is_configured_has_failed_and_is_asked_again(tmp_path: Path, code: str) -> None:
    def stood_in(case: Case, answer: Answer) -> Answer:
        told = (Warning("period_only", ""), Warning(code, "It did not answer."))
        return replace(answer, warnings=told) if case.id in ("italien", "oz") else answer

    cases = eval_kit.dataset(tmp_path)
    folder = await run(cases, ScriptedTarget(stood_in), tmp_path / "run", scorers=Scorers())
    assert folder.summary()["failed"] == {code: 2}
    assert folder.summary()["metrics"]["answer_correct"]["reasons"] == {code: 1}
    (tmp_path / "gate.yaml").write_text("thresholds: {answer_correct: {min: 0.5}}", encoding="utf-8")
    failures, bound = check(load_run(folder.path), load_gate(tmp_path / "gate.yaml"))
    assert (failures.passed, failures.reason, bound.passed) == (False, f"2 of 18 failed: 2 {code}", True)
    again = ScriptedTarget()
    healed = await run(cases, again, tmp_path / "run", scorers=Scorers())
    assert (again.asked, healed.summary()["failed"]) == (["italien", "oz"], {})
