import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_service.text.normalise import normalise
from tests.fuzzing import examples


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\ufeffKim", "Kim"),
        ("a\x00b\x07c", "abc"),
        ("Wieder\u00advereinigung", "Wiedervereinigung"),
        ("u\u0308ber", "über"),
        ("a\ud800b", "a\ufffdb"),
        ("\ud83d\ude00", "\U0001f600"),
        ("a\u200bb\u202eevil\u202c", "abevil"),
        ("\U000e0041versteckt", "versteckt"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("tab\tbleibt", "tab\tbleibt"),
    ],
)
def test_cases(raw: str, expected: str) -> None:
    assert normalise(raw) == expected


@given(st.text(st.characters() | st.sampled_from("\ud800\udc00\r\x00"), max_size=100))
@settings(max_examples=examples(300), deadline=None)
def test_result_is_stable_and_storable(raw: str) -> None:
    text = normalise(raw)
    assert normalise(text) == text
    assert unicodedata.is_normalized("NFC", text)
    text.encode("utf-8")
