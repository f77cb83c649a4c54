"""Read a dataset file: schema-checked, every problem with its line."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import yaml

from evals.cases.model import AcceptedAnswer, Case, Dataset, GoldEvidence, Needs
from evals.cases.write import case_record
from evals.cases.yaml_nodes import NodeReader, line_of, plain
from evals.errors import DatasetError
from evals.metrics.normalise import answer_words
from rag_service.answer.events import MAX_QUESTION
from rag_service.errors import InvalidFilter
from rag_service.models import Role, Turn

DATASET_KEYS = ("name", "description", "corpus", "cases")
CASE_KEYS = (
    "id", "question", "answerable", "answers", "evidence", "needs", "reference", "forbidden",
    "history", "filters", "tags",
)  # fmt: skip


def load_dataset(path: Path) -> Dataset:
    """The dataset of a YAML file; DatasetError lists every problem.

    Quotes are not looked up here, as that needs the corpus: see ``evals.cases.resolve``.
    """
    if not path.is_file():
        raise DatasetError([f"{path}: is a folder; name a dataset file" if path.is_dir() else f"{path}: no such file"])
    reader = NodeReader(path)
    root = reader.root()
    if root is None:
        raise DatasetError(reader.problems)
    keys = reader.mapping(root, "the dataset", DATASET_KEYS, ("name", "corpus", "cases"))
    name = reader.text(keys["name"], "name") if "name" in keys else ""
    description = reader.text(keys["description"], "description") if "description" in keys else ""
    corpus = path.parent
    if "corpus" in keys:
        corpus = (path.parent / reader.text(keys["corpus"], "corpus")).resolve()
        if not corpus.is_dir():
            reader.problem(keys["corpus"], f"corpus folder {corpus} does not exist")
    cases = _cases(reader, keys["cases"]) if "cases" in keys else []
    if reader.problems:
        raise DatasetError(reader.problems)
    return Dataset(name, description, path, corpus, tuple(cases), cases_sha256(cases))


def cases_sha256(cases: Sequence[Case]) -> str:
    """Digest of everything a case says, without where it stands in its file."""
    return _sha256([_said(case) for case in cases])


def case_sha256(case: Case) -> str:
    """Digest of what a case asks and what its answer is held against: all but its id and its tags."""
    return _sha256({key: value for key, value in _said(case).items() if key not in ("id", "tags")})


def _said(case: Case) -> dict[str, Any]:
    record = dataclasses.asdict(dataclasses.replace(case, filters=None))
    record["filters"] = dict(case.filters) if case.filters is not None else None
    record.pop("line")
    for item in record["evidence"]:
        for key in ("line", "start", "end", "also"):
            item.pop(key)
    return record


def _sha256(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _cases(reader: NodeReader, node: yaml.Node) -> list[Case]:
    cases = read_cases(reader, reader.items(node, "cases"))
    if not cases and isinstance(node, yaml.SequenceNode):
        reader.problem(node, "the dataset has no cases")
    return cases


def read_cases(reader: NodeReader, nodes: Sequence[yaml.Node]) -> list[Case]:
    """Cases of some nodes; what is wrong is noted with the reader, doubled ids included."""
    cases: list[Case] = []
    seen: dict[str, int] = {}
    for item in nodes:
        try:
            case = _case(reader, item)
        except RecursionError:
            reader.problem(item, "a case is nested too deeply, or holds itself")
            continue
        if case.id in seen:
            reader.problem(item, f"id '{case.id}' is already taken in line {seen[case.id]}")
        elif case.id:
            seen[case.id] = case.line
        cases.append(case)
    return cases


def acceptable(cases: Sequence[Case]) -> tuple[list[Case], list[str]]:
    """The cases that a dataset file may hold, and for each of the others what is wrong with it first."""
    kept: dict[str, Case] = {}
    problems = []
    for number, case in enumerate(cases, start=1):
        reader = NodeReader(Path("case"))
        read_cases(reader, [reader.node(case_record(case), number)])
        if case.id in kept:
            reader.problems.append(f"case:{number}: id '{case.id}' is already taken")
        if reader.problems:
            problems.append(reader.problems[0].removeprefix(f"case:{number}: "))
        else:
            kept[case.id] = case
    return list(kept.values()), problems


def _case(reader: NodeReader, node: yaml.Node) -> Case:
    keys = reader.mapping(node, "a case", CASE_KEYS, ("id", "question"))
    identifier = reader.text(keys["id"], "id") if "id" in keys else ""
    what = f"case '{identifier}'"
    question = reader.text(keys["question"], f"{what}: question") if "question" in keys else ""
    if len(question) > MAX_QUESTION:
        reader.problem(keys["question"], f"{what}: the question is longer than {MAX_QUESTION} characters")
    case = Case(
        id=identifier,
        question=question,
        answerable=reader.truth(keys["answerable"], f"{what}: answerable") if "answerable" in keys else True,
        answers=_answers(reader, keys.get("answers"), f"{what}: answers"),
        evidence=_evidence(reader, keys.get("evidence"), f"{what}: evidence"),
        needs=cast(
            Needs,
            reader.choice(keys["needs"], f"{what}: needs", ("any", "all")) if "needs" in keys else "any",
        ),
        reference=reader.text(keys["reference"], f"{what}: reference") if "reference" in keys else None,
        forbidden=_answers(reader, keys.get("forbidden"), f"{what}: forbidden"),
        history=_history(reader, keys.get("history"), f"{what}: history"),
        filters=_filters(reader, keys.get("filters"), f"{what}: filters"),
        tags=_tags(reader, keys.get("tags"), f"{what}: tags"),
        line=line_of(node),
    )
    if not identifier:
        return case
    if not case.answerable and (case.answers or case.evidence):
        reader.problem(node, f"{what} is not answerable, yet has answers or evidence")
    if case.answerable and not (case.answers or case.evidence or case.reference):
        reader.problem(node, f"{what} is answerable, but has neither answers nor evidence nor a reference")
    return case


def _answers(reader: NodeReader, node: yaml.Node | None, what: str) -> tuple[AcceptedAnswer, ...]:
    if node is None:
        return ()
    return tuple(_answer(reader, item, what) for item in reader.items(node, what))


def _answer(reader: NodeReader, node: yaml.Node, what: str) -> AcceptedAnswer:
    if not isinstance(node, yaml.MappingNode):
        text = reader.text(node, what)
        if text and not answer_words(text):
            reader.problem(node, f"{what}: '{text}' has no word that could be found in an answer; use {{regex: ...}}")
        return AcceptedAnswer("text", text)
    keys = reader.mapping(node, what, ("regex", "all"))
    if len(keys) == 2:
        reader.problem(node, f"{what}: an answer is {{regex: ...}} or {{all: [...]}}, not both")
    if "regex" in keys:
        pattern = reader.text(keys["regex"], f"{what}: regex")
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            reader.problem(keys["regex"], f"{what}: not a regular expression: {error}")
        return AcceptedAnswer("regex", pattern)
    if "all" in keys:
        parts = _answers(reader, keys["all"], f"{what}: all")
        if not parts:
            reader.problem(keys["all"], f"{what}: all needs parts")
        return AcceptedAnswer("all", parts=parts)
    reader.problem(node, f"{what}: an answer is text, {{regex: ...}} or {{all: [...]}}")
    return AcceptedAnswer("text")


def _evidence(reader: NodeReader, node: yaml.Node | None, what: str) -> tuple[GoldEvidence, ...]:
    found = []
    for item in reader.items(node, what) if node is not None else []:
        keys = reader.mapping(item, what, ("source", "quote"), ("source",))
        if "source" in keys:
            source = reader.text(keys["source"], f"{what}: source")
            quote = reader.text(keys["quote"], f"{what}: quote") if "quote" in keys else ""
            found.append(GoldEvidence(source, quote, line=line_of(item)))
    return tuple(found)


def _history(reader: NodeReader, node: yaml.Node | None, what: str) -> tuple[Turn, ...]:
    turns = []
    for item in reader.items(node, what) if node is not None else []:
        keys = reader.mapping(item, what, ("role", "content"), ("role", "content"))
        if len(keys) == 2:
            role = reader.choice(keys["role"], f"{what}: role", ("user", "assistant"))
            turns.append(Turn(cast(Role, role), reader.text(keys["content"], f"{what}: content")))
    return tuple(turns)


def _filters(reader: NodeReader, node: yaml.Node | None, what: str) -> dict[str, Any] | None:
    if node is None:
        return None
    if not isinstance(node, yaml.MappingNode):
        reader.problem(node, f"{what} must be a mapping")
        return None
    from rag_service.index.filters import condition

    try:
        filters = cast(dict[str, Any], _jsonable(plain(node)))
        condition(filters)
    except InvalidFilter as error:
        reader.problem(node, f"{what}: {error}")
    except (yaml.MarkedYAMLError, ValueError, KeyError) as error:
        reader.problem(node, f"{what}: {getattr(error, 'problem', None) or error}")
    else:
        return filters
    return None


def _jsonable(value: Any) -> Any:
    """YAML reads 2019-04-25 as a date; filters want the text."""
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_jsonable(item) for item in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _tags(reader: NodeReader, node: yaml.Node | None, what: str) -> tuple[str, ...]:
    return tuple(reader.text(item, what) for item in reader.items(node, what)) if node is not None else ()
