"""Follow-up questions completed by rule: what is carried over, and what must stay as it is."""

from __future__ import annotations

import time

import pytest

from rag_service.answer.conversation.followup import resolve
from rag_service.answer.conversation.references import cited
from rag_service.models import Turn

ARRIVAL = (
    "Wann kam Kim Jong Un in Wladiwostok an?",
    "Kim Jong Un traf am 24. April 2019 in Wladiwostok ein. [1]",
)
INVITED = ("Wen lud Kim Jong Un nach Pjöngjang ein?", "Er lud Wladimir Putin ein. [1]")
SUMMIT_EN = ("When did Kim Jong Un arrive in Vladivostok?", "Kim Jong Un arrived on 24 April 2019. [1]")
COMPANY_EN = ("Who founded Acme Robotics in 1987?", "Acme Robotics was founded by Jane Miller in Zurich. [1]")
BUDGET = ("Wie hoch war das Budget des Projekts Nordlicht im Jahr 2021?", "Es betrug 4,2 Millionen Euro. [1]")

DEPENDENT = [
    (ARRIVAL, "Und wann reiste er ab?", ["Kim Jong Un", "Wladiwostok"], ["kam"]),
    (ARRIVAL, "Wie lange blieb er?", ["Kim Jong Un"], []),
    (ARRIVAL, "Wen traf er dort?", ["Kim Jong Un", "Wladiwostok"], []),
    (ARRIVAL, "Warum?", ["Kim Jong Un", "Wladiwostok"], []),
    (ARRIVAL, "Womit reiste er?", ["Kim Jong Un"], []),
    (ARRIVAL, "Und Putin?", ["Wann kam", "Wladiwostok"], ["Kim Jong Un"]),
    (ARRIVAL, "Was geschah danach?", ["Kim Jong Un"], []),
    (ARRIVAL, "Wer begleitete ihn?", ["Kim Jong Un"], []),
    (ARRIVAL, "Was sagte er zu Putin?", ["Kim Jong Un"], []),
    (ARRIVAL, "Wie reagierte Donald Trump darauf?", ["Kim Jong Un", "Wladiwostok"], []),
    (ARRIVAL, "Und 2023?", ["Wann kam Kim Jong Un in Wladiwostok an"], []),
    (ARRIVAL, "Wer war noch dabei?", ["Kim Jong Un"], []),
    (ARRIVAL, "Gab es dort ein Abkommen?", ["Wladiwostok"], []),
    (ARRIVAL, "Welche Themen wurden dabei besprochen?", ["Kim Jong Un"], []),
    (ARRIVAL, "Warum war dieser Besuch wichtig?", ["Kim Jong Un", "Wladiwostok"], []),
    (ARRIVAL, "Wo genau?", ["Kim Jong Un"], []),
    (ARRIVAL, "Erzähl mir mehr", ["Kim Jong Un"], []),
    (ARRIVAL, "Stimmt das?", ["Kim Jong Un"], []),
    (ARRIVAL, "Was ist mit Xi Jinping?", ["Wann kam"], ["Kim Jong Un"]),
    (INVITED, "Nahm er die Einladung an?", ["Wladimir Putin"], []),
    (INVITED, "Wann will er ihn besuchen?", ["Kim Jong Un", "Wladimir Putin"], []),
    (INVITED, "Haben beide schon einen Termin?", ["Kim Jong Un", "Wladimir Putin"], []),
    (INVITED, "Und wann?", ["Kim Jong Un"], []),
    (BUDGET, "Und 2022?", ["Budget des Projekts Nordlicht"], ["2021"]),
    (BUDGET, "Wer hat es bewilligt?", ["Budget", "Nordlicht"], []),
    (BUDGET, "Warum war es so hoch?", ["Budget", "Nordlicht"], []),
    (BUDGET, "Wie viel davon wurde ausgegeben?", ["Budget", "Nordlicht"], []),
    (SUMMIT_EN, "And when did he leave?", ["Kim Jong Un", "Vladivostok"], []),
    (SUMMIT_EN, "Why?", ["Kim Jong Un"], []),
    (SUMMIT_EN, "Who did he meet there?", ["Kim Jong Un", "Vladivostok"], []),
    (SUMMIT_EN, "How long did his visit last?", ["Kim Jong Un"], []),
    (SUMMIT_EN, "What about Putin?", ["When did", "Vladivostok"], ["Kim Jong Un"]),
    (SUMMIT_EN, "And in 2023?", ["Kim Jong Un"], []),
    (SUMMIT_EN, "Tell me more", ["Kim Jong Un"], []),
    (SUMMIT_EN, "What happened afterwards?", ["Kim Jong Un"], []),
    (SUMMIT_EN, "How did Washington react to that?", ["Kim Jong Un"], []),
    (COMPANY_EN, "Where is she from?", ["Jane Miller"], []),
    (COMPANY_EN, "Is it still based there?", ["Acme Robotics"], []),
    (COMPANY_EN, "How many people does it employ?", ["Acme Robotics"], []),
    (COMPANY_EN, "What are their main products?", ["Acme Robotics"], []),
    (COMPANY_EN, "Was this the first company of its kind?", ["Acme Robotics"], []),
    (COMPANY_EN, "How much did they raise?", ["Acme Robotics"], []),
]

COMPLETE = [
    "Wann reiste Kim Jong Un aus Wladiwostok ab?",
    "Wer ist der Präsident von Südkorea?",
    "Wie viele Einwohner hat Pjöngjang?",
    "Gibt es ein Abkommen zwischen Russland und Nordkorea?",
    "Was ist Photosynthese?",
    "Welche Sanktionen verhängten die Vereinten Nationen gegen Nordkorea?",
    "Warum scheiterte der Gipfel in Hanoi im Februar 2019?",
    "Was sagte Donald Trump, als er aus Hanoi abreiste?",
    "Wie geht es mit dem Projekt Südlink weiter?",
    "Können Sie mir sagen, wie hoch die Miete in Berlin ist?",
    "Welche Vorteile hat die Wärmepumpe gegenüber der Gasheizung?",
    "Ist es wahr, dass Kim Jong Un einen gepanzerten Zug benutzt?",
    "When did Kim Jong Un leave Vladivostok?",
    "Is there a treaty between Russia and North Korea?",
    "What is photosynthesis?",
    "How many inhabitants does Pyongyang have?",
    "Which sanctions did the United Nations impose on North Korea?",
    "Is it true that Kim Jong Un travels in an armoured train?",
    "Did Donald Trump say that he would meet Kim Jong Un?",
    "What are the opening hours of the Berlin office this year?",
]


def history(*pairs: tuple[str, str]) -> list[Turn]:
    return [turn for asked, said in pairs for turn in (Turn("user", asked), Turn("assistant", said))]


@pytest.mark.parametrize(("before", "question", "carried", "left"), DEPENDENT)
def test_a_dependent_question_takes_over_what_it_leaves_out(
    before: tuple[str, str], question: str, carried: list[str], left: list[str]
) -> None:
    standalone = resolve(question, history(before))
    assert standalone.startswith(question)
    for term in carried:
        assert term in standalone
    for term in left:
        assert term not in standalone[len(question) :]


@pytest.mark.parametrize("question", COMPLETE)
@pytest.mark.parametrize("before", [ARRIVAL, COMPANY_EN])
def test_a_complete_question_stays_as_it_is(before: tuple[str, str], question: str) -> None:
    assert resolve(question, history(before)) == question


def test_entities_survive_a_chain_of_dependent_questions() -> None:
    turns = history(ARRIVAL, ("Und wann reiste er ab?", "Am 26. April. [1]"), ("Warum so früh?", "Das ist unbekannt."))
    assert "Kim Jong Un" in resolve("Wohin fuhr er?", turns)


def test_without_history_nothing_is_added() -> None:
    assert resolve("Und wann reiste er ab?", []) == "Und wann reiste er ab?"
    assert resolve("Und wann reiste er ab?", [Turn("assistant", "Guten Tag")]) == "Und wann reiste er ab?"


def test_roles_out_of_order_do_no_harm() -> None:
    turns = [
        Turn("assistant", "Ja."),
        Turn("assistant", "Nein."),
        Turn("user", ARRIVAL[0]),
        Turn("user", "Danke"),
    ]
    assert "Kim Jong Un" in resolve("Und wann reiste er ab?", turns)


def test_a_thousand_long_turns_take_bounded_time_and_add_bounded_text() -> None:
    turns = history(*[(ARRIVAL[0] * 200, ARRIVAL[1] * 200)] * 500)
    started = time.perf_counter()
    standalone = resolve("Und wann reiste er ab?", turns)
    assert time.perf_counter() - started < 2.0
    assert "Kim Jong Un" in standalone
    assert len(standalone) < 600


LEAVE = ("Wie viele Tage Urlaub haben Azubis?", "Auszubildende haben 28 Tage. [1] Vollzeitkräfte haben 30 Tage. [2]")
CONTACT = ("Wer beantragt die A1-Bescheinigung?", "Die beantragt Petra Lehmann mit vier Wochen Vorlauf. [1]")
DEPARTURE = ("Wann reiste Kim Jong Un ab?", "Mehrere Zeitpläne kursierten. [1] Kims Programm sah Samstag vor. [2]")
MEETING = ("Wann ist das Bad am Samstag offen?", "Von 9 bis 19 Uhr. [1]")


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        ("Nein, ich meinte am Freitag.", "am Freitag. (Wann ist das Bad offen?)"),
        ("Sorry, I meant on Friday", "on Friday (Wann ist das Bad offen?)"),
        ("Nicht am Samstag, sondern am Freitag", "am Freitag (Wann ist das Bad offen?)"),
        ("Nein, am Freitag", "am Freitag (Wann ist das Bad offen?)"),
        ("Nein, ich wollte wissen, was das Bad kostet", "was das Bad kostet (Samstag)"),
        ("Nein, ich wollte wissen, wer Kim Chang Son ist.", "wer Kim Chang Son ist."),
        ("Not only Trump, but also Kim went home?", "Not only Trump, but also Kim went home?"),
        ("No one was hurt on Friday?", "No one was hurt on Friday?"),
    ],
)
def test_a_correction_replaces_a_part_of_the_last_question(question: str, standalone: str) -> None:
    assert resolve(question, history(MEETING)) == standalone


@pytest.mark.parametrize("question", ["Was steht in [2]?", "Und die zweite Quelle?", "What does source 2 say?", "[2]"])
def test_a_marker_stands_for_the_statement_before_it(question: str) -> None:
    assert resolve(question, history(LEAVE)) == "Vollzeitkräfte haben 30 Tage."


def test_a_statement_is_looked_up_in_bounded_time() -> None:
    began = time.perf_counter()
    assert cited("Was steht in [1]?", "a[b " * 20_000 + "[1]") is not None
    assert cited("Was steht in [1]?", "a[b " * 20_000) is None
    assert cited("Was steht in [1]?", "[1] Am Freitag. [1]") == "Am Freitag."
    assert time.perf_counter() - began < 1


def test_a_statement_is_taken_without_its_markup() -> None:
    answer = "- **Azubis:** `28` Tage. [1]\n- *Alle* anderen haben **30 Tage**. [2]"
    assert resolve("Was steht in [2]?", history((LEAVE[0], answer))) == "Alle anderen haben 30 Tage."


def test_a_question_that_wants_more_than_the_citation_keeps_its_words() -> None:
    standalone = resolve("Gilt das in [1] auch für Praktikanten?", history(LEAVE))
    assert standalone == "Gilt das in [1] auch für Praktikanten? (Auszubildende haben 28 Tage.)"
    assert "28" not in resolve("Was steht in [7]?", history(LEAVE))
    assert resolve("Warum [1]?", history(LEAVE)) == "Warum [1]? (Auszubildende haben 28 Tage.)"


def test_a_bare_question_word_asks_about_the_whole_last_question() -> None:
    assert resolve("Warum?", history(DEPARTURE)) == "Warum? (reiste Kim Jong Un ab)"
    assert resolve("Bis wann?", history(("Bei wem muss ich mich melden?", "Bei der Teamleitung. [1]"))) == (
        "Bis wann? (muss ich mich melden)"
    )


def test_a_question_that_opens_with_its_verb_varies_no_other() -> None:
    turns = history(("Wie viele Fotos passen auf eine TrailCam?", "20.000. [1]"))
    assert resolve("Ist sie wasserdicht?", turns) == "Ist sie wasserdicht? (TrailCam, Fotos)"


def test_names_beside_an_answer_on_how_often_are_no_topic() -> None:
    turns = history(("Wie oft fährt der Bus von Köln?", "Er fährt stündlich. [1] Zuständig ist Karl Meier. [2]"))
    assert "Meier" not in resolve("Was kostet er?", turns)


def test_of_an_earlier_message_the_question_counts_most() -> None:
    told = "Mein Chef will morgen früh in Köln eine kurze Notiz für den Vorstand und die Presse haben."
    standalone = resolve("Und was sagt Südkorea dazu?", history((f"{told} Was erwarten die USA?", "Waffen. [1]")))
    assert standalone.startswith("Und was sagt Südkorea dazu? (USA, ")
    assert 0 < sum(word in standalone for word in ("Chef", "Köln", "Notiz", "Vorstand", "Presse")) <= 3


def test_a_name_is_taken_over_once() -> None:
    answer = "Mike Pompeo ist es. [1] Der Außenminister Mike Pompeo reist. [2] Auch Außenminister Mike Pompeo kam. [3]"
    standalone = resolve("Was hatte Pjöngjang gegen ihn?", history(("Wer ist der Minister?", answer)))
    assert standalone.count("Pompeo") == 1


def test_of_an_answer_only_names_that_were_asked_for_are_taken_over() -> None:
    assert resolve("Wo sitzt sie?", history(CONTACT)) == "Wo sitzt sie? (Petra Lehmann)"
    assert resolve("Was hatte er noch vor?", history(DEPARTURE)) == "Was hatte er noch vor? (Kim Jong Un)"
    last = ("Wann war der letzte Gipfel vor 2019?", "Im Jahr 2011 trafen sich Kim Jong Il und Dmitri Medwedew. [1]")
    assert "Kim Jong Il" in resolve("Wo war das?", history(last))


def test_a_variant_of_a_variant_varies_the_first_question() -> None:
    turns = history(("Wie viel Sonderurlaub gibt es bei Hochzeiten?", "Zwei Tage. [1]"), ("Umzug?", "Einen Tag. [1]"))
    assert resolve("Todesfall?", turns) == "Todesfall? (Wie viel Sonderurlaub gibt es bei Hochzeiten?)"


@pytest.mark.parametrize(
    "question", ["Wie lange vorher?", "Muss man sich vorher anmelden?", "Wie oft muss man die entkalken?"]
)
def test_a_german_question_without_a_noun_is_completed(question: str) -> None:
    turns = history(("Wo beantrage ich Urlaub?", "Im Portal. [1]"))
    assert "Urlaub" in resolve(question, turns)


@pytest.mark.parametrize("question", ["Praktikanten?", "Und Praktikanten?", "Kosten?"])
def test_a_noun_alone_is_no_verb(question: str) -> None:
    assert resolve(question, history(LEAVE)).startswith(f"{question} (Wie viele ")


def test_das_stands_for_what_was_said_unless_it_begins_a_relative_clause() -> None:
    assert "Urlaub" in resolve("Gilt das auch für Praktikanten?", history(LEAVE))
    assert "Urlaub" in resolve("Wie ist das bei Werkstudenten?", history(LEAVE))
    for relative in (
        "Wo liegt das Gesetz, das auch für Minijobber gilt?",
        "Wo steht das Haus, das für Kim gebaut ist?",
    ):
        assert resolve(relative, history(LEAVE)) == relative


def test_an_object_is_somebody_else_than_the_subject_of_its_clause() -> None:
    turns = history(("Wer war John Bolton?", "Ein Berater. [1]"))
    assert "John Bolton" in resolve("Was sagte Choe Son Hui über ihn?", turns)
    assert (
        resolve("Was sagte Donald Trump, als man ihn fragte?", turns) == "Was sagte Donald Trump, als man ihn fragte?"
    )


@pytest.mark.parametrize("thanks", ["Danke! ", "Super, danke. ", "ok danke, ", "Hallo,\n"])
def test_thanks_before_an_earlier_question_leave_no_trace(thanks: str) -> None:
    turns = history((ARRIVAL[0], ARRIVAL[1]), (f"{thanks}Und wann reiste er ab?", "Am Freitag. [1]"))
    assert resolve("Womit?", turns) == resolve(
        "Womit?", history(ARRIVAL, ("Und wann reiste er ab?", "Am Freitag. [1]"))
    )


@pytest.mark.parametrize("said", ["", "???", "👍"])
def test_a_turn_without_a_word_is_no_topic(said: str) -> None:
    assert "Kim Jong Un" in resolve("Womit?", history(ARRIVAL, (said, "")))
    assert resolve("Und 2023?", history(ARRIVAL, (said, ""))) == resolve("Und 2023?", history(ARRIVAL))


@pytest.mark.parametrize("said", ["Aha, ", "Ah ok, ", "Ach ja, ", "Hm … ", "Verstehe. ", "I see. ", "Ok "])
def test_an_interjection_before_an_earlier_question_leaves_no_trace(said: str) -> None:
    turns = history(ARRIVAL, (f"{said}und wann reiste er ab?", "Am Freitag. [1]"))
    assert resolve("Womit?", turns) == resolve(
        "Womit?", history(ARRIVAL, ("und wann reiste er ab?", "Am Freitag. [1]"))
    )


def test_an_amount_in_the_answer_is_no_name() -> None:
    turns = history(("Was kostet die Sanierung?", "Die Sanierung kostet 3,1 Millionen Euro. [1]"))
    assert resolve("Warum ist das so teuer?", turns) == "Warum ist das so teuer? (Sanierung)"


@pytest.mark.parametrize(
    ("before", "correction", "standalone"),
    [
        ("Wann begann der Gipfel?", "Nein, ich meine 2023.", "2023. (Wann begann der Gipfel?)"),
        ("Wer sprach 2019 über die Reise?", "Nein, ich meine 2023.", "2023. (Wer sprach über die Reise?)"),
        ("Wann begann der Gipfel?", "Ich meinte den Besuch.", "den Besuch. (Wann begann?)"),
    ],
)
def test_a_corrected_date_replaces_no_noun(before: str, correction: str, standalone: str) -> None:
    history = [Turn("user", before), Turn("assistant", "Das steht hier nicht.")]
    assert resolve(correction, history) == standalone
