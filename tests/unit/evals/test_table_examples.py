"""Tables made up for the reader's training: what is right stands in the row asked for, what is wrong does not."""

from random import Random

import yaml

from evals.table_examples import FORMS, made_up

GROUPS = made_up(400, Random(1))


def line_of(text, at):
    return text[text.rfind("\n", 0, at) + 1 :].split("\n", 1)[0]


def test_the_answer_is_one_whole_cell_of_a_row():
    for group in GROUPS:
        ((start, end),) = group.right.answers
        before, after = group.right.text[:start], group.right.text[end:]
        assert before.endswith((": ", "\n")) or not before
        assert after.startswith((";", "\n", ":")) or not after
        assert "{" not in group.right.question and group.right.question.endswith("?")


def test_who_asks_by_key_gets_a_cell_of_its_row_and_the_row_is_gone_from_a_wrong_one():
    for group in GROUPS:
        row = line_of(group.right.text, group.right.answers[0][0])
        gone = group.wrong[0]
        assert gone.question == group.right.question
        assert row in group.right.text.split("\n") and gone.text.count("\n") == group.right.text.count("\n") - 1
        assert all(not wrong.answers for wrong in group.wrong)


def test_a_wrong_key_is_in_no_row():
    forms = yaml.safe_load(FORMS.read_text(encoding="utf-8"))
    words = {str(word) for kind in forms["keys"] for form in kind.values() for word in form["words"]}
    absent = [group.wrong[1] for group in GROUPS if len(group.wrong) == 3]
    assert len(absent) > 200
    for wrong in absent:
        asked = max((word for word in words if word in wrong.question), key=len)
        assert asked not in wrong.text


def test_both_languages_and_all_kinds_of_questions_are_there_and_chance_alone_decides():
    questions = [group.right.question for group in GROUPS]
    assert sum(question.startswith(("Wer", "Wann", "Wo", "Wie", "Was", "Bis", "An")) for question in questions) > 120
    assert sum(question.startswith(("Who", "When", "Where", "How", "What")) for question in questions) > 80
    assert [group.right for group in made_up(5, Random(2))] == [group.right for group in made_up(5, Random(2))]
