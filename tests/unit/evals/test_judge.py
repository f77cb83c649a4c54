import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.cases.model import AcceptedAnswer, Case
from evals.cli import app
from evals.errors import DatasetError, RunError
from evals.judge.human import agreement, read_labels
from evals.judge.judge import UNPARSEABLE, Judge, last_verdict
from evals.judge.open import open_judge
from evals.judge.score import judged_values
from evals.run import Scorers, run
from evals.runs import load_run
from rag_service.models import Answer
from rag_service.settings import Settings
from rag_service.settings.sections import LlmSettings
from tests import eval_kit
from tests.eval_kit import CountingEmbedder, ScriptedTarget
from tests.llm_server import Body, LlmServer, Reply, refusing


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("Fits.\nVERDICT: CORRECT", True),
        ("VERDICT: CORRECT at first sight, but no.\n**Verdict:** incorrect", False),
        ("verdict: INCORRECT. Wait.\n`VERDICT: CORRECT`", True),
        ("It is correct.", None),
        ("VERDICT: maybe", None),
        ("", None),
    ],
)
def test_the_last_verdict_counts(reply: str, verdict: bool | None) -> None:
    assert last_verdict(reply, "CORRECT", "INCORRECT") is verdict


def strict(body: Body) -> Reply:
    """Judges by whether the expected capital stands in the answer; says nothing usable about Norway."""
    asked = body["messages"][-1]["content"]
    if "Norwegen" in asked:
        return Reply("I would rather not say.")
    if "Passages:" in asked:
        return Reply("Reasons.\nVERDICT: FAITHFUL")
    expected, answer = asked.split("- ")[1].split("\n")[0], asked.split("Answer to grade:\n")[1]
    return Reply(f"VERDICT: CORRECT?\nVERDICT: {'CORRECT' if expected in answer else 'INCORRECT'}")


def settings(server: LlmServer, model: str = "answers") -> Settings:
    return Settings(llm=LlmSettings(base_url=server.base_url, api_key="k", model=model, max_retries=0))


def wrong_for_ireland(case: Case, answer: Answer) -> Answer:
    return replace(answer, text="Bern.") if case.id == "irland" else answer


async def test_verdicts_become_scores_and_no_verdict_is_unscored(tmp_path: Path) -> None:
    with LlmServer(strict) as server:
        judge = open_judge(settings(server), "judge", None, None)
        cases = eval_kit.dataset(tmp_path)
        folder = await run(
            cases, ScriptedTarget(wrong_for_ireland), tmp_path / "run", scorers=Scorers(judge=judge), concurrency=4
        )
        assert len(server.requests) == 20
        (tmp_path / "run" / "summary.json").unlink()
        again = await run(cases, ScriptedTarget(wrong_for_ireland), tmp_path / "run", scorers=Scorers(judge=judge))
        assert len(server.requests) == 20  # judgements are kept
    metrics = again.summary()["metrics"]
    correct = metrics["judge_correct"]
    assert (correct["n"], correct["skipped"], correct["unscored"], correct["reasons"]) == (9, 8, 1, {UNPARSEABLE: 1})
    assert correct["mean"] == pytest.approx(8 / 9, abs=1e-6)
    assert metrics["judge_faithful"]["mean"] == 1.0
    config = folder.config()["judge"]
    assert config["model"] == "judge"
    assert set(config["prompts"]) == {"judge_correct", "judge_faithful"}


async def test_a_failing_judge_leaves_cases_unscored_with_its_error(tmp_path: Path) -> None:
    with LlmServer(lambda body: Reply(status=500)) as server:
        judge = open_judge(settings(server), "judge", None, None)
        folder = await run(eval_kit.dataset(tmp_path), ScriptedTarget(), tmp_path / "run", scorers=Scorers(judge=judge))
    assert sum(folder.summary()["metrics"]["judge_correct"]["reasons"].values()) == 10
    assert folder.summary()["metrics"]["judge_correct"]["mean"] is None


def test_a_judge_needs_an_endpoint_a_key_and_another_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with LlmServer(strict) as server:
        with pytest.raises(RunError, match="the same model, answers"):
            open_judge(settings(server), "answers", None, None)
        assert open_judge(settings(server), "answers", None, None, "extractive").describe()["model"] == "answers"
        with pytest.raises(RunError, match="should stand in JUDGE_KEY, which is not set"):
            open_judge(settings(server), "judge", None, "JUDGE_KEY")
        monkeypatch.setenv("JUDGE_KEY", "secret")
        assert open_judge(settings(server), "judge", server.base_url, "JUDGE_KEY").describe()["model"] == "judge"
    with pytest.raises(RunError, match="no endpoint"):
        open_judge(Settings(), "judge", None, None)


class Silent:
    """A chat model that is only named."""

    name = "m"


async def test_a_case_that_failed_is_missing_from_what_was_judged_of_it(tmp_path: Path) -> None:
    with LlmServer(strict) as server:
        scorers = Scorers(CountingEmbedder(), open_judge(settings(server), "judge", None, None))
        target = ScriptedTarget(fail=frozenset({"italien", "polen", "oz"}))
        folder = await run(eval_kit.dataset(tmp_path), target, tmp_path / "run", scorers=scorers)
    metrics, late = folder.summary()["metrics"], {"model_timeout": 2}
    for name in ("answer_correct", "answer_similarity"):
        assert (metrics[name]["n"], metrics[name]["skipped"], metrics[name]["reasons"]) == (8, 8, late), name
    for name in ("judge_correct", "judge_faithful"):
        assert (metrics[name]["n"], metrics[name]["skipped"]) == (7, 8), name
        assert metrics[name]["reasons"] == late | {UNPARSEABLE: 1}, name


async def test_a_judge_that_failed_is_asked_again_for_a_finished_run(tmp_path: Path) -> None:
    with LlmServer(refusing(400)) as server:
        judge, cases = open_judge(settings(server), "judge", None, None), eval_kit.dataset(tmp_path)
        await run(cases, ScriptedTarget(), tmp_path / "run", scorers=Scorers(judge=judge))
        server.behave(strict)
        scorers = Scorers(judge=open_judge(settings(server), "judge", None, None))
        target, before = ScriptedTarget(), len(server.requests)
        again = await run(cases, target, tmp_path / "run", scorers=scorers)
        assert (target.asked, len(server.requests) - before, again.added) == ([], 20, 20)
        # a reply without a verdict is one: it is not asked for again
        last = await run(cases, target, tmp_path / "run", scorers=scorers)
        assert (len(server.requests) - before, last.added) == (20, 0)
    figures = again.summary()["metrics"]
    assert (figures["judge_faithful"]["n"], figures["judge_correct"]["reasons"]) == (9, {UNPARSEABLE: 1})


def test_a_judge_is_told_every_answer_but_regular_expressions() -> None:
    options = (AcceptedAnswer("text", "/etc/hosts"), AcceptedAnswer("regex", "h.sts"))
    case = Case("a", "Wo?", answers=options, reference="/srv")
    outcome = {"standalone_question": "Wo?", "answer": "Da.", "citations": [], "passages": []}
    record = {"outcome": outcome, "expected": ["/etc/hosts", "/h.sts/", "/srv"], "evidence": []}
    assert judged_values(case, record)["expected"] == ["/etc/hosts", "/srv"]


async def test_a_judge_is_asked_only_what_it_has_words_to_judge_by(tmp_path: Path) -> None:
    given = eval_kit.dataset(tmp_path)
    pattern = (AcceptedAnswer("regex", "."),)
    wordless = {
        case.id: replace(case, answers=pattern, evidence=(replace(case.evidence[0], quote=""),))
        for case in given.cases
        if case.answerable
    }
    edited = {
        "irland": wordless["irland"],
        "polen": wordless["polen"],
        "italien": replace(wordless["italien"], answers=()),
        "spanien": replace(wordless["spanien"], reference="Madrid"),
        "ungarn": replace(wordless["ungarn"], evidence=(*given.cases[9].evidence, *wordless["ungarn"].evidence)),
    }
    cases = replace(given, cases=tuple(edited.get(case.id, case) for case in given.cases))
    known = {case.id: case for case in given.cases}
    target = ScriptedTarget()
    with LlmServer(lambda body: Reply("VERDICT: CORRECT" if "Answer to grade" in str(body) else "")) as server:
        scorers = Scorers(judge=open_judge(settings(server), "judge", None, None))
        change, late = (lambda case, answer: target.right(known[case.id])), frozenset({"polen", "ungarn"})
        folder = await run(cases, ScriptedTarget(change), tmp_path / "run", scorers=scorers)
        messages = [body["messages"][-1]["content"] for body in server.requests]
        failed = await run(cases, ScriptedTarget(change, late), tmp_path / "failed", scorers=scorers)
    figure = folder.summary()["metrics"]["judge_correct"]
    assert (figure["n"], figure["skipped"]) == (7, 11)
    graded = [text for text in messages if "Answer to grade" in text]
    assert len(graded) == 7 and not any("- \n" in text for text in graded)
    assert failed.summary()["metrics"]["judge_correct"]["unscored"] == 1  # of the two only one could have been judged


def test_messages_hold_question_expectation_and_answer() -> None:
    judge = Judge(Silent(), None)  # type: ignore[arg-type]
    values = {
        "question": "Wo?",
        "answer": "In Rom.",
        "expected": ["Rom"],
        "evidence": ["Es war in Rom."],
        "passages": ["P1"],
    }
    system, user = judge.messages("correct", values)
    assert "VERDICT: CORRECT or VERDICT: INCORRECT" in system["content"]
    assert user["content"].startswith("Question: Wo?")
    assert "- Rom" in user["content"]
    assert user["content"].endswith("Answer to grade:\nIn Rom.")
    assert "[1] P1" in judge.messages("faithful", values)[1]["content"]


async def test_agreement_with_people(tmp_path: Path) -> None:
    with LlmServer(strict) as server:
        judge = open_judge(settings(server), "judge", None, None)
        target = ScriptedTarget(wrong_for_ireland)
        await run(eval_kit.dataset(tmp_path), target, tmp_path / "run", scorers=Scorers(judge=judge))
    records = load_run(tmp_path / "run").records
    labels = {"frankreich": True, "italien": False, "irland": False, "norwegen": True}
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(json.dumps({"id": name, "correct": good}) for name, good in labels.items()) + "\n\n")
    found = agreement(records, read_labels(path))
    # judged: right, right, wrong; people: right, wrong, wrong; chance 4/9
    assert (found.n, found.unjudged, found.agreed, found.disagreed) == (3, 1, 2, ("italien",))
    assert found.kappa == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))
    told = CliRunner().invoke(app, ["agreement", str(tmp_path / "run"), str(path)]).stdout
    assert told == ("Cohen's kappa 0.400; agreed on 2 of 3, 1 labelled but unjudged.\nDisagreed: italien\n")
    values = json.loads(CliRunner().invoke(app, ["agreement", str(tmp_path / "run"), str(path), "--json"]).stdout)
    assert (values["n"], values["disagreed"]) == (3, ["italien"])
    with pytest.raises(DatasetError, match="does not have: xanadu"):
        agreement(records, {"xanadu": True})


def test_wrong_labels_name_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text('{"id": "a", "correct": 1}\nx\n{"id": "b", "correct": true}\n{"id": "b", "correct": false}\n3\n')
    with pytest.raises(DatasetError) as caught:
        read_labels(path)
    assert [line.removeprefix(f"{path}:")[:14] for line in caught.value.problems] == [
        "1: a label is ",
        "2: a label is ",
        "4: case 'b' is",
        "5: a label is ",
    ]
    path.write_text("\n")
    with pytest.raises(DatasetError, match="no labels"):
        read_labels(path)
