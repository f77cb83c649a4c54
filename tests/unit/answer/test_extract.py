"""Features of sentences, the choice among them, and the confidence; vectors worked in memory."""

import json
import re
from dataclasses import dataclass, replace

import numpy as np
import pytest

from rag_service.answer.abstain import SIGNALS, EvidenceModel, Fitted, softmax
from rag_service.answer.evidence import FEATURES, gather
from rag_service.answer.extract import ExtractiveAnswerer
from rag_service.answer.parts import parts
from rag_service.answer.select import choose
from rag_service.errors import SettingsError
from rag_service.models import DraftStatement
from rag_service.ports import Declined, Evidence, Finished, TokenBlock
from tests.fakes import passage
from tests.unit.retrieve.test_search import WordEncoder

ENCODER = WordEncoder()


class Encoding(WordEncoder):
    """Also encodes documents, one token a stem."""

    def encode_documents(self, texts):
        return [self.encode_query(text) for text in texts]


@dataclass(frozen=True)
class Read:
    """A reading of one token a word: long odds for the word that is wanted, none for the others."""

    start: np.ndarray
    end: np.ndarray
    spans: np.ndarray
    answerable: float


class Reads:
    """Knows the answer's word, if any."""

    def __init__(self, wanted=None):
        self.wanted = wanted
        self.asked = []

    def read(self, question, texts):
        self.asked += texts
        return [self._one(text) for text in texts]

    def _one(self, text):
        words = [(match.start(), match.end()) for match in re.finditer(r"\S+", text)]
        odds = np.array([4.0 if text[a:b].strip(".") == self.wanted else -4.0 for a, b in words], np.float32)
        return Read(odds, odds, np.array(words, np.int32), float(odds.max()))


def evidence(question, *texts, blocks=True, sources=None, dates=None):
    passages = tuple(
        passage(
            text,
            chunk_id=f"v{i}:0",
            version_id=f"v{i}",
            document_id=f"d{i}",
            source=(sources or {}).get(i, f"{i}.txt"),
            published=(dates or {}).get(i),
            score=0.9 - 0.1 * i,
            late_score=0.8,
        )
        for i, text in enumerate(texts)
    )
    made = {}
    for each in passages if blocks else ():
        code = ENCODER.encode_query(each.text)
        made[each.chunk_id] = TokenBlock(code.tokens, code.spans)
    return Evidence(question, "de", ENCODER.encode_query(question), passages, made)


def model(**changes):
    return EvidenceModel(Encoding(), Reads(), **changes)


def texts(chosen):
    return [group.item.text for group in chosen]


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
    found = gather(
        evidence("Was geschah im April 2019?", *sentences, dates={0: "2019-04-26", 2: "2019"}), Encoding(), Reads()
    )
    assert found.column("agreement").tolist() == [1.0, 0.0, 0.0, 0.0]


def test_a_question_that_is_not_encoded_yet_is_weighed_alike():
    asked = evidence("Wann reiste Kim ab?", "Kim reiste am Freitag ab. Putin blieb noch.")
    assert model().assess(replace(asked, encoded=None)).confidence == model().assess(asked).confidence


def test_a_reason_is_looked_for():
    found = gather(
        evidence("Warum reiste Kim ab?", "Kim reiste ab. Kim reiste ab, weil er krank war."), Encoding(), Reads()
    )
    assert found.kind == "reason"
    assert found.column("reason").tolist() == [0.0, 1.0]


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


STEPS = (
    "1. Den Leitstand rufen.\n2. Den Dienst stoppen und neu starten.\n3. Das Protokoll prüfen.\n\nDer Dienst ist alt."
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Wie kann man den Dienst neu starten?", STEPS.split("\n\n")[0]),
        ("Wer soll den Dienst neu starten?", "2. Den Dienst stoppen und neu starten."),
    ],
)
def test_who_asks_how_gets_all_steps(question, expected):
    asked = evidence(question, STEPS)
    assert texts(choose(asked, EvidenceModel(Encoding(), Reads("starten")).assess(asked), 3))[0] == expected


def test_a_list_that_opens_with_a_pronoun_stands_alone():
    asked = evidence("Nennen Sie die Unterlagen", "Vorwort steht hier.\n\n- Ihr Ausweis gilt\n- Ihr Foto gilt")
    assert texts(choose(asked, EvidenceModel(Encoding(), Reads("Foto")).assess(asked), 3)) == [
        "Ihr Ausweis gilt\n- Ihr Foto gilt"
    ]


def test_confidence_is_higher_where_the_answer_stands():
    here = evidence("Wann reiste Kim nach Wladiwostok?", "Kim reiste am 25. April 2019 nach Wladiwostok.")
    elsewhere = evidence("Wann reiste Kim nach Wladiwostok?", "Der Preis für Milch stieg im Mai deutlich an.")
    own = model(own_vectors=False)
    assert 0.0 <= own.assess(elsewhere).confidence < own.assess(here).confidence <= 1.0


def test_the_threshold_may_be_set():
    assert model(threshold=0.5).threshold == 0.5
    assert 0.0 < model().threshold < 1.0


def test_the_sentence_that_answers_comes_first_and_stays_verbatim():
    asked = evidence(
        "Wann reiste Kim ab?", "Das Wetter war gut an diesem Tag. Kim reiste am 26. April ab.", "Putin lachte laut."
    )
    chosen = choose(asked, model().assess(asked), 3)
    assert texts(chosen)[0] == "Kim reiste am 26. April ab."


def test_the_same_sentence_in_two_documents_is_one_statement_with_two_quotes():
    line = "Kim reiste am Freitag früher als geplant mit dem Sonderzug ab."
    asked = evidence("Wann reiste Kim ab?", line, line)
    (only,) = choose(asked, model().assess(asked), 3)
    assert {only.item.passage, *(item.passage for item in only.same)} == {0, 1}


def test_sources_that_disagree_stand_newest_first():
    asked = evidence(
        "Wann reiste Kim aus Wladiwostok ab?",
        "Kim reiste am 27. April 2019 aus Wladiwostok ab.",
        "Kim reiste am 26. April 2019 aus Wladiwostok ab, meldete die Agentur.",
        dates={0: "2019-04-23", 1: "2019-04-28"},
    )
    found = texts(choose(asked, model().assess(asked), 3))
    assert [("26." in text, "27." in text) for text in found] == [(True, False), (False, True)]


def test_a_sentence_that_leans_on_the_one_before_is_quoted_with_it():
    told = "Kim Jong Un war zu Gast. Er reiste am 26. April 2019 wieder ab."
    asked = evidence("Wann reiste er ab?", told)
    first = choose(asked, model().assess(asked), 3)[0].item
    assert first.text == told == asked.passages[0].text[first.start : first.end]


def test_what_the_best_sentence_announces_follows_it():
    told = "Zum Antrag gehören folgende Unterlagen:\n\n- der Ausweis\n- ein Foto\n\nDas Amt öffnet um neun."
    asked = evidence("Welche Unterlagen gehören zum Antrag?", told)
    found = texts(choose(asked, model().assess(asked), 3))
    assert found[:2] == ["Zum Antrag gehören folgende Unterlagen:", "der Ausweis\n- ein Foto"]
    assert not {"der Ausweis", "ein Foto"} & set(found)


async def test_the_answerer_quotes_what_it_chose():
    asked = evidence("Wann reiste Kim ab?", "Kim reiste am 26. April\n2019 ab.")
    items = [item async for item in ExtractiveAnswerer(model(), 3).draft(asked)]
    first = items[0]
    assert isinstance(first, DraftStatement) and isinstance(items[-1], Finished)
    assert first.text == "Kim reiste am 26. April 2019 ab."
    (quote,) = first.quotes
    assert asked.passages[0].text[quote.start : quote.end] == "Kim reiste am 26. April\n2019 ab."
    assert 0.0 <= quote.score <= 1.0


async def test_each_part_of_a_question_is_answered():
    told = "Im Jahr 2011 traf man sich in Ulan-Ude.", "Im Jahr 2019 traf man sich in Wladiwostok."
    asked = evidence("Wo traf man sich 2011, und wo 2019?", *told, "Das Wetter war gut.")
    items = [item async for item in ExtractiveAnswerer(model(threshold=0.0), 3).draft(asked)]
    assert [item.text for item in items[:-1]] == list(told)
    assert items[-1] == Finished()


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
    with pytest.raises(SettingsError, match=r"evals\.calibrate"):
        Fitted.load(path)


def test_the_shipped_weights_name_their_data():
    shipped = Fitted.load()
    assert set(shipped.sentence) == set(FEATURES) and set(shipped.signal) == set(SIGNALS)
    assert len(shipped.data_sha256) == 64


def test_a_question_in_another_language_is_not_held_against_the_passage():
    german = evidence("Wann reiste Kim nach Wladiwostok?", "Kim reiste am 25. April 2019 nach Wladiwostok.")
    foreign = replace(german, language="fr")
    unknown = replace(german, language="und")
    confidences = [model().assess(each).confidence for each in (german, foreign, unknown)]
    assert confidences[1] > confidences[0] == confidences[2]
