"""Answers and passages on the wire; offsets are code points, times Unix seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import BaseModel, Field

from rag_service import models


class PassageBody(BaseModel):
    """A chunk as retrieved; higher scores are better, null where a search did not score it."""

    chunk_id: str
    document_id: str
    source: str
    title: str
    published: str | None = Field(description="ISO 8601, as precise as known.")
    language: str
    text: str
    start_char_index: int
    end_char_index: int
    rank: int
    score: float
    dense_score: float | None = Field(description="Cosine similarity.")
    lexical_score: float | None = Field(description="BM25.")
    late_score: float | None = Field(description="Mean best token cosine.")
    duplicates: list[str] = Field(description="Other sources that print the same text.")

    @classmethod
    def of(cls, passage: models.Passage) -> Self:
        """The wire form of a passage."""
        return cls(
            chunk_id=passage.chunk_id,
            document_id=passage.document_id,
            source=passage.source,
            title=passage.title,
            published=passage.published,
            language=passage.language,
            text=passage.text,
            start_char_index=passage.start,
            end_char_index=passage.end,
            rank=passage.rank,
            score=passage.score,
            dense_score=passage.dense_score,
            lexical_score=passage.lexical_score,
            late_score=passage.late_score,
            duplicates=list(passage.duplicates),
        )


class CitationBody(BaseModel):
    """A verbatim span of a source that statements rest on."""

    number: int = Field(description="What the markers [n] in the answer refer to.")
    type: Literal["char_location"] = "char_location"
    document_id: str
    source: str
    title: str
    published: str | None = Field(description="ISO 8601, as precise as known.")
    cited_text: str = Field(description="Equals the stored source text at these offsets.")
    start_char_index: int
    end_char_index: int
    start_line: int
    end_line: int
    start_page_number: int | None
    end_page_number: int | None
    verified: Literal[True] = Field(True, description="What fails verification is dropped and named in `warnings`.")
    score: float
    url: str = Field(description="Page that shows the quote in its source.")

    @classmethod
    def of(cls, citation: models.Citation) -> Self:
        """The wire form of a citation."""
        return cls(
            number=citation.number,
            document_id=citation.document_id,
            source=citation.source,
            title=citation.title,
            published=citation.published,
            cited_text=citation.quote,
            start_char_index=citation.start,
            end_char_index=citation.end,
            start_line=citation.start_line,
            end_line=citation.end_line,
            start_page_number=citation.start_page,
            end_page_number=citation.end_page,
            score=citation.score,
            url=f"/documents/{citation.document_id}#char={citation.start},{citation.end}",
        )


class StatementBody(BaseModel):
    """One sentence of the answer."""

    text: str
    start_index: int
    end_index: int
    citations: list[int]
    supported: bool = Field(
        description="False: names, numbers or dates in it do not occur in what it cites, or that says the contrary."
    )


class AbstentionBody(BaseModel):
    """Why no answer was given."""

    reason: models.AbstentionReason
    message: str


class PromptBody(BaseModel):
    """The prompt file that a model was given."""

    name: str
    version: str
    sha256: str


class UsageBody(BaseModel):
    """Tokens that the model's endpoint counted, and their cost when prices are configured."""

    prompt_tokens: int
    completion_tokens: int
    cost: float | None


class TimingsBody(BaseModel):
    """Milliseconds."""

    retrieve_ms: float
    answer_ms: float
    total_ms: float


class WarningBody(BaseModel):
    """Something worth knowing although the request succeeded."""

    code: str
    message: str


class AnswerBody(BaseModel):
    """A cited answer, or an abstention."""

    id: str
    object: Literal["answer"] = "answer"
    created: int
    collection: str
    question: str
    standalone_question: str = Field(description="The question as it was searched for, made of question and history.")
    answered: bool
    abstention: AbstentionBody | None
    confidence: float | None = Field(description="Calibrated probability that the passages answer the question.")
    answer: str = Field(description="Markers [n] refer to citations[].number.")
    statements: list[StatementBody]
    citations: list[CitationBody]
    passages: list[PassageBody]
    answerer: str
    model: str | None
    prompt: PromptBody | None
    usage: UsageBody | None
    timings: TimingsBody
    warnings: list[WarningBody]

    @classmethod
    def of(cls, answer: models.Answer) -> Self:
        """The wire form of an answer."""
        prompt, usage, abstention = answer.prompt, answer.usage, answer.abstention
        return cls(
            id=answer.id,
            created=answer.created,
            collection=answer.collection,
            question=answer.question,
            standalone_question=answer.standalone_question,
            answered=answer.answered,
            abstention=AbstentionBody(reason=abstention.reason, message=abstention.message) if abstention else None,
            confidence=answer.confidence,
            answer=answer.text,
            statements=[
                StatementBody(
                    text=item.text,
                    start_index=item.start,
                    end_index=item.end,
                    citations=list(item.citations),
                    supported=item.supported,
                )
                for item in answer.statements
            ],
            citations=[CitationBody.of(citation) for citation in answer.citations],
            passages=[PassageBody.of(passage) for passage in answer.passages],
            answerer=answer.answerer,
            model=answer.model,
            prompt=PromptBody(name=prompt.name, version=prompt.version, sha256=prompt.sha256) if prompt else None,
            usage=UsageBody(
                prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens, cost=usage.cost
            )
            if usage
            else None,
            timings=TimingsBody(
                retrieve_ms=answer.timings.retrieve_ms,
                answer_ms=answer.timings.answer_ms,
                total_ms=answer.timings.total_ms,
            ),
            warnings=[WarningBody(code=item.code, message=item.message) for item in answer.warnings],
        )


class PassagesBody(BaseModel):
    """Data of the event `passages`."""

    passages: list[PassageBody]

    @classmethod
    def of(cls, passages: Sequence[models.Passage]) -> Self:
        """The wire form of the passages found."""
        return cls(passages=[PassageBody.of(passage) for passage in passages])


class DeltaBody(BaseModel):
    """Data of the event `delta`; all texts joined are the answer."""

    text: str


class SearchTimings(BaseModel):
    """Milliseconds."""

    retrieve_ms: float
    total_ms: float


class PassageList(BaseModel):
    """Passages, best first."""

    object: Literal["list"] = "list"
    data: list[PassageBody]
    warnings: list[WarningBody]
    timings: SearchTimings
