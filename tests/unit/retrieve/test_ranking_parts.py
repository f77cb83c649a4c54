"""Fusion, features, diversity: numbers worked by hand."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag_service.errors import SettingsError
from rag_service.models import Passage
from rag_service.ports import TermStatistics, TokenBlock
from rag_service.retrieve import ranking
from rag_service.retrieve.diversity import collapse, diversify
from rag_service.retrieve.features import FEATURES, analyse, coverage, late_features, rarity, weigh
from rag_service.retrieve.fusion import fill_lexical, fuse, squash, standardise
from rag_service.retrieve.ranking import Candidates, Ranking
from tests.fakes import passage


def test_standardise_by_hand():
    assert standardise(np.array([1.0, 3.0])).tolist() == [-1.0, 1.0]
    assert standardise(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]


def test_fusion_is_a_convex_combination():
    fused = fuse(np.array([1.0, 3.0]), np.array([8.0, 2.0]), 0.75)
    assert fused.tolist() == [-0.75 + 0.25, 0.75 - 0.25]


def test_what_the_lexical_search_did_not_return_scores_at_most_its_last_hit():
    assert fill_lexical(["a", "b"], {"a": 4.0, "c": 2.0}, limit=2) == [4.0, 2.0]
    assert fill_lexical(["a", "b"], {"a": 4.0}, limit=2) == [4.0, 0.0]


def test_squash_keeps_the_order():
    assert squash(0.0) == 0.5
    assert 0 < squash(-3.0) < squash(1.0) < squash(9.0) < 1


def named(chunk_id: str, document: str, source: str = "", duplicates: tuple[str, ...] = ()) -> Passage:
    return passage(chunk_id=chunk_id, document_id=document, source=source or f"{document}.txt", duplicates=duplicates)


def test_one_document_does_not_fill_every_rank():
    ranked = [named("a1", "a"), named("a2", "a"), named("a3", "a"), named("b1", "b")]
    kept = diversify(ranked, 3, max_per_document=2)
    assert [(each.chunk_id, each.rank) for each in kept] == [("a1", 1), ("a2", 2), ("b1", 3)]
    assert [each.chunk_id for each in diversify(ranked[:3], 3, 1)] == ["a1", "a2", "a3"]


def test_the_same_text_is_shown_once_with_its_other_sources():
    ranked = [named("a1", "a", duplicates=("b.txt",)), named("c1", "c"), named("b1", "b", duplicates=("a.txt",))]
    assert [each.chunk_id for each in collapse(ranked)] == ["a1", "c1"]


def test_another_passage_of_a_document_that_repeats_elsewhere_stays():
    other = replace(named("b2", "b", duplicates=("a.txt",)), text="Davon steht im anderen Dokument kein einziges Wort.")
    assert [each.chunk_id for each in collapse([named("a1", "a", duplicates=("b.txt",)), other])] == ["a1", "b2"]


def test_an_older_version_of_a_rule_is_no_repeat_of_the_newer_one():
    rule = "Alle Geräte im Labor werden nach jeder Schicht gereinigt. Die Einwirkzeit beträgt mindestens {} Minuten."
    both = [
        replace(named(f"{name}1", name, duplicates=(f"{other}.txt",)), text=rule.format(minutes))
        for name, other, minutes in (("a", "b", 10), ("b", "a", 15))
    ]
    assert [each.chunk_id for each in collapse(both)] == ["a1", "b1"]


def test_a_passage_that_only_goes_on_with_the_like_is_a_repeat():
    told = "Anträge nimmt die Abteilung Personal an, und zwar auf Papier. Der Anspruch beträgt 28 Tage bei fünf Tagen."
    more = f"{told} Der Anspruch beträgt 33 Tage bei sechs Tagen."
    both = [
        replace(named(f"{name}1", name, duplicates=(f"{other}.txt",)), text=text)
        for name, other, text in (("a", "b", told), ("b", "a", more))
    ]
    assert [each.chunk_id for each in collapse(both)] == ["a1"]


class Code:
    """Token vectors along the axes, so that cosines are 0 or 1."""

    def __init__(self, words: str, text: str) -> None:
        axes = {"kim": 0, "reist": 1, "ab": 2, "putin": 3}
        self.tokens = np.zeros((len(words.split()), 4), np.int8)
        spans = []
        at = 0
        for row, word in enumerate(words.split()):
            self.tokens[row, axes[word.lower()]] = 100
            at = text.lower().index(word.lower(), at)
            spans.append((at, at + len(word)))
        self.spans = np.array(spans, np.int32)
        self.vector = np.zeros(4, np.float32)


def test_late_features_by_hand():
    query = "Kim reist"
    statistics = TermStatistics(("de",), {"kim": 1, "reist": 50}, 100)
    rarities = {stem: rarity(count, statistics.chunks) for stem, count in statistics.frequencies.items()}
    question = weigh(query, Code(query, query), statistics.languages, rarities)
    assert question.weights.tolist() == pytest.approx([rarities["kim"], rarities["reist"]])
    texts = ["Kim. Putin reist ab.", "Putin reist. Putin."]
    blocks = [Code("Kim Putin reist ab", texts[0]), Code("Putin reist Putin", texts[1])]
    analysed = [analyse(text, "de") for text in texts]
    assert [len(each.spans) for each in analysed] == [2, 2]
    late = late_features(question, [TokenBlock(each.tokens, each.spans) for each in blocks], analysed)
    share = rarities["kim"] / (rarities["kim"] + rarities["reist"])
    # columns: mean best, weighted mean best, best sentence weighted, worst token, mean of the three best
    assert late[0].tolist() == pytest.approx([1.0, 1.0, max(share, 1 - share), 1.0, 2 / 6])
    assert late[1].tolist() == pytest.approx([0.5, 1 - share, 1 - share, 0.0, 1 / 6])


def test_rarity_is_that_of_bm25():
    assert rarity(1, 100) == pytest.approx(math.log(1 + 99.5 / 1.5))
    assert rarity(100, 100) < rarity(50, 100) < rarity(0, 100)


def test_coverage_is_the_best_single_sentence():
    question = weigh("x", Code("Kim", "Kim"), ("de",), {"kim": 3.0, "x": 1.0})
    assert coverage(question, analyse("Kim kam an. Das war x gestern.", "de")) == pytest.approx(0.75)
    assert coverage(question, analyse("Nichts davon.", "de")) == 0.0


def test_a_passage_without_token_vectors_gets_the_worst_late_features():
    query = "Kim reist"
    texts = ["Kim reist ab.", "Putin reist."]
    blocks = {str(i): TokenBlock(c.tokens, c.spans) for i, c in enumerate([Code("Kim reist ab", texts[0])])}
    blocks["1"] = TokenBlock(np.zeros((0, 4), np.int8), np.zeros((0, 2), np.int32))
    candidates = Candidates(
        [passage(texts[i], chunk_id=str(i)) for i in range(2)], blocks, np.array([0.9, 0.8]), np.array([3.0, 1.0])
    )
    features = Ranking().features(
        query, Code(query, query), TermStatistics(("de",), {"kim": 1, "reist": 2}, 2), candidates
    )
    assert features.shape == (2, len(FEATURES))
    assert features[:, 0].tolist() == [0.9, 0.8]
    assert features[1, 2] == features[0, 2] == pytest.approx(1.0)


def test_the_weights_must_be_for_these_features(tmp_path):
    other = tmp_path / "ranking.json"
    other.write_text(json.dumps({"weights": {"dense": 1.0}}), encoding="utf-8")
    with pytest.raises(SettingsError, match=r"ranking\.json"):
        Ranking(other)


def test_the_shipped_weights_name_their_data():
    shipped = json.loads(Path(ranking.__file__).with_name("ranking.json").read_text(encoding="utf-8"))
    assert len(shipped["fitted_on"]["sha256"]) == 64
    assert list(shipped["weights"]) == list(FEATURES)
