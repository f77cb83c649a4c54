"""``python -m evals.benchmark index`` over a small collection: every figure is there and makes sense."""

import json
from pathlib import Path

import pytest

from evals.benchmark.__main__ import main
from evals.benchmark.composed import Composer, chance_pool, paragraphs, read_pool, write_documents
from tests.eval_kit import CAPITALS, write_beir

QUESTIONS = 240


@pytest.fixture
def folder(tmp_path: Path, caches: Path) -> Path:
    """A BEIR folder of ten passages of some length, and many questions."""
    corpus, queries = [], []
    for land, city in CAPITALS.items():
        text = f"Die Hauptstadt von {land} ist {city}. Wer {city} besucht, findet dort Museen, Parks und einen Hafen. "
        text += f"In {land} wird seit langem darüber gestritten, ob {city} zu groß geworden ist. Der Bürgermeister "
        text += f"sieht das anders: {city} wachse langsamer als früher, und die Mieten seien zuletzt gesunken. "
        text += f"Auf dem Markt von {city} gibt es an jedem Morgen frisches Brot."
        corpus.append({"_id": land, "title": land, "text": text})
    lands = list(CAPITALS)
    for number in range(QUESTIONS):
        queries.append({"_id": str(number), "text": f"Wie groß ist die {number}. Straße in {lands[number % 10]}?"})
    return write_beir(tmp_path / "capitals", corpus, queries, [("0", "Frankreich")])


def test_ingest_against_embedding_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["index", "--documents", "3", "--chunks", "0", "--pool", "20"]) == 0
    lines = [line.rsplit(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    figures = {name: float(value) for name, value in lines}
    assert figures["ingest documents"] == 3 and figures["ingest chunks"] >= 3
    assert 0 < figures["unchanged folder, in process"] < figures["ingest, twice"]
    assert figures["ingest / embedding alone"] == pytest.approx(
        figures["ingest, twice"] / figures["embedding alone, twice"], 0.1
    )
    assert figures["unchanged folder, command from start to end"] > 0


def test_every_figure_of_a_small_collection(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--documents", "0", "--chunks", "48", "--pages", "2", "--pool", "10", "--rounds", "2"]
    assert main(["index", "--data", str(folder), "--keep", str(tmp_path / "kept"), *small, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["encoded passages"], figures["chunks"]) == (10, 48)
    for name in ("search", "search, one source", "search, one year of 25", "search, twelve years of 25"):
        assert 0 < figures[f"{name}, p50 ms"] <= figures[f"{name}, p99 ms"]
    assert figures["memory of the server, MB"] <= figures["memory of the server at most, MB"]
    assert (figures["deleted chunks"], figures["findings afterwards"]) == (8, 0)
    assert "ingest, twice" not in figures


def test_pools(folder: Path) -> None:
    pool = read_pool([folder], 6)
    assert [len(own) for own in pool.sets] == [6]
    assert all("Hauptstadt" in text for text in pool.sets[0])
    assert len(pool.questions) == QUESTIONS
    assert read_pool([folder], 6) == pool
    chance = chance_pool(5)
    assert len(chance.sets[0]) == 5 and chance == chance_pool(5)
    for question in chance.questions:
        assert any(set(question.split()) <= set(text.split()) for text in chance.sets[0])


def test_a_composed_text_is_cut_at_its_empty_lines() -> None:
    text = "Eins zwei.\n\nDrei vier."
    assert [chunk.text for chunk in paragraphs(text, "de")] == ["Eins zwei.", "Drei vier."]


def test_composed_documents_are_the_same_every_time_and_no_two_alike(tmp_path: Path) -> None:
    pool = chance_pool(8)
    one, two = (
        [path.read_text(encoding="utf-8") for path in write_documents(tmp_path / name, Composer(pool), 4, 3)]
        for name in ("a", "b")
    )
    assert one == two
    parts = [part for text in one for part in text.split("\n\n")]
    assert len(set(parts)) == len(parts) == 12


def test_a_composed_text_has_the_words_of_its_halves_but_every_fifth() -> None:
    composer = Composer(chance_pool(8))
    text = composer.document(1)
    first, second = composer.origins[text]
    original = f"{first[: composer.halves[first]].rstrip()} {second[composer.halves[second] :]}"
    assert len(original) == len(text)
    pairs = list(zip(original.split(), text.split(), strict=True))
    assert all(len(one) == len(other) for one, other in pairs)
    assert 0.7 < sum(one == other for one, other in pairs) / len(pairs) < 0.9
