"""Draft cases from a document for a person to edit: a sentence with a fact in it becomes a cloze question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evals.cases.model import AcceptedAnswer, Case, GoldEvidence
from rag_service.models import Document
from rag_service.text.sentences import split_sentences

# A number or date with its unit, or a run of capitalised words inside a sentence. A number is whole, groups of three
# digits included, and no part of a word, as in 'p50', nor that of a footnote, as in '[2]': the answer is looked for by
# words, and not in markers.
_NUMBER = re.compile(
    r"(?<!\w)(?!(?<=\[)\d+\])(?>(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d)[\d.,:/]*)(?!\w)"
    r"(?:\s(?:Prozent|percent|Uhr|Millionen|Milliarden|Jahre|Kilometer|[A-ZÄÖÜ]\w+))?"
)
_NAME = re.compile(r"(?<=[a-zäöüß,] )[A-ZÄÖÜ][\w-]+(?:\s[A-ZÄÖÜ][\w-]+)+")
GAP = "…"
TO_EDIT = "to-edit"
SHORTEST, LONGEST = 40, 320


def draft_cases(document: Document, limit: int) -> list[Case]:
    """At most ``limit`` cases spread over the document, tagged ``to-edit``, plus an unanswerable one to fill in.

    The question is the sentence with its fact cut out: a person turns it into a real one. Quote and answer
    are exact already.
    """
    drafted = [case for span in _sentences(document) if (case := _draft(document, *span)) is not None]
    chosen = _spread(drafted, limit)
    numbered = [
        Case(
            id=f"{_stem(document.source)}-{number}",
            question=case.question,
            answers=case.answers,
            evidence=case.evidence,
            tags=case.tags,
        )
        for number, case in enumerate(chosen, start=1)
    ]
    open_case = Case(
        id=f"{_stem(document.source)}-unanswerable",
        question=f"{GAP} ({document.title})",
        answerable=False,
        tags=(TO_EDIT, "unanswerable"),
    )
    return [*numbered, open_case]


def _sentences(document: Document) -> list[tuple[int, int]]:
    spans = split_sentences(document.text, document.language)
    return [span for span in spans if SHORTEST <= span[1] - span[0] <= LONGEST]


def _draft(document: Document, start: int, end: int) -> Case | None:
    sentence = document.text[start:end].strip()
    fact = _NUMBER.search(sentence) or _NAME.search(sentence)
    if fact is None or not sentence.endswith((".", "!", "?", "“", '"')):
        return None
    answer = fact.group().rstrip(".,:/ ")
    question = " ".join((sentence[: fact.start()] + GAP + sentence[fact.start() + len(answer) :]).split())
    return Case(
        id="",
        question=question,
        answers=(AcceptedAnswer("text", " ".join(answer.split())),),
        evidence=(GoldEvidence(document.source, " ".join(sentence.split())),),
        tags=(TO_EDIT, "single-fact"),
    )


def _spread(cases: Sequence[Case], limit: int) -> list[Case]:
    if len(cases) <= limit:
        return list(cases)
    return [cases[round(place * (len(cases) - 1) / max(1, limit - 1))] for place in range(limit)]


def _stem(source: str) -> str:
    name = source.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return re.sub(r"[^\w-]+", "-", name).strip("-").lower() or "case"
