"""SQuAD JSON, versions 1 and 2: a paragraph is a document, the sentence with the answer is the evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evals.cases.model import Case, GoldEvidence
from evals.cases.resolve import find_quote
from evals.errors import DatasetError
from evals.importers.beir import BeirQuery, BeirSet
from evals.importers.imported import Imported, accepted_texts, file_name, source_texts
from rag_service.text.languages import detect_language
from rag_service.text.sentences import split_sentences


def import_squad(path: Path) -> Imported:
    """Cases of a SQuAD file; DatasetError when it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        articles: list[Any] = content["data"]
        return _articles(articles)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError([f"{path}: not a SQuAD file: {error!r}"]) from error


def read_squad(path: Path) -> BeirSet:
    """A SQuAD file as a set: paragraphs as documents, with their articles' titles; DatasetError when it is none."""
    imported = import_squad(path)
    queries = (
        BeirQuery(
            case.id,
            case.question,
            case.answerable,
            tuple(answer.value for answer in case.answers),
            {evidence.source: 1 for evidence in case.evidence},
        )
        for case in imported.cases
    )
    titles = {source: source.rpartition("-")[0] for source in imported.texts}
    return BeirSet(path.stem, dict(imported.texts), titles, tuple(queries), imported.notes)


def _articles(articles: list[Any]) -> Imported:
    paragraphs: dict[str, Any] = {}
    for article_number, article in enumerate(articles):
        for number, paragraph in enumerate(article["paragraphs"]):
            source = file_name(f"{article.get('title') or article_number}-{number}")
            if source in paragraphs:  # another article of the same title
                source = file_name(f"{article.get('title')}-{article_number}-{number}")
            paragraphs[source] = paragraph
    texts = source_texts({source: paragraph["context"] for source, paragraph in paragraphs.items()})
    cases: list[Case] = []
    without = 0
    for source, paragraph in paragraphs.items():
        written = paragraph["context"]
        sentences = split_sentences(written, detect_language(written))
        for question in paragraph["qas"]:
            quotes = _quotes(question["answers"], written, sentences, texts.get(source, ""))
            case = _case(question, tuple(GoldEvidence(source, quote) for quote in quotes if source in texts))
            without += case is None
            cases += [case] if case else []
    notes = (f"{without} questions left out: no answer in words, though not marked as impossible",) if without else ()
    return Imported(texts, tuple(cases), notes)


def _case(question: dict[str, Any], evidence: tuple[GoldEvidence, ...]) -> Case | None:
    """A question's case; None for one with neither an answer nor a word that it has none, as in sets to be judged."""
    answerable = question.get("is_impossible") is not True
    answers = accepted_texts(str(answer["text"]) for answer in question["answers"])
    if answerable and not answers:
        return None
    return Case(
        id=str(question["id"]),
        question=question["question"].strip(),
        answerable=answerable,
        answers=answers if answerable else (),
        evidence=evidence if answerable else (),
    )


def _quotes(answers: list[Any], written: str, sentences: list[tuple[int, int]], text: str) -> list[str]:
    """The sentences of the answers as they stand in the source text; empty for one that is not to be found there."""
    given = [answer for answer in answers if str(answer["text"]).strip()]
    spans = {
        _sentence_of(answer["answer_start"], answer["answer_start"] + len(answer["text"]), sentences)
        for answer in given
    }
    found = [find_quote(written[start:end], text) for start, end in sorted(spans)]
    return list(dict.fromkeys(text[slice(*span)] if span else "" for span in found))


def _sentence_of(start: int, end: int, sentences: list[tuple[int, int]]) -> tuple[int, int]:
    inside = [span for span in sentences if span[0] < end and span[1] > start]
    return (inside[0][0], inside[-1][1]) if inside else (start, end)
