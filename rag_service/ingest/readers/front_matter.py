"""Metadata block at the head of a Markdown file: `key: value` lines between `---` marks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rag_service.models import MetadataValue

_PAIR = re.compile(r"([\"'@$]?[^\W\d](?:[\w ./@$-]|:(?=[^\W\d])){0,60}?[\"']?)\s*:(?:\s+(.*)|$)")  # no '18:30'
_NAME = re.compile(r"[^\W\d_][\w .-]*")
_ITEM = re.compile(r"-(?:\s|$)")
_ENDED = re.compile(r"[\]}]+,?\s*(?:#.*)?")
_OPEN = re.compile(r"(?:[&!]\S*)?\s*(?:#.*)?")  # nothing, an anchor, a type, a comment: the value stands below
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
            block = lines[1:end]
            return (_front_matter(_pairs(block)), end + 1) if _is_metadata(block) else (FrontMatter(), 0)
    return FrontMatter(), 0


def _is_metadata(block: list[str]) -> bool:
    """Whether there is nothing but pairs with what continues them, and comments: rules may also enclose text."""
    if not block or not block[0].strip():
        return False
    lists: bool | None = None  # whether the last pair takes items; None before the first
    for line in filter(str.strip, block):
        pair = _PAIR.match(line)
        if pair:
            lists = _OPEN.fullmatch(pair.group(2) or "") is not None
        elif line.startswith("#"):
            continue
        elif lists is None or not (line[0].isspace() or (lists and _ITEM.match(line)) or _ENDED.fullmatch(line)):
            return False
    return lists is not None


def _pairs(lines: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    last = ""
    block = False
    for line in lines:
        pair = _PAIR.match(line)
        if pair:
            last, value = _key(pair.group(1)), pair.group(2) or ""
            block = _BLOCK.fullmatch(value) is not None
            pairs[last] = "" if block or _OPEN.fullmatch(value) else _unquoted(value)
        elif block and line[:1].isspace():
            pairs[last] = f"{pairs[last]} {line.strip()}".strip()
        elif last and line.strip().startswith("- "):  # a YAML list
            pairs[last] = ", ".join(filter(None, [pairs[last], _unquoted(line.strip()[2:])]))
        elif last and pairs[last] and _continues(line):
            pairs[last] = _unquoted(f"{pairs[last]} {line.strip()}")
    pairs.pop("", None)
    return pairs


def _key(name: str) -> str:
    """The name of metadata; none for what is no plain name, as `og:title`."""
    return name.strip().lower().replace(" ", "_").replace(".", "_") if _NAME.fullmatch(name) else ""


def _continues(line: str) -> bool:
    """Whether a line is more of the value before, not a comment or a pair of its own."""
    text = line.strip()
    if _ENDED.fullmatch(line):
        return True
    return line[:1].isspace() and not text.startswith("#") and bool(text) and not _PAIR.match(text)


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
