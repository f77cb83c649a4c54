import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from evals.cases.model import AcceptedAnswer, Case, GoldEvidence
from evals.errors import DatasetError, RunError
from evals.folder import RunFolder
from evals.record import answer_record, read_answer, read_evidence
from evals.report.page import write_report
from evals.run import Scorers, run
from evals.runs import load_run, newest_run
from rag_service.models import Answer, PromptInfo, Usage, Warning
from tests import eval_kit
from tests.eval_kit import CountingEmbedder, ScriptedTarget

PERFECT = (
    "case_right",
    "answer_correct",
    "citation_precision",
    "citation_recall",
    "citations_verified",
    "statements_supported",
    "abstention_f1",
    "confidence_auroc",
    "evidence_mrr",
    "document_hit@1",
)
STABLE = ("config.json", "results.jsonl", "summary.json")


async def test_a_right_target_has_perfect_figures(tmp_path: Path) -> None:
    target = ScriptedTarget()
    folder = await run(eval_kit.dataset(tmp_path), target, tmp_path / "run", scorers=Scorers(CountingEmbedder()))
    metrics = folder.summary()["metrics"]
    for name in PERFECT:
        assert metrics[name]["mean"] == 1.0, name
    assert metrics["false_abstentions"]["mean"] == 0.0
    assert metrics["calibration_error"]["mean"] == pytest.approx((10 * 0.1 + 8 * 0.2) / 18, abs=1e-6)
    assert metrics["answer_correct"]["n"] == 10
    assert metrics["answer_correct"]["skipped"] == 8
    assert metrics["case_right"]["n"] == 18
    assert metrics["prompt_tokens"] == metrics["prompt_tokens"] | {"n": 8, "mean": 10.0, "skipped": 10}
    assert metrics["answer_similarity"]["n"] == 10
    assert 0 < metrics["answer_similarity"]["mean"] < 1
    assert metrics["judge_correct"] == {
        "n": 0, "skipped": 18, "unscored": 0, "reasons": {}, "mean": None, "low": None, "high": None
    }  # fmt: skip
    assert folder.summary()["tags"]["north"]["cases"] == 3
    assert folder.summary()["abstentions"] == {"insufficient_evidence": 8}


async def test_two_runs_are_the_same_to_the_byte(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    for name, concurrency in (("one", 1), ("two", 4)):
        await run(cases, ScriptedTarget(), tmp_path / name, scorers=Scorers(), concurrency=concurrency)
    for file in STABLE:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes(), file
    assert not (tmp_path / "one" / "asked.jsonl").exists()


async def test_a_quote_that_left_the_corpus_stops_the_run(tmp_path: Path) -> None:
    target = ScriptedTarget()
    target.texts["irland.txt"] = "Irland hat keine Hauptstadt mehr."
    with pytest.raises(DatasetError, match=r"the quote is not in irland\.txt"):
        await run(eval_kit.dataset(tmp_path), target, tmp_path / "run", scorers=Scorers())
    assert not (tmp_path / "run").exists()


async def test_folders_that_are_no_run(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    with pytest.raises(RunError, match="is not empty and holds no run"):
        await run(cases, ScriptedTarget(), tmp_path, scorers=Scorers())
    with pytest.raises(RunError, match=r"is not a run folder: it has no config\.json"):
        load_run(tmp_path)
    with pytest.raises(RunError, match="No finished run"):
        newest_run(tmp_path)
    path = tmp_path / "run"
    await run(cases, ScriptedTarget(), path, scorers=Scorers())
    assert newest_run(tmp_path) == path
    results = (path / "results.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (path / "results.jsonl").write_text("".join(results[:-1]), encoding="utf-8")
    with pytest.raises(RunError, match="is damaged: it holds 17 of 18 cases"):
        load_run(path)
    (path / "times.jsonl").rename(tmp_path / "times.jsonl")
    (path / "results.jsonl").write_text("".join(results), encoding="utf-8")
    with pytest.raises(RunError, match=r"is damaged: it has no times\.jsonl; run the evaluation again"):
        load_run(path)
    (path / "times.jsonl").write_text("{\n", encoding="utf-8")
    with pytest.raises(RunError, match=r"is damaged: it cannot be read in its times\.jsonl"):
        load_run(path)
    (path / "summary.json").unlink()
    with pytest.raises(RunError, match="unfinished run; finish it with .* eval run DATASET --out"):
        load_run(path)
    (path / "config.json").write_text('{"format": 99}', encoding="utf-8")
    with pytest.raises(RunError, match=r"written by another version \(format 99, this one reads 1\)"):
        load_run(path)
    (path / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(RunError, match="is damaged"):
        load_run(path)
    (path / "config.json").write_text("[]", encoding="utf-8")
    with pytest.raises(RunError, match="is damaged: not an object"):
        load_run(path)


async def test_concurrency_is_bounded_and_progress_reported(tmp_path: Path) -> None:
    class Slow(ScriptedTarget):
        running = most = 0

        async def ask(self, case: Case) -> Answer:
            self.running += 1
            self.most = max(self.most, self.running)
            await asyncio.sleep(0.01)
            self.running -= 1
            return await super().ask(case)

    target, seen = Slow(), []
    await run(eval_kit.dataset(tmp_path), target, tmp_path / "run", scorers=Scorers(), concurrency=3,
              on_case=lambda done, total: seen.append((done, total)))  # fmt: skip
    assert target.most == 3
    assert seen == [(number, 18) for number in range(1, 19)]


def test_a_record_reads_back_as_the_answer_it_was(tmp_path: Path) -> None:
    case = eval_kit.dataset(tmp_path).cases[0]
    target = ScriptedTarget()
    full = replace(
        eval_kit.answered(case, (target.passage("italien.txt", 1),), [eval_kit.citation("a", "abc", 0, 2)]),
        model="m", prompt=PromptInfo("answer", "1", "ff"), usage=Usage(1, 2, 0.5), warnings=(Warning("w", "text"),),
    )  # fmt: skip
    record = json.loads(json.dumps(answer_record(full)))
    assert answer_record(read_answer(record, case.question)) == record
    assert "document_id" not in json.dumps(record)


async def test_times_are_kept_apart_from_results(tmp_path: Path) -> None:
    folder = await run(eval_kit.dataset(tmp_path), ScriptedTarget(), tmp_path / "run", scorers=Scorers())
    assert RunFolder(folder.path).times()[0] | {"waited_ms": 0} == {
        "id": "frankreich", "retrieve_ms": 2.0, "answer_ms": 3.0, "total_ms": 15.0, "waited_ms": 0
    }  # fmt: skip
    assert folder.latency()["total_ms"]["max"] == 15.0
    assert "_ms" not in (folder.path / "results.jsonl").read_text(encoding="utf-8")


async def test_a_line_separator_in_an_answer_does_not_end_its_record(tmp_path: Path) -> None:
    target = ScriptedTarget(lambda case, answer: replace(answer, text=answer.text + "\u2028\x85"))
    folder = await run(eval_kit.dataset(tmp_path), target, tmp_path / "run", scorers=Scorers())
    assert len(load_run(folder.path).records) == 18


async def test_two_runs_at_once_cannot_mix_in_one_folder(tmp_path: Path) -> None:
    cases, folder = eval_kit.dataset(tmp_path), RunFolder(tmp_path / "run")
    with folder.held(), pytest.raises(RunError, match="another evaluation writes into it"):
        await run(cases, ScriptedTarget(), folder.path, scorers=Scorers())
    (folder.path / "config.json.part").write_text("{", encoding="utf-8")  # what a kill may leave
    await run(cases, ScriptedTarget(), folder.path, scorers=Scorers())
    assert sorted(item.name for item in folder.path.iterdir() if item.name.startswith(".")) == []


async def test_damaged_logs_are_named(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    folder = await run(cases, ScriptedTarget(), tmp_path / "run", scorers=Scorers())
    times = folder.path / "times.jsonl"
    times.write_text("\n".join(times.read_text(encoding="utf-8").splitlines()[:5]), encoding="utf-8")
    with pytest.raises(RunError, match="it holds the times of 5 of 18 cases"):
        load_run(folder.path)
    (folder.path / "summary.json").unlink()
    (folder.path / "asked.jsonl").write_text("{\n{}\n", encoding="utf-8")
    with pytest.raises(RunError, match=r"asked\.jsonl is damaged: .* to start over"):
        await run(cases, ScriptedTarget(), folder.path, scorers=Scorers())


async def test_a_pattern_that_takes_for_ever_fails_its_case_by_name(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    slow = tuple(AcceptedAnswer("regex", pattern) for pattern in (r"^(\w|\w)*$", "Berlin"))
    endless = replace(cases.cases[5], answers=slow)
    long = "Dublin" * 8 + "!"
    target = ScriptedTarget(lambda case, answer: replace(answer, text=long) if case.id == "irland" else answer)
    some = replace(cases, cases=(*cases.cases[:5], endless, *cases.cases[6:]))
    began = time.monotonic()
    folder = await run(some, target, tmp_path / "run", scorers=Scorers())
    assert time.monotonic() - began < 30
    assert folder.summary()["failed"] == {"unusable_pattern": 1}
    (failed,) = [record for record in folder.results() if record["error"]]
    assert (failed["id"], failed["outcome"]) == ("irland", None)
    assert failed["error"]["message"].startswith(r"/^(\w|\w)*$/ cannot be looked for in the answer: 1 s are not enough")
    assert folder.summary()["metrics"]["answer_correct"]["n"] == 9


async def test_a_run_tells_every_place_of_its_evidence(tmp_path: Path) -> None:
    target, cases = ScriptedTarget(), eval_kit.dataset(tmp_path)
    target.texts["irland.txt"] *= 2
    whole = replace(cases.cases[0], evidence=(GoldEvidence("frankreich.txt"),))
    folder = await run(replace(cases, cases=(whole, *cases.cases[1:])), target, tmp_path / "run", scorers=Scorers())
    records = {record["id"]: record for record in folder.results()}
    [named], [twice] = records["frankreich"]["evidence"], records["irland"]["evidence"]
    assert (named["quote"], named["after"]) == ("", target.texts["frankreich.txt"])
    assert read_evidence(named).places == ()
    assert {target.texts["irland.txt"][a:b] for a, b in read_evidence(twice).places} == {twice["quote"]}
    assert len(read_evidence(twice).places) == 2
    write_report(load_run(tmp_path / "run"), None, tmp_path / "report.html")
