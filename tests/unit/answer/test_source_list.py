"""What ends a reply as a list of its sources, and what only looks like one."""

from __future__ import annotations

import random

import pytest

from rag_service.answer.generation.naming import Names
from rag_service.answer.generation.reply import ReplyReader
from tests.fakes import passage

PASSAGES = {
    1: passage(title="Kantinenordnung 2024", source="haus/kantine.md"),
    2: passage(title="Handbuch", source="buch.md"),
}
OPENS = ("Sie öffnet um 11 Uhr.", (1,))
CLOSES = ("Sie schließt um 14 Uhr.", (2,))


def read(reply: str, seed: int | None = None) -> list[tuple[str, tuple[int, ...]]]:
    """The sentences and numbers of a reply fed whole, or in random pieces."""
    reader = ReplyReader("de", names=Names(PASSAGES, "de"))
    said = []
    chance, position = random.Random(seed), 0
    while position < len(reply):
        size = len(reply) if seed is None else chance.randint(1, 9)
        said += reader.feed(reply[position : position + size])
        position += size
    return [(each.text, each.numbers) for each in said + reader.finish(True)]


ANSWERS = {
    "- Anträge: vor der Reise [1]\n- Belege: binnen 30 Tagen einreichen [1]\n- Pauschale: 14 Euro [1]": [
        ("- Anträge: vor der Reise", (1,)),
        ("- Belege: binnen 30 Tagen einreichen", (1,)),
        ("- Pauschale: 14 Euro", (1,)),
    ],
    "- Belege: binnen 30 Tagen einreichen [1]\n- Pauschale: 14 Euro [2]": [
        ("- Belege: binnen 30 Tagen einreichen", (1,)),
        ("- Pauschale: 14 Euro", (2,)),
    ],
    "Literatur: wird gestellt [1].": [("Literatur: wird gestellt.", (1,))],
    "References: two letters from employers [1].": [("References: two letters from employers.", (1,))],
    "Quellen: Die Zahlen stammen vom Land [1].": [("Quellen: Die Zahlen stammen vom Land.", (1,))],
    "Belege: 14 [1]": [("Belege: 14", (1,))],
    "Belege: 3. Mai [1]": [("Belege: 3. Mai", (1,))],
    "Belege: siehe Formular reise.pdf [1]": [("Belege: siehe Formular reise.pdf", (1,))],
    "Citations:\n- must follow APA style [1]\n- at least five [2]": [
        ("Citations:", ()),
        ("- must follow APA style", (1,)),
        ("- at least five", (2,)),
    ],
    "Einzureichen sind:\n- Anträge [1]\n- Belege [1]": [
        ("Einzureichen sind:", ()),
        ("- Anträge", (1,)),
        ("- Belege", (1,)),
    ],
    "Einzureichen sind:\n- Anträge\n- Belege": [("Einzureichen sind:", ()), ("- Anträge", ()), ("- Belege", ())],
    '{"statements": [{"text": "Belege: 30 Tage", "citations": [1]}, {"text": "Belege", "citations": [2]}]}': [
        ("Belege: 30 Tage", (1,)),
        ("Belege", (2,)),
    ],
    "Es gilt die Kantinenordnung [1]. [2] 25. April 2019": [
        ("Es gilt die Kantinenordnung.", (1, 2)),
        ("25. April 2019", ()),
    ],
    "[1] Kantinenordnung\n\n[2] Handbuch": [("Kantinenordnung", (1,)), ("Handbuch", (2,))],
    "Es gelten:\n[1] Kantinenordnung\n\n[2] Handbuch": [
        ("Es gelten:", ()),
        ("Kantinenordnung", (1,)),
        ("Handbuch", (2,)),
    ],
    "Sie öffnet [1].\n\n[2] 12 Euro": [("Sie öffnet.", (1,)), ("12 Euro", (2,))],
    "Sie öffnet [1].\n\nHandbuch [2]": [("Sie öffnet.", (1,)), ("Handbuch", (2,))],
}
LISTS = [
    "[1] kantine.md\n[2] buch.md",
    "[1]: kantine.md",
    "[^1]: kantine.md",
    "[1] haus/kantine.md, 25. April 2019",
    "---\n[1] kantine.md",
    "- [1] Kantinenordnung 2024",
    "Quellen: [1], [2]",
    "Quellen:\n[1]\n[2]",
    "Quellen: 1, 2",
    "## Quellen\n[1]\n[2]",
    "## Quellen\n1. kantine.md\n2. https://x.example/a",
    "**Quellen:**\n- [1] Kantinenordnung 2024 (haus/kantine.md), 25. April 2019\n- [2] Handbuch, S. 3",
    "---\n**Quellen**\n\n[1] kantine.md",
    "Sources: haus/kantine.md, buch.md",
    "Verwendete Quellen:\n- Kantinenordnung\n- Handbuch",
    "References:\n[1] [Kantine](https://x.example/a)\n[2] <https://y.example>",
    "Belege:\n- Passage 1\n- Passage 2: buch.md",
    "Quellen:",
]


@pytest.mark.parametrize("seed", [None, *range(8)])
@pytest.mark.parametrize("reply", ANSWERS)
def test_what_says_something_is_no_list_of_sources(reply: str, seed: int | None) -> None:
    assert read(reply, seed) == ANSWERS[reply]


@pytest.mark.parametrize("seed", [None, *range(8)])
@pytest.mark.parametrize("sources", LISTS)
def test_a_list_of_sources_is_left_out_and_ends_nothing(sources: str, seed: int | None) -> None:
    assert read(f"Sie öffnet um 11 Uhr [1].\n\n{sources}", seed) == [OPENS]
    if "\n[2]" not in sources and sources != "Quellen:":  # a marker alone on its line belongs to what follows
        assert read(f"Sie öffnet um 11 Uhr [1].\n\n{sources}\n\nSie schließt um 14 Uhr [2].", seed) == [OPENS, CLOSES]


@pytest.mark.parametrize("seed", [None, *range(8)])
def test_what_is_to_be_handed_in_and_the_sources_behind_it(seed: int | None) -> None:
    reply = "Belege:\n- binnen 30 Tagen [1]\n- im Original [2]\n\nQuellen:\n[1] kantine.md\n[2] buch.md"
    assert read(reply, seed) == [("Belege:", ()), ("- binnen 30 Tagen", (1,)), ("- im Original", (2,))]


def test_a_list_within_a_thought_is_forgotten() -> None:
    reader = ReplyReader("de", names=Names(PASSAGES, "de"))
    assert reader.feed("Quellen: kantine.md\nDas ist ") == []
    said = reader.feed("es.\n</think>\n\nbuch.md [1]") + reader.finish(True)
    assert [(each.text, each.numbers) for each in said] == [("buch.md", (1,))]
