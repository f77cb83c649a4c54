"""Dense vectors from any LlamaIndex embedding class, named by its dotted path."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_service import dotted
from rag_service.embed.vectors import unit_vectors
from rag_service.errors import ModelError, SettingsError

_SECRET = re.compile("key|token|secret|password|header", re.IGNORECASE)


class LlamaIndexEmbedder:
    """A LlamaIndex embedding; its module, which takes seconds to import, is loaded at first use."""

    def __init__(self, path: str | None, options: Mapping[str, Any], dimension: int | None = None) -> None:
        if not path or "." not in path:
            raise SettingsError(
                "RAG_EMBEDDING__MODEL must be the dotted path of a LlamaIndex embedding class when "
                f"RAG_EMBEDDING__PROVIDER is llamaindex; it is {path!r}."
            )
        self._path = path
        self._options = dict(options)
        self._wanted = dimension
        self._found: int | None = None
        self._loaded: Any = None
        self._lock = threading.Lock()

    @property
    def identity(self) -> str:
        """The class and a hash of its options, without those that look like secrets."""
        told = {name: value for name, value in self._options.items() if not _SECRET.search(name)}
        digest = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
        return f"llamaindex/{self._path}/{digest[:12]}"

    @property
    def dimension(self) -> int:
        """Length of the vectors; when it is not configured, one short text finds it out."""
        if self._wanted is None and self._found is None:
            self._found = len(self.embed_query("dimension"))
        return self._wanted or self._found or 0

    def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors (n, dimension) of unit length; ModelError with the class's own message when it fails."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._checked(self._call("get_text_embedding_batch", list(texts)), len(texts))

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Vector (dimension,) of unit length."""
        vector: NDArray[np.float32] = self._checked([self._call("get_query_embedding", text)], 1)[0]
        return vector

    def _checked(self, raw: Sequence[Any], count: int) -> NDArray[np.float32]:
        source = f"The LlamaIndex embedding {self._path}"
        return unit_vectors(raw, count, source, wanted=self._wanted, before=self._found)

    def _call(self, method: str, argument: Any) -> Any:
        with self._lock:
            self._loaded = self._loaded or self._load()
        try:
            return getattr(self._loaded, method)(argument)
        except Exception as error:
            # Whatever class a user names may raise whatever it likes.
            failed = dotted.failure(error)
            raise ModelError(f"The LlamaIndex embedding {self._path} failed: {failed}") from error

    def _load(self) -> Any:
        try:
            kind = dotted.load(self._path)
        except ImportError as error:
            raise SettingsError(f"RAG_EMBEDDING__MODEL: cannot import {self._path}: {error}") from error
        from llama_index.core.base.embeddings.base import BaseEmbedding

        if not (isinstance(kind, type) and issubclass(kind, BaseEmbedding)):
            raise SettingsError(f"RAG_EMBEDDING__MODEL: {self._path} is not a LlamaIndex embedding class.")
        try:
            return kind(**self._options)
        except Exception as error:
            raise SettingsError(f"{self._path} cannot be made with RAG_EMBEDDING__OPTIONS: {error}") from error
