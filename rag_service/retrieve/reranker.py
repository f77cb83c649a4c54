"""Rerankers from elsewhere: the rerank API that TEI, Jina and Cohere share, or a LlamaIndex postprocessor."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from rag_service import dotted
from rag_service.errors import ModelError, ModelRateLimited, ModelTimeout, ModelUnavailable, SettingsError

_TIMEOUT = 10.0


class HttpReranker:
    """A rerank endpoint; takes Cohere's and Jina's form of request and TEI's form of response as well."""

    def __init__(self, url: str, model: str | None, api_key: str | None) -> None:
        self.name = model or url
        self._url = url
        self._model = model
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx.Client(timeout=_TIMEOUT, headers=headers)

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One relevance score a text; ModelError and its kin name the endpoint and its setting."""
        body: dict[str, Any] = {"query": question, "documents": list(texts), "texts": list(texts)}
        body |= {"model": self._model} if self._model else {}
        where = f"The rerank endpoint {httpx.URL(self._url).host} (RAG_RETRIEVAL__RERANKER_URL)"
        try:
            reply = self._client.post(self._url, json=body)
        except httpx.TimeoutException as error:
            raise ModelTimeout(f"{where} did not answer within {_TIMEOUT:g} s.") from error
        except httpx.HTTPError as error:
            raise ModelUnavailable(f"{where} cannot be reached: {error}.") from error
        if reply.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise ModelRateLimited(f"{where} refuses for now: too many requests.")
        if reply.is_error:
            raise ModelError(f"{where} answered with status {reply.status_code}.")
        try:
            found = _scores(reply.json())
            scores = [found[index] for index in range(len(texts))]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelError(f"{where} answered without one score for each text.") from error
        if not all(map(math.isfinite, scores)):
            raise ModelError(f"{where} gave a score that is no finite number.")
        return scores


class LlamaIndexReranker:
    """Any LlamaIndex node postprocessor by dotted path."""

    def __init__(self, path: str, options: Mapping[str, Any]) -> None:
        """SettingsError when the class cannot be made."""
        self.name = path
        try:
            self._postprocessor = dotted.load(path)(**options)
        except ImportError as error:
            raise SettingsError(f"RAG_RETRIEVAL__RERANKER_LLAMAINDEX: cannot import {path}: {error}") from error
        except Exception as error:
            raise SettingsError(
                f"{path} (RAG_RETRIEVAL__RERANKER_LLAMAINDEX) cannot be made with "
                f"RAG_RETRIEVAL__RERANKER_OPTIONS: {error}"
            ) from error

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score a text; those that the postprocessor drops come last, in the order they had.

        Where it gives no scores, its order counts. ModelError when it fails or gives nothing to rank by.
        """
        from llama_index.core.schema import NodeWithScore, TextNode

        nodes = [NodeWithScore(node=TextNode(id_=str(i), text=text), score=0.0) for i, text in enumerate(texts)]
        try:
            kept = self._postprocessor.postprocess_nodes(nodes, query_str=question)
            given = {int(item.node.node_id): float(item.score or 0.0) for item in kept}
        except Exception as error:
            # Whatever class a user names may raise or return whatever it likes.
            failed = dotted.failure(error)
            raise ModelError(f"The reranker {self.name} failed: {failed}.") from error
        if not given or not all(math.isfinite(score) for score in given.values()):
            told = "kept no passage" if not given else "gave a score that is no finite number"
            raise ModelError(f"The reranker {self.name} {told}.")
        if not any(given.values()):
            given = {index: -float(place) for place, index in enumerate(given)}
        least = min(given.values())
        return [given.get(index, least - 1.0 - index) for index in range(len(texts))]


def _scores(content: Any) -> dict[int, float]:
    """Scores by index from {"results": [{"index", "relevance_score"}]} or [{"index", "score"}]."""
    rows = content["results"] if isinstance(content, Mapping) else content
    return {int(row["index"]): float(row.get("relevance_score", row.get("score"))) for row in rows}
