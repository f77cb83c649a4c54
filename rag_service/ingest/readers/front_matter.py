"""Metadata block at the head of a Markdown file: `key: value` lines between `---` marks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rag_service.models import MetadataValue

_KEY = re.compile(r"([A-Za-z][\w .-]{0,60}?)\s*:\s*(.*)$")
_BLOCK = re.compile(r"[>|][-+0-9]{0,2}\s*(?:#.*)?")  # YAML: the indented lines below are the value
_QUOTED = re.compile(r"(\"[^\"]*\"|'[^']*')\s+#.*")
_MAX_LINES = 200
_TITLE = ("title", "titel")
_PUBLISHED = ("date", "datum", "published", "publish_date", "pubdate", "veröffentlicht", "stand")
_LANGUAGE = ("lang", "language", "sprache")
_AUTHOR = {"authors": "author", "autor": "author", "autoren": "author", "by": "author"}


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the block says; other keys are metadata as written."""

    title: str | None = None
    published: str | None = None
    language: str | None = None
    metadata: dict[str, MetadataValue] = field(default_factory=dict)


def split_front_matter(lines: list[str]) -> tuple[FrontMatter, int]:
    """The block at the head of the lines and how many lines it takes; none: (FrontMatter(), 0)."""
    if not lines or lines[0].strip() != "---":
        return FrontMatter(), 0
    for end in range(1, min(len(lines), _MAX_LINES)):
        if lines[end].strip() in ("---", "..."):
            return _front_matter(_pairs(lines[1:end])), end + 1
    return FrontMatter(), 0


def _pairs(lines: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    last = ""
    block = False
    for line in lines:
        match = _KEY.match(line)
        if match and not line[0].isspace():
            last = match.group(1).strip().lower().replace(" ", "_").replace(".", "_")
            block = _BLOCK.fullmatch(match.group(2)) is not None
            pairs[last] = "" if block else _unquoted(match.group(2))
        elif block and line[:1].isspace():
            pairs[last] = f"{pairs[last]} {line.strip()}".strip()
        elif last and line.strip().startswith("- "):  # a YAML list
            pairs[last] = ", ".join(filter(None, [pairs[last], _unquoted(line.strip()[2:])]))
    return pairs


def _unquoted(value: str) -> str:
    value = value.strip()
    quoted = _QUOTED.fullmatch(value)
    value = quoted.group(1) if quoted else value if value[:1] in "\"'" else value.partition(" #")[0].rstrip()
    if value[:1] == "[" and value[-1:] == "]":
        return ", ".join(_unquoted(item) for item in value[1:-1].split(",") if item.strip())
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _front_matter(pairs: dict[str, str]) -> FrontMatter:
    def take(names: tuple[str, ...]) -> str | None:
        return next((pairs.pop(name) for name in names if pairs.get(name)), None)

    title, published, language = take(_TITLE), take(_PUBLISHED), take(_LANGUAGE)
    metadata: dict[str, MetadataValue] = {_AUTHOR.get(key, key): value for key, value in pairs.items() if value}
    return FrontMatter(title, published, language[:2].lower() if language else None, metadata)
