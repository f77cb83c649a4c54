"""How much of one text stands in another."""

from __future__ import annotations

import random

from rag_service.text.shingles import containment, printed_in, runs, sample, shingles

WORDS = [f"wort{n}" for n in range(3000)]


def prose(seed: int, words: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def test_case_and_punctuation_do_not_count() -> None:
    one = shingles("Kim traf am Donnerstag in Wladiwostok ein.")
    other = shingles("KIM traf – am Donnerstag – in Wladiwostok, ein")
    assert one.tolist() == other.tolist()
    assert len(one) == 3


def test_order_counts() -> None:
    assert containment(shingles("a b c d e f"), shingles("f e d c b a")) == 0.0


def test_too_short_a_text_has_none() -> None:
    assert len(shingles("nur vier kurze Wörter")) == 0
    assert containment(shingles(""), shingles(prose(1, 50))) == 0.0


def test_containment_is_the_share_that_is_found() -> None:
    part, rest = prose(1, 104), prose(2, 500)
    assert containment(shingles(part), shingles(f"{rest} {part} {rest}")) == 1.0
    half = " ".join(part.split()[:52])
    assert containment(shingles(part), shingles(f"{rest} {half}")) == 0.48
    assert containment(shingles(part), shingles(rest)) == 0.0


def test_printed_in_names_the_spans_with_enough_in_common() -> None:
    texts = [prose(n, 100) for n in range(4)]
    changed = texts[2].split()
    changed[50] = "anders"
    whole = shingles(f"{prose(9, 300)} {texts[0]} {' '.join(changed)}")
    starts = [sum(len(text) + 2 for text in texts[:n]) for n in range(4)]
    spans = [(start, start + len(text)) for start, text in zip(starts, texts, strict=True)]
    assert printed_in(runs("\n\n".join(texts)), spans, whole, 0.8) == [0, 2]
    assert printed_in(runs("\n\n".join(texts)), [(0, 20), (5, 5)], whole, 0.8) == []
    assert printed_in(runs("zu kurz"), [(0, 7)], whole, 0.8) == []


def test_runs_stand_where_their_words_do() -> None:
    text = "Kim traf am Donnerstag in  Wladiwostok ein."
    found = runs(text)
    assert [text[start:end] for start, end in zip(found.starts, found.ends, strict=True)] == [
        "Kim traf am Donnerstag in",
        "traf am Donnerstag in  Wladiwostok",
        "am Donnerstag in  Wladiwostok ein",
    ]
    assert sorted(found.hashes.tolist()) == shingles(text).tolist()


def test_a_sample_is_the_same_from_every_text_and_about_a_sixteenth() -> None:
    part, rest = prose(1, 8000), prose(2, 8000)
    chosen = sample(shingles(part))
    assert set(chosen.tolist()) <= set(sample(shingles(f"{rest} {part}")).tolist())
    assert 0.05 < len(chosen) / len(shingles(part)) < 0.075
