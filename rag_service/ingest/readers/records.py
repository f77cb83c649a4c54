"""JSON and JSON Lines: every record as lines of 'path: value'."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.ingest.readers.decode import decode

_TITLE = ("title", "titel", "headline", "name")
_PUBLISHED = ("published", "published_at", "datePublished", "date", "datum", "created")
_TEXT = ("text", "body", "content", "inhalt")


def read(data: bytes, limits: Limits) -> Extracted:
    """One blank line between records; long texts stand alone, other values with their path."""
    records = _parse(decode(data))
    single = records[0] if len(records) == 1 and isinstance(records[0], dict) else {}
    items = records[0] if len(records) == 1 and isinstance(records[0], list) else records
    blocks = _blocks(items, limits.max_characters)
    metadata = {"author": single["author"]} if isinstance(single.get("author"), str) else {}
    return Extracted(
        ("\n\n".join(block for block in blocks if block),),
        title=_string(single, _TITLE),
        published=_string(single, _PUBLISHED),
        metadata=metadata,
    )


def _parse(text: str) -> list[Any]:
    try:
        try:
            return [json.loads(text)]
        except json.JSONDecodeError as error:
            return _parse_lines(text, error)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"is not JSON: {error}; check it with a JSON validator") from error
    except (RecursionError, ValueError) as error:
        raise UnreadableError(f"cannot be parsed as JSON: {error}; flatten it") from error


def _parse_lines(text: str, whole: json.JSONDecodeError) -> list[Any]:
    """JSON Lines; where not even the first line is JSON, the text is one value with the error ``whole``."""
    records: list[Any] = []
    place = 0
    for line in text.split("\n"):  # and at no other mark: strings may hold U+2028 and U+0085 as they are
        try:
            if line.strip():
                records.append(json.loads(line))
        except json.JSONDecodeError as error:
            if not records:
                raise whole from None
            raise json.JSONDecodeError(error.msg, text, place + error.pos) from None
        place += len(line) + 1
    return records


def _string(record: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((record[name] for name in names if isinstance(record.get(name), str)), None)


def _blocks(items: Sequence[Any], longest: int) -> list[str]:
    """One text a record; a small file with long keys may write out to far more than it holds."""
    blocks: list[str] = []
    total = 0
    for item in items:
        lines: list[str] = []
        for line in _lines(item):
            total += len(line) + 1
            if total > longest:
                raise UnreadableError(f"writes out to more than {longest} characters of 'path: value'; split it")
            lines.append(line)
        blocks.append("\n".join(lines))
    return blocks


def _lines(record: Any) -> Iterator[str]:
    """Depth first without recursion; a path is put together only for the value that it leads to."""
    stack: list[tuple[tuple[str, ...], Any]] = [((), record)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict):
            stack.extend(((*path, str(key)), child) for key, child in reversed(value.items()))
        elif isinstance(value, list):
            stack.extend((path, child) for child in reversed(value))
        elif value is not None and value != "":
            yield _line(".".join(path), value)


def _line(path: str, value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    prose = "\n" in text or path.rpartition(".")[2].lower() in _TEXT
    return f"\n{text}\n" if prose else f"{path}: {text}" if path else text
