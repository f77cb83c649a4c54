import argparse
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from evals.benchmark import __main__ as command
from evals.benchmark import search
from evals.benchmark.figures import answer_figures, decision_figures, ranking_figures
from evals.benchmark.search import documents_by_rank
from evals.cases.model import Case
from evals.importers.beir import BeirQuery, BeirSet
from rag_service.models import Statement
from tests.eval_kit import ScriptedTarget, abstained, answered, citation, write_beir

CASE = Case("q", "Wo?")
TARGET = ScriptedTarget()


def query(answerable: bool | None = True, answers: tuple[str, ...] = ("Rom",)) -> BeirQuery:
    return BeirQuery("q", "Wo?", answerable, answers, {"d": 1})


def said(*sentences: str, confidence: float = 0.9):
    statements = tuple(Statement(text, 0, len(text), (1,), True) for text in sentences)
    return replace(answered(CASE, (), [citation("a", "abc", 0, 2)], confidence), statements=statements)


def test_documents_rank_by_their_best_passage() -> None:
    one, two = TARGET.passage("italien.txt", 1), TARGET.passage("polen.txt", 2)
    printed = replace(two, duplicates=("irland.txt", "italien.txt"))
    assert documents_by_rank([one, one, printed, two]) == ("italien.txt", "polen.txt", "irland.txt")


def test_ranking_figures_by_hand() -> None:
    found = ranking_figures([(("d.txt", "x.txt"), {"d": 1}), (("x.txt", "y.txt", "e.txt"), {"e": 1})])
    assert found == {
        "ranked_queries": 2, "ndcg@10": 0.75, "hit@1": 0.5, "hit@5": 1.0, "recall@10": 1.0, "mrr": pytest.approx(2 / 3)
    }  # fmt: skip
    assert ranking_figures([]) == {}


def test_the_grade_of_a_document_is_its_gain() -> None:
    found = ranking_figures([(("some.txt", "x.txt", "much.txt"), {"much": 3, "some": 1, "never": 1})])
    best = 3 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found["ndcg@10"] == pytest.approx((1 + 3 / math.log2(4)) / best)
    assert (found["hit@1"], found["recall@10"]) == (1.0, pytest.approx(2 / 3))


def test_gold_answers_within_the_first_sentences() -> None:
    asked = [
        (query(), said("In Rom.", "Ja.")),
        (query(), said("Ja.", "In Rom.")),
        (query(), said("Ja.", "Nein.", "Gut.")),
        (query(), abstained(CASE)),
        (query(answerable=False), said("In Rom.")),
        (query(answers=()), said("In Rom.")),
    ]
    found = answer_figures(asked)
    assert (found["answers_asked"], found["gold_in_first_1"], found["gold_in_first_2"]) == (4, 0.25, 0.5)
    assert (found["answered"], found["gold_in_answer"]) == (0.75, 0.5)
    assert found["gold_when_answered"] == pytest.approx(2 / 3)
    assert found["answer_sentences"] == pytest.approx(7 / 3)
    assert found["answer_characters"] == pytest.approx((10 + 10 + 12) / 3)
    assert answer_figures([(query(answers=()), said("x"))]) == {}


def test_of_the_answers_given_those_that_cite_a_relevant_document() -> None:
    right = replace(said("Ja."), citations=(citation("x.txt", "abc", 0, 2), citation("d.txt", "abc", 0, 2)))
    found = answer_figures([(query(), right), (query(), said("Ja.")), (query(), abstained(CASE))])
    assert found["gold_cited"] == 0.5
    unknown = replace(query(), grades={})
    assert "gold_cited" not in answer_figures([(unknown, right)])


def test_a_statement_of_two_sentences_counts_as_two() -> None:
    found = answer_figures([(query(), said("Kim fuhr nach Süden. Er kam in Rom an."))])
    assert (found["gold_in_first_1"], found["gold_in_first_2"], found["answer_sentences"]) == (0.0, 1.0, 2.0)


def test_decisions_need_both_kinds_of_questions() -> None:
    asked = [
        (query(), said("a", confidence=0.9)),
        (query(), said("a", confidence=0.4)),
        (query(answerable=False), abstained(CASE, confidence=0.2)),
        (query(answerable=None), abstained(CASE, confidence=None)),
    ]
    found = decision_figures(asked)
    assert (found["confidence_auroc"], found["balanced_accuracy"], found["abstention_f1"]) == (1.0, 1.0, 1.0)
    assert decision_figures(asked[:2]) == {}


def test_out_begins_anew_and_takes_every_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def benchmark(beir: BeirSet, options: argparse.Namespace) -> dict[str, float]:
        search._append(options.out, {"set": beir.name})
        return {}

    monkeypatch.setattr(search, "_benchmark", benchmark)
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        write_beir(folder, [{"_id": "a", "text": "Rom."}], [{"_id": "1", "text": "Wo?"}], [("1", "a")])
    out = tmp_path / "out.jsonl"
    arguments = ["search", "--data", str(folders[0]), "--data", str(folders[1]), "--out", str(out)]
    for _ in range(2):
        assert command.main(arguments) == 0
        assert [json.loads(line)["set"] for line in out.read_text().splitlines()] == ["one", "two"]
    with pytest.raises(SystemExit):
        command.main([*arguments, "--data", str(tmp_path / "none")])
    assert out.read_text()  # what cannot begin takes nothing away


def test_benchmarks_are_listed_and_unknown_ones_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nope"]) == 2
    assert command.main([]) == 2
    assert command.main(["--help"]) == 0
    assert "search" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", "--data", "nosuch"], "Error: nosuch/corpus.jsonl: no such file\n"),
        (["load", "--data", "beir", "--url", "http://127.0.0.1:9"], "Error: http://127.0.0.1:9 does not answer: "),
        (["load", "--data", "beir", "--url", "nosuch"], "Error: nosuch does not answer: "),
    ],
)
def test_what_fails_is_told_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_beir(tmp_path / "beir", [{"_id": "a", "text": "Rom."}], [{"_id": "1", "text": "Wo?"}], [("1", "a")])
    with pytest.raises(SystemExit) as left:
        command.main(arguments)
    assert left.value.code == 1
    shown = capsys.readouterr().err
    assert shown.startswith(said) and shown.count("\n") == 1
