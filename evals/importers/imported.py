"""What an importer yields, and how it becomes a dataset with a corpus folder beside it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evals.cases.load import acceptable
from evals.cases.model import AcceptedAnswer, Case
from evals.cases.write import write_dataset
from evals.errors import DatasetError
from evals.metrics.normalise import answer_words
from rag_service.text.normalise import normalise

LONGEST_NAME = 150  # bytes; file systems take 255, encrypted ones fewer


@dataclass(frozen=True, slots=True)
class Imported:
    """Texts by source, and cases whose evidence refers to them; ``notes`` say what was left out and why."""

    texts: Mapping[str, str]
    cases: tuple[Case, ...]
    notes: tuple[str, ...] = ()


def save(imported: Imported, path: Path, description: str) -> Imported:
    """Write the dataset file and, beside it, a folder of text files as its corpus; gives back what was kept.

    Cases that a dataset may not hold (without a question, say) are left out, with a note.
    """
    cases, problems = acceptable(imported.cases)
    if problems:
        note = f"{len(problems)} questions left out that no dataset may hold: {problems[0]}"
        imported = replace(imported, cases=tuple(cases), notes=(*imported.notes, note))
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
    return imported


def source_texts(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts by source as the service would read them from files, for quotes are looked up there; none if empty."""
    from rag_service.errors import LoadError
    from rag_service.ingest.limits import Limits
    from rag_service.ingest.load import Loader

    read = {}
    with Loader(Limits()) as loader:
        for source, text in texts.items():
            try:
                read[source] = loader.load_bytes(source, normalise(text).encode()).text
            except LoadError:
                continue
    return read


def accepted_texts(answers: Iterable[str]) -> tuple[AcceptedAnswer, ...]:
    """Answers as a case accepts them, each once; without those that have no word to be found in an answer."""
    distinct = dict.fromkeys(answer.strip() for answer in answers)
    return tuple(AcceptedAnswer("text", answer) for answer in distinct if answer_words(answer))


def file_name(identifier: str) -> str:
    """A document id as the name of a text file; ids that differ keep different names, be they ever so long."""
    strange = r"[^\w.-]" if unicodedata.is_normalized("NFC", identifier) else r"[^a-zA-Z0-9_.-]"  # sources are in NFC
    safe = re.sub(strange, lambda match: f"%{ord(match.group()):02X}", identifier)
    name = f"%2E{safe[1:]}" if safe.startswith(".") else safe
    if len(name.encode()) > LONGEST_NAME:
        cut = name.encode()[: LONGEST_NAME - 17].decode(errors="ignore")
        name = f"{cut}-{hashlib.sha256(identifier.encode()).hexdigest()[:16]}"
    return f"{name}.txt"
