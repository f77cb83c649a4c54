"""Evidence whose vectors and readings are worked in memory."""

import re
from dataclasses import dataclass

import numpy as np

from rag_service.answer.evidence.abstain import EvidenceModel
from rag_service.ports import Evidence, TokenBlock
from tests.fakes import passage
from tests.unit.retrieve.test_search import WordEncoder

ENCODER = WordEncoder()


class Encoding(WordEncoder):
    """Also encodes documents, one token a stem."""

    def encode_documents(self, texts):
        return [self.encode_query(text) for text in texts]


@dataclass(frozen=True)
class Read:
    """A reading of one token a word: long odds for the word that is wanted, none for the others."""

    start: np.ndarray
    end: np.ndarray
    spans: np.ndarray
    answerable: float


class Reads:
    """Knows the answer's word, if any."""

    def __init__(self, wanted=None):
        self.wanted = wanted
        self.asked = []

    def read(self, question, texts):
        self.asked += texts
        return [self._one(text) for text in texts]

    def _one(self, text):
        words = [(match.start(), match.end()) for match in re.finditer(r"\S+", text)]
        odds = np.array([4.0 if text[a:b].strip(".") == self.wanted else -4.0 for a, b in words], np.float32)
        return Read(odds, odds, np.array(words, np.int32), float(odds.max()))


def evidence(question, *texts, blocks=True, sources=None, dates=None):
    passages = tuple(
        passage(
            text,
            chunk_id=f"v{i}:0",
            version_id=f"v{i}",
            document_id=f"d{i}",
            source=(sources or {}).get(i, f"{i}.txt"),
            published=(dates or {}).get(i),
            score=0.9 - 0.1 * i,
            late_score=0.8,
        )
        for i, text in enumerate(texts)
    )
    made = {}
    for each in passages if blocks else ():
        code = ENCODER.encode_query(each.text)
        made[each.chunk_id] = TokenBlock(code.tokens, code.spans)
    return Evidence(question, "de", ENCODER.encode_query(question), passages, made)


def model(**changes):
    return EvidenceModel(Encoding(), Reads(), **changes)


def texts(chosen):
    return [group.item.text for group in chosen]
