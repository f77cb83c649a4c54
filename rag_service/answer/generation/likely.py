"""The sentences that most likely hold the answer, as a model is shown them beside the passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag_service.answer.evidence.abstain import Assessment
from rag_service.answer.evidence.select import choose
from rag_service.answer.generation.shown import LikelySentence, Shown, defused
from rag_service.ports import Evidence
from rag_service.text.questions import is_task

_MOST = 3


def likely_sentences(evidence: Evidence) -> tuple[LikelySentence, ...]:
    """What the extractive answerer would quote; nothing for a summary or the like, or before the evidence is weighed.

    Small models find the passages' own words for an answer far less surely than the evidence model does.
    """
    assessment = evidence.assessment
    if not isinstance(assessment, Assessment) or is_task(evidence.message or evidence.question):
        return ()
    return tuple(
        LikelySentence(group.item.passage + 1, _one_line(defused(group.item.text)))
        for group in choose(evidence, assessment, _MOST)
    )


def pointed_out(shown: Shown, sentences: Sequence[LikelySentence]) -> Shown:
    """What is shown with those sentences that stand in it: what is withheld or cut off is told nowhere."""
    texts = {passage.number: _one_line(passage.text) for passage in shown.passages}
    likely = tuple(each for each in sentences if each.text and each.text in texts.get(each.number, ""))
    return replace(shown, likely=likely)


def _one_line(text: str) -> str:
    return " ".join(text.split())
