"""Every setting, its default, bounds and meaning."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag_service.settings.env_file import CONFIG
from rag_service.settings.kinds import CollectionName, HomePath
from rag_service.settings.origins import browser_origins

PREFIX = "RAG_"


class Section(BaseModel):
    """A group of settings; unknown keys are refused, empty values count as unset."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, values: Any) -> Any:
        return {key: value for key, value in values.items() if value != ""} if isinstance(values, dict) else values


class LlmSettings(Section):
    """The chat model behind an OpenAI-compatible endpoint."""

    base_url: str | None = Field(None, description="Base URL of the endpoint, ending in /v1; also OPENAI_BASE_URL.")
    api_key: SecretStr | None = Field(None, description="Key for the endpoint; also OPENAI_API_KEY.")
    model: str = Field("gpt-5-mini", description="Model name sent to the endpoint.")
    llamaindex: str | None = Field(
        None, description="Dotted path of a LlamaIndex LLM class used instead of an endpoint."
    )
    llamaindex_options: dict[str, Any] = Field(default_factory=dict, description="Keyword arguments of that class.")
    temperature: float | None = Field(
        None, ge=0, le=2, description="Sampling temperature; the endpoint's default when unset."
    )
    max_output_tokens: int = Field(700, ge=16, le=32_000, description="Upper bound on the answer's tokens.")
    context_tokens: int = Field(8192, ge=1024, description="The model's context window; passages are cut to fit.")
    structured: Literal["auto", "on", "off"] = Field(
        "auto", description="JSON output: auto where the endpoint takes a schema, on to fail where it does not."
    )
    first_token_timeout: float = Field(
        30.0, gt=0, description="Seconds for a free place, and from there until the first piece of the reply."
    )
    timeout: float = Field(90.0, gt=0, description="Seconds for the whole reply, retries included.")
    max_retries: int = Field(2, ge=0, le=10, description="Retries after a connection error, 429 or 5xx.")
    max_concurrency: int = Field(
        256, ge=1, le=1000, description="Replies in flight at once; what is asked beyond them waits for a place."
    )
    breaker_failures: int = Field(5, ge=1, description="Failures in a row that open the circuit breaker.")
    breaker_seconds: float = Field(30.0, gt=0, description="Seconds an open circuit breaker waits before one trial.")
    price_prompt: float | None = Field(
        None, ge=0, description="Price of a million prompt tokens, for the cost in usage."
    )
    price_completion: float | None = Field(None, ge=0, description="Price of a million completion tokens.")


class EmbeddingSettings(Section):
    """What makes dense vectors; changing it needs `rag-service ingest --re-embed` for each collection."""

    provider: Literal["local", "openai", "llamaindex"] = Field(
        "local", description="What makes the vectors; local is the bundled encoder."
    )
    model: str | None = Field(None, description="Model name (openai) or dotted path of the class (llamaindex).")
    base_url: str | None = Field(None, description="Base URL of an OpenAI-compatible /v1/embeddings endpoint.")
    api_key: SecretStr | None = Field(None, description="Key for that endpoint; OPENAI_API_KEY is used when unset.")
    dimension: int | None = Field(None, ge=8, description="Length of the vectors, checked against what arrives.")
    price: float | None = Field(None, ge=0, description="Price of a million tokens at that endpoint.")
    tokenizer: HomePath | None = Field(
        None, description="The model's `tokenizer.json`, to cut chunks by its tokens; unset: the bundled encoder's."
    )
    options: dict[str, Any] = Field(default_factory=dict, description="Keyword arguments of a llamaindex class.")
    cache_dir: HomePath | None = Field(
        None, description="Where the bundled encoder keeps its prepared graph; default: the user's cache."
    )
    threads: int | None = Field(None, ge=1, description="Threads of the bundled encoder; default: all cores.")

    @model_validator(mode="after")
    def _own_tokenizer(self) -> EmbeddingSettings:
        if self.tokenizer and self.provider == "local":
            raise ValueError("tokenizer is for another embedder: the bundled one has its own")
        return self


class ChunkingSettings(Section):
    """How documents are cut; part of the fingerprint."""

    max_tokens: int = Field(
        256, ge=32, le=480, description="Longest chunk, in tokens of the embedder (see RAG_EMBEDDING__TOKENIZER)."
    )
    overlap_tokens: int = Field(
        32, ge=0, le=200, description="Tokens that neighbouring chunks share, in whole sentences."
    )

    @model_validator(mode="after")
    def _overlap_fits(self) -> ChunkingSettings:
        if self.overlap_tokens * 2 > self.max_tokens:
            raise ValueError("overlap_tokens must be at most half of max_tokens")
        return self


class RetrievalSettings(Section):
    """How passages are found and ranked."""

    top_k: int = Field(8, ge=1, le=50, description="Passages returned for a question.")
    candidates: int = Field(40, ge=5, le=500, description="Chunks taken from each index before fusion.")
    dense_weight: float = Field(
        0.7, ge=0, le=1, description="Usual share of the dense score when candidates are chosen for ranking."
    )
    late_interaction: bool = Field(True, description="Store token vectors at ingest and rerank with them.")
    rerank_depth: int = Field(20, ge=1, le=200, description="Candidates that the learned ranking looks at.")
    max_per_document: int = Field(4, ge=1, le=50, description="Passages of one document among the results.")
    reranker_url: str | None = Field(None, description="URL of a rerank endpoint (TEI, Jina, Cohere); unset: none.")
    reranker_model: str | None = Field(None, description="Model name sent to the rerank endpoint.")
    reranker_api_key: SecretStr | None = Field(None, description="Key for the rerank endpoint.")
    reranker_llamaindex: str | None = Field(
        None, description="Dotted path of a LlamaIndex node postprocessor used as reranker."
    )
    reranker_options: dict[str, Any] = Field(default_factory=dict, description="Keyword arguments of that class.")


class AnswerSettings(Section):
    """How answers are made."""

    answerer: Literal["auto", "extractive", "llm"] = Field(
        "auto", description="auto is llm when one is configured, else extractive; extractive asks no model anything."
    )
    max_statements: int = Field(
        3,
        ge=1,
        le=10,
        description="Sentences of an extractive answer at most; versions of what is asked in parts may be more.",
    )
    prompts_dir: HomePath | None = Field(None, description="Folder with prompt files; default: the ones shipped.")
    timeout: float = Field(120.0, gt=0, description="Seconds for one question from start to end.")


class AbstentionSettings(Section):
    """When the service declines."""

    threshold: float | None = Field(
        None, ge=0, le=1, description="Confidence below which it declines; default: the calibrated one."
    )


class IngestSettings(Section):
    """Limits on what is read."""

    max_file_mb: float = Field(100.0, gt=0, description="Larger files are refused.")
    max_characters: int = Field(20_000_000, ge=1000, description="Longest extracted text of one file.")
    max_pages: int = Field(5000, ge=1, description="Most pages or slides of one file.")
    max_archive_bytes: int = Field(
        500_000_000, ge=1_000_000, description="What a docx, pptx, xlsx or epub may unpack to."
    )
    max_archive_ratio: float = Field(
        200.0, ge=2, description="How many times its packed size a file inside one of those may have."
    )
    max_memory_bytes: int = Field(
        2_000_000_000, ge=500_000_000, description="Address space of a process that extracts a file."
    )
    file_timeout: float = Field(120.0, gt=0, description="Seconds for extracting one file.")
    workers: int = Field(2, ge=1, le=64, description="Files extracted at once.")
    readers: dict[str, str] = Field(
        default_factory=dict, description="Suffix to dotted path of a LlamaIndex reader class."
    )
    watch_seconds: float = Field(2.0, gt=0, description="Quiet time before --watch takes up a change.")


class ChromaSettings(Section):
    """Where the vectors live: embedded by default, a server or Chroma Cloud by host."""

    host: str | None = Field(None, description="Host of a Chroma server; unset: embedded in the data directory.")
    port: int = Field(8000, ge=1, le=65535, description="Port of the Chroma server.")
    ssl: bool = Field(False, description="Use TLS to the Chroma server.")
    headers: dict[str, str] = Field(default_factory=dict, description="HTTP headers, such as an authorisation.")
    tenant: str = Field("default_tenant", description="Tenant on the server.")
    database: str = Field("default_database", description="Database on the server.")
    api_key: SecretStr | None = Field(None, description="Chroma Cloud key.")


class CatalogSettings(Section):
    """Where the catalog lives."""

    url: str | None = Field(
        None,
        description="SQLAlchemy URL, e.g. postgresql+psycopg://...; unset: SQLite in the data directory.",
    )


class ServerSettings(Section):
    """The HTTP server."""

    host: str = Field("127.0.0.1", description="Address to bind; anything but loopback needs API keys.")
    port: int = Field(8000, ge=0, le=65535, description="Port to bind; 0 picks a free one.")
    allow_unauthenticated: bool = Field(
        False, description="Serve beyond loopback without keys. Everyone who reaches it may read and write."
    )
    threads: int | None = Field(
        None,
        ge=1,
        le=256,
        description="Threads that search and weigh evidence; default: one for each processor and at least two, or "
        "four more where Chroma, embeddings or reranking are remote and waited for.",
    )
    cors_origins: list[str] = Field(
        default_factory=list,
        description="Origins whose pages may call from a browser, `*` for all: without API keys, every page that is "
        "open on this machine may then read and write.",
    )
    max_upload_mb: float = Field(100.0, gt=0, description="Largest request body.")
    openwebui_sources: bool = Field(False, description="Add Open WebUI's source events to streamed chat completions.")

    @field_validator("cors_origins")
    @classmethod
    def _as_browsers_send_them(cls, value: list[str]) -> list[str]:
        return browser_origins(value)


class LogSettings(Section):
    """Logging to stderr."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe level written.")
    format: Literal["auto", "console", "json"] = Field("auto", description="auto is console on a terminal, else json.")


class Settings(BaseSettings):
    """Every setting of the service; `rag-service settings` prints each with its value and meaning."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        env_file=".env",
        extra="ignore",
        frozen=True,
    )

    data_dir: HomePath = Field(Path("data"), description="Where everything is stored; seen from the working directory.")
    collection: CollectionName = Field("default", description="Collection used when none is named.")
    llm: LlmSettings = Field(default_factory=LlmSettings, description=LlmSettings.__doc__)
    embedding: EmbeddingSettings = Field(default_factory=EmbeddingSettings, description=EmbeddingSettings.__doc__)
    chunking: ChunkingSettings = Field(default_factory=ChunkingSettings, description=ChunkingSettings.__doc__)
    retrieval: RetrievalSettings = Field(default_factory=RetrievalSettings, description=RetrievalSettings.__doc__)
    answer: AnswerSettings = Field(default_factory=AnswerSettings, description=AnswerSettings.__doc__)
    abstention: AbstentionSettings = Field(default_factory=AbstentionSettings, description=AbstentionSettings.__doc__)
    ingest: IngestSettings = Field(default_factory=IngestSettings, description=IngestSettings.__doc__)
    chroma: ChromaSettings = Field(default_factory=ChromaSettings, description=ChromaSettings.__doc__)
    catalog: CatalogSettings = Field(default_factory=CatalogSettings, description=CatalogSettings.__doc__)
    server: ServerSettings = Field(default_factory=ServerSettings, description=ServerSettings.__doc__)
    log: LogSettings = Field(default_factory=LogSettings, description=LogSettings.__doc__)
    openai_api_key: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("OPENAI_API_KEY"),
        description="OpenAI's own variable; enough to switch a model on.",
    )
    openai_base_url: str | None = Field(
        None,
        validation_alias=AliasChoices("OPENAI_BASE_URL"),
        description="OpenAI's own variable for another endpoint.",
    )

    @field_validator("data_dir", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if value == "":
            raise ValueError("is empty, which would be the present folder; unset it or name a folder")
        return value

    @property
    def llm_configured(self) -> bool:
        """Whether a chat model is switched on."""
        return bool(
            self.llm.base_url or self.llm.api_key or self.llm.llamaindex or self.openai_api_key or self.openai_base_url
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, then .env, then the TOML file."""
        sources = (init_settings, env_settings, dotenv_settings)
        config = os.environ.get(CONFIG) or getattr(dotenv_settings, "env_vars", {}).get(CONFIG.lower())
        return (*sources, TomlConfigSettingsSource(settings_cls, Path(config))) if config else sources
