"""Questions for several things, taken apart."""

import pytest

from rag_service.answer.conversation.parts import parts


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Wo traf man sich 2011, und wo 2019?", ("Wo traf man sich 2011?", "Wo traf man sich 2019?")),
        (
            "Was meldete das Blatt im Mai und was im Juni über die Fähre?",
            ("Was meldete das Blatt im Mai?", "Was meldete das Blatt im Juni über die Fähre?"),
        ),
        ("Wer lud Anna ein, und hat sie zugesagt?", ("Wer lud Anna ein?", "Hat sie zugesagt? (Anna)")),
        ("When did Anna arrive and was she late?", ("When did Anna arrive?", "Was she late? (Anna, arrive)")),
        (
            "Wer leitet das Projekt Nordlicht und wann endet es?",
            ("Wer leitet das Projekt Nordlicht?", "Wann endet es? (Projekt Nordlicht)"),
        ),
        (
            "In welchem Jahr entstand die Brücke und aus welchem Material besteht sie?",
            ("In welchem Jahr entstand die Brücke?", "Aus welchem Material besteht sie? (Jahr, Brücke)"),
        ),
        ("Was ist Photosynthese und was ist Atmung?", ("Was ist Photosynthese?", "Was ist Atmung?")),
        ("Who built the bridge? When was it opened?", ("Who built the bridge?", "When was it opened? (built, bridge)")),
    ],
)
def test_each_part_stands_alone(question, found):
    assert parts(question) == found


@pytest.mark.parametrize(
    "question",
    [
        "",
        "Und wann?",
        "Wer traf Putin und Kim?",
        "Wer kam an und hat gesprochen?",
        "Who agreed to sign the charter and was exempt from the law?",
        "Wer war wann und wo dabei?",
        "Wann und warum reiste Kim ab?",
        "What did Kim say about Bolton and why?",
        "Kim reiste ab. Das war im April. Wann genau?",
        "Ist das wahr? Wirklich?",
        "Wer sang? Wer spielte? Wer tanzte? Wer kochte?",
        "Was ist das und wer ist da? " * 40,
    ],
)
def test_a_question_for_one_thing_stays_whole(question):
    assert parts(question) == (question,)
