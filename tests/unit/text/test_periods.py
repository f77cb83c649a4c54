"""Times that questions name, seen from Thursday, 2 May 2019."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_service.text.periods import Period, bounds_time, find_period

TODAY = date(2019, 5, 2)


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("Was geschah im April 2019?", "2019-04-01", "2019-05-01"),
        ("What happened in April 2019?", "2019-04-01", "2019-05-01"),
        ("Was geschah am 25. April 2019?", "2019-04-25", "2019-04-26"),
        ("Was geschah 2019?", "2019-01-01", "2020-01-01"),
        ("Was geschah letzte Woche?", "2019-04-22", "2019-04-29"),
        ("Was wurde letzten Monat beschlossen?", "2019-04-01", "2019-05-01"),
        ("What was decided last year?", "2018-01-01", "2019-01-01"),
        ("Wer kam gestern an?", "2019-05-01", "2019-05-02"),
        ("Was steht heute an?", "2019-05-02", "2019-05-03"),
        ("Was geschah in den letzten 3 Tagen?", "2019-04-29", "2019-05-03"),
        ("Was geschah vor 2 Monaten?", "2019-03-01", "2019-04-01"),
        ("Who came 3 days ago?", "2019-04-29", "2019-04-30"),
        ("Was geschah dieses Jahr?", "2019-01-01", "2020-01-01"),
        ("What happened last September?", "2018-09-01", "2018-10-01"),
        ("Was geschah letzten April?", "2019-04-01", "2019-05-01"),
        ("Was geschah seit 2018?", "2018-01-01", "9999-12-31"),
        ("Was geschah zwischen 2017 und 2018?", "2017-01-01", "2019-01-01"),
        ("Was geschah in den letzten zwei Wochen?", "2019-04-18", "2019-05-03"),
        ("Who came two days ago?", "2019-04-30", "2019-05-01"),
        ("Was geschah in den letzten vierzehn Tagen?", "2019-04-18", "2019-05-03"),
        ("Who came twenty-one days ago?", "2019-04-11", "2019-04-12"),
        ("Was geschah vor einem Monat?", "2019-04-01", "2019-05-01"),
        ("Was geschah letzten Dienstag?", "2019-04-30", "2019-05-01"),
        ("What happened last Thursday?", "2019-04-25", "2019-04-26"),
        ("Was geschah im September letzten Jahres?", "2018-09-01", "2018-10-01"),
        ("What happened in April last year?", "2018-04-01", "2018-05-01"),
        ("Was geschah zwischen dem 24. und 26. April 2019?", "2019-04-24", "2019-04-27"),
        ("Was geschah vom 24. bis zum 26. April 2019?", "2019-04-24", "2019-04-27"),
        ("Was geschah vom 24. bis 26. April 2019?", "2019-04-24", "2019-04-27"),
        ("Was geschah am 24., 25. und 26. April 2019?", "2019-04-24", "2019-04-27"),
        ("Was geschah vom 24 bis 26. April 2019?", "2019-04-24", "2019-04-27"),
        ("Was geschah vom 24. April bis 3. Mai 2019?", "2019-04-24", "2019-05-04"),
        ("What happened from April 24-26, 2019?", "2019-04-24", "2019-04-27"),
        ("Was geschah vom 24. bis 26. April letzten Jahres?", "2018-04-24", "2018-04-27"),
        ("Was geschah zwischen April und Juni 2018?", "2018-04-01", "2018-07-01"),
        ("What happened on 04/25/2019?", "2019-04-25", "2019-04-26"),
        ("What happened on 05/04/2019?", "2019-01-01", "2020-01-01"),
        ("What happened one week ago?", "2019-04-22", "2019-04-29"),
        ("What happened last May?", "2018-05-01", "2018-06-01"),
        ("Was geschah ab April 2018?", "2018-04-01", "9999-12-31"),
        ("Was geschah nach 2017?", "2018-01-01", "9999-12-31"),
        ("What happened after June 2018?", "2018-07-01", "9999-12-31"),
        ("Was geschah nach dem 15.06.2018?", "2018-06-16", "9999-12-31"),
        ("What is newer than 2017?", "2018-01-01", "9999-12-31"),
        ("Was geschah bis 2017?", "0001-01-01", "2018-01-01"),
        ("Was geschah vor 2017?", "0001-01-01", "2018-01-01"),
    ],
)
def test_the_time_a_question_names(question, start, end):
    found = find_period(question, TODAY)
    assert (found.start.isoformat(), found.end.isoformat(), found.strict) == (start, end, False)


@pytest.mark.parametrize(
    "question",
    [
        "Wo trafen sich Kim und Putin?",
        "Wie oft im April?",
        "Was war 2017, was 2019?",
        "Wer ist der Letzte?",
        "Was kostet 2019 Euro?",
        "Was geschah vom 24. bis 26. April?",
        "Was gilt ab 1.5.?",
    ],
)
def test_questions_that_name_none(question):
    assert find_period(question, TODAY) is None


@pytest.mark.parametrize(
    "question", ["Welche Artikel vom April 2019 nennen Kim?", "Which reports from last week mention Kim?"]
)
def test_asking_for_texts_of_a_time_is_strict(question):
    assert find_period(question, TODAY).strict


@pytest.mark.parametrize(
    "question",
    [
        "Auf wie viel steigt der Beitrag ab 2019?",
        "Was steht im Bericht des Vorstands über 2018?",
        "Welche Artikelnummern gelten seit 2018?",
    ],
)
def test_asking_for_what_happened_at_a_time_is_not(question):
    assert not find_period(question, TODAY).strict


@pytest.mark.parametrize(
    ("published", "inside"),
    [("2019-04", True), ("2019", True), ("2019-04-30T23:59", True), ("2019-05-01", False), (None, False), ("?", False)],
)
def test_publication_dates_as_precise_as_known(published, inside):
    assert Period(date(2019, 4, 1), date(2019, 5, 1), False).overlaps(published) is inside


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Welche Artikel wurden vor 2019 veröffentlicht?", "until 2018-12-31"),
        ("Welche Artikel wurden bis 2019 veröffentlicht?", "until 2019-12-31"),
        ("Welche Artikel wurden vor dem 15.06.2018 veröffentlicht?", "until 2018-06-14"),
        ("What was published before June 2018?", "until 2018-05-31"),
        ("Which published reports are older than 2018?", "until 2017-12-31"),
        ("Which reports were published after June 2018?", "from 2018-07-01"),
        ("Which reports were published in 2018?", "2018-01-01 to 2018-12-31"),
    ],
)
def test_how_a_period_is_told(question, told):
    assert str(find_period(question, TODAY)) == told


@given(st.text(max_size=80), st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)))
def test_any_text_gives_a_period_or_none(question, today):
    found = find_period(question, today)
    assert found is None or found.start < found.end


@given(st.integers(0, 999), st.sampled_from(["Tagen", "weeks", "Monaten", "years"]), st.dates(min_value=date(1, 1, 1)))
def test_spans_of_any_length(number, unit, today):
    found = find_period(f"in den letzten {number} {unit}", today)
    assert found is None or found.start < found.end


@pytest.mark.parametrize(
    ("question", "bounded"),
    [
        ("Was geschah vor September 2023?", True),
        ("Was gilt seit dem 1. Mai 2024?", True),
        ("Was geschah zwischen 2019 und 2023?", True),
        ("Kamen mehr Gäste als 2024?", True),
        ("How many came compared to 2019?", True),
        ("Was geschah im September 2023?", False),
        ("Was geschah am 3. Mai 2023?", False),
        ("Was galt 2024 und 2025?", False),
        ("Was geschah letzten September?", False),
        ("Was gilt vor Ort?", False),
    ],
)
def test_a_time_is_named_or_but_a_bound(question: str, bounded: bool) -> None:
    assert bounds_time(question) is bounded
