"""Chance words: for measuring what ingesting, storing and searching cost where no texts are given."""

from __future__ import annotations

import itertools
import random

WORDS_A_PARAGRAPH = 120
_CONSONANTS, _VOWELS = "bdfgklmnprst", "aeiou"


class Wording:
    """Chance prose over a fixed vocabulary with the skew of natural language."""

    def __init__(self, seed: int = 0, vocabulary: int = 20_000) -> None:
        self._random = random.Random(seed)
        syllables = [consonant + vowel for consonant in _CONSONANTS for vowel in _VOWELS]
        self._words = ["".join(self._random.choices(syllables, k=2 + n % 3)) for n in range(vocabulary)]
        self._weights = list(itertools.accumulate(1 / (n + 2) for n in range(vocabulary)))

    def paragraph(self, words: int = WORDS_A_PARAGRAPH) -> str:
        """Sentences of twelve words."""
        drawn = self._random.choices(self._words, cum_weights=self._weights, k=words)
        return " ".join(" ".join(drawn[at : at + 12]).capitalize() + "." for at in range(0, words, 12))
