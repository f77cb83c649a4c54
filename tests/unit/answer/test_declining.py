"""Replies that decline with a few words around the sentinel."""

from __future__ import annotations

import pytest

from rag_service.answer.generation.align import Aligner, load_weights
from rag_service.answer.generation.reply import SENTINEL
from rag_service.answer.generation.shown import estimate_tokens, show
from rag_service.answer.generation.writing import Writing
from rag_service.answer.models.backend import Piece
from rag_service.models import DraftStatement
from rag_service.ports import Declined
from tests.unit.answer.worked import evidence

GIVEN = evidence("Wie hoch ist das Tagegeld?", "Das Tagegeld beträgt 28 Euro.", blocks=False)


def written(reply: str, size: int) -> list[DraftStatement | Declined]:
    shown = show(GIVEN.passages, 4000, estimate_tokens)
    writing = Writing(GIVEN, shown, Aligner(GIVEN, None, load_weights()))
    items = []
    for start in range(0, len(reply), size):
        items += writing.drafted(writing.read(Piece(reply[start : start + size])))
    writing.read(Piece("", finish="stop"))
    return [*items, *writing.end()]


@pytest.mark.parametrize("size", [1, 5, 1000])
@pytest.mark.parametrize(
    "reply",
    [
        SENTINEL,
        f"Antwort: {SENTINEL}",
        f"Hier ist die Antwort:\n\n{SENTINEL}",
        f"Wie hoch ist das Tagegeld? {SENTINEL}",
        f"Ich antworte mit {SENTINEL}, da das Tagegeld fehlt.",
        f'{{"statements": [{{"text": "Antwort: {SENTINEL}", "citations": []}}]}}',
    ],
)
def test_a_model_that_declines_in_other_words_declines(reply: str, size: int) -> None:
    assert written(reply, size) == [Declined()]


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_what_was_said_before_is_kept(size: int) -> None:
    for before in ("Das Tagegeld beträgt 28 Euro [1]. ", "Das Tagegeld beträgt 28 Euro [1]\n\n"):
        (statement,) = written(f"{before}{SENTINEL}", size)
        assert isinstance(statement, DraftStatement)
        assert statement.supported
