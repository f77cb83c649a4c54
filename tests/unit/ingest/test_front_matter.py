"""Metadata at the head of a Markdown file is read as such, and text that stands between two rules as text."""

import re

import pytest

from tests.ingest_kit import read


def test_front_matter_blocks_and_comments() -> None:
    head = (
        "title: >-\n  Ein langer\n  Titel\nsummary: |\n  Zeile: a\n  - Zeile b\nauthor: 'Ada # Bo' # die Autorin\n"
        "date: 2022-02-03 # gestellt\ntopic: C# und F#\nplace: Ulm # an der Donau\n"
    )
    document = read("a.md", f"---\n{head}---\nInhalt.")
    assert (document.title, document.published) == ("Ein langer Titel", "2022-02-03")
    assert document.metadata == {
        "summary": "Zeile: a - Zeile b", "author": "Ada # Bo", "topic": "C# und F#", "place": "Ulm"
    }  # fmt: skip


def test_front_matter_lists() -> None:
    document = read("a.md", "---\ntitle: T\nauthors:\n  - Anna\n  - 'Ben'\n---\nText")
    assert document.metadata == {"author": "Anna, Ben"}


@pytest.mark.parametrize(
    "text",
    [
        "\n# Protokoll der Sitzung\n\nDie Kasse wurde geprüft. Der Beitrag steigt auf 50 Euro.\n\n",
        "Stand: Mai\n\nDer Beitrag beträgt 50 Euro.\n\n",
        "\nStand: Mai\n\n",
        "Der Beitrag beträgt 50 Euro.\n",
        "Treffen um 18:30 Uhr im Rathaus.\n",
        "18:30: Begrüßung\n19:00: Wahl\n",
        "Mehr dazu: https://example.org\n\nhttps://example.org/50\n",
        "- Kasse\n- Wahl\n",
        "# Protokoll\n",
        "    eingerückt\n",
        "Teilnehmer: Anna, Ben\n- Die Kasse wurde geprüft.\n",
        "Stand: Mai\nDer Beitrag steigt.\n",
        "Stand: Mai\n> Der Beitrag steigt.\n",
        "| Stand: Mai |\n",
    ],
)
@pytest.mark.parametrize("end", ["---", "..."])
def test_text_between_two_rules_is_no_front_matter(text: str, end: str) -> None:
    document = read("a.md", f"---\n{text}{end}\n\nNächste Sitzung im Mai.")
    read_words = re.findall(r"\w+", document.text)
    assert read_words == re.findall(r"\w+", f"{text} Nächste Sitzung im Mai.")
    assert document.metadata == {}


@pytest.mark.parametrize(
    ("head", "metadata"),
    [
        ("# von Hand\nplace: Ulm\n\n# noch etwas\n\ntopic: Rad\n", {"place": "Ulm", "topic": "Rad"}),
        ("tags:\n- eins\n- zwei\nplace: Ulm\n", {"tags": "eins, zwei", "place": "Ulm"}),
        ("tags: # Liste\n- eins\n", {"tags": "eins"}),
        ("tags: [\n  eins,\n  'zwei'\n]\nplace: Ulm\n", {"tags": "eins, zwei", "place": "Ulm"}),
        ("summary: |\n  Teil eins.\n\n  Teil zwei: Ende.\nplace: Ulm\n",
         {"summary": "Teil eins. Teil zwei: Ende.", "place": "Ulm"}),
        ('summary: "Ein langer\n  Satz."\ntopic: Rad und\n  Bahn\n',
         {"summary": "Ein langer Satz.", "topic": "Rad und Bahn"}),
        ("Übersicht: ja\n", {"übersicht": "ja"}),
        ("og:title: Rad\n\"quoted\": x\n  y\n$schema: z\nplace: Ulm\n", {"place": "Ulm"}),
        ("place: Ulm\nmenu:\n  main:\n    weight: 5\n  # oben\ntopic:\n", {"place": "Ulm"}),
    ],
)  # fmt: skip
def test_front_matter_is_pairs_with_what_continues_them_and_comments(head: str, metadata: dict[str, str]) -> None:
    document = read("a.md", f"---\n{head}---\nInhalt.")
    assert document.text.strip() == "Inhalt."
    assert document.metadata == metadata
