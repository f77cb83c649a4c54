"""Collections on the wire; times are Unix seconds."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field

from rag_service import models
from rag_service.api.schemas.common import CollectionName, RequestBody


class CollectionRequest(RequestBody):
    """A collection to be made."""

    name: CollectionName


class CollectionBody(BaseModel):
    """A named, isolated set of documents."""

    name: str
    object: Literal["collection"] = "collection"
    documents: int
    chunks: int
    created: int
    fingerprint: str | None = Field(description="Embedding model and chunking that its index was built with.")

    @classmethod
    def of(cls, collection: models.Collection) -> Self:
        """The wire form of a collection."""
        return cls(
            name=collection.name,
            documents=collection.documents,
            chunks=collection.chunks,
            created=collection.created,
            fingerprint=str(collection.fingerprint) if collection.fingerprint else None,
        )


class CollectionList(BaseModel):
    """All collections that the key reaches."""

    object: Literal["list"] = "list"
    default: str | None = Field(
        description="The collection used when none is named, made or not; null if the key does not reach it."
    )
    scope: list[str] | None = Field(
        description="The collections that the key is limited to, made or not; null if it reaches all."
    )
    data: list[CollectionBody]
