"""What is imported is quoted as ingest reads it."""

import json
import unicodedata
from pathlib import Path

from evals.cases.corpus import read_corpus
from evals.cases.load import load_dataset
from evals.cases.model import Dataset
from evals.cases.resolve import resolve_dataset
from evals.importers.beir import import_beir
from evals.importers.imported import Imported, file_name, save
from evals.importers.squad import import_squad
from rag_service.settings import Settings
from tests.eval_kit import write_beir

DECOMPOSED = unicodedata.normalize("NFD", "Die Kündigungsfrist beträgt drei Monate.")


def checked(imported: Imported, path: Path) -> Dataset:
    """The set as it is kept, with every quote looked up in the corpus as ingest reads it."""
    save(imported, path, "Imported.")
    dataset = load_dataset(path)
    return resolve_dataset(dataset, read_corpus(dataset.corpus, Settings()))


TEXTS = [
    f"\ufeff{DECOMPOSED} Der Rest folgt.",
    "Ein Wort mit wei\u00adcher Tren\u200bnung steht hier. Noch einer.",
    "Wer reist, ist ver-\nsichert bei der Kasse. Das gilt\r\nimmer.",
]
ANSWERS = [unicodedata.normalize("NFD", "beträgt drei Monate"), "wei\u00adcher Tren\u200bnung", "bei der Kasse"]
QUOTES = ["Die Kündigungsfrist beträgt drei Monate.", "Ein Wort mit weicher Trennung steht hier."]


def test_a_beir_text_is_quoted_as_ingest_reads_it(tmp_path: Path) -> None:
    names = [unicodedata.normalize("NFD", f"Ü{at}") for at in range(3)]
    folder = write_beir(
        tmp_path / "set",
        [{"_id": name, "text": text} for name, text in zip(names, TEXTS, strict=True)],
        [{"_id": name, "text": "Was?", "answers": [answer]} for name, answer in zip(names, ANSWERS, strict=True)],
        [(name, name) for name in names],
    )
    cases = checked(import_beir(folder), tmp_path / "beir.yaml").cases
    assert [case.evidence[0].quote for case in cases] == [*QUOTES, "Wer reist, ist versichert\nbei der Kasse."]


def test_a_squad_text_is_quoted_as_ingest_reads_it(tmp_path: Path) -> None:
    paragraphs = []
    for text, answer in zip(TEXTS, ANSWERS, strict=True):
        given = [{"text": answer, "answer_start": text.index(answer)}]
        paragraphs.append({"context": text, "qas": [{"id": text, "question": "Was?", "answers": given}]})
    content = {"data": [{"title": "t", "paragraphs": paragraphs}]}
    (tmp_path / "squad.json").write_text(json.dumps(content), encoding="utf-8-sig")
    cases = checked(import_squad(tmp_path / "squad.json"), tmp_path / "squad.yaml").cases
    assert [case.evidence[0].quote for case in cases] == [*QUOTES, ""]  # of the last, a line's end cut a word


def test_ids_keep_their_names_when_ingest_composes_them() -> None:
    names = [file_name(identifier) for identifier in ("Übe", unicodedata.normalize("NFD", "Übe"), "\u212b", "\uf900")]
    assert names[0] == "Übe.txt" and len(set(names)) == 4
    assert all(unicodedata.is_normalized("NFC", name) for name in names)


def test_what_no_dataset_may_hold_is_left_out_and_counted(tmp_path: Path) -> None:
    context = "Das Ticket kostet 5 €. Der Zug hält in Köln."

    def asked(identifier: str, question: str, *answers: str) -> dict[str, object]:
        given = [{"text": answer, "answer_start": context.index(answer)} for answer in answers]
        return {"id": identifier, "question": question, "answers": given}

    questions = [
        asked("good", "Wo?", "Köln"),
        asked("good", "Noch einmal?", "Köln"),
        asked("blank", " ", "Köln"),
        asked("sign", "Preis?", "€"),
        asked("both", "Preis?", "€", "5 €"),
        asked("long", "Wo" * 3000, "Köln"),
    ]
    content = {"data": [{"title": "t", "paragraphs": [{"context": context, "qas": questions}]}]}
    (tmp_path / "squad.json").write_text(json.dumps(content), encoding="utf-8")
    kept = save(import_squad(tmp_path / "squad.json"), tmp_path / "out.yaml", "x")
    assert [case.id for case in kept.cases] == [case.id for case in load_dataset(tmp_path / "out.yaml").cases]
    assert [(case.id, [answer.value for answer in case.answers]) for case in kept.cases] == [
        ("good", ["Köln"]), ("both", ["5 €"])
    ]  # fmt: skip
    assert kept.notes == (
        "1 questions left out: no answer in words, though not marked as impossible",
        "3 questions left out that no dataset may hold: id 'good' is already taken",
    )


def test_an_answer_is_quoted_where_it_stands_as_a_word(tmp_path: Path) -> None:
    documents = [{"_id": "d", "text": "The environmental view came first. It was the environment that decided."}]
    queries = [{"_id": "q", "text": "What decided?", "answers": ["environment"]}]
    folder = write_beir(tmp_path / "set", documents, queries, [("q", "d")])
    assert import_beir(folder).cases[0].evidence[0].quote == "It was the environment that decided."
