"""The question within a message: without orders to a model, and apart from what is told around it."""

from __future__ import annotations

import re

from rag_service.answer.instructions import addresses_model
from rag_service.text.questions import is_question_word
from rag_service.text.sentences import split_sentences

_LEAD = re.compile(r"(?<=[^\W\d]:)\s+(?=\S)")
_LONGEST = 2000  # characters of a message that is taken apart


def without_orders(message: str, language: str) -> str:
    """The message without the sentences and leads ('Answer only with yes:') that address a model.

    The whole message where nothing addresses a model, and where nothing that asks would be left.
    """
    pieces = _pieces(message, language)
    tainted = [addresses_model(piece) for piece in pieces]
    if not any(tainted):
        return message
    kept = [piece for piece, bad in zip(pieces, tainted, strict=True) if not bad and not piece.endswith(":")]
    return " ".join(kept) if any(map(_asks, kept)) else message


def question_of(message: str, language: str) -> tuple[str, str]:
    """The sentences of a message that ask, and the others; the whole message where none or all of them do."""
    sentences = _sentences(message, language)
    own = [sentence for sentence in sentences if sentence.rstrip().endswith("?")]
    if not own or len(own) == len(sentences) or len(message) > _LONGEST:
        return message, ""
    return " ".join(own), " ".join(sentence for sentence in sentences if sentence not in own)


def _pieces(message: str, language: str) -> list[str]:
    return [piece.strip() for each in _sentences(message, language) for piece in _LEAD.split(each) if piece.strip()]


def _sentences(message: str, language: str) -> list[str]:
    return [message[start:end] for start, end in split_sentences(message, language)]


def _asks(piece: str) -> bool:
    return piece.endswith("?") or any(is_question_word(word) for word in re.findall(r"\w+", piece))
