"""JSON lines: one case a line, in the fields of a dataset file."""

from __future__ import annotations

from pathlib import Path

from evals.cases.corpus import read_corpus, refuse_own_files
from evals.cases.load import read_cases
from evals.cases.model import Case, Dataset
from evals.cases.resolve import resolve_dataset
from evals.cases.yaml_nodes import NodeReader
from evals.errors import DatasetError
from rag_service.settings import Settings


def import_jsonl(path: Path) -> tuple[Case, ...]:
    """Cases of a file; DatasetError lists every problem with its line."""
    if not path.is_file():
        raise DatasetError([f"{path}: no such file"])
    reader = NodeReader(path)
    nodes = reader.json_lines()
    cases = read_cases(reader, nodes)
    if not nodes and not reader.problems:
        reader.problems.append(f"{path}: no cases")
    if reader.problems:
        raise DatasetError(reader.problems)
    return tuple(cases)


def import_over(path: Path, corpus: Path, settings: Settings) -> tuple[Case, ...]:
    """Cases of a file about a corpus folder; DatasetError also for evidence that is not in it."""
    if not corpus.is_dir():
        raise DatasetError([f"{corpus}: is no folder; name the one with the corpus"])
    cases = import_jsonl(path)
    dataset = Dataset(path.stem, "", path, corpus, cases)
    refuse_own_files(dataset, settings)
    resolve_dataset(dataset, read_corpus(corpus, settings))
    return cases
