"""What an answer must have by its form."""

import time

import pytest

from rag_service.text.forms import lacks_form


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Was kostet der Wasserfilter?", "Der Filter hält zehn Monate."),
        ("Wie viel kostet der Winterdienst?", "Den Winterdienst erledigt seit 2020 die Firma Blitzblank."),
        ("Wie hoch ist der Monatslohn eines Gastarbeiters?", "Alle müssen binnen 24 Monaten heimkehren."),
        ("How much does a repair cost?", "A repair takes ten working days on average."),
        ("What is the price of a litre?", "Note the amount in the green book."),
        ("Wie groß ist der Frauenanteil?", "Mehrere Zehntausend müssten das Land verlassen."),
        ("What percentage voted for it?", "The vote was held in May 1997."),
        ("Wie ist die Telefonnummer der Ausleihe?", "Die Ausleihe ist montags geöffnet."),
        ("Wie lautet die E-Mail-Adresse von Frau Theis?", "Frau Theis ist neu im Team."),
        ("Um wie viel Uhr beginnt der Kurs?", "Der Kurs trifft sich jeden zweiten Donnerstag."),
        ("Wie alt war der Trainer?", "Wenige Stunden zuvor hatte er den Verein gelobt."),
        ("In welchem Jahr wurde die Brücke gesperrt?", "Die Brücke wurde wegen Rost gesperrt."),
        ("How many members does the board have?", "The board meets behind closed doors."),
    ],
)
def test_a_text_without_what_is_asked_for_lacks_its_form(question, text):
    assert lacks_form(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Was kostet der Wasserfilter?", "Der Filter ist für 75 Euro zu haben."),
        ("Was kostet der Filter?", "Filter: 75,-"),
        ("Was kostete das Haus?", "Für 400 Reichstaler bekam sie Haus und Reben."),
        ("Was kostet der Eintritt?", "Der Eintritt ist frei."),
        ("Wie hoch ist der kommunale Zuschuss?", "Davon übernimmt die Gemeinde 200.000."),
        ("Wie hoch ist die Gebühr?", "Die Gebühr beträgt zwölf im Monat."),
        ("Wie teuer war die Reise?", "Sie war günstiger als gedacht."),
        ("How much did the price of oil increase?", "It rose by less than two percent a year."),
        ("How much is the rent?", "The rent has doubled since."),
        ("Was kostete ihn das Amt?", "Er verlor es wegen einer Lüge."),
        ("What did the affair cost him?", "He lost his seat."),
        ("What is the price elasticity of demand?", "It tells how demand answers to change."),
        ("Wie hoch war die Strafe?", "Er kam für drei Jahre in Haft."),
        ("Wie groß ist der Frauenanteil?", "Fast die Hälfte sind Frauen."),
        ("What percentage voted for it?", "Three out of four did."),
        ("Wie ist die Telefonnummer der Ausleihe?", "Sie erreichen uns unter 0221 / 55 44."),
        ("Wie ist die Telefonnummer der Ausleihe?", "Die Nummer steht auf Ihrem Ausweis."),
        ("Wie lautet die E-Mail-Adresse?", "Schreiben Sie an ausleihe@example.org."),
        ("Um wie viel Uhr beginnt der Kurs?", "Er beginnt um halb acht."),
        ("Wer leitet den Kurs?", "Der Kurs trifft sich jeden zweiten Donnerstag."),
        ("Wie viel Zeit kostete die Übertragung?", "Sie hat dafür drei Winter gebraucht."),
        ("Wie alt war der Trainer?", "Der Trainer starb mit fünfunddreißig."),
        ("How old is the house?", "It dates from the 17th century."),
        ("In welchem Jahr wurde die Brücke gesperrt?", "Gesperrt ist sie seit den 1950er Jahren."),
        ("In welchem Jahr wurde die Brücke gesperrt?", "Sie wurde vor drei Jahren gesperrt."),
        ("How many members does the board have?", "Both founders sit on the board."),
        ("Wie viele Vorstände gibt es?", "Es gibt einen Vorstand."),
        ("Quel est le prix ?", "Je ne sais pas."),
    ],
)
def test_what_may_answer_lacks_nothing(question, text):
    assert not lacks_form(question, text)


def test_the_day_of_a_text_may_tell_the_year_that_is_asked_for():
    told = "Die Brücke wurde wegen Rost gesperrt."
    assert lacks_form("In welchem Jahr wurde die Brücke gesperrt?", told)
    assert not lacks_form("In welchem Jahr wurde die Brücke gesperrt?", told, dated=True)
    assert lacks_form("Was kostete die Brücke?", told, dated=True)


@pytest.mark.parametrize("text", ["preis" * 8000, "Preis " * 8000, "a" * 40000, "ein " * 10000, "1 " * 20000])
def test_long_texts_take_no_long_time(text):
    started = time.perf_counter()
    for question in ("Was kostet " + "das " * 1000, "Wie groß ist der Anteil?", "Um wie viel Uhr?", text[:4000]):
        lacks_form(question, text)
    assert time.perf_counter() - started < 2
