"""What every schema shares: strictness, checked text, problems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from rag_service.models.collections import COLLECTION_NAME

COLLECTION_PATTERN = rf"^{COLLECTION_NAME}$"


class RequestBody(BaseModel):
    """A request: unknown fields are refused, so that a typo does not pass for a default."""

    model_config = ConfigDict(extra="forbid")


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    field: str = Field(description="Path of the field, dots between levels.", examples=["top_k"])
    message: str = Field(examples=["Input should be less than or equal to 50"])


class Problem(BaseModel):
    """An error as RFC 9457 describes it, with a stable `code` for programs."""

    type: str = Field(examples=["urn:rag-service:problem:unknown_collection"])
    title: str = Field(examples=["Unknown collection"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no collection named 'press'."])
    instance: str = Field(description="Path of the request.", examples=["/v1/ask"])
    code: str = Field(examples=["unknown_collection"])
    request_id: str = Field(description="Also in the header X-Request-ID and in the log.", examples=["4f1c"])
    errors: list[FieldProblem] | None = Field(None, description="The fields at fault, when the request is.")


def encodable(value: Any) -> Any:
    """The value, unless it holds a lone surrogate: JSON may carry one, but no store and no response can encode it."""
    if any("\ud800" <= character <= "\udfff" for text in _texts(value) for character in text):
        raise ValueError("contains a lone surrogate, which is not valid Unicode text")
    return value


def storable(value: Any) -> Any:
    """The value, unless it holds what no catalog can keep or be asked for: NUL, or a lone surrogate."""
    if any("\0" in text for text in _texts(value)):
        raise ValueError("contains the character NUL, which no document holds")
    return encodable(value)


def _texts(value: Any) -> Iterator[str]:
    """Every string in a value, names of fields included."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


Filters = Annotated[
    dict[str, Any],
    AfterValidator(storable),
    Field(
        description="Conditions on `source`, `title`, `published`, `language`, `media_type`, `document_id` or "
        "`metadata.<name>`; operators $eq $ne $in $nin $gt $gte $lt $lte, and $and, $or.",
        examples=[{"published": {"$gte": "2019-04-01", "$lt": "2019-05-01"}}],
    ),
]
CollectionName = Annotated[
    str,
    Field(
        pattern=COLLECTION_PATTERN,
        description="1-63 letters, digits, dots, hyphens and underscores, a letter or digit first.",
        examples=["default"],
    ),
]
