"""Training questions in other forms."""

from collections import Counter
from random import Random

import pytest

from evals.question_forms import HURRIED, WORDY, varied, yes_or_no


def base(word):
    return {"invaded": "invade", "writes": "write"}.get(word)


@pytest.mark.parametrize(
    ("question", "answer", "found"),
    [
        ("When was the bridge built?", "1911", {"Was the bridge built in 1911?", "Was the bridge built?"}),
        ("Where does it end?", "at the sea", {"Does it end at the sea?", "Does it end?"}),
        ("In which year did he retire", "1954.", {"Did he retire in 1954?", "Did he retire?"}),
        ("To what did they agree?", "a truce", {"Did they agree to a truce?", "Did they agree?"}),
        ("What town was the port of the fleet?", "Emden", {"Was Emden the port of the fleet?"}),
        ("What title did Albert give him?", "Duke", {"Did Albert give him Duke?"}),
        ("How many people did it carry?", "40", {"Did it carry 40 people?"}),
        ("How many people did it carry?", "40 sailors", {"Did it carry 40 sailors?"}),
        ("How much money was lost?", "3 million", {"Was 3 million lost?"}),
        ("Who has the keys?", "the porter", {"Has the porter the keys?"}),
        ("Who invaded Rome in 410?", "Alaric", {"Did Alaric invade Rome in 410?"}),
        ("Which author writes about it?", "Ada", {"Does Ada write about it?"}),
        ("Why did it fall?", "rain", {"Did it fall?"}),
        ("When did it fall?", "on a day that nobody in the town remembers now", {"Did it fall?"}),
        ("Who was it?", "a man whom nobody in the town remembers now", {None}),
        ("Who sings that?", "Ada", {None}),
        ("It was named what?", "Ada", {None}),
        ("", "Ada", {None}),
    ],
)
def test_a_question_becomes_one_for_yes_or_no(question, answer, found):
    assert {yes_or_no(question, answer, base, Random(seed)) for seed in range(20)} == found


def test_questions_are_now_and_then_asked_in_a_hurry_or_with_more_words():
    chance = Random(0)
    found = Counter(varied("When was Rome founded?", chance) for _ in range(5000))
    assert found.pop("When was Rome founded?") / 5000 == pytest.approx(1 - HURRIED - WORDY, abs=0.02)
    assert found.pop("when was rome founded") / 5000 == pytest.approx(HURRIED, abs=0.02)
    assert all(question.endswith(" when was Rome founded?") for question in found)


@pytest.mark.parametrize(
    ("question", "words"),
    [("Wann wurde die Brücke gebaut?", "Weißt du, wann"), ("Quand le pont a-t-il été construit ?", None)],
)
def test_more_words_are_in_the_language_of_the_question(question, words):
    found = {varied(question, Random(seed)) for seed in range(300)}
    longer = {each for each in found if len(each) > len(question)}
    assert any(each.startswith(words) for each in longer) if words else not longer
    assert not any(each.startswith(("Do you", "Tell me", "Can you")) for each in longer)
