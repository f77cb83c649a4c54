"""A small corpus, a dataset over it, and a target that answers it rightly unless told to break."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from evals.cases.load import load_dataset
from evals.cases.model import Case, Dataset
from evals.cases.resolve import find_quote
from rag_service.errors import ModelTimeout
from rag_service.models import Abstention, Answer, Citation, Passage, Statement, Timings, Usage
from rag_service.ports import Vector

CAPITALS = {
    "Frankreich": "Paris",
    "Italien": "Rom",
    "Spanien": "Madrid",
    "Polen": "Warschau",
    "Portugal": "Lissabon",
    "Irland": "Dublin",
    "Schweden": "Stockholm",
    "Norwegen": "Oslo",
    "Finnland": "Helsinki",
    "Ungarn": "Budapest",
}
UNKNOWN = ("Atlantis", "Utopia", "Liliput", "Phantasien", "Mordor", "Narnia", "Mittelerde", "Oz")
Change = Callable[[Case, Answer], Answer]


def texts() -> dict[str, str]:
    """One document a country: a heading, the fact, and something else."""
    return {
        f"{land.lower()}.txt": f"{land}\n\nDie Hauptstadt von {land} ist {stadt}. Dort regnet es im Herbst oft.\n"
        for land, stadt in CAPITALS.items()
    }


def write_dataset(folder: Path) -> Path:
    """The corpus folder and the dataset file over it: ten answerable cases, eight without one."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for source, text in texts().items():
        (corpus / source).write_text(text, encoding="utf-8")
    lines = ["name: capitals", "description: Capitals of Europe.", "corpus: corpus", "cases:"]
    for land, stadt in CAPITALS.items():
        lines += [
            f"  - id: {land.lower()}",
            f'    question: "Was ist die Hauptstadt von {land}?"',
            f'    answers: ["{stadt}"]',
            f"    evidence: [{{source: {land.lower()}.txt, quote: 'Die Hauptstadt von {land} ist {stadt}.'}}]",
            f"    tags: [fact, {'north' if land in ('Schweden', 'Norwegen', 'Finnland') else 'south'}]",
        ]
    for land in UNKNOWN:
        lines += [f"  - id: {land.lower()}", f'    question: "Was ist die Hauptstadt von {land}?"']
        lines += ["    answerable: false", "    tags: [unanswerable]"]
    path = folder / "capitals.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_beir(
    folder: Path,
    documents: Iterable[Mapping[str, Any]],
    queries: Iterable[Mapping[str, Any]],
    relevant: Iterable[tuple[str, str]],
) -> Path:
    """A BEIR folder: records as they stand in its files, and which query has which document."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    rows = ["query-id\tcorpus-id\tscore", *(f"{query}\t{document}\t1" for query, document in relevant)]
    (folder / "qrels.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def keep_caches(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Indexes of evaluation are cached in a folder, the prepared encoder stays in the user's cache."""
    from rag_service.bootstrap.adapters import _user_cache

    patch.setenv("RAG_EMBEDDING__CACHE_DIR", str(_user_cache()))
    patch.setenv("XDG_CACHE_HOME", str(folder))


@pytest.fixture
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this test in which indexes of evaluation are cached."""
    keep_caches(monkeypatch, tmp_path / "cache")
    return tmp_path / "cache"


def dataset(folder: Path) -> Dataset:
    """The dataset, loaded."""
    return load_dataset(write_dataset(folder))


class ScriptedTarget:
    """Answers from the gold evidence; ``change`` breaks answers, ``fail`` names cases that raise."""

    def __init__(self, change: Change | None = None, fail: frozenset[str] = frozenset()) -> None:
        self.texts = texts()
        self.change = change
        self.fail = fail
        self.asked: list[str] = []
        self.settings: dict[str, Any] = {"top_k": 5}
        self.closed = False

    def describe(self) -> dict[str, Any]:
        return {"kind": "scripted", "answerer": "extractive", "settings": self.settings}

    def sources(self) -> Mapping[str, str]:
        return self.texts

    async def ask(self, case: Case) -> Answer:
        self.asked.append(case.id)
        if case.id in self.fail:
            raise ModelTimeout("The model took too long.")
        answer = self.right(case)
        return self.change(case, answer) if self.change else answer

    async def close(self) -> None:
        self.closed = True

    def right(self, case: Case) -> Answer:
        """The right answer: the quote, cited; an abstention where there is none."""
        passages = tuple(self.passage(source, rank) for rank, source in enumerate(self.ranking(case), start=1))
        if not case.answerable:
            return abstained(case, passages, confidence=0.2)
        gold = case.evidence[0]
        span = find_quote(gold.quote or self.texts[gold.source], self.texts[gold.source])
        assert span is not None
        return answered(case, passages, [citation(gold.source, self.texts[gold.source], *span)], confidence=0.9)

    def ranking(self, case: Case) -> list[str]:
        """Five documents, the one with the evidence first."""
        first = [item.source for item in case.evidence]
        return (first + [source for source in self.texts if source not in first])[:5]

    def passage(self, source: str, rank: int) -> Passage:
        text = self.texts[source]
        return Passage(
            chunk_id=f"chk_{source}", document_id=f"doc_{source}", version_id="ver_1", source=source, title=source,
            published=None, language="de", text=text, start=0, end=len(text), rank=rank, score=1 / rank,
            dense_score=0.9, lexical_score=8.0 / rank,
        )  # fmt: skip


class CountingEmbedder:
    """Vectors of letter counts: equal texts are equal, different ones are not."""

    identity = "letters"
    dimension = 26

    def embed_documents(self, texts: Sequence[str]) -> Vector:
        rows = np.array(
            [[text.lower().count(chr(97 + place)) for place in range(26)] for text in texts], dtype=np.float32
        )
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed_query(self, text: str) -> Vector:
        return self.embed_documents([text])[0]


def citation(source: str, text: str, start: int, end: int, number: int = 1) -> Citation:
    return Citation(
        number=number, document_id=f"doc_{source}", version_id="ver_1", source=source, title=source, published=None,
        quote=text[start:end], start=start, end=end, start_line=1, end_line=1, start_page=None, end_page=None,
        score=0.8,
    )  # fmt: skip


def answered(
    case: Case, passages: tuple[Passage, ...], citations: list[Citation], confidence: float | None = 0.9
) -> Answer:
    """An answer of one statement a citation."""
    text, statements = "", []
    for item in citations:
        start = len(text) + (1 if text else 0)
        text += f"{' ' if text else ''}{item.quote} [{item.number}]"
        statements.append(Statement(item.quote, start, start + len(item.quote), (item.number,), True))
    return Answer(
        id="ans_1", created=1, collection="eval", question=case.question, standalone_question=case.question,
        answered=True, abstention=None, text=text, statements=tuple(statements), citations=tuple(citations),
        passages=passages, answerer="extractive", model=None, prompt=None, usage=None,
        timings=Timings(2.0, 3.0, 5.0 + len(case.id)), confidence=confidence,
    )  # fmt: skip


def abstained(case: Case, passages: tuple[Passage, ...] = (), confidence: float | None = 0.1) -> Answer:
    """An abstention."""
    message = "Dazu steht nichts in den Dokumenten."
    return replace(
        answered(case, passages, []),
        answered=False,
        abstention=Abstention("insufficient_evidence", message),
        text=message,
        confidence=confidence,
        usage=Usage(10, 5, 0.001),
    )


def printed(thing: object) -> str:
    """What a wide terminal shows of it."""
    console = Console(file=StringIO(), width=200)
    console.print(thing)
    return console.file.getvalue()  # type: ignore[attr-defined]
