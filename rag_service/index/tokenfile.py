"""One file pair of token vectors: blocks, and an index of them that is never ahead of the blocks."""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag_service.ports import TokenBlock

_MAGIC = b"RAGTOK1\n"
_HEADER = 16
_REMOVED = 0xFFFFFFFF
_SEAL = np.uint32(0x9E3779B9)
_SPAN = 8  # bytes of one token's span
_RECORD = np.dtype(
    [
        ("version", "S32"),
        ("ordinal", "<u4"),
        ("tokens", "<u4"),
        ("offset", "<u8"),
        ("crc", "<u4"),
        ("seal", "<u4"),
    ]
)


class Place(NamedTuple):
    """Where a block stands, how many tokens it has, and the checksum of its bytes."""

    offset: int
    tokens: int
    crc: int


class TokenFile:
    """Blocks by version and ordinal; one thread writes, others may read meanwhile.

    A block is int8 vectors (t, width), then int32 spans (t, 2). A record is added to the index only after its
    block has reached the disk; what a crash or a full disk tore off either end is ignored and overwritten.
    """

    def __init__(self, data: Path, index: Path) -> None:
        """Open a pair of files, or begin one; OSError when that fails."""
        for path in (data, index):
            path.touch()
        self._data: BinaryIO = data.open("r+b", buffering=0)
        self._index: BinaryIO = index.open("r+b", buffering=0)
        self.width = 0
        self.places: dict[str, dict[int, Place]] = {}
        self.live_bytes = 0
        self._end = self._load()

    @property
    def dead_bytes(self) -> int:
        """Bytes that no live block uses."""
        return os.fstat(self._data.fileno()).st_size - self.live_bytes

    def expect(self, wanted: Sequence[tuple[str, int]]) -> None:
        """Say which blocks are read next: what is not in memory is fetched from the disk together, not in turn."""
        if sys.platform == "linux":
            places = (self.places.get(version_id, {}).get(ordinal) for version_id, ordinal in wanted)
            for place in places:
                if place is not None:
                    os.posix_fadvise(self._data.fileno(), place.offset, self._size(place), os.POSIX_FADV_WILLNEED)

    def read(self, version_id: str, ordinal: int) -> TokenBlock | None:
        """A chunk's block; None when it has none or its bytes are damaged."""
        place = self.places.get(version_id, {}).get(ordinal)
        if place is None:
            return None
        raw = os.pread(self._data.fileno(), self._size(place), place.offset)
        if zlib.crc32(raw) != place.crc:
            return None
        split = place.tokens * self.width
        tokens = np.frombuffer(raw, np.int8, split).reshape(place.tokens, self.width)
        spans = np.frombuffer(raw, np.int32, place.tokens * 2, offset=split).reshape(place.tokens, 2)
        return TokenBlock(tokens, spans)

    def append(self, blocks: Mapping[tuple[str, int], TokenBlock]) -> None:
        """Write blocks, make them durable, then record them; OSError leaves the file as it was."""
        records = np.zeros(len(blocks), _RECORD)
        start = at = os.fstat(self._data.fileno()).st_size
        pieces: list[bytes] = []
        for record, ((version_id, ordinal), block) in zip(records, blocks.items(), strict=True):
            self.width = self.width or block.tokens.shape[1]
            raw = np.ascontiguousarray(block.tokens, np.int8).tobytes()
            raw += np.ascontiguousarray(block.spans, np.int32).tobytes()
            record["version"], record["ordinal"], record["tokens"] = version_id, ordinal, len(block.tokens)
            record["offset"], record["crc"] = at, zlib.crc32(raw)
            at += len(raw)
            pieces.append(raw)
        _write(self._data, start, b"".join(pieces))
        self._record(records)

    def remove(self, version_ids: Sequence[str]) -> None:
        """Forget versions."""
        records = np.zeros(len(version_ids), _RECORD)
        records["version"] = [version_id.encode() for version_id in version_ids]
        records["ordinal"] = _REMOVED
        self._record(records)

    def close(self) -> None:
        """Close the files; blocks that were read stay valid."""
        self._data.close()
        self._index.close()

    def _size(self, place: Place) -> int:
        return place.tokens * (self.width + _SPAN)

    def _record(self, records: NDArray[np.void]) -> None:
        records["seal"] = _seals(records)
        raw = records.tobytes()
        if self._end == 0:
            raw = (_MAGIC + self.width.to_bytes(4, "little")).ljust(_HEADER, b"\0") + raw
        _write(self._index, self._end, raw)
        self._end += len(raw)
        self._take(records)

    def _load(self) -> int:
        """Read the index; returns where its whole part ends."""
        raw = self._index.read()
        if len(raw) < _HEADER or not raw.startswith(_MAGIC):
            return 0
        self.width = int.from_bytes(raw[len(_MAGIC) : len(_MAGIC) + 4], "little")
        whole = (len(raw) - _HEADER) // _RECORD.itemsize
        records = np.frombuffer(raw, _RECORD, whole, offset=_HEADER)
        size = os.fstat(self._data.fileno()).st_size
        ends = records["offset"] + records["tokens"].astype(np.uint64) * np.uint64(self.width + _SPAN)
        self._take(records[(records["seal"] == _seals(records)) & (ends <= size)])
        return _HEADER + whole * _RECORD.itemsize

    def _take(self, records: NDArray[np.void]) -> None:
        size = self.width + _SPAN
        for version, ordinal, tokens, offset, crc, _ in records.tolist():
            version_id = version.decode()
            if ordinal == _REMOVED:
                gone = self.places.pop(version_id, {})
                self.live_bytes -= sum(place.tokens for place in gone.values()) * size
                continue
            own = self.places.setdefault(version_id, {})
            replaced = own[ordinal].tokens if ordinal in own else 0
            own[ordinal] = Place(offset, tokens, crc)
            self.live_bytes += (tokens - replaced) * size


def _seals(records: NDArray[np.void]) -> NDArray[np.uint32]:
    """One check word a record, over all its other words."""
    words = np.ascontiguousarray(records).view(np.uint32).reshape(-1, _RECORD.itemsize // 4)[:, :-1]
    sealed: NDArray[np.uint32] = np.bitwise_xor.reduce(words, axis=1) ^ _SEAL
    return sealed


def _write(file: BinaryIO, at: int, raw: bytes) -> None:
    """Write at a position and make it durable; after a failure the file ends where it ended before."""
    try:
        left = memoryview(raw)
        while left:
            written = os.pwrite(file.fileno(), left, at + len(raw) - len(left))
            left = left[written:]
        os.ftruncate(file.fileno(), at + len(raw))
        os.fsync(file.fileno())
    except OSError:
        os.ftruncate(file.fileno(), at)
        raise
