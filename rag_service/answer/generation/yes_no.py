"""Replies that only say yes or no: what they claim is the question, and what bears them out is what answers it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag_service.answer.evidence.abstain import Assessment
from rag_service.answer.evidence.candidates import Candidate
from rag_service.answer.generation.align import Aligner
from rag_service.answer.generation.denial import answer_denied, denied
from rag_service.answer.instructions import tainted_sentences
from rag_service.models import Passage, Quote
from rag_service.ports import Evidence
from rag_service.text.questions import is_question_word
from rag_service.text.stopwords import EITHER
from rag_service.text.words import content_words, fold, word_spans

_NODS = frozenset(  # folded
    """
    ja jawohl doch nein nicht yes yeah yep no nope not cannot oui non si sim nao nej nee tak nie да нет
    stimmt richtig korrekt wahr falsch genau fall zutreffend trifft gilt geht tut tun moeglich unmoeglich erlaubt
    gestattet zulaessig unzulaessig verboten untersagt natuerlich selbstverstaendlich sicher tatsaechlich leider
    correct right true false wrong incorrect exactly case applies possible impossible allowed permitted prohibited
    forbidden indeed absolutely definitely certainly course unfortunately
    """.split()  # noqa: SIM905
)
_VERBS = frozenset(
    """
    ist sind war waren hat haben hatte hatten wird werden wurde wurden kann koennen darf duerfen muss muessen soll
    sollen is are was were do does did has have had can could will would shall should may might must
    """.split()  # noqa: SIM905
)
_AROUND = frozenset(
    """
    antwort answer laut gemaess according passage passagen quelle quellen dokument dokumente dokumenten text passages
    source sources document documents
    """.split()  # noqa: SIM905
)
_OPENING = re.compile(
    r"\W*(?:(?:antwort|answer)\s*:\s*)?(?:ja|jawohl|nein|doch|yes|yep|no|nope)\s*[,.:;!–—-]+\s*", re.IGNORECASE
)
_SAYS = re.compile(
    r"\W*(?:(?:antwort|answer)\s*:\s*)?(?:(?P<yes>ja|jawohl|yes|yep)|nein|no|nope)\s*(?:[,.:;!–—-]|$)", re.IGNORECASE
)
_SHARE = 1 / 3  # of the likeliest answer's: what a passage on the subject has that does not answer stays below .25
_MOST = 2  # quotes of one passage


class YesNo:
    """Knows the replies to one question that say no more than yes or no, and what bears them out."""

    def __init__(self, evidence: Evidence, aligner: Aligner) -> None:
        self._evidence = evidence
        self._aligner = aligner
        self._asked = frozenset(content_words(evidence.question, evidence.language))
        self._expected = not _asks_for_more(evidence.question, evidence.language)
        self._verb = _VERBS.intersection(_words(evidence.question)[:1])  # 'Dürfen sie ...?' - 'Das dürfen sie.'

    def is_bare(self, text: str) -> bool:
        """Whether a sentence says yes or no and nothing else, as 'Ja, das dürfen sie' does."""
        nods = not (_NODS | self._verb).isdisjoint(_words(text))
        return self._expected and nods and not self._own_words(text)

    def quotes(self, text: str, cited: Sequence[int]) -> tuple[Quote, ...]:
        """The spans that bear a statement out, best first; of yes and no, those that answer the question.

        ``cited`` are indices of the passages to look in.
        """
        if self.is_bare(text):
            return self._answering(cited)
        found = self._aligner.quotes(_OPENING.sub("", text, count=1), cited)
        nods = [word in _NODS for word in _words(text)]
        if found or not self._expected or not any(nods):
            return found
        added = self._own_words(text) - self._asked
        return self._answering(
            [index for index in cited if not added or (nods[0] and added <= _content(self._evidence.passages[index]))]
        )

    def denied(self, text: str, quotes: Sequence[Quote]) -> bool:
        """Whether quotes say the contrary of a statement, or of the yes or no that it opens with."""
        said = _SAYS.match(text)
        rest = text[said.end() :] if said else text
        if said and self._expected and answer_denied(self._evidence.question, bool(said["yes"]), rest, quotes):
            return True
        return not self.is_bare(text) and denied(rest, quotes)

    def _answering(self, cited: Sequence[int]) -> tuple[Quote, ...]:
        """The sentences of the passages that answer the question about as likely as the likeliest of all passages.

        A question's words stand in much that does not answer it, so that alignment alone would let a passage by that
        is only on the same subject.
        """
        known = self._evidence.assessment
        if not isinstance(known, Assessment):
            return self._aligner.quotes(self._evidence.question, cited)
        shares = [float(share) for share in known.shares]
        found: list[Quote] = []
        for passage in (self._evidence.passages[index] for index in cited):
            tainted = _tainted(passage)
            rows = [row for row, item in enumerate(known.sentences.candidates) if self._within(item, passage, tainted)]
            rows = sorted((row for row in rows if shares[row] >= max(shares) * _SHARE), key=lambda row: -shares[row])
            items = [(known.sentences.candidates[row], min(shares[row], 1.0)) for row in rows[:_MOST]]
            found += [Quote(passage, item.start, item.end, share) for item, share in items]
        best = max((quote.score for quote in found), default=0.0)
        return tuple(sorted((each for each in found if each.score >= best / 2), key=lambda each: -each.score))

    def _within(self, item: Candidate, passage: Passage, tainted: Sequence[tuple[int, int]]) -> bool:
        """Whether a sentence stands in a passage, if it is a neighbour's too, and addresses no model."""
        own = self._evidence.passages[item.passage]
        inside = own.version_id == passage.version_id and passage.start <= item.start and item.end <= passage.end
        return inside and not any(start < item.end and item.start < end for start, end in tainted)

    def _own_words(self, text: str) -> set[str]:
        own = [word for word in _words(text) if word not in _NODS and word not in _AROUND and word not in EITHER]
        return set(content_words(" ".join(own), self._evidence.language))


def _words(text: str) -> list[str]:
    return [fold(text[start:end]).replace("\u2019", "'") for start, end in word_spans(text)]


def _content(passage: Passage) -> set[str]:
    return set(content_words(f"{passage.title}\n{passage.text}", passage.language))


def _tainted(passage: Passage) -> list[tuple[int, int]]:
    """The sentences of a passage that address a model, by their place in the source."""
    found = tainted_sentences(passage.text, passage.language)
    return [(passage.start + start, passage.start + end) for start, end, tainted in found if tainted]


def _asks_for_more(question: str, language: str) -> bool:
    """Whether a question begins with a question word, so that yes or no is no answer to it."""
    return any(is_question_word(word, language) for word in re.findall(r"\w+", question)[:2])
