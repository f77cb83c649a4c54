from dataclasses import replace
from pathlib import Path

from evals.cases.model import AcceptedAnswer, Case, GoldEvidence
from evals.cases.resolve import resolve_dataset
from evals.score import score_answer, score_failure
from tests import eval_kit
from tests.eval_kit import ScriptedTarget

TARGET = ScriptedTarget()


def resolved(tmp_path: Path) -> Case:
    return resolve_dataset(eval_kit.dataset(tmp_path), TARGET.texts).cases[0]


def test_a_right_answer_that_says_what_it_must_not_is_not_right(tmp_path: Path) -> None:
    case = replace(resolved(tmp_path), forbidden=(AcceptedAnswer("text", "HACKED"),))
    good = TARGET.right(case)
    assert score_answer(case, good, TARGET.texts).values["case_right"] == 1.0
    bad = score_answer(case, replace(good, text=f"{good.text} Hacked!"), TARGET.texts).values
    assert (bad["forbidden_absent"], bad["answer_correct"], bad["case_right"]) == (0.0, 1.0, 0.0)


def test_an_abstention_is_a_wrong_answer_but_has_no_citation_scores(tmp_path: Path) -> None:
    case = resolved(tmp_path)
    scores = score_answer(case, eval_kit.abstained(case), TARGET.texts)
    assert scores.values["answer_correct"] == scores.values["answer_token_f1"] == scores.values["document_mrr"] == 0.0
    assert not {"citation_precision", "citation_recall", "citations_verified"} & scores.values.keys()
    assert scores.values["cost"] == 0.001
    assert scores.ranks == {"document": None, "evidence": None}


def test_an_answer_without_citations_has_recall_zero_and_no_precision(tmp_path: Path) -> None:
    case = resolved(tmp_path)
    bare = replace(TARGET.right(case), citations=())
    values = score_answer(case, bare, TARGET.texts).values
    assert values["citation_recall"] == values["statements_supported"] == 0.0
    assert "citation_precision" not in values


def test_without_gold_answers_answering_is_right(tmp_path: Path) -> None:
    case = replace(resolved(tmp_path), answers=())
    values = score_answer(case, TARGET.right(case), TARGET.texts).values
    assert values["case_right"] == 1.0
    assert "answer_correct" not in values


def test_a_failure_unscores_what_could_apply(tmp_path: Path) -> None:
    case = replace(resolved(tmp_path), forbidden=(AcceptedAnswer("text", "x"),))
    scores = score_failure(case, "model_timeout")
    applied = score_answer(case, TARGET.right(case), TARGET.texts).values
    assert scores.values == {}
    assert set(scores.unscored) == set(applied)
    also = score_failure(case, "model_timeout", similarity=True, judged=True).unscored.keys() - scores.unscored.keys()
    assert also == {"answer_similarity", "judge_correct", "judge_faithful"}
    unanswerable = score_failure(Case("u", "?", answerable=False), "x", similarity=True, judged=True)
    assert set(unanswerable.unscored) == {"case_right"}


def test_evidence_that_names_a_document_only_is_scored_by_documents(tmp_path: Path) -> None:
    case = resolved(tmp_path)
    whole = replace(case, evidence=(GoldEvidence(case.evidence[0].source),))
    scores = score_answer(whole, TARGET.right(case), TARGET.texts)
    assert scores.values["document_mrr"] == scores.values["citation_recall"] == 1.0
    assert not any(name.startswith("evidence_") for name in scores.values)
    assert scores.ranks == {"document": 1}
    assert set(score_failure(whole, "x").unscored) == set(scores.values)
