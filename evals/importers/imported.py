"""What an importer yields, and how it becomes a dataset with a corpus folder beside it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.cases.model import Case
from evals.cases.write import write_dataset
from evals.errors import DatasetError

LONGEST_NAME = 150  # bytes; file systems take 255, encrypted ones fewer


@dataclass(frozen=True, slots=True)
class Imported:
    """Texts by source, and cases whose evidence refers to them; ``notes`` say what was left out and why."""

    texts: Mapping[str, str]
    cases: tuple[Case, ...]
    notes: tuple[str, ...] = ()


def save(imported: Imported, path: Path, description: str) -> None:
    """Write the dataset file and, beside it, a folder of text files as its corpus."""
    if not imported.cases:
        raise DatasetError([f"nothing to import for {path}: no usable cases"])
    corpus = path.parent / f"{path.stem}-corpus"
    if path.exists() or corpus.exists():
        raise DatasetError([f"{path} or {corpus} exists already; name another file"])
    for source, text in imported.texts.items():
        file = corpus / source
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    write_dataset(path, path.stem, description, corpus.name, imported.cases)


def file_name(identifier: str) -> str:
    """A document id as the name of a text file; ids that differ keep different names, be they ever so long."""
    safe = re.sub(r"[^\w.-]", lambda match: f"%{ord(match.group()):02X}", identifier)
    name = f"%2E{safe[1:]}" if safe.startswith(".") else safe
    if len(name.encode()) > LONGEST_NAME:
        cut = name.encode()[: LONGEST_NAME - 17].decode(errors="ignore")
        name = f"{cut}-{hashlib.sha256(identifier.encode()).hexdigest()[:16]}"
    return f"{name}.txt"
