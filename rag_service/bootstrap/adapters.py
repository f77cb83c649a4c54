"""Settings to adapters, one function each."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rag_service.embed.tokenizer_file import open_tokenizer_file, tokenizer_digest
from rag_service.errors import SettingsError
from rag_service.index.chroma_place import ChromaServer
from rag_service.index.stores import Stores, open_stores
from rag_service.models import Fingerprint
from rag_service.settings import Settings

if TYPE_CHECKING:
    from pydantic import SecretStr

    from rag_service.answer.models.guard import GuardedModel
    from rag_service.embed.e5.encoder import E5Encoder
    from rag_service.embed.e5.reader import E5Reader
    from rag_service.ingest.chunk import TokenSpans
    from rag_service.ingest.limits import Limits
    from rag_service.ingest.load import Loader
    from rag_service.ports import Embedder, Reranker


def open_encoder(settings: Settings, cache_dir: Path | None = None) -> E5Encoder:
    """The bundled encoder with its prepared graph in the cache folder."""
    from rag_service.embed.e5.encoder import E5Encoder

    return E5Encoder(cache_dir or _cache(settings), settings.embedding.threads)


def open_reader(settings: Settings, encoder: E5Encoder, cache_dir: Path | None = None) -> E5Reader:
    """The reader, with the encoder's inputs and its own prepared graph in the cache folder."""
    from rag_service.embed.e5.reader import E5Reader

    return E5Reader(encoder.inputs, cache_dir or _cache(settings), encoder.threads)


def _cache(settings: Settings) -> Path:
    return settings.embedding.cache_dir or _user_cache()


def _user_cache() -> Path:
    """The user's cache; for a user without a home, a place that cannot be written, which only costs time."""
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:
        base = os.devnull
    return Path(base) / "rag-service"


def open_data(settings: Settings) -> Stores:
    """The stores: embedded in the data directory, or where the settings say."""
    chosen = settings.chroma
    server = None
    if chosen.host:
        server = ChromaServer(
            host=chosen.host,
            port=chosen.port,
            ssl=chosen.ssl,
            headers=chosen.headers,
            tenant=chosen.tenant,
            database=chosen.database,
            api_key=_secret(chosen.api_key),
        )
    return open_stores(settings.data_dir, catalog_url=settings.catalog.url, chroma=server)


def open_embedder(settings: Settings) -> Embedder | None:
    """The configured embedder; None for the bundled encoder."""
    chosen = settings.embedding
    if chosen.provider == "openai":
        from rag_service.embed.openai import OpenAIEmbedder

        return OpenAIEmbedder(
            model=chosen.model or "text-embedding-3-large",
            base_url=chosen.base_url or settings.openai_base_url,
            api_key=_secret(chosen.api_key) or _secret(settings.openai_api_key),
            dimension=chosen.dimension,
            price=chosen.price,
        )
    if chosen.provider == "llamaindex":
        from rag_service.embed.llamaindex import LlamaIndexEmbedder

        return LlamaIndexEmbedder(chosen.model, chosen.options, chosen.dimension)
    return None


def limits_of(settings: Settings) -> Limits:
    """What may be read."""
    from rag_service.ingest.limits import Limits

    chosen = settings.ingest
    return Limits(
        max_file_bytes=int(chosen.max_file_mb * 1_000_000),
        max_characters=chosen.max_characters,
        timeout=chosen.file_timeout,
        max_pages=chosen.max_pages,
        max_archive_bytes=chosen.max_archive_bytes,
        max_archive_ratio=chosen.max_archive_ratio,
        max_memory_bytes=chosen.max_memory_bytes,
    )


def open_loader(settings: Settings) -> Loader:
    """What reads files, with the readers that the settings name."""
    from rag_service.ingest.load import Loader

    return Loader(limits_of(settings), settings.ingest.readers, settings.ingest.workers)


def open_token_spans(settings: Settings) -> TokenSpans | None:
    """What finds the tokens of the configured embedder; None where the bundled encoder's count."""
    own = settings.embedding.tokenizer
    return open_tokenizer_file(own) if own else None


def fingerprint(settings: Settings, embedder: Embedder | None) -> Callable[[], Fingerprint]:
    """What tells with what an index is built; None is the bundled encoder, which need not be loaded to know.

    Not told before it is asked for: an endpoint's dimension may cost a request.
    """
    from rag_service.embed.e5.encoder import E5Encoder

    chosen, own, chunking = embedder or E5Encoder, settings.embedding.tokenizer, settings.chunking
    digest = tokenizer_digest(own) if own else None

    def told() -> Fingerprint:
        limits = chunking.max_tokens, chunking.overlap_tokens
        return Fingerprint(chosen.identity, chosen.dimension, *limits, digest)

    return told


def open_reranker(settings: Settings) -> Reranker | None:
    """The configured reranker; None without one."""
    chosen = settings.retrieval
    if chosen.reranker_url:
        from rag_service.retrieve.reranker import HttpReranker

        return HttpReranker(chosen.reranker_url, chosen.reranker_model, _secret(chosen.reranker_api_key))
    if chosen.reranker_llamaindex:
        from rag_service.retrieve.reranker import LlamaIndexReranker

        return LlamaIndexReranker(chosen.reranker_llamaindex, chosen.reranker_options)
    return None


def open_chat_model(settings: Settings) -> GuardedModel | None:
    """The configured chat model; None without one."""
    if not settings.llm_configured:
        return None
    from rag_service.answer.models.backend import Backend
    from rag_service.answer.models.guard import GuardedModel, Limits

    chosen = settings.llm
    backend: Backend
    if chosen.llamaindex:
        if chosen.structured == "on":
            raise SettingsError("RAG_LLM__STRUCTURED=on needs an endpoint: a LlamaIndex LLM takes no JSON schema.")
        from rag_service.answer.models.llamaindex import LlamaIndexBackend

        backend = LlamaIndexBackend(chosen.llamaindex, chosen.llamaindex_options, chosen.max_concurrency)
    else:
        from rag_service.answer.models.openai import OpenAIBackend

        backend = OpenAIBackend(
            model=chosen.model,
            base_url=chosen.base_url or settings.openai_base_url,
            address_setting="RAG_LLM__BASE_URL" if chosen.base_url else "OPENAI_BASE_URL",
            api_key=_secret(chosen.api_key) or _secret(settings.openai_api_key),
            temperature=chosen.temperature,
            structured=chosen.structured,
            timeout=chosen.timeout,
        )
    limits = Limits(
        first_token_timeout=chosen.first_token_timeout,
        timeout=chosen.timeout,
        max_retries=chosen.max_retries,
        max_concurrency=chosen.max_concurrency,
        breaker_failures=chosen.breaker_failures,
        breaker_seconds=chosen.breaker_seconds,
        price_prompt=chosen.price_prompt,
        price_completion=chosen.price_completion,
    )
    return GuardedModel(backend, limits)


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None
