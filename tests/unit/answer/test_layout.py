"""Lines of a reply that are no sentences."""

from __future__ import annotations

import pytest

from rag_service.answer.generation.layout import Layout


def plain(*lines: str) -> list[str]:
    layout = Layout()
    return [text for line in lines if (text := layout.plain(line, cited="[" in line))]


@pytest.mark.parametrize(
    "line",
    [
        "Hier ist die Antwort auf Ihre Frage:",
        "Here are the items that the policy names:",
        "**Antwort:**:",
        "Laut den Dokumenten:",
        "Based on the provided documents:",
        "Nach den vorliegenden Informationen gilt:",
    ],
)
def test_an_introduction_is_left_out(line: str) -> None:
    assert plain(line, "- Speicher", "- Ladesäulen") == ["- Speicher", "- Ladesäulen"]


@pytest.mark.parametrize("line", ["Nicht gefördert werden:", "Laut den Dokumenten werden nicht gefördert:"])
def test_what_announces_a_list_stands_before_its_first_item(line: str) -> None:
    assert plain(line, "1. Speicher", "2. Ladesäulen") == [f"{line} Speicher", "2. Ladesäulen"]


def test_a_heading_is_left_out_and_ends_what_was_announced() -> None:
    assert plain("Gefördert werden:", "### Kosten", "Er kostet viel.") == ["Er kostet viel."]
    assert plain("### Kosten [1]") == ["### Kosten [1]"]


def test_rows_have_the_names_of_their_columns() -> None:
    assert plain("Preise:", "| Eintritt | 5 Euro [1] |", "| Kinder | 2 Euro [1] |", "Montags ist zu.") == [
        "Eintritt; 5 Euro [1]",
        "Kinder; 2 Euro [1]",
        "Montags ist zu.",
    ]
    rows = ("| Posten | Betrag |", "|:---|---:|", "| Speicher | 3 Euro |", "| Summe |", "Das ist viel.", "| A |", "|-|")
    assert plain(*rows) == ["Posten: Speicher; Betrag: 3 Euro", "Summe", "Das ist viel."]


@pytest.mark.parametrize("fence", ["```markdown", "```", "~~~ text"])
def test_a_fence_around_the_reply_is_left_out_with_the_language_it_names(fence: str) -> None:
    assert plain(fence, "Kim kam.", fence[:3]) == ["Kim kam."]
    assert plain("Hier ist die Antwort:", f"{fence}\nKim kam.") == ["Kim kam."]
    assert plain("```markdown ist kein Zaun") == ["```markdown ist kein Zaun"]
