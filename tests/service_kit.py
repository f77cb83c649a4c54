"""A whole service with adapters of the tests' own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding

from rag_service.answer.events import Ask
from rag_service.bootstrap import Service
from rag_service.bootstrap.adapters import _user_cache
from rag_service.settings import Settings

QUESTION = "Wann traf Kim Jong Un Wladimir Putin?"


class Letters(BaseEmbedding):
    """How often each letter stands in a text."""

    def _get_query_embedding(self, query: str) -> list[float]:
        return [1.0 + query.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_query_embedding(text)


LETTERS = f"{Letters.__module__}.Letters"


def settings(folder: Path, **sections: Any) -> Settings:
    """Settings of a data directory, with the prepared encoder of the user's cache."""
    embedding = {"cache_dir": _user_cache()} | sections.pop("embedding", {})
    return Settings(_env_file=None, data_dir=folder / "data", embedding=embedding, **sections)  # type: ignore[call-arg]


def asked(service: Service, docs: Path) -> Any:
    """The answer to the question over the small folder."""
    job = service.library.ingest("default", [docs])
    assert {item.status for item in job.documents} == {"added"}, job
    return asyncio.run(service.asker.answer(Ask(QUESTION)))
