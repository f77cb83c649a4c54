"""The retriever over in-memory stores: modes, filters, liveness, reranking."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from rag_service.errors import ModelUnavailable, UnknownCollection
from rag_service.ports import Hit, TermStatistics, TokenBlock
from rag_service.retrieve.ranking import Ranking
from rag_service.retrieve.search import Options, Retriever, Stores
from rag_service.text.words import terms
from tests.fakes import passage

TEXTS = {
    "v1:0": "Kim reiste im Sonderzug nach Wladiwostok.",
    "v2:0": "Putin lud Kim nach Moskau ein.",
    "v3:0": "Das Wetter war gut.",
}


@dataclass(frozen=True)
class Code:
    tokens: np.ndarray
    spans: np.ndarray
    vector: np.ndarray


class WordEncoder:
    """One axis a stem: cosine is word overlap, and it is all worked out in memory."""

    identity, dimension = "words", 64

    def _axis(self, stem: str) -> int:
        return sum(ord(c) * (i + 1) for i, c in enumerate(stem)) % self.dimension

    def encode_query(self, text: str) -> Code:
        stems = terms(text, "de")
        tokens = np.zeros((len(stems), self.dimension), np.int8)
        spans, at = [], 0
        for word in text.split()[: len(stems)]:
            at = text.index(word, at)
            spans.append((at, at + len(word)))
        for row, stem in enumerate(stems):
            tokens[row, self._axis(stem)] = 100
        vector = tokens.sum(axis=0).astype(np.float32)
        return Code(tokens, np.array(spans, np.int32), vector / max(np.linalg.norm(vector), 1e-6))

    def embed_query(self, text: str) -> np.ndarray:
        return self.encode_query(text).vector


@dataclass
class Memory:
    """All four read sides; ``dead`` chunks are in the stores but not live."""

    encoder: WordEncoder = field(default_factory=WordEncoder)
    dead: tuple[str, ...] = ()
    versions: list[str] = field(default_factory=list)

    def count_chunks(self, collection):
        if collection != "default":
            raise UnknownCollection(collection)
        return len(TEXTS)

    def matching_versions(self, collection, filters):
        return self.versions

    def passages(self, collection, chunk_ids):
        return {
            name: passage(
                TEXTS[name], chunk_id=name, document_id=name[:2], version_id=name[:2], source=f"{name[:2]}.txt"
            )
            for name in chunk_ids
            if name not in self.dead
        }

    def _within(self, versions):
        return [name for name in TEXTS if versions is None or name[:2] in versions]


class Vectors(Memory):
    def query(self, collection, vector, limit, versions):
        found = [Hit(name, self.similarities(collection, vector, [name])[name]) for name in self._within(versions)]
        return sorted(found, key=lambda hit: -hit.score)[:limit]

    def similarities(self, collection, vector, chunk_ids):
        return {name: float(self.encoder.embed_query(TEXTS[name]) @ vector) for name in chunk_ids}


class Lexical(Memory):
    def query(self, collection, text, limit, versions):
        wanted = set(terms(text, "de"))
        found = [Hit(name, float(len(wanted & set(terms(TEXTS[name], "de"))))) for name in self._within(versions)]
        return [hit for hit in found if hit.score][:limit]

    def statistics(self, collection, text):
        stems = terms(text, "de")
        return TermStatistics(("de",), {s: sum(s in terms(t, "de") for t in TEXTS.values()) for s in stems}, len(TEXTS))


class Tokens(Memory):
    def blocks(self, collection, chunk_ids):
        codes = {name: self.encoder.encode_query(TEXTS[name]) for name in chunk_ids}
        return {name: TokenBlock(code.tokens, code.spans) for name, code in codes.items()}


def retriever(catalog=None, reranker=None, late=True, vectors=None, **options):
    chosen = {"top_k": 3, "candidates": 5, "dense_weight": 0.7, "rerank_depth": 5, "max_per_document": 2} | options
    encoder = WordEncoder()
    stores = Stores(catalog or Memory(), vectors or Vectors(), Lexical(), Tokens() if late else None)
    return Retriever(stores, encoder, encoder, Options(**chosen), Ranking(), reranker)


def logit(share):
    return float(np.log(share / (1 - share)))


def order(found):
    return [each.chunk_id for each in found.evidence.passages]


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_the_passage_with_the_words_comes_first_with_its_scores(mode):
    found = retriever().search("default", "Sonderzug Wladiwostok", mode=mode)
    best = found.evidence.passages[0]
    assert best.chunk_id == "v1:0" and best.rank == 1
    assert (best.dense_score is not None) == (mode != "lexical")
    assert (best.lexical_score is not None) == (mode != "dense")
    assert (best.late_score is not None) == (mode == "hybrid")
    scores = [each.score for each in found.evidence.passages]
    assert scores == sorted(scores, reverse=True)
    assert found.milliseconds > 0


def test_the_token_vectors_of_the_passages_are_handed_on():
    found = retriever().search("default", "Kim Moskau", top_k=2)
    assert set(found.evidence.blocks) == set(order(found))
    assert found.evidence.encoded is not None


def test_without_late_interaction_the_fused_order_stands():
    found = retriever(late=False).search("default", "Moskau")
    assert order(found)[0] == "v2:0"
    assert found.evidence.blocks == {}


def test_only_live_chunks_are_found():
    found = retriever(Memory(dead=("v1:0",))).search("default", "Sonderzug Wladiwostok")
    assert "v1:0" not in order(found)


class Replacing(Memory):
    """The first search finds a version that has gone when it is read; ``written`` chunks are not live yet."""

    def __init__(self, written=()):
        super().__init__()
        self.written, self.reads, self.matched = written, 0, 0

    def matching_versions(self, collection, filters):
        self.matched += 1
        return ["v1"]

    def passages(self, collection, chunk_ids):
        self.reads += 1
        self.dead = (*self.written, "v1:0") if self.reads == 1 else self.written
        return super().passages(collection, chunk_ids)


def test_what_was_replaced_after_the_search_is_searched_again():
    catalog = Replacing()
    assert order(retriever(catalog).search("default", "Sonderzug Wladiwostok"))[0] == "v1:0"
    assert catalog.reads == 2
    filtered = Replacing()
    assert order(retriever(filtered).search("default", "Sonderzug Wladiwostok", filters={"title": "x"})) == ["v1:0"]
    assert filtered.matched == 2, "the filter bounds the search to versions"


def test_what_is_still_being_written_costs_one_more_search():
    catalog = Replacing(written=("v2:0",))
    catalog.reads = 1
    assert order(retriever(catalog).search("default", "Sonderzug Wladiwostok")) == ["v1:0", "v3:0"]
    assert catalog.reads == 3


def test_filters_bound_both_searches():
    found = retriever(Memory(versions=["v3"])).search("default", "Sonderzug", filters={"source": {"$eq": "v3.txt"}})
    assert order(found) == ["v3:0"]


def test_a_filter_that_nothing_matches_finds_nothing():
    assert order(retriever(Memory()).search("default", "Sonderzug", filters={"source": {"$eq": "x"}})) == []


def test_what_lies_behind_the_ranked_head_follows_it():
    found = retriever(rerank_depth=1).search("default", "Sonderzug Wladiwostok Kim")
    assert len(order(found)) == 3
    scores = [each.score for each in found.evidence.passages]
    assert scores == sorted(scores, reverse=True)


def test_an_unknown_collection():
    with pytest.raises(UnknownCollection):
        retriever().search("press", "Kim")


class Opinion:
    name = "opinion"

    def __init__(self, fails=False):
        self.fails = fails

    def scores(self, question, texts):
        if self.fails:
            raise ModelUnavailable("The rerank endpoint is down.")
        return [float("Wetter" in text) for text in texts]


def test_a_reranker_has_the_last_word():
    assert order(retriever(reranker=Opinion()).search("default", "Sonderzug Wladiwostok"))[0] == "v3:0"


def test_a_reranker_that_fails_leaves_the_ranking_and_a_warning():
    found = retriever(reranker=Opinion(fails=True)).search("default", "Sonderzug Wladiwostok")
    assert order(found)[0] == "v1:0"
    (warning,) = found.warnings
    assert warning.code == "reranker_unavailable" and "down" in warning.message


def test_candidates_for_fitting_come_with_one_row_of_features_each():
    passages, features = retriever().candidates("default", "Sonderzug Kim")
    assert features.shape == (len(passages), 8)
    assert np.isfinite(features).all()


def dated(period_of, **kwargs):
    class Dated(Memory):
        def passages(self, collection, chunk_ids):
            found = super().passages(collection, chunk_ids)
            return {name: replace(each, published=period_of.get(name)) for name, each in found.items()}

        def matching_versions(self, collection, filters):
            self.asked = filters
            low, high = filters["published"]["$gte"], filters["published"]["$lt"]
            return sorted({name[:2] for name, when in period_of.items() if low <= when < high})

    catalog = Dated(**kwargs)
    return catalog, retriever(catalog)


def test_a_time_in_the_question_is_preferred_and_reported():
    _, searching = dated({"v1:0": "2019-04-25", "v2:0": "2023-09-11"})
    found = searching.search("default", "Kim im September 2023")
    plain = retriever().search("default", "Kim im September 2023")
    gained = {
        mine.chunk_id: logit(mine.score) - logit(other.score)
        for mine in found.evidence.passages
        for other in plain.evidence.passages
        if mine.chunk_id == other.chunk_id
    }
    assert gained == pytest.approx({"v1:0": 0.0, "v2:0": 0.5, "v3:0": 0.0})
    assert [warning.code for warning in found.warnings] == ["period_preferred"]
    assert "2023-09-01 to 2023-09-30" in found.warnings[0].message


def test_asking_for_texts_of_a_time_bounds_the_search():
    _, searching = dated({"v1:0": "2019-04-25", "v2:0": "2023-09-11"})
    found = searching.search("default", "Artikel über Kim vom April 2019")
    assert order(found) == ["v1:0"]
    assert [warning.code for warning in found.warnings] == ["period_only"]


def test_a_time_without_documents_bounds_nothing():
    _, searching = dated({"v1:0": "2019-04-25"})
    found = searching.search("default", "Artikel über Kim vom Mai 1999")
    assert len(order(found)) == 3
    assert [warning.code for warning in found.warnings] == ["period_empty"]


class Emptied(Vectors):
    """A vector store that has lost what it held."""

    def query(self, collection, vector, limit, versions):
        return []

    def similarities(self, collection, vector, chunk_ids):
        return {}


def test_lost_vectors_are_told():
    found = retriever(vectors=Emptied()).search("default", "Sonderzug Wladiwostok")
    assert order(found) == ["v1:0"]
    assert [(each.code, "doctor --repair" in each.message) for each in found.warnings] == [("vectors_missing", True)]
    lexical = retriever(vectors=Emptied()).search("default", "Sonderzug", mode="lexical")
    nothing = retriever(vectors=Emptied()).search("default", "Sonderzug", filters={"source": "x"})
    assert not lexical.warnings and not nothing.warnings and not retriever().search("default", "Zug").warnings
