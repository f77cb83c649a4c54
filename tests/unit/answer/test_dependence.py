"""Which questions need what was said before: words that point out of a question, and words that only look so."""

from __future__ import annotations

import pytest

from rag_service.answer.conversation.followup import resolve
from rag_service.models import Turn

CANTEEN = [Turn("user", "Wann öffnet die Kantine in Bonn?"), Turn("assistant", "Um 11 Uhr. [1]")]
FOUNDERS = [
    Turn("user", "Wer gründete die Firma Acme in Bonn?"),
    Turn("assistant", "Anna Weber und Karl Roth gründeten sie 2019. [1]"),
]

COMPLETE = [
    # a clause follows that says what the word stands for
    "Was muss ich tun, damit mein Urlaubsantrag genehmigt wird?",
    "Was muss ich tun damit mein Antrag genehmigt wird?",
    "Hängt der Urlaubsanspruch davon ab, ob ich in Teilzeit arbeite?",
    "Wer muss dafür sorgen, dass die Brandschutztüren geschlossen sind?",
    "Wer ist dafür verantwortlich, die Türen abzuschließen?",
    "Wie geht man damit um, dass ein Kollege oft fehlt?",
    "Welche Rechte haben die Mieter, deren Vertrag endet?",
    "Are those who work part-time entitled to a bonus?",
    # nothing is meant
    "Wie lange dauert es, bis ein Antrag genehmigt wird?",
    "Wie lange dauert es bis ein Antrag genehmigt wird?",
    "Wie lange dauert es, eine Rechnung zu bezahlen?",
    "Lohnt es sich, Überstunden auszahlen zu lassen?",
    "Lohnt es sich Überstunden auszahlen zu lassen?",
    "Bringt es etwas, den Antrag früher zu stellen?",
    "Wird es 2024 eine Lohnerhöhung geben?",
    "Kann es zu einer Kündigung kommen?",
    "Hat es Folgen, wenn ich zu spät komme?",
    "Is it worth paying into the pension plan?",
    "Will it be possible to work from home?",
    "Wie alt darf ein Azubi sein?",
    "Can I take money instead of leave?",
    # the occasion is told
    "Wer war beim Gipfel in Hanoi 2019 dabei?",
    "Ist Putin dabei gewesen, als Kim nach Hanoi fuhr?",
    # a time of today
    "Welche Feiertage gibt es dieses Jahr in Hessen?",
    "Gibt es diese Woche Fisch beim Betriebsfest?",
    "What is the deadline for expenses this quarter?",
    # two that are told, or that nobody else was named for
    "Dürfen beide Elternteile gleichzeitig Elternzeit nehmen?",
    "Do both parents get leave?",
    "Do both Berlin and Munich have a canteen?",
    # those who are spoken to
    "Wie lautet Ihre Telefonnummer?",
    "Wie erreiche ich Ihren Kundendienst?",
    "Habt ihr WLAN im Büro?",
    "Are perks such as gym membership taxed?",
    # a noun of the question is meant
    "Wie melden Mitarbeiter ihre Krankheit?",
    "Wann darf die Firma ihre Daten löschen?",
    "Was passiert, wenn ein Mitarbeiter seinen Ausweis verliert?",
    "Wie oft im Monat darf ein Azubi seine Prüfung wiederholen?",
    "Was müssen Mitarbeiter tun, wenn sie krank sind?",
    "Was muss ein Arbeitnehmer tun, wenn er krank wird?",
    "What happens if an employee loses their badge?",
    "Who tells employees their rights?",
    "Are employees allowed to bring their dogs?",
    "When does an employee get his bonus?",
    "How does the company protect its data?",
    "Wo sind die Leute, die auch am Samstag arbeiten?",
    "Wann öffnet der Laden im Erdgeschoss?",
    "What should employees do if they are sick?",
]

FOLLOW_UPS = [
    "Verkauft der auch Kataloge?",
    "Hat die einen Aufzug?",
    "Wie hoch ist der?",
    "Und wann reiste er ab?",
    "Was sagte er dazu?",
    "Ist es bekannt, warum?",
    "Wie lange dauert es?",
    "Warum dauert es so lange?",
    "Was kostet es?",
    "Was kostet es, wenn man zu zweit kommt?",
    "Muss es bezahlt werden, bis der Antrag genehmigt ist?",
    "Kann ich es verkaufen, ohne zu fragen?",
    "Lohnt es sich?",
    "Wird es 2024 wieder geöffnet?",
    "Kann er es mir geben?",
    "How long does it take?",
    "What does it cost?",
    "Does it belong to the company?",
    "Is it open to visitors?",
    "Wer war dabei?",
    "War Karl dabei?",
    "Wer war im April dabei?",
    "Was ist dabei zu beachten?",
    "Was hängt davon ab?",
    "Was mache ich damit, wenn ich kündige?",
    "Was mache ich damit, um Geld zu sparen?",
    "Was passiert danach, wenn die Frist endet?",
    "Wer ist dafür zuständig?",
    "Wie viel kostet das dieses Jahr?",
    "Haben beide schon einen Termin?",
    "Do both of them agree?",
    "Who is such a person?",
    "Welche Rolle spielte ihr Vater?",
    "Wie viele Kinder hatte ihr Bruder?",
    "In welchem Jahr begann ihre Karriere?",
    "Wo liegt seine Heimat?",
    "Wo war letzte Woche ihr Auto?",
    "Kennt die Firma seine Adresse?",
    "Was ist der Name ihrer Tochter?",
    "Was war der Grund für seine Kündigung?",
    "Was brachte das Treffen seinem Land?",
    "Was hat ihr die Firma gezahlt?",
    "Gibt es Abfindungen, wenn sie kündigt?",
    "Bekomme ich eine Abfindung, wenn sie kündigt?",
    "Hat er seinen Antrag gestellt?",
    "Ihre Adresse?",
    "Where do their children live?",
    "What is the reason for their success?",
    "What is the name of its CEO?",
    "What role did her father play?",
    "How many children did their parents have?",
]


@pytest.mark.parametrize("question", COMPLETE)
def test_a_question_that_says_what_its_words_stand_for_is_left_alone(question: str) -> None:
    assert resolve(question, CANTEEN) == question


@pytest.mark.parametrize("question", FOLLOW_UPS)
def test_a_question_whose_words_point_out_of_it_is_completed(question: str) -> None:
    assert resolve(question, CANTEEN).startswith(f"{question} (")
    assert "Bonn" in resolve(question, CANTEEN)


@pytest.mark.parametrize(
    "question", ["Waren beide Gründer aus Hessen?", "Was vereinbarten beide Seiten?", "Did both founders leave?"]
)
def test_both_means_the_two_that_were_named_before(question: str) -> None:
    assert "Acme" in resolve(question, FOUNDERS)


def test_this_year_is_the_year_that_was_told_of_where_the_question_asks_what_was_in_it() -> None:
    question = "Welche Aufträge gab es in diesem Jahr?"
    assert "Acme" in resolve(question, FOUNDERS)
    assert resolve(question, CANTEEN) == question
