import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_service.text.words import content_words, fold, pairs, subwords, terms, word_spans
from tests.fuzzing import examples


@pytest.mark.parametrize(
    "variants",
    [
        ("München", "Muenchen", "MUENCHEN", "münchen", "MÜNCHEN"),
        ("Straße", "Strasse", "STRASSE", "strasse"),
        ("Größe", "Groesse", "GRÖSSE"),
        ("Köln", "Koeln", "KOELN"),
        ("Genève", "Geneve"),
        ("Łódź", "Lodz"),
    ],
)
def test_fold_makes_spellings_equal(variants: tuple[str, ...]) -> None:
    assert len({fold(variant) for variant in variants}) == 1


@pytest.mark.parametrize(
    ("language", "variants"),
    [
        ("de", ("München", "Muenchen", "MUENCHEN", "Munchen", "Münchens")),
        ("de", ("Straße", "Strasse", "Straßen", "STRASSEN")),
        ("de", ("Gipfel", "Gipfels", "Gipfeln")),
        ("de", ("Trump", "Trumps", "Trump’s")),
        ("de", ("Präsident", "Präsidenten", "Praesidenten")),
        ("de", ("Sanktion", "Sanktionen")),
        ("en", ("sanction", "sanctions", "sanctioned")),
        ("en", ("Putin", "Putin's", "Putin’s")),
        ("fr", ("homme", "l'homme", "l’homme", "hommes")),
    ],
)
def test_terms_of_variants_are_equal(language: str, variants: tuple[str, ...]) -> None:
    assert len({tuple(terms(variant, language)) for variant in variants}) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3,5 Prozent", ["3,5", "prozent"]),
        ("um 08:44 Uhr", ["um", "08:44", "uhr"]),
        ("am 25.04.2019", ["am", "25.04.2019", "25", "04", "2019"]),
        ("am 2019-04-25", ["am", "2019-04-25", "2019", "04", "25"]),
        ("1.200.000 Soldaten", ["1.200.000", "soldat"]),
        ("KN-23 und G20", ["kn", "23", "und", "g20"]),
        ("US-Präsident", ["us", "prasident"]),
        ("Kim Jong-un", ["kim", "jong", "un"]),
        ("18 Monate", ["18", "monat"]),
        ("Wieder\u00advereinigung", ["wiederverein"]),
        ("", []),
        ("… – „“ !", []),
    ],
)
def test_german_terms(text: str, expected: list[str]) -> None:
    assert terms(text, "de") == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ja", "東京都", ["東京", "京都"]),
        ("ja", "山", ["山"]),
        ("zh", "金正恩在2019年", ["金正", "正恩", "恩在", "2019", "年"]),
        ("th", "กขค", ["กข", "ขค"]),
        ("hi", "हिन्दी में", ["हिनद", "म"]),
        ("ru", "саммита", ["саммит"]),
        ("xx", "Quelconque", ["quelconque"]),
    ],
)
def test_terms_of_other_languages(language: str, text: str, expected: list[str]) -> None:
    assert [unicodedata.normalize("NFC", term) for term in terms(text, language)] == expected


def test_content_words_leave_out_what_carries_no_topic() -> None:
    assert content_words("Wann hat Kim den Präsidenten in Wladiwostok getroffen?", "de") == [
        "kim",
        "prasident",
        "wladiwostok",
        "getroff",
    ]
    assert content_words("When did they meet?", "en") == ["meet"]
    assert content_words("Für wen und über was?", "de") == []
    assert content_words("Où est la gare ?", "fr") == terms("Où est la gare ?", "fr")


def test_subwords_are_shared_by_a_compound_and_its_parts() -> None:
    compound, part = subwords(terms("Raketenabwehrsystem", "de")), subwords(terms("Abwehrsystem", "de"))
    assert set(part) <= set(compound)
    assert subwords(["haus"]) == []
    assert subwords(["abcdefgh"]) == ["abcde", "bcdef", "cdefg", "defgh"]
    assert subwords(["abcdefgh"], 2) == ["abcde", "cdefg", "defgh"]
    assert subwords(["25.04.2019"]) == []


def test_pairs_join_neighbours() -> None:
    assert pairs(["kim", "jong", "un"]) == ["kim_jong", "jong_un"]
    assert pairs(["kim"]) == []


def test_word_spans_point_at_words_and_numbers() -> None:
    text = "Am 25.04.2019, um 3,5 %: Kim!"
    assert [text[start:end] for start, end in word_spans(text)] == ["Am", "25.04.2019", "um", "3,5", "Kim"]


@given(st.text(max_size=80), st.sampled_from(["de", "en", "fr", "ja", "und"]))
@settings(max_examples=examples(200), deadline=None)
def test_terms_hold_no_blank_and_ignore_case(text: str, language: str) -> None:
    found = terms(text, language)
    assert all(term and not any(character.isspace() for character in term) for term in found)
    assert found == terms(text, language)
    assert fold(fold(text)) == fold(text)
    assert all(text[start:end].strip() for start, end in word_spans(text))
