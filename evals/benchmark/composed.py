"""Many chunks out of few real ones: passages cut in halves and put together anew, and their vectors with them.

Encoding 50,000 chunks takes half an hour, and storing and searching them does not depend on where their vectors come
from. So only a pool of passages is encoded. A composed chunk is the first half of one passage and the second half of
another, with every fifth word replaced by one of the same length, so that no two documents share a run of five words
and count as near-duplicates. Its token vectors are those of its halves as encoded within their own passages, its dense
vector is the mean of both passages' vectors. Questions are encoded for what they are.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.benchmark.synthetic import Wording
from evals.importers.beir import read_beir
from rag_service.embed.e5 import E5Encoder, Encoded
from rag_service.models import Chunk
from rag_service.text.languages import detect_language
from rag_service.text.normalise import normalise
from rag_service.text.sentences import split_sentences

_SHORTEST, _LONGEST = 300, 1600  # characters of passages worth cutting in halves
_QUESTION_WORDS = 8
_REPLACED = 5  # every so manieth word
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Pool:
    """Passages in sets of one language each, and questions about them."""

    sets: tuple[tuple[str, ...], ...]
    questions: tuple[str, ...]


def read_pool(folders: Sequence[Path], size: int, seed: int = 0) -> Pool:
    """Up to ``size`` passages of BEIR folders, evenly from each, and their questions in chance order."""
    chance = random.Random(seed)
    sets: list[tuple[str, ...]] = []
    questions: list[str] = []
    for folder in folders:
        beir = read_beir(folder)
        texts = [" ".join(normalise(text).split()) for text in beir.texts.values()]
        sets.append(tuple([text for text in texts if _SHORTEST <= len(text) <= _LONGEST][: size // len(folders)]))
        questions += [query.text for query in beir.queries]
    chance.shuffle(questions)
    return Pool(tuple(sets), tuple(dict.fromkeys(questions)))


def chance_pool(size: int, seed: int = 0) -> Pool:
    """Passages of chance prose, and questions of words that stand close together in one of them."""
    wording, chance = Wording(seed), random.Random(seed)
    passages = tuple(dict.fromkeys(wording.paragraph() for _ in range(size)))
    questions = []
    for passage in chance.choices(passages, k=size):
        words = passage.split()
        start = chance.randrange(len(words) - _QUESTION_WORDS)
        questions.append(" ".join(chance.sample(words[start : start + _QUESTION_WORDS], _QUESTION_WORDS)))
    return Pool((passages,), tuple(dict.fromkeys(questions)))


class Composer:
    """Puts texts together out of a pool, no two alike."""

    def __init__(self, pool: Pool, seed: int = 0) -> None:
        self.halves = {text: half(text) for own in pool.sets for text in own}
        self.origins: dict[str, tuple[str, str]] = {}
        self._chance = random.Random(seed)
        self._sets = pool.sets
        self._words = [_by_length(own) for own in pool.sets]

    def document(self, chunks: int) -> str:
        """A text of that many composed chunks, an empty line between any two."""
        (chosen,) = self._chance.choices(range(len(self._sets)), weights=list(map(len, self._sets)))
        composed: list[str] = []
        while len(composed) < chunks:
            first, second = self._chance.sample(self._sets[chosen], 2)
            text = f"{first[: self.halves[first]].rstrip()} {second[self.halves[second] :]}"
            text = self._varied(text, self._words[chosen])
            if text not in self.origins:
                self.origins[text] = first, second
                composed.append(text)
        return "\n\n".join(composed)

    def _varied(self, text: str, words: Mapping[int, Sequence[str]]) -> str:
        """The text with every fifth word replaced by one of the same length."""
        parts, end = [], 0
        for match in list(_WORD.finditer(text))[self._chance.randrange(_REPLACED) :: _REPLACED]:
            parts += [text[end : match.start()], self._chance.choice(words[len(match.group())])]
            end = match.end()
        return "".join([*parts, text[end:]])


class ComposedEncoder:
    """Vectors of composed texts from those of the pool (ports.Encoder)."""

    identity = E5Encoder.identity
    dimension = E5Encoder.dimension

    def __init__(self, encoder: E5Encoder, composer: Composer) -> None:
        """Encode the pool."""
        self._encoder = encoder
        self._composer = composer
        texts = list(composer.halves)
        self._encoded = dict(zip(texts, encoder.encode_documents(texts), strict=True))

    def encode_documents(self, texts: Sequence[str]) -> list[Encoded]:
        """Dense and token vectors of composed texts."""
        return [self._composed(*self._composer.origins[text]) for text in texts]

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Dense vectors (n, 384) of composed texts."""
        return np.stack([encoded.vector for encoded in self.encode_documents(texts)])

    def encode_query(self, text: str) -> Encoded:
        """Dense and token vectors of any question."""
        return self._encoder.encode_query(text)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Dense vector (384,) of any question."""
        return self._encoder.embed_query(text)

    def token_spans(self, text: str) -> NDArray[np.int32]:
        """Code-point offsets (t, 2) of the tokens of any text."""
        return self._encoder.token_spans(text)

    def _composed(self, first: str, second: str) -> Encoded:
        one, other = self._encoded[first], self._encoded[second]
        end, begin = self._composer.halves[first], self._composer.halves[second]
        head, tail = one.spans[:, 1] <= end, other.spans[:, 0] >= begin
        moved = np.int32(len(first[:end].rstrip()) + 1 - begin)
        vector = one.vector + other.vector
        return Encoded(
            vector / np.linalg.norm(vector),
            np.concatenate([one.tokens[head], other.tokens[tail]]),
            np.concatenate([one.spans[head], other.spans[tail] + moved]),
        )


def _by_length(texts: Sequence[str]) -> dict[int, list[str]]:
    """The different words by their length."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for word in sorted({word for text in texts for word in _WORD.findall(text)}):
        found[len(word)].append(word)
    return found


def write_documents(folder: Path, composer: Composer, documents: int, paragraphs: int) -> Iterator[Path]:
    """Text files of composed paragraphs."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(documents):
        path = folder / f"document-{number:06}.txt"
        path.write_text(composer.document(paragraphs), encoding="utf-8")
        yield path


def half(text: str) -> int:
    """Where the sentence begins that begins closest to the middle; a word's beginning where there is but one."""
    starts = [start for start, _ in split_sentences(text, detect_language(text))][1:]
    middle = len(text) // 2
    return min(starts or [text.index(" ", middle) + 1], key=lambda start: abs(start - middle))


def paragraphs(text: str, language: str) -> list[Chunk]:
    """A chunk for each paragraph; paragraphs are separated by an empty line."""
    chunks: list[Chunk] = []
    start = 0
    for paragraph in text.split("\n\n"):
        chunks.append(Chunk(len(chunks), start, start + len(paragraph), paragraph, len(paragraph) // 4))
        start += len(paragraph) + 2
    return chunks
