"""One module a format, each with `read(data, limits) -> Extracted`; imported when first needed."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from rag_service.ingest.readers.base import Reader

_CODE = (
    "py js ts jsx tsx java kt c h cpp hpp cc cs go rs rb php swift scala sh bash sql r jl lua pl "
    "css scss yaml yml toml ini cfg conf tf proto graphql vue"
)


@dataclass(frozen=True, slots=True)
class Format:
    """How files of one suffix are read; `isolated` formats are extracted in a process of their own, however short."""

    module: str
    media_type: str
    isolated: bool

    def reader(self) -> Reader:
        """The module's `read` function."""
        read: Reader = importlib.import_module(f"{__name__}.{self.module}").read
        return read


PLAIN = Format("plain", "text/plain", False)


def formats() -> dict[str, Format]:
    """Every known suffix, in lower case with its point."""
    office = "application/vnd.openxmlformats-officedocument."
    markdown = Format("markdown", "text/markdown", True)
    html = Format("html", "text/html", True)
    return {
        **{f".{suffix}": Format("code", "text/x-source", False) for suffix in _CODE.split()},
        **dict.fromkeys((".txt", ".text", ".log", ".rst", ".tex"), PLAIN),
        **dict.fromkeys((".md", ".markdown"), markdown),
        **dict.fromkeys((".html", ".htm", ".xhtml"), html),
        ".pdf": Format("pdf", "application/pdf", True),
        ".docx": Format("docx", f"{office}wordprocessingml.document", True),
        ".pptx": Format("pptx", f"{office}presentationml.presentation", True),
        ".xlsx": Format("xlsx", f"{office}spreadsheetml.sheet", True),
        ".csv": Format("table", "text/csv", False),
        ".tsv": Format("table", "text/tab-separated-values", False),
        ".json": Format("records", "application/json", False),
        ".jsonl": Format("records", "application/x-ndjson", False),
        ".ndjson": Format("records", "application/x-ndjson", False),
        ".eml": Format("mail", "message/rfc822", True),
        ".epub": Format("epub", "application/epub+zip", True),
    }
