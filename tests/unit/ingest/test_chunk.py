import itertools
import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag_service.ingest.chunk import Chunker, cut
from rag_service.models import Chunk
from rag_service.text.sentences import split_sentences
from tests.fuzzing import examples


def token_spans(text: str) -> NDArray[np.int32]:
    """Words in pieces of up to four letters, like a subword tokeniser's."""
    spans = [match.span() for match in re.finditer(r"\w{1,4}|[^\w\s]", text)]
    return np.array(spans, dtype=np.int32).reshape(-1, 2)


def chunks(text: str, limit: int = 20, overlap: int = 0, language: str = "de") -> list[Chunk]:
    return cut(text, language, token_spans, limit, overlap)


def texts(found: list[Chunk]) -> list[str]:
    return [chunk.text for chunk in found]


def test_a_short_text_is_one_chunk_without_the_space_around_it() -> None:
    (chunk,) = chunks("\n\n Kim kam an. \n")
    assert (chunk.ordinal, chunk.start, chunk.end, chunk.text) == (0, 3, 14, "Kim kam an.")
    assert chunk.tokens == 4


def test_cuts_fall_between_paragraphs_rather_than_sentences() -> None:
    text = "Eins zwei drei. Vier fünf acht.\n\nSechs acht neun. Zehn elf vier. Zwei drei vier."
    assert texts(chunks(text, 16)) == [
        "Eins zwei drei. Vier fünf acht.",
        "Sechs acht neun. Zehn elf vier. Zwei drei vier.",
    ]


@pytest.mark.parametrize(
    "lead", ["Neue Frage zu dem Plan", "Was ist neu an dem Plan?", "Neu ist an dem Plan:", "いつですか？"]
)
def test_what_leads_in_stays_with_what_follows(lead: str) -> None:
    text = f"Der eine Satz. Noch ein Satz.\n\n{lead}\n\nHier die Antwort. Mehr dazu. Noch mehr dazu hier."
    found = texts(chunks(text, 18))
    assert found[0] == "Der eine Satz. Noch ein Satz."
    assert found[1].startswith(f"{lead}\n\nHier die Antwort.")


def test_overlap_is_the_most_whole_sentences_that_fit() -> None:
    text = " ".join(f"Satz {number} hier." for number in range(10, 40))  # four tokens each
    found = chunks(text, 20, 8)
    for before, after in itertools.pairwise(found):
        assert token_spans(text[after.start : before.end]).shape[0] == 8
        assert text[after.start : before.end].startswith("Satz")


def test_sizes_are_even_rather_than_full_and_a_rest() -> None:
    text = " ".join(f"Satz {number} hier." for number in range(10, 16))  # 24 tokens
    assert [chunk.tokens for chunk in chunks(text, 20)] == [12, 12]


def test_a_giant_sentence_is_cut_at_clauses_then_words_then_tokens() -> None:
    clauses = "eins zwei drei, " * 20
    assert all(text.endswith(",") for text in texts(chunks(clauses, 20)))
    words = chunks("wort " * 100, 10)
    assert all(re.fullmatch(r"(wort ?)+", text) for text in texts(words))
    letters = chunks("x" * 200, 10)
    assert [chunk.tokens for chunk in letters] == [10, 10, 10, 10, 10]


def test_text_without_tokens_is_still_covered() -> None:
    found = cut("\u0301\u0301 \u0301", "de", lambda text: np.zeros((0, 2), np.int32), 10, 0)
    assert texts(found) == ["\u0301\u0301 \u0301"]
    assert chunks("") == []


TEXT = st.text(st.sampled_from("aBcÄ1 .!?\n\n,;„“-#…。東京") | st.characters(codec="utf-8"), max_size=400)


@given(TEXT, st.integers(4, 40), st.floats(0, 0.5), st.sampled_from(["de", "en", "ja"]))
@settings(max_examples=examples(400), deadline=None)
def test_invariants(text: str, limit: int, share: float, language: str) -> None:
    overlap = int(limit * share)
    found = cut(text, language, token_spans, limit, overlap)
    sentences = {span[0] for span in split_sentences(text, language)}
    covered = set()
    for ordinal, chunk in enumerate(found):
        assert chunk.ordinal == ordinal
        assert chunk.text == text[chunk.start : chunk.end] == chunk.text.strip()
        assert chunk.tokens == len(token_spans(chunk.text)) <= limit
        covered.update(range(chunk.start, chunk.end))
    assert all(character.isspace() for at, character in enumerate(text) if at not in covered)
    for before, after in itertools.pairwise(found):
        assert before.start < after.start and before.end < after.end
        shared = text[after.start : before.end]
        if shared:
            assert len(token_spans(shared)) <= overlap
            assert after.start in sentences


ROWS = "\n".join(f"Bauteil: Teil{number}; Arbeit: {'reinigen ' * 6}; Dauer: 1 min" for number in range(24))
LINES = st.sampled_from(
    ["Plan\n", "# Kopf", "Was gilt?", "Er kam.", "Ein Satz, der etwas mehr sagt. Und noch einer.", ""]
)


def assert_none_holds_another(found: list[Chunk]) -> None:
    for before, after in itertools.pairwise(found):
        assert before.start < after.start and before.end < after.end


@given(st.lists(LINES, max_size=60), st.integers(8, 40), st.floats(0, 0.9))
@settings(max_examples=examples(400), deadline=None)
def test_no_chunk_holds_another_among_headings_and_short_lines(lines: list[str], limit: int, share: float) -> None:
    assert_none_holds_another(chunks("\n".join(lines), limit, int(limit * share)))


def test_every_chunk_of_a_table_below_short_lines_ends_behind_the_one_before() -> None:
    text = f"Plan\n\nAusgabe 2025. Der Plan gilt hier. Jede Arbeit wird vermerkt.\n\n{ROWS}"
    found = chunks(text, 200, 32)
    assert_none_holds_another(found)
    assert len(found) == 5


def test_rows_told_with_the_names_of_their_columns_are_no_headings() -> None:
    rows = "\n".join(f"Land: Staat{number}; Betrag: {number} Euro" for number in range(10, 22))  # ten tokens each
    found = texts(chunks(f"Der Satz steht darüber.\n\n{rows}", 40))
    assert found[0].endswith("Betrag: 11 Euro")


def marked_spans(text: str) -> NDArray[np.int32]:
    """Words between blanks as a first letter, then fours: a cut inside a word changes what follows."""
    spans = [
        (at, min(at + length, word.end()))
        for word in re.finditer(r"\S+", text)
        for at, length in [(word.start(), 1), *((at, 4) for at in range(word.start() + 1, word.end(), 4))]
    ]
    return np.array(spans, dtype=np.int32).reshape(-1, 2)


@given(st.text(st.sampled_from("東京。!? a\nb,"), max_size=400), st.integers(4, 20))
@settings(max_examples=examples(300), deadline=None)
def test_limit_holds_where_a_cut_changes_the_tokens(text: str, limit: int) -> None:
    found = cut(text, "ja", marked_spans, limit, limit // 3)
    assert all(chunk.tokens == len(marked_spans(chunk.text)) <= limit for chunk in found)
    assert all(chunk.text == text[chunk.start : chunk.end] for chunk in found)
    covered = {at for chunk in found for at in range(chunk.start, chunk.end)}
    assert all(character.isspace() for at, character in enumerate(text) if at not in covered)


@given(TEXT, st.integers(4, 40))
@settings(max_examples=examples(20), deadline=None)
def test_the_llamaindex_parser_gives_the_same_chunks(text: str, limit: int) -> None:
    assert Chunker(token_spans, limit, limit // 4).chunks(text, "de") == cut(text, "de", token_spans, limit, limit // 4)


def test_offsets_of_repeated_text_are_exact_in_llamaindex_nodes() -> None:
    from llama_index.core.schema import Document

    from rag_service.ingest.nodes import SentenceNodeParser

    text = "Er kam. " * 200
    parser = SentenceNodeParser(token_spans=token_spans, max_tokens=12, overlap_tokens=3)
    nodes = parser.get_nodes_from_documents([Document(text=text, metadata={"source": "a.txt"})])
    assert [node.start_char_idx for node in nodes] == [chunk.start for chunk in cut(text, "de", token_spans, 12, 3)]
    assert all(node.text == text[node.start_char_idx : node.end_char_idx] for node in nodes)
    assert nodes[1].prev_node is not None and nodes[1].metadata["source"] == "a.txt"
    assert parser.class_name() == "SentenceNodeParser"


@pytest.mark.parametrize("pattern", ["a b ", "x", "word, ", "!? ", "今日", "z. B. ", "# K\n", "Satz hier. "])
def test_time_is_linear_on_adversarial_text(pattern: str) -> None:
    def seconds(length: int) -> float:
        text = pattern * (length // len(pattern))
        spans = token_spans(text)
        started = time.process_time()
        cut(text, "de", lambda part: spans if part is text else token_spans(part), 64, 16)
        return time.process_time() - started

    assert seconds(200_000) < 25 * seconds(20_000) + 0.5


def test_a_thousand_documents_of_230_words_take_under_two_seconds() -> None:
    text = " ".join(f"Der Satz {number} handelt von Wladiwostok und vom Gipfel." for number in range(26))
    spans = token_spans(text)
    started = time.process_time()
    for _ in range(1000):
        cut(text, "de", lambda part: spans if part == text else token_spans(part), 256, 32)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("gap", [" " * 30_000, "\n" * 30_000, "\u200d" * 30_000])
def test_what_costs_no_tokens_does_not_make_a_chunk_long(gap: str) -> None:
    text = f"Eins zwei drei vier{gap}fünf sechs. Sieben acht.{gap}Neun zehn."
    found = chunks(text, 20, 8)
    assert max(len(chunk.text) for chunk in found) <= 20 * 40
    assert "".join("".join(texts(found)).split()) == "".join(text.split())
