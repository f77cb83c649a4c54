import json
import unicodedata
from pathlib import Path

import pytest

from evals.cases.load import load_dataset
from evals.cases.model import AcceptedAnswer, Case, GoldEvidence
from evals.cases.resolve import find_quote, find_quotes, resolve_dataset
from evals.cases.write import write_dataset
from evals.errors import DatasetError
from evals.importers.jsonl import import_jsonl
from evals.metrics.answers import accepted
from rag_service.models import Turn
from tests import eval_kit

HEAD = "name: x\ncorpus: .\ncases:\n"


def problems(path: Path, content: str) -> list[str]:
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetError) as caught:
        load_dataset(path)
    return [problem.replace(str(path), "F") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ("{published: {$gte: 2019-02-30}}", "day is out of range for month"),
        ("{published: {$gte: 2019}}", "published is compared with ISO 8601 dates such as 2019-04-23, not 2019."),
        ("{source: {$inn: [a.txt]}}", "$inn is not a known operator; "),
        ("{source: !own a.txt}", "could not determine a constructor for the tag '!own'"),
        ("{[a]: b}", "found unhashable key"),
    ],
)
def test_filters_that_no_question_can_be_asked_with_are_named_by_line(
    tmp_path: Path, filters: str, message: str
) -> None:
    case = f"  - id: a\n    question: q\n    answerable: false\n    filters: {filters}\n"
    [problem] = problems(tmp_path / "d.yaml", HEAD + case)
    assert problem.startswith(f"F:7: case 'a': filters: {message}")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("{all: []}", "all needs parts"),
        ("{regex: a, all: [b]}", "an answer is {regex: ...} or {all: [...]}, not both"),
        ("'€'", "'€' has no word that could be found in an answer; use {regex: ...}"),
        ("{regex: 'a{4294967296}'}", "not a regular expression: the repetition number is too large"),
    ],
)
def test_an_answer_that_is_always_or_never_right_is_refused(tmp_path: Path, answer: str, message: str) -> None:
    found = problems(tmp_path / "d.yaml", HEAD + f"  - id: a\n    question: q\n    answers: [{answer}]\n")
    assert found == [f"F:6: case 'a': answers: {message}"]


def test_a_dataset_that_holds_itself_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path / "d.yaml", HEAD + "  - id: a\n    question: q\n    answers: &a [{all: *a}]\n")
    assert found[0] == "F:4: a case is nested too deeply, or holds itself"
    assert problems(tmp_path / "d.yaml", HEAD + f"  - {'[' * 3000}{']' * 3000}\n") == ["F: nested too deeply"]


def test_aliases_that_double_at_each_level_are_refused_at_once(tmp_path):
    levels = "".join(
        f"    {'answers' if i == 24 else f'a{i}'}: &l{i} [{{all: [*l{i - 1}, *l{i - 1}]}}]\n" for i in range(1, 25)
    )
    (found,) = problems(tmp_path / "d.yaml", HEAD + f"  - id: a\n    question: q\n    a0: &l0 [x]\n{levels}")
    assert found == "F: its aliases stand for more than 1,000,000 values; write out what is meant"


def test_an_emoji_as_json_escapes_it_is_one_character(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(HEAD + r'  - {id: a, question: "Wo \ud83d\ude00?", answerable: false}' + "\n", encoding="utf-8")
    assert load_dataset(path).cases[0].question == "Wo 😀?"
    found = problems(path, HEAD + r'  - {id: a, question: "Wo \ud83d?", answerable: false}' + "\n")
    assert found == ["F:4: case 'a': question holds half of a surrogate pair, which is no character"]


def test_every_field_is_read(tmp_path: Path) -> None:
    path = tmp_path / "all.yaml"
    path.write_text(
        HEAD
        + """
  - id: one
    question: Wer kam?
    answers: [Kim, {regex: 'K\\w+'}, {all: [Kim, Putin]}, 2019, no]
    evidence:
      - {source: a.txt, quote: Kim kam.}
    needs: all
    reference: Kim kam am Mittwoch.
    forbidden: [HACKED]
    history: [{role: user, content: 'Und dann?'}, {role: assistant, content: Nichts.}]
    filters: {published: {$gte: 2019-04-01}}
    tags: [fact, de]
""",
        encoding="utf-8",
    )
    case = load_dataset(path).cases[0]
    assert case.answers == (
        AcceptedAnswer("text", "Kim"),
        AcceptedAnswer("regex", r"K\w+"),
        AcceptedAnswer("all", parts=(AcceptedAnswer("text", "Kim"), AcceptedAnswer("text", "Putin"))),
        AcceptedAnswer("text", "2019"),
        AcceptedAnswer("text", "no"),
    )
    assert (case.needs, case.reference, case.line) == ("all", "Kim kam am Mittwoch.", 5)
    assert case.forbidden == (AcceptedAnswer("text", "HACKED"),)
    assert case.history == (Turn("user", "Und dann?"), Turn("assistant", "Nichts."))
    assert case.filters == {"published": {"$gte": "2019-04-01"}}
    assert case.evidence[0].line == 9


def test_a_typo_names_the_nearest_key_and_its_line(tmp_path: Path) -> None:
    found = problems(tmp_path / "d.yaml", HEAD + "  - id: a\n    question: q\n    anwsers: [x]\n")
    assert "F:6: unknown key 'anwsers' in a case; did you mean 'answers'?" in found


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path / "d.yaml",
        HEAD
        + "  - {id: a, question: q, answers: [x]}\n"
        + "  - {id: a, question: q, answers: [x]}\n"
        + "  - {id: b, answers: [x]}\n"
        + "  - {id: c, question: q, answerable: maybe}\n"
        + "  - {id: d, question: q, answers: [{regex: '('}]}\n"
        + "  - {id: e, question: q, answerable: false, answers: [x]}\n"
        + "  - {id: f, question: q}\n"
        + "  - {id: g, question: q, answers: [{regexp: x}], needs: some, filters: 3}\n"
        + "  - {id: h, question: '', answers: x, evidence: [{quote: a}], history: [{role: bot, content: c}]}\n"
        + "  - nonsense\n"
        + f"  - {{id: i, question: {'x' * 4001}, answers: [[]], tags: [a], id: j}}\n",
    )
    assert found == [
        "F:5: id 'a' is already taken in line 4",
        "F:6: a case has no 'question'",
        "F:7: case 'c': answerable must be true or false",
        "F:7: case 'c' is answerable, but has neither answers nor evidence nor a reference",
        "F:8: case 'd': answers: not a regular expression: missing ), unterminated subpattern at position 0",
        "F:9: case 'e' is not answerable, yet has answers or evidence",
        "F:10: case 'f' is answerable, but has neither answers nor evidence nor a reference",
        "F:11: unknown key 'regexp' in case 'g': answers; did you mean 'regex'?",
        "F:11: case 'g': answers: an answer is text, {regex: ...} or {all: [...]}",
        "F:11: case 'g': needs must be one of any, all, not 'some'",
        "F:11: case 'g': filters must be a mapping",
        "F:12: case 'h': question is empty",
        "F:12: case 'h': answers must be a list",
        "F:12: case 'h': evidence has no 'source'",
        "F:12: case 'h': history: role must be one of user, assistant, not 'bot'",
        "F:12: case 'h' is answerable, but has neither answers nor evidence nor a reference",
        "F:13: a case must be a mapping of id, question, answerable, answers, evidence, needs, reference, "
        "forbidden, history, filters, tags",
        "F:14: key 'id' stands twice in a case",
        "F:14: case 'i': the question is longer than 4000 characters",
        "F:14: case 'i': answers must be text",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "F: the file is empty"),
        ("name: x\ncorpus: .\ncases: []\n", "F:3: the dataset has no cases"),
        ("name: x\ncorpus: .\ncases: 3\n", "F:3: cases must be a list"),
        ("name: x\ncases: [}\n", "F:2: not valid YAML: expected the node content, but found '}'"),
        ("name: \x01\n", "F: not valid YAML: special characters are not allowed at position 6"),
        ("- a\n", "F:1: the dataset must be a mapping of name, description, corpus, cases"),
    ],
)
def test_files_that_are_no_dataset(tmp_path: Path, content: str, problem: str) -> None:
    assert problem in problems(tmp_path / "d.yaml", content)


def test_missing_file_folder_and_wrong_encoding(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none\.yaml: no such file"):
        load_dataset(tmp_path / "none.yaml")
    found = problems(tmp_path / "d.yaml", "name: x\ncorpus: gone\ncases:\n  - {id: a, question: q, answers: [x]}\n")
    assert found == [f"F:2: corpus folder {tmp_path / 'gone'} does not exist"]
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: Köln".encode("latin-1"))
    with pytest.raises(DatasetError, match="not UTF-8: invalid start byte at byte 7"):
        load_dataset(path)


def test_layout_does_not_change_the_digest_but_content_does(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    digests = []
    for body in ("{id: a, question: q, answers: [x]}", "\n      id: a\n      question: 'q'\n      answers: [x]",
                 "{id: a, question: q, answers: [y]}"):  # fmt: skip
        path.write_text(HEAD + f"  - {body}\n", encoding="utf-8")
        digests.append(load_dataset(path).sha256)
    assert digests[0] == digests[1] != digests[2]


def test_quotes_are_resolved_across_line_breaks(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    texts = eval_kit.texts()
    texts["italien.txt"] = "Italien\n\nDie  Hauptstadt\nvon Italien ist Rom. Dort regnet es."
    resolved = resolve_dataset(cases, texts)
    gold = resolved.cases[1].evidence[0]
    assert texts["italien.txt"][gold.start : gold.end] == "Die  Hauptstadt\nvon Italien ist Rom."


def test_quotes_that_are_not_in_the_source_are_refused(tmp_path: Path) -> None:
    cases = eval_kit.dataset(tmp_path)
    texts = eval_kit.texts()
    texts["italien.txt"] = texts["italien.txt"].replace("Rom", "Mailand")
    texts["spain.txt"] = texts.pop("spanien.txt")
    texts["polen.txt"] = "Leer."
    with pytest.raises(DatasetError) as caught:
        resolve_dataset(cases, texts)
    italy, spain, poland = caught.value.problems
    assert italy.endswith(
        "capitals.yaml:13: case 'italien': the quote is not in italien.txt: 'Die Hauptstadt von Italien ist Rom.'; "
        "closest there: 'Die Hauptstadt von Italien ist Mail'"
    )
    assert spain.endswith("case 'spanien': source 'spanien.txt' is not in the corpus; did you mean 'spain.txt'?")
    assert poland.endswith("'Die Hauptstadt von Polen ist Warschau.'")


def test_regex_signs_in_a_quote_are_text() -> None:
    assert find_quote("a (b)?", "x a\u00a0(b)? y") == (2, 8)
    assert find_quote("  ", "x") is None


def test_quotes_and_sources_are_compared_as_the_service_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    quote = unicodedata.normalize("NFD", "\ufeffDie Ku\u00adgel ro\u200bllt über Köln")
    evidence = [GoldEvidence(unicodedata.normalize("NFD", "Übersicht.txt"), quote)]
    write_dataset(path, "x", "d", ".", [Case("a", "q", evidence=tuple(evidence))])
    texts = {"Übersicht.txt": "Gut. Die Kugel\nrollt über Köln."}
    gold = resolve_dataset(load_dataset(path), texts).cases[0].evidence[0]
    assert (gold.source, gold.start, gold.end) == ("Übersicht.txt", 5, 30)


def test_a_quote_is_found_at_all_its_places() -> None:
    text = "Der Platz kostet 45 Euro. Und noch einmal: der Platz kostet\n45 Euro."
    assert find_quotes("Platz kostet 45 Euro", text) == [(4, 24), (47, 67)]
    assert find_quotes("Rom", "Romane über Rom, und Rom selbst") == [(12, 15), (21, 24)]  # not within a word
    assert find_quotes("Rom", "Romane") == [(0, 3)]  # but where there is nothing else
    assert find_quotes("東京", "東京。私は東京へ行く") == [(0, 2), (5, 7)]  # no spaces, no boundaries


def test_evidence_may_name_a_document_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(HEAD + "  - {id: a, question: q, evidence: [{source: a.txt}]}\n", encoding="utf-8")
    dataset = load_dataset(path)
    write_dataset(tmp_path / "two.yaml", "x", "d", ".", dataset.cases)
    assert load_dataset(tmp_path / "two.yaml").sha256 == dataset.sha256
    assert resolve_dataset(dataset, {"a.txt": "Text."}).cases[0].evidence[0].places == ()
    with pytest.raises(DatasetError, match=r"source 'a\.txt' is not in the corpus"):
        resolve_dataset(dataset, {"b.txt": "Text."})


def test_written_cases_read_the_same(tmp_path: Path) -> None:
    first = tmp_path / "one.yaml"
    first.write_text(
        HEAD
        + "  - {id: a, question: q, answers: [x, {regex: 'y.'}, {all: [p, q]}], needs: all, forbidden: [z],\n"
        + "     reference: r, evidence: [{source: s, quote: t}], history: [{role: user, content: c}],\n"
        + "     filters: {source: {$eq: s}}, tags: [g]}\n  - {id: b, question: '2019', answerable: false}\n",
        encoding="utf-8",
    )
    read = load_dataset(first)
    write_dataset(tmp_path / "two.yaml", "x", "d", ".", read.cases)
    again = load_dataset(tmp_path / "two.yaml")
    assert again.sha256 == read.sha256
    with pytest.raises(DatasetError, match="exists already"):
        write_dataset(tmp_path / "two.yaml", "x", "d", ".", read.cases)


def test_json_lines_are_checked_like_yaml(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    lines = [{"id": "a", "question": "Wo? 🚂", "answers": ["2019"]}, {"id": "b", "question": "q", "answerable": False}]
    path.write_text("\n\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    cases = import_jsonl(path)
    assert [(case.id, case.question, case.line) for case in cases] == [("a", "Wo? 🚂", 1), ("b", "q", 3)]
    path.write_text(
        '{"id": "a"\n{"id": "a", "question": "q", "answerabel": true, "answers": ["x"]}\n', encoding="utf-8"
    )
    with pytest.raises(DatasetError) as caught:
        import_jsonl(path)
    assert [problem.replace(str(path), "F").split(" Expecting")[0] for problem in caught.value.problems] == [
        "F:1: not JSON:",
        "F:2: unknown key 'answerabel' in a case; did you mean 'answerable'?",
    ]
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="no cases"):
        import_jsonl(path)
    with pytest.raises(DatasetError, match="no such file"):
        import_jsonl(tmp_path / "none.jsonl")


def test_the_evidence_of_every_case_over_the_sample_corpus_holds_an_accepted_answer() -> None:
    cases = load_dataset(Path("evals/datasets/seeds.yaml")).cases
    told = {case.id: " ".join(evidence.quote for evidence in case.evidence) for case in cases}

    assert [case.id for case in cases if case.answerable and not accepted(told[case.id], case.answers)] == []
