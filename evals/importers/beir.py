"""BEIR folders: corpus.jsonl, queries.jsonl (with optional ``answerable`` and ``answers``), qrels.tsv."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evals.cases.model import Case, GoldEvidence
from evals.cases.resolve import find_quote
from evals.errors import DatasetError
from evals.importers.imported import Imported, accepted_texts, file_name, source_texts


@dataclass(frozen=True, slots=True)
class BeirQuery:
    """One query; ``grades`` are those of its relevant documents, all above 0; ``answerable`` None when not said."""

    id: str
    text: str
    answerable: bool | None
    answers: tuple[str, ...]
    grades: Mapping[str, int]

    @property
    def relevant(self) -> frozenset[str]:
        """Ids of the relevant documents."""
        return frozenset(self.grades)


@dataclass(frozen=True, slots=True)
class BeirSet:
    """A folder as read: texts and titles by document id, and the queries; ``notes`` say what was left out and why."""

    name: str
    texts: dict[str, str]
    titles: dict[str, str]
    queries: tuple[BeirQuery, ...]
    notes: tuple[str, ...] = ()

    def every_text(self) -> list[str]:
        """The documents' texts and the queries'."""
        return [*self.texts.values(), *(query.text for query in self.queries)]

    def remarks(self) -> str:
        """The notes with the set's name, a line each."""
        return "".join(f"{self.name}: {note}\n" for note in self.notes)


def read_beir(folder: Path) -> BeirSet:
    """Read a BEIR folder; DatasetError names the file and line of what is wrong."""
    return _read(folder)[0]


def read_judged(folder: Path) -> BeirSet:
    """Read a BEIR folder for what is said of its queries: where none says ``answerable``, those with a qrels row.

    Public sets keep the queries of all splits in one file; whether one of another split has an answer, nobody said.
    """
    beir, judged = _read(folder)
    if any(query.answerable is not None for query in beir.queries):
        return beir
    kept = tuple(query for query in beir.queries if query.id in judged)
    if not kept:
        raise DatasetError([f"{folder}: no query has a row in the qrels, and none says whether it is answerable"])
    left_out = len(beir.queries) - len(kept)
    notes = (f"{left_out} queries left out: no row in the qrels",) if left_out else ()
    return replace(beir, queries=kept, notes=notes)


def read_each_judged(folders: Sequence[Path]) -> dict[Path, BeirSet]:
    """The sets of some folders, as ``read_judged`` reads them, by resolved path; no two have the same name."""
    places = {folder.resolve(): folder for folder in reversed(folders)}
    distinct = list(dict.fromkeys(folder.resolve() for folder in folders))
    return {place: replace(read_judged(places[place]), name=_name_among(distinct, place)) for place in distinct}


def _name_among(folders: Sequence[Path], folder: Path) -> str:
    """A folder's name, after as many of those above it as no other of the folders has."""
    for depth in range(1, len(folder.parts)):
        if sum(other.parts[-depth:] == folder.parts[-depth:] for other in folders) == 1:
            return "/".join(folder.parts[-depth:])
    return str(folder)


def _read(folder: Path) -> tuple[BeirSet, frozenset[str]]:
    """The set, and the ids of the queries that the qrels have a row for."""
    texts, titles = {}, {}
    for where, record in _records(folder / "corpus.jsonl"):
        identifier, text = _field(record, "_id", where), _field(record, "text", where)
        if identifier in texts:
            raise DatasetError([f"{where}: document '{identifier}' stands twice"])
        texts[identifier], titles[identifier] = text, str(record.get("title") or "")
    judged = _read_qrels(folder, texts)
    queries: list[BeirQuery] = []
    seen: set[str] = set()
    for where, record in _records(folder / "queries.jsonl"):
        identifier = _field(record, "_id", where)
        if identifier in seen:
            raise DatasetError([f"{where}: query '{identifier}' stands twice"])
        seen.add(identifier)
        answers = _answers(record, where)
        grades = judged.get(identifier, {})
        queries.append(
            BeirQuery(identifier, _field(record, "text", where), _answerable(record, where), answers, grades)
        )
    if unknown := sorted(name for name, relevant in judged.items() if relevant and name not in seen):
        raise DatasetError([f"{folder}: qrels name queries that are not there: {', '.join(unknown[:5])}"])
    if not texts or not queries:
        raise DatasetError([f"{folder}: no {'documents' if not texts else 'queries'}"])
    return BeirSet(folder.resolve().name, texts, titles, tuple(queries)), frozenset(judged)


def import_beir(folder: Path) -> Imported:
    """Cases of a BEIR folder: evidence is the document's sentence with the answer, else the document as a whole."""
    beir = read_judged(folder)
    texts = source_texts({file_name(name): text for name, text in beir.texts.items()})
    cases, without = [], 0
    for query in beir.queries:
        answerable = query.answerable if query.answerable is not None else bool(query.relevant)
        relevant = [name for name in map(file_name, sorted(query.relevant)) if name in texts]
        answers = accepted_texts(query.answers)
        if answerable and not (relevant or answers):
            without += 1
            continue
        evidence = tuple(GoldEvidence(name, _quote(texts[name], query.answers)) for name in relevant)
        cases.append(
            Case(
                id=query.id,
                question=query.text.strip(),
                answerable=answerable,
                answers=answers if answerable else (),
                evidence=evidence if answerable else (),
            )
        )
    empty = len(beir.texts) - len(texts)
    notes = list(beir.notes)
    notes += [f"{without} answerable queries left out: neither a document nor answers"] if without else []
    notes += [f"{empty} documents left out: no text"] if empty else []
    return Imported(texts, tuple(cases), tuple(notes))


def _quote(text: str, answers: tuple[str, ...]) -> str:
    """The sentence with an answer in it; empty where none is, as nothing in the text then says what is relevant."""
    from rag_service.text.languages import detect_language
    from rag_service.text.sentences import split_sentences

    for answer in answers:
        span = find_quote(answer, text)
        if span is not None:
            inside = [(a, b) for a, b in split_sentences(text, detect_language(text)) if a < span[1] and b > span[0]]
            if inside:
                return text[inside[0][0] : inside[-1][1]].strip()
    return ""


def _read_qrels(folder: Path, texts: dict[str, str]) -> dict[str, dict[str, int]]:
    """Grades of the relevant documents of every query that has a row; none where all its grades are 0."""
    path = next((file for file in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if file.is_file()), None)
    if path is None:
        raise DatasetError([f"{folder}: no qrels.tsv"])
    found: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if number == 1 and line.startswith("query-id"):
            continue
        fields = line.split("\t")
        if len(fields) != 3 or not fields[2].strip().lstrip("-").isdigit():
            raise DatasetError([f"{path}:{number}: expected query-id, corpus-id and a grade between tabs"])
        grades, grade = found.setdefault(fields[0], {}), int(fields[2])
        if grade > 0:
            if fields[1] not in texts:
                raise DatasetError([f"{path}:{number}: document '{fields[1]}' is not in the corpus"])
            grades[fields[1]] = grade
    return found


def _records(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    if not path.is_file():
        raise DatasetError([f"{path}: no such file"])
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise DatasetError([f"{path}:{number}: not JSON: {error}"]) from None
            if not isinstance(record, dict):
                raise DatasetError([f"{path}:{number}: not a JSON object"])
            yield f"{path}:{number}", record


def _answers(record: dict[str, Any], where: str) -> tuple[str, ...]:
    answers = record.get("answers") or []
    if not isinstance(answers, list):
        raise DatasetError([f"{where}: 'answers' must be a list"])
    return tuple(str(answer) for answer in answers if str(answer).strip())


def _answerable(record: dict[str, Any], where: str) -> bool | None:
    answerable = record.get("answerable")
    if answerable is not None and not isinstance(answerable, bool):
        raise DatasetError([f"{where}: 'answerable' must be true or false"])
    return answerable


def _field(record: dict[str, Any], name: str, where: str) -> str:
    if not isinstance(record.get(name), str | int):
        raise DatasetError([f"{where}: no '{name}'"])
    return str(record[name])
