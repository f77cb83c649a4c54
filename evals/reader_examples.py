"""What the reader is trained on: questions, each with a text that answers it or does not, as token ids."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from evals.importers.beir import BeirQuery, BeirSet
from evals.question_forms import Base, yes_or_no
from evals.switching import Span, Switcher
from evals.wordnet import Rewording
from rag_service.embed.e5.encoder import E5Encoder, Inputs
from rag_service.embed.e5.reader import read_ids
from rag_service.embed.maxsim import maxsim
from rag_service.text.languages import detect_language
from rag_service.text.names import find_figures, find_names
from rag_service.text.sentences import split_sentences
from rag_service.text.values import Value

NEGATIVES, DEPTH = 2, 20
LONGEST = 320  # tokens of a sequence
WRONG = 0.35  # of the times that a question is read, with what does not answer it
REWORDED = 2  # questions with a word replaced, at most
YES_OR_NO, DENIED = 0.3, 0.4  # of the questions; of those whose form allows it, with a claim that is not so
LEAST_SHARE = 0.3  # of the words of a text that are replaced where any are
_BARE_DAY = re.compile(r"\d{1,2}(?:\.|st|nd|rd|th)?")  # of '3. bis 5. Mai': alone it is no date


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


@dataclass(frozen=True, slots=True)
class Group:
    """Examples with one question: read with a text that answers it, if there is one, or with what does not."""

    right: Example | None
    wrong: tuple[Example, ...]

    def pick(self, chance: Random) -> Example:
        """One of them; one that does not answer in a share of ``WRONG``, or else when there is no other."""
        if self.right is None or (self.wrong and chance.random() < WRONG):
            return chance.choice(self.wrong)
        return self.right


def gather(
    beir: BeirSet, encoder: E5Encoder, chance: Random, rewording: Rewording | None = None, base: Base | None = None
) -> list[Group]:
    """The examples of a set, by question: its own document, what is found for it and holds no answer, and its own
    document when it is asked for another fact (`other_facts`, `reworded`) or keeps the answer back (`withheld`).

    With ``base`` a share of the questions is asked for yes or no. Both this and other words are for English questions.
    """
    names, texts = list(beir.texts), list(beir.texts.values())
    encoded = encoder.encode_documents(texts)
    vectors = np.stack([each.vector for each in encoded])
    facts = _facts(beir)
    claims: dict[str, list[str]] = defaultdict(list)
    for query in beir.queries:
        for name in query.relevant:
            claims[beir.titles[name]] += sorted(query.answers)[:1]
    groups: list[Group] = []
    for query in beir.queries:
        asked = encoder.encode_query(query.text)
        cosines = vectors @ asked.vector
        head = np.argsort(-cosines)[:DEPTH]
        late = [maxsim(asked.tokens, encoded[row].tokens) for row in head]
        found = [names[row] for row in head[np.argsort(-(cosines[head] + np.array(late)))]]
        group = _group(beir, query, found, facts, encoder.inputs, chance)
        english = detect_language(query.text) == "en"
        if rewording and english:
            group = reworded(group, rewording, chance)
        if base and english and query.relevant and chance.random() < YES_OR_NO:
            group = asked_whether(group, query.answers, claims[beir.titles[min(query.relevant)]], base, chance)
        groups.append(group)
    return [group for group in groups if group.right or group.wrong]


def _group(
    beir: BeirSet,
    query: BeirQuery,
    found: Sequence[str],
    facts: Mapping[str, list[Value]],
    inputs: Inputs,
    chance: Random,
) -> Group:
    if query.answerable is False:
        return Group(None, tuple(Example(query.text, beir.texts[name], ()) for name in found[: NEGATIVES + 1]))
    own = next(iter(sorted(query.relevant)), None)
    if own is None:
        return Group(None, ())
    text = beir.texts[own]
    answers = tuple(occurrences(text, query.answers))
    others = [name for name in found if name not in query.relevant and not occurrences(beir.texts[name], query.answers)]
    wrong = [Example(query.text, beir.texts[name], ()) for name in others[:NEGATIVES]]
    pool = facts[beir.titles[own]]
    wrong += [Example(question, text, ()) for question in other_facts(query.text, text, pool, chance)]
    if answers and (rest := withheld(text, answers)):
        wrong.append(Example(query.text, rest, ()))
    right = Example(query.text, text, answers)
    return Group(right if encode(right, inputs).starts else None, tuple(wrong))  # None: beyond the window, too


def other_facts(question: str, text: str, pool: Sequence[Value], chance: Random) -> list[str]:
    """The question with a name, number or date that stands in the text replaced by one of the pool that does not.

    What it then asks, the text does not say: an answer has to agree with every part of the question.
    """
    low = text.lower()
    found = []
    for value in _values(question):
        if value.start == 0 or value.norm.lower() not in low:
            continue
        others = [each.norm for each in pool if each.kind == value.kind and each.norm.lower() not in low]
        if others:
            found.append(question[: value.start] + chance.choice(others) + question[value.end :])
    return found


def reworded(group: Group, rewording: Rewording, chance: Random) -> Group:
    """The group with what its text does not answer either: the question with a word replaced by a sister."""
    if group.right is None:
        return group
    text = group.right.text
    others = rewording.reword(group.right.question, text, chance)
    wrong = (Example(question, text, ()) for question in chance.sample(others, min(REWORDED, len(others))))
    return Group(group.right, (*group.wrong, *wrong))


def asked_whether(group: Group, answers: Sequence[str], claims: Sequence[str], base: Base, chance: Random) -> Group:
    """The group asked for yes or no: whether it is as an answer has it, or as another claim like it does.

    Either way the answer's place tells. A text that is asked for another fact would tell, too, that it is not so: left
    out. The group itself where the question has no such form.
    """
    if group.right is None:
        return group
    question, own = group.right.question, min(answers)
    others = [each for each in claims if each != own and _shape(each) == _shape(own)]
    claim = chance.choice(others) if others and chance.random() < DENIED else own
    asked = yes_or_no(question, claim, base, chance)
    if asked is None:
        return group
    wrong = tuple(Example(asked, each.text, ()) for each in group.wrong if each.question == question)
    return Group(Example(asked, group.right.text, group.right.answers), wrong)


def _shape(answer: str) -> tuple[bool, bool]:
    return any(character.isdigit() for character in answer), answer[:1].isupper()


def withheld(text: str, answers: Sequence[Span]) -> str:
    """The text without the sentences that hold an answer: it is on the question's topic, and does not say."""
    starts = [start for start, _ in split_sentences(text, detect_language(text))]
    parts = zip(starts, [*starts[1:], len(text)], strict=True)
    return "".join(
        text[begin:end] for begin, end in parts if not any(start < end and stop > begin for start, stop in answers)
    ).strip()


def _facts(beir: BeirSet) -> dict[str, list[Value]]:
    """Names, numbers and dates of all documents with a title, by that; ``norm`` is how they are written."""
    found: dict[str, list[Value]] = defaultdict(list)
    for name, text in beir.texts.items():
        found[beir.titles[name]] += _values(text)
    return found


def _values(text: str) -> list[Value]:
    language = detect_language(text)
    found = [*find_figures(text, language), *find_names(text, language)]
    written = [Value(each.kind, each.start, each.end, text[each.start : each.end]) for each in found]
    return [each for each in written if each.kind != "date" or not _BARE_DAY.fullmatch(each.norm)]


def cropped(example: Example, chance: Random) -> Example:
    """The example with its text begun later or ended sooner, at sentences, in half the cases; its answers stay."""
    if not example.answers or chance.random() < 0.5:
        return example
    sentences = split_sentences(example.text, detect_language(example.text))
    first, last = min(start for start, _ in example.answers), max(end for _, end in example.answers)
    begin = chance.choice([0] + [start for start, _ in sentences if start <= first])
    end = chance.choice([len(example.text)] + [end for _, end in sentences if end >= last])
    moved = tuple((start - begin, stop - begin) for start, stop in example.answers)
    return Example(example.question, example.text[begin:end], moved)


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
    """The example with words replaced in its question, its text, or both; once in six in neither.

    As it is unless its text is in English, which is what the words are replaced of.
    """
    if detect_language(example.text) != "en":
        return example
    asked, read = chance.choice((0, 1)), chance.choice((0, 1, 1))
    shares = [part * chance.uniform(LEAST_SHARE, 1) for part in (asked, read)]
    question, _ = switcher.switch(example.question, (), shares[0], chance)
    text, answers = switcher.switch(example.text, example.answers, shares[1], chance)
    return Example(question, text, tuple(answers))
