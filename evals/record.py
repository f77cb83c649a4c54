"""One case's outcome as a JSON record: the service's answer object without ids and times.

The same reader takes the answers of ``POST /v1/ask`` and those of a run folder. What differs from run to
run though nothing changed (ids, times) is left out, so that two runs can be compared byte by byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.cases.model import GoldEvidence
from rag_service.models import (
    Abstention,
    Answer,
    Citation,
    Passage,
    PromptInfo,
    Statement,
    Timings,
    Usage,
    Warning,
)

DIGITS = 5


def answer_record(answer: Answer) -> dict[str, Any]:
    """An answer as JSON values, in the field names of the public contract."""
    return {
        "answered": answer.answered,
        "abstention": None if answer.abstention is None else _fields(answer.abstention, "reason", "message"),
        "answer": answer.text,
        "standalone_question": answer.standalone_question,
        "confidence": _rounded(answer.confidence),
        "statements": [_statement_record(item) for item in answer.statements],
        "citations": [_citation_record(item) for item in answer.citations],
        "passages": [_passage_record(item) for item in answer.passages],
        "answerer": answer.answerer,
        "model": answer.model,
        "prompt": None if answer.prompt is None else _fields(answer.prompt, "name", "version", "sha256"),
        "usage": None if answer.usage is None else _fields(answer.usage, "prompt_tokens", "completion_tokens", "cost"),
        "warnings": [_fields(item, "code", "message") for item in answer.warnings],
    }


def read_answer(record: Mapping[str, Any], question: str, timings: Timings | None = None) -> Answer:
    """The answer of a record or of an API response; KeyError or TypeError when it is neither."""
    times = record.get("timings") or {}
    usage, prompt, abstention = record.get("usage"), record.get("prompt"), record["abstention"]
    return Answer(
        id=str(record.get("id", "")),
        created=int(record.get("created", 0)),
        collection=str(record.get("collection", "")),
        question=question,
        standalone_question=record["standalone_question"],
        answered=record["answered"],
        abstention=Abstention(abstention["reason"], abstention["message"]) if abstention else None,
        text=record["answer"],
        statements=tuple(_read_statement(item) for item in record["statements"]),
        citations=tuple(read_citation(item) for item in record["citations"]),
        passages=tuple(read_passage(item) for item in record["passages"]),
        answerer=record["answerer"],
        model=record["model"],
        prompt=PromptInfo(prompt["name"], prompt["version"], prompt["sha256"]) if prompt else None,
        usage=Usage(usage["prompt_tokens"], usage["completion_tokens"], usage.get("cost")) if usage else None,
        timings=timings
        or Timings(times.get("retrieve_ms", 0.0), times.get("answer_ms", 0.0), times.get("total_ms", 0.0)),
        confidence=record.get("confidence"),
        warnings=tuple(Warning(item["code"], item["message"]) for item in record["warnings"]),
    )


def read_evidence(record: Mapping[str, Any]) -> GoldEvidence:
    """The gold evidence of a run's record; runs of earlier versions tell the first place of a quote alone."""
    also = tuple((start, end) for start, end in record.get("also", ()))
    return GoldEvidence(record["source"], record["quote"], record["start"], record["end"], also)


def _statement_record(item: Statement) -> dict[str, Any]:
    return {
        "text": item.text,
        "start_index": item.start,
        "end_index": item.end,
        "citations": list(item.citations),
        "supported": item.supported,
    }


def _read_statement(item: Mapping[str, Any]) -> Statement:
    numbers: Sequence[int] = item["citations"]
    return Statement(item["text"], item["start_index"], item["end_index"], tuple(numbers), item["supported"])


def _citation_record(item: Citation) -> dict[str, Any]:
    return {
        "number": item.number,
        "source": item.source,
        "title": item.title,
        "published": item.published,
        "cited_text": item.quote,
        "start_char_index": item.start,
        "end_char_index": item.end,
        "score": _rounded(item.score),
    }


def read_citation(item: Mapping[str, Any]) -> Citation:
    """The citation of a record."""
    return Citation(
        number=item["number"],
        document_id=str(item.get("document_id", "")),
        version_id="",
        source=item["source"],
        title=item["title"],
        published=item["published"],
        quote=item["cited_text"],
        start=item["start_char_index"],
        end=item["end_char_index"],
        start_line=item.get("start_line") or 0,
        end_line=item.get("end_line") or 0,
        start_page=item.get("start_page_number"),
        end_page=item.get("end_page_number"),
        score=item.get("score") or 0.0,
    )


def _passage_record(item: Passage) -> dict[str, Any]:
    return {
        "rank": item.rank,
        "source": item.source,
        "title": item.title,
        "published": item.published,
        "language": item.language,
        "text": item.text,
        "start_char_index": item.start,
        "end_char_index": item.end,
        "score": _rounded(item.score),
        "dense_score": _rounded(item.dense_score),
        "lexical_score": _rounded(item.lexical_score),
        "late_score": _rounded(item.late_score),
        "duplicates": list(item.duplicates),
    }


def read_passage(item: Mapping[str, Any]) -> Passage:
    """The passage of a record."""
    return Passage(
        chunk_id=str(item.get("chunk_id", "")),
        document_id=str(item.get("document_id", "")),
        version_id="",
        source=item["source"],
        title=item["title"],
        published=item["published"],
        language=item.get("language", "und"),
        text=item["text"],
        start=item["start_char_index"],
        end=item["end_char_index"],
        rank=item["rank"],
        score=item["score"],
        dense_score=item.get("dense_score"),
        lexical_score=item.get("lexical_score"),
        late_score=item.get("late_score"),
        duplicates=tuple(item.get("duplicates", ())),
    )


def _fields(item: object, *names: str) -> dict[str, Any]:
    return {name: getattr(item, name) for name in names}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
