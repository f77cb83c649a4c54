"""Numbers, dates and names of a statement that no cited passage holds."""

from __future__ import annotations

import pytest

from rag_service.answer.generation.support import missing_values, name_words
from rag_service.models import Quote
from tests.fakes import passage

TEXT = (
    "Kim Jong Un traf am 25. April 2019 in Wladiwostok ein. Wladimir Putin empfing ihn dort. "
    "Rund 1.500 Polizisten sicherten das vierstündige Treffen, zwölf davon zu Pferd. "
    "Am 24. August sprach Kim Jong Il mit Dmitri Medwedew."
)
OTHER = "Donald Trump und Xi Jinping waren nicht dabei."


def missing(statement: str, language: str = "de", **changes: object) -> list[str]:
    cited = passage(TEXT, title="Besuch", **changes)
    known = name_words([cited, passage(OTHER)], "Wann kam Kim?", "de")
    return missing_values(statement, language, [cited], known)


@pytest.mark.parametrize(
    "statement",
    [
        "Kim Jong Un kam am 25.04.2019 nach Wladiwostok.",
        "Kim Jong Un kam am 25. April in Wladiwostok an.",
        "Im April 2019 war Kim in Wladiwostok.",
        "Putins Gast kam 2019.",
        "Etwa 1500 Polizisten waren im Einsatz.",
        "12 Polizisten ritten.",
        "Beide Seiten trafen sich am Donnerstag.",
        "Präsident Wladimir Putin empfing ihn.",
        "Das Gespräch war lang und in Ruhe geführt.",
    ],
)
def test_what_stands_in_the_passage_is_found(statement: str) -> None:
    assert missing(statement) == []


@pytest.mark.parametrize(
    ("statement", "lacking"),
    [
        ("Kim kam am 27. April 2019 an.", ["27. April 2019"]),
        ("Kim kam 2018 an.", ["2018"]),
        ("Im Mai 2019 war Kim dort.", ["Mai 2019"]),
        ("Rund 1.700 Polizisten sicherten das Treffen.", ["1.700"]),
        ("Sechs Polizisten waren da.", ["Sechs"]),
        ("Kim Jong Un traf Xi Jinping.", ["Xi Jinping"]),
        ("Danach empfing ihn Trump.", ["Trump"]),
        ("Das Treffen fand in Moskau statt.", ["Moskau"]),
        ("Das meldete die KCNA.", ["KCNA"]),
        ("Kim reiste am Montag ab.", ["Montag"]),
    ],
)
def test_what_does_not_is_named(statement: str, lacking: list[str]) -> None:
    assert missing(statement) == lacking


def test_the_passages_own_date_counts_with_its_weekday() -> None:
    assert missing("Kim kam am 26. April 2019, einem Freitag.", published="2019-04-26") == []
    assert missing("Kim kam am 26. April 2019.", published=None) == ["26. April 2019"]


def test_english_statements_about_a_german_passage() -> None:
    assert missing("Kim Jong Un arrived in Vladivostok on April 25, 2019.", "en") == []
    assert missing("On 25 April 2019 Vladimir Putin met him.", "en") == []
    assert missing("He met Barack Obama on 25 April 2019.", "en") == ["Barack Obama"]
    assert missing("He arrived on 3 May 2020.", "en") == ["3 May 2020"]


def test_a_namesake_is_not_the_one_meant() -> None:
    held = passage("Kim Jong Un traf Putin.", title="")
    assert missing_values("Kim Jong Il traf Putin.", "de", [held], frozenset()) == ["Kim Jong Il"]


@pytest.mark.parametrize(
    ("statement", "told", "lacking"),
    [
        ("Igor Putin empfing Kim.", "Wladimir Putin empfing Kim.", ["Igor Putin"]),
        ("Igor Putin empfing Kim.", "Wladimir Putin empfing Kim. Putin ging danach.", ["Igor Putin"]),
        ("Wladimir Putin empfing Kim.", "Wladimir Putin empfing Kim.", []),
        ("Vladimir Putin empfing Kim.", "Wladimir Putin empfing Kim.", []),
        ("Präsident Putin empfing Kim.", "Wladimir Putin empfing Kim.", []),
        ("Kremlchef Putin empfing Kim.", "Wladimir Putin empfing Kim.", []),
        ("Wladimir Putin empfing Kim.", "Präsident Putin empfing Kim.", []),
        ("Wladimir Putin empfing Kim.", "Russlands Staatslenker Putin empfing Kim.", []),
        ("W. Putin empfing Kim.", "Wladimir Putin empfing Kim.", []),
        ("Es genehmigt Herr Peter Schmidt.", "Es genehmigt Frau Dr. Anna Schmidt.", ["Herr Peter Schmidt"]),
        ("Es genehmigt Peter Schmidt-Lorenz.", "Es genehmigt Frau Dr. Anna Schmidt-Lorenz.", ["Peter Schmidt-Lorenz"]),
        ("Es genehmigt Frau Schmidt.", "Es genehmigt Frau Dr. Anna Schmidt.", []),
        ("Es genehmigt Dr. Anna Schmidt.", "Es genehmigt Frau Schmidt.", []),
        ("Es genehmigt Peter Schmidt.", "Anna Schmidt und ihr Bruder Peter genehmigen es.", []),
        ("Er fuhr nach Hafenstadt Wladiwostok.", "Er fuhr in die Pazifikstadt Wladiwostok.", []),
        ("Nordkoreas Machthaber Kim Jong Un kam.", "Kim Jong Un kam.", []),
    ],
)
def test_somebody_elses_first_name_is_told(statement: str, told: str, lacking: list[str]) -> None:
    assert lacks(statement, told) == lacking


def test_a_date_on_another_day_of_the_week_is_named() -> None:
    held = passage("| Abreise | Samstag, 27. April | Freitag, 26. April |", published=None)
    assert missing_values("Er reiste am Freitag, 27. April ab.", "de", [held], frozenset()) == ["27. April"]
    assert missing_values("Er reiste am Freitag, den 26. April ab.", "de", [held], frozenset()) == []


def test_a_number_that_stands_elsewhere_counts_something_else() -> None:
    text = "Der Park wurde 2021 eröffnet. Der Umbau kostet 4,2 Mio. Euro."
    held = passage(text)
    opened, built = Quote(held, 0, 29, 1.0), Quote(held, 30, len(text), 1.0)
    claim = "Der Park kostete 4,2 Mio. Euro."
    assert missing_values(claim, "de", [held], frozenset(), [opened]) == ["4,2 Mio"]
    assert missing_values(claim, "de", [held], frozenset(), [opened, built]) == []
    assert missing_values(claim, "de", [held], frozenset()) == []


def test_a_time_of_day_is_the_same_in_another_notation() -> None:
    cited = passage("Das Hallenbad öffnet um 6.30 Uhr und schließt um 18 Uhr.")
    assert missing_values("The pool opens at 6:30 am and closes at 6 pm.", "en", [cited], frozenset()) == []
    assert missing_values("The pool opens at 6:45 am.", "en", [cited], frozenset()) == ["6:45"]


@pytest.mark.parametrize(
    ("statement", "told", "lacking"),
    [
        ("Der Widerruf ist binnen 14 Tagen möglich.", "Der Widerruf ist binnen vierzehn Tagen möglich.", []),
        ("Er ist binnen siebzehn Tagen möglich.", "Er ist binnen vierzehn Tagen möglich.", ["siebzehn"]),
        ("Es waren zwanzigtausend Reisen.", "Es waren 1.200 Reisen.", ["zwanzigtausend"]),
        ("Der Zuschuss beträgt 1.200 Euro.", "Der Zuschuss beträgt 1 200 Euro.", []),
        ("Der Zuschuss beträgt 200 Euro.", "Der Zuschuss beträgt 1 200 Euro.", ["200"]),
        ("Sie gaben 12,5 Millionen.", "Sie gaben 12 500 000 Euro.", []),
        ("Der Kredit beträgt 3400 Franken.", "Der Kredit beträgt 3\u2019400 Franken.", []),
    ],
)
def test_numbers_are_the_same_in_another_notation(statement: str, told: str, lacking: list[str]) -> None:
    assert lacks(statement, told) == lacking


@pytest.mark.parametrize(
    ("statement", "told", "lacking"),
    [
        ("Im April traf er ihn.", "Am 25. April 2019 traf er ihn.", []),
        ("Er traf ihn in April.", "Er traf ihn on April 25, 2019.", []),
        ("Am 25. April traf er ihn.", "Am 25. April 2019 traf er ihn.", []),
        ("Im April 2019 traf er ihn.", "Am 25. April traf er ihn, 2019.", []),
        ("Im April traf er ihn.", "Am 4. Mai 2019 traf er ihn.", ["April"]),
        ("Im Mai traf er ihn.", "Am 25. April 2019 traf er ihn, am 5. Juni 2019 nicht.", ["Mai"]),
        ("Am 5. April traf er ihn.", "Am 25. April 2019 traf er ihn.", ["5. April"]),
        ("Im April 2018 traf er ihn.", "Am 25. April traf er ihn, 2019.", ["April 2018"]),
    ],
)
def test_months_are_months_and_days_are_days(statement: str, told: str, lacking: list[str]) -> None:
    assert lacks(statement, told) == lacking


def lacks(statement: str, told: str, language: str = "de", published: str | None = None) -> list[str]:
    cited = passage(told, title="", language=language, published=published)
    return missing_values(statement, language, [cited], frozenset())


@pytest.mark.parametrize(
    ("statement", "told", "published", "lacking"),
    [
        ("The report came out on January 5, 2024.", "The report came out.", "2024-01-05", []),
        ("The contract starts on 5 March 2024.", "Contract start: 2024-03-05", None, []),
        ("The contract starts on January 5, 2024.", "The contract starts on Jan 5, 2024.", None, []),
        ("The contract starts on Fri, Jan 5, 2024.", "The contract starts on January 5, 2024.", None, []),
        ("The contract starts in March.", "Contract start: 2024-01-05", None, ["March"]),
        ("The contract starts on Monday.", "The contract starts on Tuesday.", None, ["Monday"]),
        ("On Tuesday Obama met him.", "On Tuesday Putin met him.", None, ["Obama"]),
        ("In January Barack Obama met him.", "He was met on 5 January.", None, ["Barack Obama"]),
    ],
)
def test_months_and_days_of_the_week_are_no_names(
    statement: str, told: str, published: str | None, lacking: list[str]
) -> None:
    assert lacks(statement, told, "en", published) == lacking


@pytest.mark.parametrize(
    ("statement", "told", "lacking"),
    [
        ("Die Frist endet am 31.12.", "Frist: 31.12.2024", []),
        ("Am 24. Dezember ist zu.", "Am 24.12. und 31.12. ist zu.", []),
        ("Am 25. Dezember ist zu.", "Am 24.12. und 31.12. ist zu.", ["25. Dezember"]),
        ("Am 24. Dezember ist zu.", "24.12. zu", []),
        ("Silvester (31.12.) ist zu.", "Am 31. Dezember ist zu.", []),
        ("Am 3. Mai 2024 ist es.", "Es ist vom 3. bis 5. Mai 2024.", []),
        ("Am 3. Mai 2024 ist es.", "Es ist 3.–5. Mai 2024.", []),
        ("Am 2. Mai 2024 ist es.", "Es ist vom 3. bis 5. Mai 2024.", ["2. Mai 2024"]),
        ("Es ist vom 2. bis 5. Mai 2024.", "Es ist vom 3. bis 5. Mai 2024.", ["2."]),
        ("Am 5. Mai 2024 ist es.", "Es ist May 3-5, 2024.", []),
        ("Am 25. April 2019 um 10.30 Uhr ist es.", "Es ist 2019-04-25T10:30:00Z", []),
        ("Am 31. Dezember 2024 ist es.", "Es ist 12/31/2024.", []),
        ("Am 31. Dezember 2024 ist es.", "Es ist 31/12/2024.", []),
        ("Am 5. Juni 2024 ist es.", "Es ist 05/06/2024.", []),
        ("Am 6. Mai 2024 ist es.", "Es ist 05/06/2024.", []),
        ("Am 7. Mai 2024 ist es.", "Es ist 05/06/2024.", ["7. Mai 2024"]),
        ("Es ist 05/06/2024.", "Es ist am 7. Mai 2024.", ["05/06/2024"]),
        ("Das regelt Punkt 3.4.", "Punkt 3.4 regelt das.", []),
        ("Das regelt Punkt 3.5.", "Punkt 3.4. regelt das.", ["3.5"]),
        ("Es läuft ab 3.10.", "Es läuft mit 3.10 oder neuer.", []),
        ("Es läuft mit 3.10 oder neuer.", "Es läuft ab 3.10.", []),
        ("Es läuft ab 3.11.", "Es läuft mit 3.10 oder neuer.", ["3.11."]),
    ],
)
def test_dates_are_the_same_in_another_notation(statement: str, told: str, lacking: list[str]) -> None:
    assert lacks(statement, told) == lacking
