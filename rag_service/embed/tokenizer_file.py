"""The tokens of an embedder that is not bundled, from its `tokenizer.json`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_service.errors import SettingsError


def open_tokenizer_file(path: Path) -> Callable[[str], NDArray[np.int32]]:
    """What gives the (t, 2) code-point offsets of a text's tokens; SettingsError for a file that is no tokenizer.

    Tokens are those of running text: the first word counts as it does behind a space, and no token begins with white
    space, so that the tokens of a part are those that begin in it.
    """
    from tokenizers import Tokenizer

    content = _bytes(path)
    try:
        tokenizer = Tokenizer.from_buffer(content)
    except Exception as error:  # the library raises Exception itself
        raise SettingsError(f"RAG_EMBEDDING__TOKENIZER: {path} is no tokenizer.json ({error}).") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def token_spans(text: str) -> NDArray[np.int32]:
        found = np.array(tokenizer.encode(f" {text}", add_special_tokens=False).offsets, np.int32).reshape(-1, 2) - 1
        spaces = np.array([character.isspace() for character in text] + [False])
        following = np.where(spaces, len(text), np.arange(len(text) + 1))
        following = np.minimum.accumulate(following[::-1])[::-1]
        found[:, 0] = np.minimum(following[np.maximum(found[:, 0], 0)], found[:, 1])
        kept: NDArray[np.int32] = found[found[:, 1] > found[:, 0]]
        return kept

    return token_spans


def tokenizer_digest(path: Path) -> str:
    """The first digits of the file's SHA-256: its part of the fingerprint; SettingsError without the file."""
    return hashlib.sha256(_bytes(path)).hexdigest()[:12]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"RAG_EMBEDDING__TOKENIZER: {path} cannot be read ({error.strerror}).") from error
