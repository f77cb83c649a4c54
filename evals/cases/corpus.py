"""Source texts of a corpus folder, extracted as ingest does, without an index."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from evals.cases.model import Dataset
from evals.errors import DatasetError
from rag_service.bootstrap import open_loader
from rag_service.errors import LoadError
from rag_service.ingest.discover import discover
from rag_service.ingest.ignore import IGNORE_FILE, Rules, ignored_by, rules_in
from rag_service.ingest.sources import source_name
from rag_service.models import Document
from rag_service.settings import Settings

LEAVE_OUT = "A file named in the corpus's .ragignore is left out."


def read_corpus(folder: Path, settings: Settings) -> dict[str, str]:
    """Source text by source of every document that ingest would take; DatasetError for unreadable ones."""
    texts = {}
    with open_loader(settings) as loader:
        found = discover([folder], loader.suffixes)
        problems = [str(problem) for problem in found.problems]
        for file in found.files:
            try:
                texts[file.source] = loader.load_file(file.path, file.source).text
            except LoadError as error:
                problems.append(str(error))
    if problems:
        raise DatasetError([*problems, LEAVE_OUT])
    return texts


def refuse_own_files(dataset: Dataset, settings: Settings) -> None:
    """DatasetError when the dataset file or a run lies among the documents: questions would find themselves there."""
    with open_loader(settings) as loader:
        found = discover([dataset.corpus], loader.suffixes)
    remedy = f"it would be searched as a document; move it out, or name it in {dataset.corpus / '.ragignore'}"
    own = dataset.path.resolve()
    problems = [f"{dataset.path}: lies in its own corpus: {remedy}" for file in found.files if file.path == own]
    problems += [
        f"{file.path.parent}: a run lies in the corpus: {remedy}"
        for file in found.files
        if file.path.name == "results.jsonl" and (file.path.parent / "config.json").is_file()
    ]
    if problems:
        raise DatasetError(problems)


def refuse_among_documents(run: Path, corpus: Path) -> None:
    """DatasetError when a run folder that may not be there yet would be read with the corpus."""
    if _would_be_read((run / "config.json").resolve(), corpus.resolve()):
        remedy = f"name another with --out, or name it in {corpus / IGNORE_FILE}"
        raise DatasetError([f"{run}: would lie in the corpus and be searched as a document; {remedy}"])


def _would_be_read(path: Path, corpus: Path) -> bool:
    if not path.is_relative_to(corpus):
        return False
    folder, source, rules = corpus, "", list[Rules]()
    for part in path.relative_to(corpus).parts:
        with suppress(ValueError):  # of its syntax, which is told where documents are read
            rules += [own] if (own := rules_in(folder, source)) else []
        folder, source = folder / part, f"{source}{source_name(Path(part))}{'' if folder / part == path else '/'}"
        if part.startswith(".") or ignored_by(source, rules):
            return False
    return True


def read_document(path: Path, settings: Settings) -> Document:
    """One document; LoadError when it cannot be read."""
    if path.is_dir():
        raise DatasetError([f"{path}: is a folder; name one of its documents"])
    with open_loader(settings) as loader:
        return loader.load_file(path, path.name)
