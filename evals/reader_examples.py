"""What the reader is trained on: questions, each with a text that answers it or does not, as token ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from evals.importers.beir import BeirQuery, BeirSet
from evals.switching import Span, Switcher
from rag_service.embed.e5.encoder import E5Encoder, Inputs
from rag_service.embed.e5.reader import read_ids
from rag_service.embed.maxsim import maxsim

NEGATIVES, DEPTH = 2, 20
LONGEST = 384
LEAST_SHARE = 0.3  # of the words of a text that are replaced where any are


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a text, and where in the text its answers stand; nowhere: there is none."""

    question: str
    text: str
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One sequence of token ids, and at which of them an answer begins and ends; nowhere: there is none."""

    ids: NDArray[np.int64]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


Group = list[Example]  # of which each epoch takes one


def gather(beir: BeirSet, encoder: E5Encoder) -> list[Group]:
    """The examples of a set: for each question its own document, and those found for it that hold no answer."""
    names, texts = list(beir.texts), list(beir.texts.values())
    encoded = encoder.encode_documents(texts)
    vectors = np.stack([each.vector for each in encoded])
    groups: list[Group] = []
    for query in beir.queries:
        asked = encoder.encode_query(query.text)
        cosines = vectors @ asked.vector
        head = np.argsort(-cosines)[:DEPTH]
        late = [maxsim(asked.tokens, encoded[row].tokens) for row in head]
        found = [names[row] for row in head[np.argsort(-(cosines[head] + np.array(late)))]]
        groups += _groups(beir, query, found, encoder.inputs)
    return [group for group in groups if group]


def _groups(beir: BeirSet, query: BeirQuery, found: Sequence[str], inputs: Inputs) -> list[Group]:
    if query.answerable is False:
        return [[Example(query.text, beir.texts[name], ()) for name in found[: NEGATIVES + 1]]]
    own = next(iter(query.relevant), None)
    if own is None:
        return []
    right = Example(query.text, beir.texts[own], tuple(occurrences(beir.texts[own], query.answers)))
    wrong = [name for name in found if name not in query.relevant and not occurrences(beir.texts[name], query.answers)]
    others = [Example(query.text, beir.texts[name], ()) for name in wrong[:NEGATIVES]]
    return [[right], others] if encode(right, inputs).starts else [others]


def occurrences(text: str, answers: Sequence[str]) -> list[Span]:
    """Where any of the answers stands in a text as whole words, whatever its case."""
    folded = text.lower()
    if len(folded) != len(text):
        folded = text
    found: list[Span] = []
    for answer in sorted({each.lower().strip(" .,") for each in answers} - {""}):
        at = folded.find(answer)
        while at >= 0:
            end = at + len(answer)
            if not folded[at - 1 : at].isalnum() and not folded[end : end + 1].isalnum():
                found.append((at, end))
            at = folded.find(answer, at + 1)
    return found


def encode(example: Example, inputs: Inputs) -> Row:
    """The sequence that the reader sees."""
    ids, lead, spans = read_ids(inputs, example.question, example.text, LONGEST)
    starts, ends = set(), set()
    for start, end in example.answers:
        inside = np.flatnonzero((spans[:, 0] < end) & (spans[:, 1] > start))
        if len(inside):
            starts.add(lead + int(inside[0]))
            ends.add(lead + int(inside[-1]))
    return Row(ids, tuple(sorted(starts)), tuple(sorted(ends)))


def switched(example: Example, switcher: Switcher, chance: Random) -> Example:
    """The example with words replaced in its question, its text, or both; once in six in neither."""
    asked, read = chance.choice((0, 1)), chance.choice((0, 1, 1))
    shares = [part * chance.uniform(LEAST_SHARE, 1) for part in (asked, read)]
    question, _ = switcher.switch(example.question, (), shares[0], chance)
    text, answers = switcher.switch(example.text, example.answers, shares[1], chance)
    return Example(question, text, tuple(answers))
