"""``python -m evals.benchmark search`` over a tiny BEIR folder with the wired service."""

import json
import shutil
from pathlib import Path

import pytest

from evals.benchmark.__main__ import main
from tests.eval_kit import CAPITALS, write_beir


@pytest.fixture
def folder(tmp_path: Path, caches: Path) -> Path:
    corpus, queries, relevant = [], [], []
    for land, city in CAPITALS.items():
        corpus.append({"_id": f"d/{land}", "title": land, "text": f"Die Hauptstadt ist {city}. Es liegt in {land}."})
        queries.append(
            {"_id": land, "text": f"Wie heißt die Hauptstadt von {land}?", "answerable": True, "answers": [city]}
        )
        relevant.append((land, f"d/{land}"))
    queries.append({"_id": "x", "text": "Wer erfand das Telefon?", "answerable": False, "answers": []})
    return write_beir(tmp_path / "capitals", corpus, queries, relevant)


def test_queries_of_another_split_are_not_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries = [{"_id": f"train{number}", "text": "Wo?"} for number in range(3)]
    queries += [{"_id": land, "text": f"Wie heißt die Hauptstadt von {land}?"} for land in CAPITALS]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    assert main(["search", "--data", str(folder), "--no-answers", "--limit", "2", "--json"]) == 0
    printed = capsys.readouterr()
    figures = json.loads(printed.out)["capitals"]
    assert (figures["queries"], figures["ranked_queries"]) == (2, 2)
    assert "capitals: 3 queries left out: no row in the qrels\n" in printed.err


def test_folders_of_one_name_have_figures_each(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = shutil.copytree(folder, tmp_path / "other" / folder.name)
    asked = ["search", "--data", str(folder), "--data", str(other), "--no-answers", "--limit", "1", "--json"]
    assert main(asked) == 0
    assert list(json.loads(capsys.readouterr().out)) == [f"{tmp_path.name}/capitals", "other/capitals"]


@pytest.mark.parametrize(
    "wrong",
    [
        ["search", "--data", "x", "--limit", "-1"],
        ["embed", "--data", "x", "--rounds", "0"],
        ["load", "--url", "x", "--data", "x", "--clients", "0"],
        ["streams", "--streams", "0"],
        ["index", "--rounds", "0"],
    ],
)
def test_numbers_that_would_measure_nothing_are_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
    assert f"argument {wrong[-2]}: must be at least 1, not {wrong[-1]}" in capsys.readouterr().err


def test_engines_are_not_compared_on_too_little_text(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "corpus.jsonl").write_text('{"_id": "d", "text": "Rom."}', encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nItalien\td\t1\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["embed", "--data", str(folder), "--cache", str(tmp_path / "cache")])
    assert ended.value.code == 1
    assert "capitals: not one passage of 230 tokens; name a larger set" in capsys.readouterr().err


def test_figures_and_lines(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "lines.jsonl"
    assert main(["search", "--data", str(folder), "--titles", "--out", str(out), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)["capitals"]
    assert (figures["queries"], figures["documents"], figures["ranked_queries"]) == (11, 10, 10)
    assert figures["hit@1"] == figures["mrr"] == 1.0
    assert figures["answers_asked"] == 10
    assert 0 <= figures["confidence_auroc"] <= 1
    assert figures["search_ms"]["p50"] > 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["rank"] for line in lines] == [1] * 10 + [None]
    assert main(["search", "--data", str(folder), "--titles", "--no-answers", "--limit", "2", "--mode", "lexical"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("capitals\n")
    assert "gold_in_first_1" not in text
    assert "ranked_queries                   2" in text
