"""The wired service, its parts built when they are first used."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rag_service.bootstrap.adapters import (
    fingerprint,
    limits_of,
    open_chat_model,
    open_data,
    open_embedder,
    open_encoder,
    open_loader,
    open_reader,
    open_reranker,
    open_token_spans,
)
from rag_service.errors import SettingsError
from rag_service.index.lock import DataDirectory, owner
from rag_service.index.stores import Stores
from rag_service.models import Upload, Usage
from rag_service.settings import Settings

if TYPE_CHECKING:
    from rag_service.answer.ask import Asker
    from rag_service.answer.generate import GenerativeAnswerer
    from rag_service.answer.models.guard import GuardedModel
    from rag_service.embed.e5.encoder import E5Encoder
    from rag_service.embed.e5.reader import E5Reader
    from rag_service.embed.openai import OpenAIEmbedder
    from rag_service.index.keys import Keys
    from rag_service.ingest.library import Library
    from rag_service.ingest.load import Loader
    from rag_service.ingest.write import Engine
    from rag_service.models import Document
    from rag_service.ports import Embedder
    from rag_service.retrieve.search import Retriever

_LOCK_SECONDS = 5.0


class Service:
    """Everything an interface needs; parts are built when they are first used."""

    def __init__(self, settings: Settings, directory: DataDirectory, stores: Stores) -> None:
        self.settings = settings
        self.directory = directory
        self._stores = stores

    @property
    def keys(self) -> Keys:
        """API keys."""
        return self._stores.catalog.keys

    @cached_property
    def encoder(self) -> E5Encoder:
        """The bundled encoder."""
        return open_encoder(self.settings)

    @cached_property
    def reader(self) -> E5Reader:
        """What finds answers in passages."""
        return open_reader(self.settings, self.encoder)

    @cached_property
    def embedder(self) -> Embedder:
        """What makes dense vectors."""
        return open_embedder(self.settings) or self.encoder

    @property
    def embedding_usage(self) -> Usage | None:
        """What an OpenAI-compatible endpoint has counted for embeddings so far; None without one, or unused."""
        usage = self._endpoint.usage if self._endpoint else None
        return usage if usage and usage.prompt_tokens else None

    @property
    def _endpoint(self) -> OpenAIEmbedder | None:
        """What asks an OpenAI-compatible endpoint for embeddings; None without one, or before its first use."""
        if self.settings.embedding.provider != "openai" or "embedder" not in self.__dict__:
            return None
        from rag_service.embed.openai import OpenAIEmbedder

        return self.embedder if isinstance(self.embedder, OpenAIEmbedder) else None

    @cached_property
    def loader(self) -> Loader:
        """What reads files."""
        return open_loader(self.settings)

    @cached_property
    def library(self) -> Library:
        """Documents, collections and jobs."""
        from rag_service.ingest.discover import Discovered, discover
        from rag_service.ingest.library import Library, Tools

        def found(paths: Sequence[Path], root: Path | None = None) -> Discovered:
            return discover(paths, self.loader.suffixes, root)

        other = None if self.settings.embedding.provider == "local" else self.embedder
        tools = Tools(
            discover=found,
            load=self.loader.load_file,
            load_upload=self._load_upload,
            engine=self._engine,
            fingerprint=fingerprint(self.settings, other),
            workers=self.settings.ingest.workers,
            late_interaction=self.settings.retrieval.late_interaction,
        )
        return Library(self._stores, tools)

    @cached_property
    def retriever(self) -> Retriever:
        """A question to passages."""
        from rag_service.index.search import BestMatches, DenseSearch, TokenBlocks
        from rag_service.retrieve.ranking import Ranking
        from rag_service.retrieve.search import Options, Retriever
        from rag_service.retrieve.search import Stores as Searches

        chosen = self.settings.retrieval
        searches = Searches(
            catalog=self._stores.catalog.live,
            vectors=DenseSearch(self._stores, self.embedder.identity),
            lexical=BestMatches(self._stores),
            tokens=TokenBlocks(self._stores) if chosen.late_interaction else None,
        )
        options = Options(
            top_k=chosen.top_k,
            candidates=chosen.candidates,
            dense_weight=chosen.dense_weight,
            rerank_depth=chosen.rerank_depth,
            max_per_document=chosen.max_per_document,
        )
        reranker = open_reranker(self.settings)
        return Retriever(searches, self.embedder, self.encoder, options, Ranking(), reranker)

    @cached_property
    def asker(self) -> Asker:
        """A question to an answer; SettingsError where the settings ask for a model and name none."""
        from rag_service.answer.ask import Answerers, Asker
        from rag_service.answer.converse import Conversation
        from rag_service.answer.evidence.abstain import EvidenceModel
        from rag_service.answer.extract import ExtractiveAnswerer
        from rag_service.prompts import load_prompt

        chosen = self.settings
        evidence = EvidenceModel(
            self.encoder,
            self.reader,
            threshold=chosen.abstention.threshold,
            own_vectors=self.embedder is self.encoder,
        )
        model = open_chat_model(chosen)
        if model is None and chosen.answer.answerer == "llm":
            raise SettingsError(
                "RAG_ANSWER__ANSWERER=llm needs a model: set OPENAI_API_KEY, RAG_LLM__BASE_URL or "
                "RAG_LLM__LLAMAINDEX, or RAG_ANSWER__ANSWERER=auto."
            )
        llm = self._generative(model) if model else None
        extractive = ExtractiveAnswerer(evidence, chosen.answer.max_statements)
        return Asker(
            catalog=self._stores.catalog.live,
            retrieve=self.retriever.search,
            converse=Conversation(model, load_prompt("standalone", chosen.answer.prompts_dir) if model else None),
            assess=evidence.assess,
            threshold=evidence.threshold,
            answerers=Answerers(extractive, llm, chosen.answer.answerer),
            timeout=chosen.answer.timeout,
        )

    def stop(self) -> None:
        """Wait no longer for an embeddings endpoint that fails."""
        if self._endpoint:
            self._endpoint.stop()

    def close(self) -> None:
        """Call off what is running, close the stores, give the data directory up."""
        self.stop()
        if "library" in self.__dict__:
            self.library.close()
        else:
            self._stores.close()
        if "loader" in self.__dict__:
            self.loader.close()
        self.directory.release()

    def _engine(self) -> Engine:
        from rag_service.ingest.chunk import Chunker
        from rag_service.ingest.write import Engine

        chosen = self.settings.chunking
        token_spans = open_token_spans(self.settings) or self.encoder.token_spans
        chunker = Chunker(token_spans, chosen.max_tokens, chosen.overlap_tokens)
        late = self.settings.retrieval.late_interaction
        return Engine(self.embedder, self.encoder if late else None, chunker.chunks)

    def _load_upload(self, upload: Upload) -> Document:
        from rag_service.ingest.uploaded import load_upload

        return load_upload(self.loader, limits_of(self.settings), upload)

    def _generative(self, model: GuardedModel) -> GenerativeAnswerer:
        from rag_service.answer.generate import GenerativeAnswerer
        from rag_service.prompts import load_prompt

        chosen = self.settings
        return GenerativeAnswerer(
            model,
            load_prompt("answer", chosen.answer.prompts_dir),
            context_tokens=chosen.llm.context_tokens,
            max_output_tokens=chosen.llm.max_output_tokens,
            count_tokens=self.encoder.count_tokens,
            encoder=self.encoder,
        )


def open_service(settings: Settings, command: str = "rag-service") -> Service:
    """The wired service, owner of the data directory; DataDirectoryLocked while another process has it."""
    held = owner(settings.data_dir)
    # a server stays; anything else may end in a moment
    directory = DataDirectory(settings.data_dir, command, 0.0 if held and held.url else _LOCK_SECONDS)
    try:
        stores = open_data(settings)
    except BaseException:
        directory.release()
        raise
    service = Service(settings, directory, stores)
    try:
        service.library  # noqa: B018  finishes what a process that died left half done
    except BaseException:
        service.close()
        raise
    return service
