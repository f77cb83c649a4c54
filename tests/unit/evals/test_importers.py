import json
from pathlib import Path

import pytest

from evals.cases.corpus import read_corpus
from evals.cases.load import load_dataset
from evals.cases.model import GoldEvidence
from evals.cases.resolve import resolve_dataset
from evals.errors import DatasetError
from evals.importers.beir import import_beir, read_beir, read_judged
from evals.importers.imported import file_name, save
from evals.importers.jsonl import import_jsonl
from evals.importers.squad import import_squad, read_squad
from rag_service.settings import Settings

SQUAD = {
    "data": [
        {
            "title": "Super_Bowl/50",
            "paragraphs": [
                {
                    "context": "Die Panthers gaben 308 Punkte ab. Sie fingen 24 Bälle ab.",
                    "qas": [
                        {
                            "id": "q1",
                            "question": "Wie viele Punkte? ",
                            "answers": [{"text": "308", "answer_start": 19}, {"text": "308", "answer_start": 19}],
                        },
                        {"id": "q2", "question": "Wie viele Fans?", "answers": [], "is_impossible": True},
                    ],
                }
            ],
        }
    ]
}


def beir(folder: Path, queries: list[dict[str, object]], qrels: str) -> Path:
    documents = [
        {"_id": "d#1", "title": "Eins", "text": "Kim kam am Mittwoch. Putin kam am Donnerstag."},
        {"_id": "d2", "text": "Es regnete in Wladiwostok."},
    ]
    folder.mkdir(exist_ok=True)
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)) + "\n\n", encoding="utf-8")
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels, encoding="utf-8")
    return folder


def test_squad_paragraphs_become_documents_and_answers_evidence(tmp_path: Path) -> None:
    source = tmp_path / "squad.json"
    source.write_text(json.dumps(SQUAD), encoding="utf-8")
    save(import_squad(source), tmp_path / "out.yaml", "From SQuAD.")
    dataset = load_dataset(tmp_path / "out.yaml")
    resolved = resolve_dataset(dataset, read_corpus(dataset.corpus, Settings()))
    first, second = resolved.cases
    assert (first.question, first.answers[0].value, len(first.answers)) == ("Wie viele Punkte?", "308", 1)
    assert first.evidence[0].source == "Super_Bowl%2F50-0.txt"
    assert first.evidence[0].quote == "Die Panthers gaben 308 Punkte ab."
    assert not second.answerable
    with pytest.raises(DatasetError, match="exists already"):
        save(import_squad(source), tmp_path / "out.yaml", "again")


@pytest.mark.parametrize("content", ["[]", "{", '{"data": [{"paragraphs": [{}]}]}'])
def test_a_file_that_is_no_squad_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetError, match="not a SQuAD file"):
        import_squad(path)


def test_beir_queries_become_cases(tmp_path: Path) -> None:
    queries: list[dict[str, object]] = [
        {"_id": "q1", "text": "Wann kam Putin?", "answerable": True, "answers": ["am Donnerstag"]},
        {"_id": "q2", "text": "Wo regnete es?"},
        {"_id": "q3", "text": "Wann kam Trump?", "answerable": False, "answers": []},
        {"_id": "q4", "text": "Wer?", "answerable": True, "answers": []},
        {"_id": 5, "text": "Ohne Urteil"},
    ]
    folder = beir(tmp_path / "set", queries, "q1\td#1\t1\nq2\td2\t2\nq2\td#1\t0\n")
    imported = import_beir(folder)
    by_id = {case.id: case for case in imported.cases}
    assert by_id["q1"].evidence[0].quote == "Putin kam am Donnerstag."
    assert by_id["q1"].evidence[0].source == "d%231.txt"
    assert by_id["q2"].evidence == (GoldEvidence("d2.txt"),)  # nothing tells what in the document is relevant
    assert not by_id["q3"].answerable
    assert not by_id["5"].answerable
    assert imported.notes == ("1 answerable queries left out: neither a document nor answers",)
    save(imported, tmp_path / "beir.yaml", "From BEIR.")
    dataset = load_dataset(tmp_path / "beir.yaml")
    assert len(resolve_dataset(dataset, read_corpus(dataset.corpus, Settings())).cases) == 4


def test_queries_of_another_split_are_no_unanswerable_cases(tmp_path: Path) -> None:
    asked = [{"_id": name, "text": "Wo?"} for name in ("train1", "train2", "test1", "none1")]
    folder = beir(tmp_path / "set", list(asked), "")
    (folder / "qrels.tsv").unlink()
    (folder / "qrels").mkdir()
    (folder / "qrels" / "train.tsv").write_text("train1\td#1\t1\ntrain2\td2\t1\n", encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text("test1\td2\t1\nnone1\td2\t0\n", encoding="utf-8")
    imported = import_beir(folder)
    assert [(case.id, case.answerable) for case in imported.cases] == [("test1", True), ("none1", False)]
    assert imported.notes == ("2 queries left out: no row in the qrels",)
    assert read_judged(folder).remarks() == "set: 2 queries left out: no row in the qrels\n"
    assert [query.id for query in read_beir(folder).queries] == ["train1", "train2", "test1", "none1"]
    (folder / "qrels" / "test.tsv").write_text("test1\td2\t3\ntest1\td#1\t0\nnone1\td2\t-1\n", encoding="utf-8")
    assert [dict(query.grades) for query in read_judged(folder).queries] == [{"d2": 3}, {}]
    (folder / "qrels" / "test.tsv").write_text("", encoding="utf-8")
    with pytest.raises(DatasetError, match="no query has a row in the qrels"):
        import_beir(folder)


def test_where_queries_say_whether_they_are_answerable_none_is_left_out(tmp_path: Path) -> None:
    queries: list[dict[str, object]] = [
        {"_id": "q1", "text": "Wo?", "answerable": True, "answers": ["hier"]},
        {"_id": "q2", "text": "Wer?", "answerable": False},
        {"_id": "q3", "text": "Wann?"},
    ]
    folder = beir(tmp_path / "set", queries, "q1\td2\t1\n")
    assert read_judged(folder) == read_beir(folder)
    assert [(case.id, case.answerable) for case in import_beir(folder).cases] == [
        ("q1", True), ("q2", False), ("q3", False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("qrels", "message"),
    [
        ("q1 d2 1\n", r"qrels.tsv:2: expected query-id, corpus-id and a grade between tabs"),
        ("q1\td9\t1\n", r"qrels.tsv:2: document 'd9' is not in the corpus"),
        ("q9\td2\t1\n", "qrels name queries that are not there: q9"),
    ],
)
def test_wrong_qrels_are_refused(tmp_path: Path, qrels: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        read_beir(beir(tmp_path / "set", [{"_id": "q1", "text": "?"}], qrels))


def test_broken_beir_files_are_refused(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set", [{"_id": "q1", "text": "?"}], "")
    for name, content, message in (
        ("queries.jsonl", '{"_id": "q1"}', "queries.jsonl:1: no 'text'"),
        ("queries.jsonl", "{", "queries.jsonl:1: not JSON"),
        ("queries.jsonl", "3", "queries.jsonl:1: not a JSON object"),
        ("queries.jsonl", "", "no queries"),
        ("corpus.jsonl", '{"_id": "a", "text": "x"}\n' * 2, "corpus.jsonl:2: document 'a' stands twice"),
    ):
        (folder / name).write_text(content, encoding="utf-8")
        with pytest.raises(DatasetError, match=message):
            read_beir(folder)
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(DatasetError, match="no such file"):
        read_beir(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="no such file"):
        import_beir(tmp_path / "empty")


def test_nothing_usable_is_refused(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set", [{"_id": "q1", "text": "?", "answerable": True}], "")
    with pytest.raises(DatasetError, match="no usable cases"):
        save(import_beir(folder), tmp_path / "x.yaml", "")
    (folder / "qrels.tsv").unlink()
    with pytest.raises(DatasetError, match=r"no qrels\.tsv"):
        read_beir(folder)


def test_file_names_are_safe_and_stay_different() -> None:
    assert file_name("a/b") == "a%2Fb.txt"
    assert file_name("a#b") != file_name("a_b")
    assert file_name("../x") == "%2E.%2Fx.txt"
    long = "https://example.org/" + "a" * 300
    assert file_name(long + "1") != file_name(long + "2")
    assert len(file_name("東京" * 200).encode()) < 160


def test_json_lines_end_at_newlines_and_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    line = '{"id": "a", "question": "Wo\u2028liegt Rom?", "answerable": false}\n'
    path.write_text(line, encoding="utf-8-sig")
    assert import_jsonl(path)[0].question == "Wo\u2028liegt Rom?"
    path.write_text(line + '{"id": "ü"}', encoding="latin-1", errors="ignore")
    with pytest.raises(DatasetError, match=r"cases\.jsonl:2: not JSON: 'utf-8' codec can't decode byte 0xfc"):
        import_jsonl(path)


def test_a_beir_folder_of_another_encoding_is_named(tmp_path: Path) -> None:
    folder = beir(tmp_path / "b", [{"_id": "q", "text": "Wo?"}], "q\td2\t1\n")
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "Wo?"}', encoding="utf-8-sig")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\td2\t1\n", encoding="utf-8-sig")
    assert read_beir(folder).queries[0].relevant == {"d2"}
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "Für?"}', encoding="latin-1")
    with pytest.raises(DatasetError, match=r"queries\.jsonl:1: not JSON"):
        read_beir(folder)


def test_squad_articles_of_one_title_keep_their_paragraphs_apart(tmp_path: Path) -> None:
    other = json.loads(json.dumps(SQUAD["data"][0]).replace("308", "309").replace("q1", "q3").replace("q2", "q4"))
    (tmp_path / "squad.json").write_text(json.dumps({"data": [*SQUAD["data"], other]}), encoding="utf-8")
    imported = import_squad(tmp_path / "squad.json")
    assert len(imported.texts) == 2
    assert all(item.quote in imported.texts[item.source] for case in imported.cases for item in case.evidence)


def test_a_squad_question_without_an_answer_is_unanswerable_only_when_it_says_so(tmp_path: Path) -> None:
    blank = {"text": " ", "answer_start": 0}
    asked = [
        {"id": "said", "question": "Wer?", "answers": [], "is_impossible": True},
        {"id": "bare", "question": "Wer?", "answers": []},
        {"id": "false", "question": "Wer?", "answers": [], "is_impossible": False},
        {"id": "blank", "question": "Wer?", "answers": [blank]},
        {"id": "whole", "question": "Wo?", "answers": [blank, {"text": "Rom", "answer_start": 13}]},
    ]
    paragraph = {"context": "Es regnet in Rom.", "qas": asked}
    (tmp_path / "squad.json").write_text(json.dumps({"data": [{"title": "t", "paragraphs": [paragraph]}]}))
    imported = import_squad(tmp_path / "squad.json")
    assert [(case.id, case.answerable) for case in imported.cases] == [("said", False), ("whole", True)]
    assert [answer.value for answer in imported.cases[1].answers] == ["Rom"]
    assert imported.notes == ("3 questions left out: no answer in words, though not marked as impossible",)
    read = read_squad(tmp_path / "squad.json")
    assert [query.id for query in read.queries] == ["said", "whole"]
    assert read.remarks() == f"squad: {imported.notes[0]}\n"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"answers": "Wladiwostok"}, "'answers' must be a list"),
        ({"answerable": "no"}, "'answerable' must be true or false"),
        ({"_id": "first"}, "query 'first' stands twice"),
    ],
)
def test_a_beir_query_that_would_be_misread_is_refused(tmp_path: Path, query: dict[str, object], message: str) -> None:
    queries = [{"_id": "first", "text": "Wer?"}, {"_id": "q", "text": "Wo?"} | query]
    with pytest.raises(DatasetError, match=f"queries.jsonl:2: {message}"):
        read_beir(beir(tmp_path / "b", queries, "first\td2\t1\n"))


def test_beir_documents_without_text_are_left_out_with_a_note(tmp_path: Path) -> None:
    folder = beir(tmp_path / "b", [{"_id": "q", "text": "Wo?"}, {"_id": "r", "text": "Wer?"}], "q\td2\t1\nr\td3\t1\n")
    with (folder / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"_id": "d3", "title": "Drei", "text": " "}))
    imported = import_beir(folder)
    assert set(imported.texts) == {"d%231.txt", "d2.txt"}
    assert [case.id for case in imported.cases] == ["q"]
    assert imported.notes[1] == "1 documents left out: no text"
