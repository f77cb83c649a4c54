"""Whatever the text: spans in order, nothing lost, time linear."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_service.text.sentences import split_sentences
from tests.fuzzing import examples

TEXT = st.text(st.sampled_from("aBÄ1 .!?\n\n\t,„“»«()-|#…。[]:") | st.characters(codec="utf-8"), max_size=200)


@given(TEXT, st.sampled_from(["de", "en", "und", "ja"]))
@settings(max_examples=examples(300), deadline=None)
def test_spans_are_ordered_trimmed_and_cover_everything_but_white_space(text: str, language: str) -> None:
    spans = split_sentences(text, language)
    assert all(start < end for start, end in spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())


@pytest.mark.parametrize(
    "pattern", ["z. B. ", ". ", "?!\n", "a\n", "„“", "[1]", " | ", "\t", "X.", "1. ", "- a\n", "A" * 50 + ".", ") "]
)
def test_time_is_linear(pattern: str) -> None:
    def seconds(length: int) -> float:
        text = pattern * (length // len(pattern))
        started = time.process_time()
        split_sentences(text, "de")
        return time.process_time() - started

    assert seconds(160_000) < 20 * seconds(16_000) + 0.5


def test_what_stands_before_a_day_is_looked_at_once() -> None:
    started = time.process_time()
    split_sentences("(" * 20_000 + "1.1. Der " * 5_000, "de")
    assert time.process_time() - started < 2
