"""What the reader is trained on, and what is kept of the training."""

import json
from random import Random

import numpy as np
import pytest

from evals.fit_reader import RANK, average, changes
from evals.importers.beir import BeirQuery, BeirSet
from evals.importers.squad import read_squad
from evals.reader_examples import (
    Example,
    Group,
    _values,
    asked_whether,
    cropped,
    encode,
    gather,
    occurrences,
    other_facts,
    reworded,
    switched,
    withheld,
)
from evals.switching import Switcher
from rag_service.bootstrap import open_encoder
from rag_service.embed.e5.reader_weights import ReaderWeights
from rag_service.settings import load_settings
from rag_service.text.values import Value


@pytest.fixture(scope="module")
def encoder():
    return open_encoder(load_settings())


@pytest.mark.parametrize(
    ("text", "answers", "found"),
    [
        ("Im Mai kam Mai Lan.", ["mai"], [(3, 6), (11, 14)]),
        ("Maikäfer fliegen im Mai.", ["Mai"], [(20, 23)]),
        ("Im Jahr 1911.", ["1911", " 1911. "], [(8, 12)]),
        ("Nichts davon.", ["", "x"], []),
    ],
)
def test_answers_are_found_as_whole_words(text, answers, found):
    assert occurrences(text, answers) == found


def test_each_question_is_read_with_its_document_and_with_one_that_holds_no_answer(encoder):
    texts = {
        "a": "Die Brücke wurde 1911 gebaut.",
        "b": "Das Rathaus wurde im Krieg zerstört.",
        "c": "Im Jahr 1911 kam der Bürgermeister.",
    }
    queries = (
        BeirQuery("1", "Wann wurde die Brücke gebaut?", True, ("1911",), {"a": 1}),
        BeirQuery("2", "Wer baute die Brücke?", False, (), {}),
        BeirQuery("3", "Wer fragt ohne Dokument?", True, ("niemand",), {}),
    )
    beir = BeirSet("tiny", texts, dict.fromkeys(texts, ""), queries)
    answerable, unanswerable = gather(beir, encoder, Random(1))
    row = encode(answerable.right, encoder.inputs)
    lead = len(encoder.inputs.lead("query:")) + encoder.count_tokens(queries[0].text) + 1
    assert row.ids[lead : lead + 2].tolist() == encoder.inputs.lead("passage:")[1:].tolist()
    tokens = [encoder.inputs.tokenizer.tokenize("1911").ids.tolist()]
    assert [row.ids[row.starts[0] : row.ends[0] + 1].tolist()] == tokens
    assert [each.text for each in answerable.wrong] == [texts["b"]]  # the third document holds the answer, too
    assert unanswerable.right is None and len(unanswerable.wrong) == 3
    assert not any(each.answers for group in (answerable, unanswerable) for each in group.wrong)
    picked = [answerable.pick(chance) for chance in map(Random, range(200))]
    assert 40 < sum(not each.answers for each in picked) < 100


def test_an_answer_beyond_the_window_is_not_taught_as_none(encoder):
    text = "Es regnete in Basel. " * 60 + "Die Brücke wurde 1911 gebaut."
    query = BeirQuery("1", "Wann wurde die Brücke gebaut?", True, ("1911",), {"a": 1})
    for own, right in ((text, False), (text[-200:], True)):
        beir = BeirSet("tiny", {"a": own, "b": "Das Rathaus."}, {"a": "", "b": ""}, (query,))
        (group,) = gather(beir, encoder, Random(1))
        assert (group.right is not None) == right


def test_a_document_whose_answer_is_not_found_is_not_taught_as_none(encoder):
    text = "Die Brücke entstand in den 1920ern."
    query = BeirQuery("1", "Wann entstand die Brücke?", True, ("1920",), {"a": 1})
    beir = BeirSet("tiny", {"a": text, "b": "Das Rathaus."}, {"a": "", "b": ""}, (query,))
    (group,) = gather(beir, encoder, Random(1))
    assert group.right is None and [each.text for each in group.wrong] == ["Das Rathaus."]


def test_only_english_questions_are_asked_with_other_words_or_for_yes_or_no(encoder):
    texts = {"a": "The bridge was built in 1911.", "b": "Die Brücke in Bonn wurde 1848 gebaut."}
    queries = (
        BeirQuery("1", "When was the bridge built?", True, ("1911",), {"a": 1}),
        BeirQuery("2", "Wann wurde die Brücke gebaut?", True, ("1848",), {"b": 1}),
    )

    class Sisters:
        def reword(self, question, text, chance):
            return [question.replace("bridge", "tunnel").replace("die", "cube")]

    beir = BeirSet("tiny", texts, dict.fromkeys(texts, ""), queries)
    english, german = gather(beir, encoder, Random(1), Sisters())
    assert "When was the tunnel built?" in {each.question for each in english.wrong}
    assert {each.question for each in german.wrong} == {"Wann wurde die Brücke gebaut?"}


def test_a_question_for_another_fact_is_one_that_its_text_does_not_answer():
    text = "The bridge in Basel was built in 1911 by Meyer."
    pool = [Value("date", 0, 0, "1911"), Value("date", 0, 0, "1848"), Value("name", 0, 0, "Meyer")]
    assert other_facts("Who built the bridge in 1911?", text, pool, Random(1)) == ["Who built the bridge in 1848?"]
    assert other_facts("Who built the bridge?", text, pool, Random(1)) == []
    assert other_facts("Who built the bridge in 1920?", text, pool, Random(1)) == []  # is one already


def test_a_day_without_its_month_is_no_fact():
    assert [value.norm for value in _values("Die Messe ist vom 3. bis 5. Mai 2024.") if value.kind == "date"] == [
        "5. Mai 2024"
    ]


def test_a_text_that_keeps_its_answers_back_is_the_rest_of_it():
    text = "Es regnete. Die Brücke wurde 1911 gebaut.\n\nSie fiel ein. Auch 1911 war ein Jahr. Ende."
    assert withheld(text, occurrences(text, ["1911"])) == "Es regnete. Sie fiel ein. Ende."
    assert withheld("Im Jahr 1911.", [(8, 12)]) == ""
    assert withheld(text, ()) == text


def test_cropped_examples_keep_their_answers():
    text = "It rained. The bridge was built in 1911. It fell. The end came in 1920."
    example = Example("When was the bridge built?", text, tuple(occurrences(text, ["1911"])))
    found = [cropped(example, Random(seed)) for seed in range(60)]
    assert {each.text[start:end] for each in found for start, end in each.answers} == {"1911"}
    assert {each.text for each in found} >= {text, "The bridge was built in 1911."}
    assert all(each.text in text for each in found)


def test_squad_files_are_read_as_sets(tmp_path):
    answer = {"text": "1911", "answer_start": 24}
    asked = [
        {"id": "1", "question": "When was the bridge built?", "answers": [answer]},
        {"id": "2", "question": "Who built the town hall?", "answers": [], "is_impossible": True},
    ]
    paragraph = {"context": "The bridge was built in 1911.", "qas": asked}
    file = tmp_path / "train.json"
    file.write_text(json.dumps({"data": [{"title": "Old-Basel", "paragraphs": [paragraph]}]}))
    beir = read_squad(file)
    assert (beir.titles, beir.texts) == ({"Old-Basel-0.txt": "Old-Basel"}, {"Old-Basel-0.txt": paragraph["context"]})
    assert beir.queries == (
        BeirQuery("1", asked[0]["question"], True, ("1911",), dict.fromkeys(beir.texts, 1)),
        BeirQuery("2", asked[1]["question"], False, (), {}),
    )


def test_switched_examples_keep_their_answers(encoder):
    text = "The bridge was built in 1911, the town hall in 1911, too."
    example = Example("When was the bridge built?", text, tuple(occurrences(text, ["1911"])))
    switcher = Switcher({"bridge": ["Brücke"], "built": ["gebaut"], "hall": ["Halle"]})
    found = [switched(example, switcher, Random(seed)) for seed in range(40)]
    assert {each.text[start:end] for each in found for start, end in each.answers} == {"1911"}
    assert {"Brücke" in each.question for each in found} == {"Brücke" in each.text for each in found} == {True, False}


def test_a_text_in_another_language_stays_as_it_is():
    example = Example("Wann starb die Königin?", "Die Königin starb in Wien. Ihr Sohn war in Prag.", ((20, 24),))
    switcher = Switcher({"die": ["sterben"], "in": ["im"], "war": ["Krieg"]})
    assert {switched(example, switcher, Random(seed)) for seed in range(20)} == {example}


def test_what_is_kept_comes_close_to_what_was_trained(encoder):
    network = encoder.inputs.weights
    chance = np.random.default_rng(1)
    low = chance.normal(size=(384, 4)) @ chance.normal(size=(4, 384)) * 0.01
    trained = {"l11.q.w": (network.tensor("l11.q.w") + low).astype(np.float32), "l11.q.b": np.ones(384, np.float32)}
    found = changes(trained, network)
    assert found["l11.q.w.up"].shape == (384, RANK)
    weights = ReaderWeights(network, found)
    np.testing.assert_allclose(weights.tensor("l11.q.w"), trained["l11.q.w"], atol=1e-4)
    np.testing.assert_array_equal(weights.tensor("l11.q.b"), np.ones(384))


def test_average_of_two_trainings_lies_between_them(encoder):
    network = encoder.inputs.weights
    base = network.tensor("l11.q.w")
    ones = np.ones((384, 1), np.float32)
    other = ReaderWeights(
        network, {"l11.q.w.up": ones, "l11.q.w.down": 2 * ones.T, "head.b": np.full(3, 4, np.float32)}
    )
    found = average({"l11.q.w": base, "head.b": np.zeros(3, np.float32)}, other, 0.75)
    np.testing.assert_allclose(found["l11.q.w"] - base, 0.5, atol=1e-5)
    np.testing.assert_array_equal(found["head.b"], [1, 1, 1])


TEXT = "The bridge was opened in 1911. The old one was lost."
RIGHT = Example("When was the bridge opened?", TEXT, ((25, 29),))
WRONG = (Example(RIGHT.question, "The town hall was opened.", ()), Example("When was the ferry opened?", TEXT, ()))


class Closing:
    def reword(self, question, text, chance):
        assert text == TEXT
        return [question.replace("opened", other) for other in ("closed", "painted", "sold")]


def test_a_question_with_another_word_is_one_that_its_text_does_not_answer():
    group = reworded(Group(RIGHT, WRONG), Closing(), Random(0))
    assert group.right == RIGHT and group.wrong[:2] == WRONG
    assert [(each.text, each.answers) for each in group.wrong[2:]] == [(TEXT, ())] * 2
    assert {each.question for each in group.wrong[2:]} < {
        f"When was the bridge {other}?" for other in ("closed", "painted", "sold")
    }
    assert reworded(Group(None, WRONG), Closing(), Random(0)) == Group(None, WRONG)


def test_a_question_for_yes_or_no_is_answered_where_the_other_one_is():
    group = Group(RIGHT, WRONG)
    found = [asked_whether(group, ("1911",), ["1911", "1944", "Ada"], {}.get, Random(seed)) for seed in range(60)]
    asked = {each.right.question for each in found}
    assert asked == {"Was the bridge opened?", "Was the bridge opened in 1911?", "Was the bridge opened in 1944?"}
    assert all((each.right.text, each.right.answers) == (TEXT, RIGHT.answers) for each in found)
    assert all([(wrong.question, wrong.text) for wrong in each.wrong] == [(each.right.question, WRONG[0].text)]
               for each in found)  # fmt: skip
    other = Group(Example("The bridge was opened when?", TEXT, RIGHT.answers), ())
    assert asked_whether(other, ("1911",), [], {}.get, Random(0)) is other
