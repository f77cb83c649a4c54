"""SQuAD JSON, versions 1 and 2: a paragraph is a document, the sentence with the answer is the evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from evals.cases.model import AcceptedAnswer, Case, GoldEvidence
from evals.errors import DatasetError
from evals.importers.beir import BeirQuery, BeirSet
from evals.importers.imported import Imported, file_name
from rag_service.text.languages import detect_language
from rag_service.text.sentences import split_sentences


def import_squad(path: Path) -> Imported:
    """Cases of a SQuAD file; DatasetError when it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        articles: list[Any] = content["data"]
        return _articles(articles)
    except (ValueError, KeyError, TypeError) as error:
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
            frozenset(evidence.source for evidence in case.evidence),
        )
        for case in imported.cases
    )
    titles = {source: source.rpartition("-")[0] for source in imported.texts}
    return BeirSet(path.stem, dict(imported.texts), titles, tuple(queries), imported.notes)


def _articles(articles: list[Any]) -> Imported:
    texts: dict[str, str] = {}
    cases: list[Case] = []
    without = 0
    for article_number, article in enumerate(articles):
        for number, paragraph in enumerate(article["paragraphs"]):
            source = file_name(f"{article.get('title') or article_number}-{number}")
            if source in texts:  # another article of the same title
                source = file_name(f"{article.get('title')}-{article_number}-{number}")
            text = paragraph["context"]
            texts[source] = text
            sentences = split_sentences(text, detect_language(text))
            found = [_case(question, source, text, sentences) for question in paragraph["qas"]]
            cases += filter(None, found)
            without += found.count(None)
    notes = (f"{without} questions left out: no answer, though not marked as impossible",) if without else ()
    return Imported(texts, tuple(cases), notes)


def _case(question: dict[str, Any], source: str, text: str, sentences: list[tuple[int, int]]) -> Case | None:
    """A question's case; None for one with neither an answer nor a word that it has none, as in sets to be judged."""
    answerable = question.get("is_impossible") is not True
    given = [answer for answer in question["answers"] if str(answer["text"]).strip()]
    if answerable and not given:
        return None
    answers = dict.fromkeys(str(answer["text"]).strip() for answer in given)
    spans = {
        _sentence_of(answer["answer_start"], answer["answer_start"] + len(answer["text"]), sentences)
        for answer in given
    }
    return Case(
        id=str(question["id"]),
        question=question["question"].strip(),
        answerable=answerable,
        answers=tuple(AcceptedAnswer("text", answer) for answer in answers) if answerable else (),
        evidence=tuple(GoldEvidence(source, text[start:end].strip()) for start, end in sorted(spans))
        if answerable
        else (),
    )


def _sentence_of(start: int, end: int, sentences: list[tuple[int, int]]) -> tuple[int, int]:
    inside = [span for span in sentences if span[0] < end and span[1] > start]
    return (inside[0][0], inside[-1][1]) if inside else (start, end)
