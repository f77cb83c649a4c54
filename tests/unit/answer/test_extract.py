"""Features of sentences, and the confidence; vectors worked in memory."""

import json
from dataclasses import replace

import numpy as np
import pytest

from rag_service.answer.conversation.parts import parts
from rag_service.answer.evidence.abstain import SIGNALS, EvidenceModel, Fitted, softmax
from rag_service.answer.evidence.gather import FEATURES, gather
from rag_service.answer.evidence.select import choose
from rag_service.answer.evidence.wording import wording
from rag_service.answer.extract import ExtractiveAnswerer
from rag_service.errors import SettingsError
from rag_service.models import DraftStatement
from rag_service.ports import Declined, Finished
from tests.unit.answer.worked import Encoding, Read, Reads, evidence, model


def test_features_by_hand():
    found = gather(
        evidence("Wann reiste Kim?", "Kim reiste am 25. April 2019. Putin blieb noch etwas länger."),
        Encoding(),
        Reads(),
    )
    assert found.kind == "date"
    assert found.features.shape == (2, len(FEATURES))
    assert found.column("date").tolist() == [1.0, 0.0]
    assert found.column("coverage")[0] == pytest.approx(1.0)
    assert found.column("coverage")[1] == 0.0
    assert found.column("late")[0] > found.column("late")[1]
    assert found.column("late_rare")[0] > found.column("late_rare")[1]


def test_the_sentence_with_the_answer_that_is_read_has_the_odds():
    asked = evidence("Wann reiste Kim?", "Kim reiste am Mittwoch. Putin blieb noch.", "Es regnete am Freitag sehr.")
    found = gather(asked, Encoding(), Reads("Mittwoch"))
    odds = found.column("read")
    assert odds[0] == pytest.approx(8.0, abs=0.01)
    assert max(odds[1:]) < -4
    assert (found.span, found.answerable) == (8.0, 4.0)


def test_only_the_first_passages_are_read_and_the_others_count_as_the_worst():
    asked = evidence("Wann reiste Kim?", *(f"Kim reiste am {i}. April." for i in range(5)))
    reader = Reads("4")
    found = gather(asked, Encoding(), reader)
    assert reader.asked == [each.text for each in asked.passages[:3]]
    assert set(found.column("read")[3:]) == {found.column("read").min()}
    assert found.span == -8.0


def test_sentences_beyond_the_readers_window_count_as_the_worst():
    class Short(Reads):
        def _one(self, text):
            whole = super()._one(text)
            return Read(whole.start[:4], whole.end[:4], whole.spans[:4], -1.0)

    found = gather(evidence("Wer?", "Kim reiste am Mittwoch. Putin blieb noch."), Encoding(), Short("Mittwoch"))
    assert found.column("read")[1] == found.column("read").min() == found.column("read")[0]


def test_a_sentence_without_a_year_speaks_of_the_time_of_its_document():
    sentences = ("Kim reiste am Freitag ab.", "Kim reiste 2011 ab.", "Kim reiste ab.", "Kim reiste 2019 ab.")
    found = gather(
        evidence("Wann reiste Kim 2019 ab?", *sentences, dates={0: "2019-04-26", 1: "2019-04-26", 2: "2023-09-11"}),
        Encoding(),
        Reads(),
    )
    assert found.column("agreement").tolist() == [1.0, 0.0, 0.0, 1.0]
    assert found.column("coverage")[[0, 3]].tolist() == [1.0, 1.0]
    assert found.column("late")[2] < found.column("late")[0]
    found = gather(
        evidence("Was geschah im April 2019?", *sentences, dates={0: "2019-04-26", 2: "2019"}), Encoding(), Reads()
    )
    assert found.column("agreement").tolist() == [1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("question", "headings"),
    [
        ("When was version 5.1.0 released?", ["5.1.0 (2025-10-07)"]),
        ("When was version 5.3.0 released?", []),
        ("When were the replicas announced?", ["Replicas since 3 May 2025"]),
        ("What is new in 5.1.0?", []),
    ],
)
def test_a_heading_answers_when_something_was_if_it_repeats_the_questions_figures(question, headings):
    text = "5.1.0 (2025-10-07)\n\nReads are faster.\n\n5.0.0 (2025-05-20)\n\nThe old flag is gone."
    asked = evidence(question, text, "Replicas since 3 May 2025\n\nAll reads are faster now.", dates={})
    found = gather(asked, Encoding(), Reads())
    assert [item.text for item in found.candidates if "2025" in item.text] == headings


def test_keywords_that_tell_no_language_are_compared_in_that_of_the_passages():
    rows = ("Anlass: Geburt eines Kindes; Tage: 2", "Anlass: Umzug; Tage: 1")
    asked = replace(evidence("sonderurlaub geburten", "\n".join(rows)), language="und")
    found = gather(asked, Encoding(), Reads())
    assert [item.text for item in found.candidates] == [rows[0]]
    assert found.column("coverage")[0] > 0
    german, english = asked.passages[0], replace(asked.passages[0], language="en")
    assert wording(replace(asked, passages=(english, german, german))) == "de"
    assert wording(replace(asked, language="fr")) == "fr"
    assert wording(replace(asked, passages=())) == "und"


def test_either_reading_of_a_date_repeats_the_questions():
    sentences = ("Am 05/06/2024 tagte der Rat.", "Am 6. Mai 2024 tagte der Rat.", "Am 06/07/2024 tagte der Rat.")
    found = gather(evidence("Wo tagte der Rat am 6. Mai 2024?", *sentences), Encoding(), Reads())
    assert found.column("agreement").tolist() == [1.0, 1.0, 0.0]


def test_a_question_that_is_not_encoded_yet_is_weighed_alike():
    asked = evidence("Wann reiste Kim ab?", "Kim reiste am Freitag ab. Putin blieb noch.")
    assert model().assess(replace(asked, encoded=None)).confidence == model().assess(asked).confidence


def test_a_reason_is_looked_for():
    found = gather(
        evidence("Warum reiste Kim ab?", "Kim reiste ab. Kim reiste ab, weil er krank war."), Encoding(), Reads()
    )
    assert found.kind == "reason"
    assert found.column("reason").tolist() == [0.0, 1.0]


def test_how_often_is_answered_by_a_rate_or_a_number():
    asked = evidence(
        "Wie oft fährt der Bus?", "Der Bus fährt stündlich ab. Der Bus fährt 12 Mal ab. Der Bus fährt gern ab."
    )
    assert model().assess(asked).sentences.column("number").tolist() == [1.0, 1.0, 0.0]


def test_without_token_vectors_the_covered_sentences_are_encoded():
    found = gather(
        evidence("Wann reiste Kim?", "Kim reiste am 25. April 2019. Putin blieb noch etwas länger.", blocks=False),
        Encoding(),
        Reads(),
    )
    assert found.column("late")[0] > 0.5


def test_nothing_to_quote_is_no_confidence():
    asked = evidence("Wann?", "…")
    assert model().assess(asked).confidence == 0.0
    assert choose(asked, model().assess(asked), 3) == []


def test_confidence_is_higher_where_the_answer_stands():
    here = evidence("Wann reiste Kim nach Wladiwostok?", "Kim reiste am 25. April 2019 nach Wladiwostok.")
    elsewhere = evidence("Wann reiste Kim nach Wladiwostok?", "Der Preis für Milch stieg im Mai deutlich an.")
    own = model(own_vectors=False)
    assert 0.0 <= own.assess(elsewhere).confidence < own.assess(here).confidence <= 1.0


def test_the_threshold_may_be_set():
    assert model(threshold=0.5).threshold == 0.5
    assert 0.0 < model().threshold < 1.0


async def test_the_answerer_quotes_what_it_chose():
    asked = evidence("Wann reiste Kim ab?", "Kim reiste am 26. April\n2019 ab.")
    items = [item async for item in ExtractiveAnswerer(model(), 3).draft(asked)]
    first = items[0]
    assert isinstance(first, DraftStatement) and isinstance(items[-1], Finished)
    assert first.text == "Kim reiste am 26. April 2019 ab."
    (quote,) = first.quotes
    assert asked.passages[0].text[quote.start : quote.end] == "Kim reiste am 26. April\n2019 ab."
    assert 0.0 <= quote.score <= 1.0


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Die Brücke hat 31 Bögen aus rotem Backstein [1].", "Die Brücke hat 31 Bögen aus rotem Backstein (1)."),
        ("Die Brücke hat 31 Bögen [1][12].", "Die Brücke hat 31 Bögen (1)(12)."),
        ("Die Brücke hat 31 Bögen[2](#fn2).", "Die Brücke hat 31 Bögen(2)."),
        ("Die Brücke [im Bild] hat 31 Bögen.", "Die Brücke [im Bild] hat 31 Bögen."),
    ],
)
async def test_footnotes_of_a_source_are_no_markers(written, said):
    asked = evidence("Wie viele Bögen hat die Brücke?", written)
    first = await anext(ExtractiveAnswerer(model(), 3).draft(asked))
    assert first.text == said
    (quote,) = first.quotes
    assert asked.passages[0].text[quote.start : quote.end] == written


async def test_each_part_of_a_question_is_answered():
    told = "Im Jahr 2011 traf man sich in Ulan-Ude.", "Im Jahr 2019 traf man sich in Wladiwostok."
    asked = evidence("Wo traf man sich 2011, und wo 2019?", *told, "Das Wetter war gut.")
    items = [item async for item in ExtractiveAnswerer(model(threshold=0.0), 3).draft(asked)]
    assert [item.text for item in items[:-1]] == list(told)
    assert items[-1] == Finished()


FEES = "Das Schließfach kostet {} Euro im Jahr. Die Parkkarte kostet {} Euro im Jahr."
PARTS = "Was kostet das Schließfach und was kostet die Parkkarte?"


async def test_each_part_of_a_question_is_answered_with_the_newest_version_and_one_before_it():
    told = [FEES.format(10, 50), FEES.format(12, 65)]
    asked = evidence(PARTS, *told, dates={0: "2025", 1: "2026"})
    items = [item async for item in ExtractiveAnswerer(model(threshold=0.0), 3).draft(asked)]
    newest, oldest = ([f"{each}." for each in text[:-1].split(". ")] for text in reversed(told))
    assert [item.text for item in items[:-1]] == [newest[0], oldest[0], newest[1], oldest[1]]


def test_where_one_statement_fits_the_newest_version_is_told():
    told = [FEES.format(10, 50), FEES.format(12, 65)]
    asked = evidence("Was kostet die Parkkarte?", *told, dates={0: "2025", 1: "2026"})
    (only,) = choose(asked, model().assess(asked), 1)
    assert only.item.text == "Die Parkkarte kostet 65 Euro im Jahr."


class ReadsDays(Reads):
    """Knows the day that a question names."""

    def read(self, question, texts):
        self.wanted = "freitags" if "freitags" in question else "montags"
        return super().read(question, texts)


async def test_parts_that_are_answered_from_one_list_are_both_told():
    told = "Gezählt wurden im Haus:\n- montags 9 Gäste im Haus\n- freitags 7 Gäste im Haus"
    asked = evidence("Wie viele Gäste kamen montags? Wie viele Gäste kamen freitags?", told)
    weighing = EvidenceModel(Encoding(), ReadsDays(), threshold=0.0)
    items = [item async for item in ExtractiveAnswerer(weighing, 3).draft(asked)]
    assert [item.text for item in items[:-1]] == [
        "Gezählt wurden im Haus: - montags 9 Gäste im Haus",
        "Gezählt wurden im Haus: - montags 9 Gäste im Haus - freitags 7 Gäste im Haus",
    ]


class ReadsDates(Reads):
    """Knows when, and nothing else."""

    def read(self, question, texts):
        self.wanted = "26" if question.startswith("Wann") else None
        return super().read(question, texts)


async def test_a_part_that_is_not_answered_is_told():
    asked = evidence("Wann reiste Kim ab? Wie teuer war der Wodka?", "Kim reiste am 26. April 2019 wieder ab.")
    weighing = EvidenceModel(Encoding(), ReadsDates())
    weighed = [weighing.assess(weighing.narrowed(asked, part)).confidence for part in parts(asked.question)]
    assert weighed[0] > weighed[1]
    told = EvidenceModel(Encoding(), ReadsDates(), threshold=sum(weighed) / 2)
    items = [item async for item in ExtractiveAnswerer(told, 3).draft(asked)]
    assert [item.text for item in items[:-1]] == ["Kim reiste am 26. April 2019 wieder ab."]
    ((code, message),) = [(warning.code, warning.message) for warning in items[-1].warnings]
    assert code == "part_unanswered" and message.endswith("Wie teuer war der Wodka?")


async def test_a_question_of_which_no_part_is_answered_alone_is_answered_as_a_whole():
    asked = evidence("Wann reiste Kim ab? Wie teuer war der Wodka?", "Kim reiste am 26. April 2019 wieder ab.")
    items = [item async for item in ExtractiveAnswerer(model(threshold=1.0), 3).draft(asked)]
    assert [item.text for item in items[:-1]] == ["Kim reiste am 26. April 2019 wieder ab."]


async def test_the_answerer_declines_without_a_sentence():
    items = [item async for item in ExtractiveAnswerer(model(), 3).draft(evidence("Wann?", "…"))]
    assert isinstance(items[0], Declined)


def test_softmax_adds_up():
    assert softmax(np.array([1.0, 1.0], np.float32)).tolist() == [0.5, 0.5]


def test_weights_for_other_features_are_refused(tmp_path):
    path = tmp_path / "evidence.json"
    path.write_text(json.dumps({"sentence": {"late": 1}, "signal": {}, "intercept": 0, "threshold": 0.5, "data": {}}))
    with pytest.raises(SettingsError, match="rag-service eval calibrate"):
        Fitted.load(path)


def test_the_shipped_weights_are_for_the_features_in_use():
    shipped = Fitted.load()
    assert set(shipped.sentence) == set(FEATURES) and set(shipped.signal) == set(SIGNALS)


def test_a_question_in_another_language_is_not_held_against_the_passage():
    german = evidence("Wann reiste Kim nach Wladiwostok?", "Kim reiste am 25. April 2019 nach Wladiwostok.")
    foreign = replace(german, language="fr")
    unknown = replace(german, language="und")
    confidences = [model().assess(each).confidence for each in (german, foreign, unknown)]
    assert confidences[1] > confidences[0] == confidences[2]
