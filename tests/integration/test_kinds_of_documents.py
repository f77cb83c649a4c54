"""What teams write, asked as they ask it: questions and answers, tables, steps, contracts, minutes, web pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag_service.answer.ask import Asker
from rag_service.answer.events import Ask
from rag_service.bootstrap import open_service
from rag_service.models import Answer
from rag_service.settings import load_settings
from tests.cli_kit import alone, call

FILES = {
    "faq.md": """# Häufige Fragen zum Urlaub

## Wie viele Urlaubstage habe ich im Jahr?

Vollzeitkräfte haben Anspruch auf 30 Tage. Bei Teilzeit wird anteilig gerechnet.

## Kann ich Urlaub ins nächste Jahr mitnehmen?

Ja, bis zum 31. März. Danach verfällt er.

## Wer genehmigt meinen Urlaub?

Das macht die Teamleitung.
""",
    "betrieb.md": """# Betriebshandbuch

## Bereitschaft

| Woche | Erste Person | Vertretung |
|-------|--------------|------------|
| KW 41 | Jana Holm    | Ali Demir  |
| KW 42 | Ali Demir    | Petra Vogt |
| KW 43 | Petra Vogt   | Jana Holm  |

## Neustart des Bestelldienstes

1. Beim Leitstand anmelden und die Wartung ankündigen.
2. Auf `prod-03` den Dienst stoppen.
3. Warten, bis die Warteschlange leer ist.
4. Den Dienst wieder starten und das Protokoll prüfen.
""",
    "protokoll.txt": """Protokoll der Teamsitzung vom 12. März 2026

Anwesend: Kessler, Brandt, Holm, Demir
Entschuldigt: Vogt

Der Umzug nach Halle B ist auf den 4. Mai verschoben. Grund ist die fehlende Brandmeldeanlage.

Nächste Sitzung: 26. März 2026, 10 Uhr, Raum 2.14
""",
    "reisekosten.csv": """Land;Tagessatz in Euro;Übernachtung in Euro
Deutschland;28;20
Österreich;50;117
Schweiz;64;180
Frankreich;53;159
""",
    "paten.html": """<html lang="de"><body><h1>Die ersten Tage</h1>
<p>Am ersten Tag holst du deinen Ausweis am Empfang ab. Der Empfang ist ab 7:30 Uhr besetzt.</p>
<dl><dt>VPN</dt><dd>Antrag im Serviceportal, dauert bis zu zwei Tage.</dd></dl>
<table><tr><th>Abteilung</th><th>Pate</th></tr><tr><td>Entwicklung</td><td>Jana Holm</td></tr>
<tr><td>Vertrieb</td><td>Ole Petersen</td></tr></table></body></html>
""",
    "mietvertrag.txt": """MIETVERTRAG über Gewerberäume

§ 2 Mietzeit
(1) Das Mietverhältnis beginnt am 1. Oktober 2025 und endet am 30. September 2030.
(2) Es verlängert sich um jeweils ein Jahr, wenn es nicht dreißig Tage vor Ablauf gekündigt wird.

§ 3 Miete
(1) Die monatliche Miete beträgt 9.660 Euro zuzüglich der gesetzlichen Umsatzsteuer.
(2) Die Miete ist am dritten Werktag eines Monats fällig.
""",
    "courses.txt": """Courses of the village hall in spring

Pottery, one weekend ................... 130 EUR
First aid, one day ..................... 45 EUR
Sewing, four evenings .................. 80 EUR

Please bring your own apron to the pottery course.
""",
    "drill.txt": """Cordless drill KB 18

Max. torque                65 Nm
Weight with battery        1.6 kg

The drill comes with one battery and a case.
""",
    "qingshan.txt": """青山博物馆

馆长是李明华。门票价格为30元。博物馆每周一闭馆。2018年，博物馆花费五百万元修缮了屋顶，这笔费用由市政府和当地企业共同承担。
""",
}
STEPS = FILES["betrieb.md"].partition("dienstes\n\n")[2].strip().replace("`", "")


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("team")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        alone(patch, tmp_path_factory.mktemp("run") / "data")
        assert call("ingest", str(folder)).exit_code == 0
        service = open_service(load_settings())
        yield service.asker
        service.close()


async def answered(asker: Asker, question: str) -> Answer:
    answer = await asker.answer(Ask(question))
    assert answer.answered, (question, answer.confidence)
    assert all(FILES[each.source] for each in answer.citations)
    return answer


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Wie viele Urlaubstage habe ich im Jahr?",
         "Wie viele Urlaubstage habe ich im Jahr?\n\nVollzeitkräfte haben Anspruch auf 30 Tage."),
        ("Kann ich Urlaub ins nächste Jahr mitnehmen?",
         "Kann ich Urlaub ins nächste Jahr mitnehmen?\n\nJa, bis zum 31. März."),
        ("Wer genehmigt meinen Urlaub?", "Wer genehmigt meinen Urlaub?\n\nDas macht die Teamleitung."),
        ("Wer hat in KW 42 Bereitschaft?", "Woche: KW 42; Erste Person: Ali Demir; Vertretung: Petra Vogt"),
        ("Wie starte ich den Bestelldienst neu?", STEPS),
        ("Wann ist die nächste Sitzung?", "Nächste Sitzung: 26. März 2026, 10 Uhr, Raum 2.14"),
        ("Wie hoch ist der Tagessatz in der Schweiz?",
         "Land: Schweiz; Tagessatz in Euro: 64; Übernachtung in Euro: 180"),
        ("Wer ist der Pate im Vertrieb?", "Abteilung: Vertrieb; Pate: Ole Petersen"),
        ("Wie lange dauert der VPN-Zugang?", "VPN: Antrag im Serviceportal, dauert bis zu zwei Tage."),
        ("Wann ist die Miete fällig?", "(2) Die Miete ist am dritten Werktag eines Monats fällig."),
        ("Wann endet der Mietvertrag?",
         "(1) Das Mietverhältnis beginnt am 1. Oktober 2025 und endet am 30. September 2030."),
        ("What does the first aid course cost?", "First aid, one day ..................... 45 EUR"),
        ("What is the maximum torque of the drill?", "Max. torque                65 Nm"),
        ("门票多少钱？", "门票价格为30元。"),
    ],
)  # fmt: skip
async def test_the_first_citation_is_what_answers(asker: Asker, question: str, first: str) -> None:
    answer = await answered(asker, question)
    assert answer.citations[0].quote == first


async def test_a_row_stands_without_its_neighbours(asker: Asker) -> None:
    answer = await answered(asker, "Wie hoch ist der Tagessatz in der Schweiz?")
    assert not any("Österreich" in each.quote or "Frankreich" in each.quote for each in answer.citations)


async def test_a_greeting_around_the_question_costs_nothing(asker: Asker) -> None:
    question = "Wann ist die Miete fällig?"
    plain = await answered(asker, question)
    wrapped = await answered(asker, f"Guten Tag, ich bin neu und finde es nicht. {question} Viele Grüße, Anna")
    assert wrapped.citations[0].quote == plain.citations[0].quote


@pytest.mark.parametrize(
    "question",
    [
        "Wie heißt der Hausmeister?",
        "Welche Farbe hat der Firmenwagen?",
        "Wer hat in KW 50 Bereitschaft?",
        "Wie hoch ist der Tagessatz in Italien?",
    ],
)
async def test_what_the_documents_do_not_say_is_declined(asker: Asker, question: str) -> None:
    assert not (await asker.answer(Ask(question))).answered
