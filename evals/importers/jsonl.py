"""JSON lines: one case a line, in the fields of a dataset file."""

from __future__ import annotations

from pathlib import Path

from evals.cases.load import read_cases
from evals.cases.model import Case
from evals.cases.yaml_nodes import NodeReader
from evals.errors import DatasetError


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
