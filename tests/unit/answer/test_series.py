"""What belongs to a sentence: the rest of a series, and what a lead-in announces."""

import pytest

from rag_service.answer.evidence.candidates import find_candidates
from rag_service.answer.evidence.series import steps, whole
from tests.fakes import passage


def found(text, first, limit=4):
    """Texts that go with the sentence that begins so."""
    passages = [passage(text)]
    candidates = find_candidates(passages)
    row = next(at for at, each in enumerate(candidates) if each.text.startswith(first))
    chosen = whole(candidates, passages, row, limit)
    for item in chosen:
        assert passages[0].text[item.start - passages[0].start : item.end - passages[0].start] == item.text
    return [item.text for item in chosen]


SIDES = "Die Stadt zögert. Einerseits fehlt das Geld für den Umbau. Andererseits drängt die Zeit. Im Mai wird gewählt."
POINTS = (
    "Offen sind drei Punkte. Erstens ist der Tag unklar. Zweitens fehlt die Zusage. Drittens schweigt der Hafen. "
    "Alles andere steht fest."
)
STEPS = (
    "Zum Antrag gehören folgende Unterlagen:\n\n- der Ausweis\n- ein Foto\n- die Quittung\n\nDie Frist endet im Mai."
)


def test_a_series_is_taken_to_its_end():
    assert found(SIDES, "Einerseits") == ["Einerseits fehlt das Geld für den Umbau.", "Andererseits drängt die Zeit."]
    assert found(POINTS, "Erstens")[-1] == "Drittens schweigt der Hafen."


def test_what_is_announced_comes_along_and_the_lead_in_goes_first_when_room_is_short():
    assert [text.split()[0] for text in found(POINTS, "Offen")] == ["Offen", "Erstens", "Zweitens", "Drittens"]
    assert [text.split()[0] for text in found(POINTS, "Offen", limit=3)] == ["Erstens", "Zweitens", "Drittens"]
    assert [text.split()[0] for text in found(POINTS, "Erstens", limit=2)] == ["Erstens", "Zweitens"]


def test_a_list_is_left_to_the_quote_of_its_lead():
    assert found(STEPS, "Zum Antrag") == ["Zum Antrag gehören folgende Unterlagen:"]


RESTART = "## Neustart\n\n1. Anmelden.\n2. Den Dienst stoppen.\n3. Warten.\n\nDanach ist Pause.\n\n- Salz\n- Mehl"


def test_the_steps_around_one_are_one_candidate():
    passages = [passage(RESTART)]
    candidates = find_candidates(passages)
    texts = [each.text for each in candidates]
    for text in ("1. Anmelden.", "2. Den Dienst stoppen.", "3. Warten."):
        listed = steps(candidates, passages, texts.index(text), numbered=True)
        assert listed.text == "1. Anmelden.\n2. Den Dienst stoppen.\n3. Warten."
        assert RESTART[listed.start : listed.end] == listed.text
    assert steps(candidates, passages, texts.index("Danach ist Pause."), numbered=False) is None
    assert steps(candidates, passages, texts.index("Mehl"), numbered=True) is None
    assert steps(candidates, passages, texts.index("Mehl"), numbered=False).text == "Salz\n- Mehl"


def test_days_are_no_steps():
    passages = [passage("- 12. September, Dienstag: Abfahrt.\n- 13. September, Mittwoch: Ankunft.")]
    assert steps(find_candidates(passages), passages, 0, numbered=True) is None


def test_of_a_long_list_the_step_and_what_fits_before_it():
    passages = [passage("\n".join(f"{number}. Schritt mit genau so vielen Zeichen" for number in range(100, 200)))]
    candidates = find_candidates(passages)
    listed = steps(candidates, passages, 50, numbered=True)
    assert listed.end == candidates[50].end and 500 < listed.end - listed.start <= 600
    assert steps(candidates[:1], passages, 0, numbered=True) is None


def test_lettered_items_are_steps():
    passages = [passage("a) Anmelden.\nb) Warten.")]
    assert steps(find_candidates(passages), passages, 1, numbered=True).text == "a) Anmelden.\nb) Warten."


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Zwei Züge fuhren ab. Der erste kam an. Der andere nicht.", "Zwei"),
        ("Erstens regnete es. Danach schien die Sonne.", "Erstens"),
        ("Am Ende blieb nur eins:", "Am Ende"),
        ("Es kamen drei Gäste.", "Es kamen"),
        ("Danach folgt dies:\n\n## Der Hafen\n\nDer Hafen liegt im Osten der Stadt.", "Danach"),
    ],
)
def test_other_sentences_stand_alone(text, first):
    assert len(found(text, first)) == 1


ASKED = "Was nehme ich mit?\n\n- den Ausweis\n- ein Foto\n- die Quittung\n\nDas Amt öffnet um neun."


def test_a_question_announces_the_list_below_it():
    whole_list = ASKED.split("\n\nDas Amt")[0]
    assert found(ASKED, "Was nehme") == [whole_list]
    passages = [passage(ASKED)]
    candidates = find_candidates(passages)
    row = next(at for at, each in enumerate(candidates) if each.text == "ein Foto")
    assert steps(candidates, passages, row, numbered=False).text == whole_list
