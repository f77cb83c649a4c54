"""The lexical index: German spellings meet, filters hold, and it is there again after reopening."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_service.errors import StoreError
from rag_service.index.lexical import LexicalIndex, LexicalRow


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LexicalIndex]:
    opened = LexicalIndex(tmp_path)
    yield opened
    opened.close()


def row(name: str, text: str, title: str = "", language: str = "de") -> LexicalRow:
    return LexicalRow(f"{name}:0", name, text, title, language)


def hits(
    index: LexicalIndex, question: str, versions: list[str] | None = None, languages: tuple[str, ...] = ("de",)
) -> list[str]:
    return [hit.chunk_id.removesuffix(":0") for hit in index.query("col", question, languages, 10, versions)]


def test_best_match_first_and_scores_fall(index: LexicalIndex) -> None:
    index.add(
        "col", [row("a", "Der Zug fährt nach Osten."), row("b", "Der Zug, der Zug kommt."), row("c", "Ein Schiff.")]
    )
    found = index.query("col", "Welcher Zug kommt?", ("de",), 10, None)
    assert [hit.chunk_id for hit in found] == ["b:0", "a:0"]
    assert found[0].score > found[1].score > 0
    assert index.query("col", "Welcher Zug kommt?", ("de",), 1, None) == found[:1]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("In München regnet es.", "MUENCHEN"),
        ("In Muenchen regnet es.", "München"),
        ("Die Straße ist lang.", "strasse"),
        ("Die Treffen der Präsidenten", "Treffens Präsident"),
        ("Am 25.04.2019 um 08:44 Uhr", "25.04.2019"),
        ("im Jahr 2019 begann", "2019"),
    ],
)
def test_spellings_and_forms_meet(index: LexicalIndex, text: str, question: str) -> None:
    index.add("col", [row("a", text), row("b", "Etwas ganz anderes steht hier.")])
    assert hits(index, question) == ["a"]


def test_a_question_is_analysed_in_every_language_of_the_collection(index: LexicalIndex) -> None:
    index.add(
        "col", [row("a", "Nuclear negotiations collapsed", language="en"), row("b", "Verhandlungen", language="de")]
    )
    assert hits(index, "negotiation", languages=("de", "en")) == ["a"]
    assert hits(index, "Verhandlung", languages=("en", "de")) == ["b"]


def test_titles_count_less_than_texts(index: LexicalIndex) -> None:
    index.add(
        "col", [row("a", "Gipfel ohne Ergebnis", "Hanoi"), row("b", "Hanoi ohne Ergebnis", "Gipfel"), row("c", "leer")]
    )
    assert hits(index, "Hanoi") == ["b", "a"]


def test_only_within_the_given_versions(index: LexicalIndex) -> None:
    index.add("col", [row(f"v{n}", "Apfel und Birne") for n in range(30)])
    assert set(hits(index, "Apfel", ["v3", "v7", "v99"])) == {"v3", "v7"}
    assert hits(index, "Apfel", []) == []
    assert hits(index, "Apfel", ["v99"]) == []


def test_removed_versions_and_collections_are_gone(index: LexicalIndex) -> None:
    index.add("col", [row("a", "Apfel"), row("b", "Apfel")])
    index.remove("col", ["a"])
    index.remove("other", ["a"])
    assert hits(index, "Apfel") == ["b"] and index.count("col") == 1
    index.drop("col")
    index.drop("never")
    assert hits(index, "Apfel") == [] and index.collections() == [] and index.digests("col") == {}
    index.add("col", [row("c", "Apfel")])
    assert hits(index, "Apfel") == ["c"]


def test_it_is_there_again_after_reopening(tmp_path: Path, index: LexicalIndex) -> None:
    index.add("col", [row("a", "Apfel")])
    index.release()
    index.add("col", [row("b", "Apfel")])
    index.close()
    again = LexicalIndex(tmp_path)
    assert set(hits(again, "Apfel")) == {"a", "b"}
    assert again.digests("col") == {"a:0": row("a", "Apfel").digest, "b:0": row("b", "Apfel").digest}


def test_questions_without_a_term_find_nothing(index: LexicalIndex) -> None:
    index.add("col", [row("a", "Apfel")])
    assert [hits(index, question) for question in ("", "?!", "🚂", "xyz")] == [[], [], [], []]
    assert index.query("col", "Apfel", (), 10, None) == []
    assert index.query("col", "Apfel", ("de",), 0, None) == []


def test_an_error_while_adding_leaves_what_was_there(index: LexicalIndex) -> None:
    index.add("col", [row("a", "Apfel")])
    broken = LexicalRow("b:0", "b", None, "", "de")  # type: ignore[arg-type]
    with pytest.raises((AttributeError, TypeError)):
        index.add("col", [row("c", "Apfel"), broken])
    index.add("col", [row("d", "Apfel")])
    assert set(hits(index, "Apfel")) == {"a", "d"}


def test_an_unreadable_index_is_named_with_its_remedy(tmp_path: Path, index: LexicalIndex) -> None:
    index.add("col", [row("a", "Apfel")])
    index.close()
    (tmp_path / "1" / "col" / "meta.json").write_text("{")
    with pytest.raises(StoreError, match="doctor --repair"):
        LexicalIndex(tmp_path).count("col")


def test_what_a_killed_removal_left_behind_is_not_in_the_way(tmp_path: Path) -> None:
    first = LexicalIndex(tmp_path)
    first.add("col", [row("a", "Der Zug kommt."), row("b", "Ein Schiff fährt.")])
    first.close()
    (meta,) = tmp_path.rglob("meta.json")
    committed = meta.read_bytes()
    killed = LexicalIndex(tmp_path)
    killed.remove("col", ["a"])
    killed.close()
    assert list(tmp_path.rglob("*.del"))
    meta.write_bytes(committed)  # as if the process had died between the two writes
    again = LexicalIndex(tmp_path)
    assert again.count("col") == 2
    again.remove("col", ["a"])
    assert hits(again, "Zug") == [] and hits(again, "Schiff") == ["b"]
    again.close()
