"""The fit of the alignment weights, on rows by hand and on a folder of two documents."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evals.fit_alignment import CLAIMS, Corpus, fit, kept, main
from rag_service.answer.generation.align import load_weights
from rag_service.bootstrap import open_encoder
from rag_service.embed.e5.encoder import E5Encoder
from rag_service.settings import Settings
from tests.eval_kit import write_beir

ROWS = [(True, 0.8, 0.7), (True, 0.6, 0.6), (True, 0.7, 0.65), (False, 0.1, 0.3), (False, 0.2, 0.4), (False, 0.0, 0.2)]


def test_rows_that_a_line_divides_are_divided() -> None:
    weights = fit(ROWS)
    odds = [1 / (1 + np.exp(-(weights @ [1.0, coverage, late]))) for _, coverage, late in ROWS]
    assert [value > 0.5 for value in odds] == [own for own, _, _ in ROWS]
    assert kept(ROWS, weights) == {"kept": 1.0, "let_by": 0.0, "kept_by_coverage": 1.0, "let_by_coverage": 0.0}


def test_the_claims_name_questions_and_are_in_another_language() -> None:
    claims = [json.loads(line) for line in CLAIMS.read_text(encoding="utf-8").splitlines()]
    assert len(claims) >= 40
    assert {claim["language"] for claim in claims} == {"en"}
    assert len({claim["query"] for claim in claims}) == len(claims)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = {"a": "Die Brücke ist 312 Meter lang. Sie ist aus Holz.", "b": "Im Park stehen 860 Bäume.", "c": "Ein Zug."}
    documents = [{"_id": name, "title": "Ort", "text": text} for name, text in texts.items()]
    query = {"_id": "q", "text": "Wie lang ist die Brücke?", "answers": ["312 Meter"]}
    return write_beir(tmp_path / "probe-de", documents, [query], [("q", "a")])


def test_a_corpus_gives_the_own_document_first_and_others_after(folder: Path) -> None:
    encoder: E5Encoder = open_encoder(Settings())
    rows = Corpus(folder, "de", encoder).rows("q", "Die Brücke ist 312 Meter lang", "de")
    assert [own for own, _, _ in rows][:1] == [True]
    assert not any(own for own, _, _ in rows[1:])
    assert rows[0][1] > 0.9 > max(coverage for _, coverage, _ in rows[1:])


def test_the_command_writes_weights_with_what_they_were_measured_on(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claims = tmp_path / "claims.jsonl"
    claims.write_text(json.dumps({"query": "q", "language": "en", "text": "The bridge is 312 metres long."}))
    out = tmp_path / "weights.json"
    given = ["--data", str(folder), "--across", str(folder), "--claims", str(claims), "--out", str(out)]
    assert main(given) == 0
    written = json.loads(out.read_text(encoding="utf-8"))
    assert json.loads(capsys.readouterr().out) == written
    assert written["measured"]["same"]["kept"] == 1.0
    assert written["fitted_on"]["names"] == ["probe-de", "probe-de"]
    assert load_weights(out).same == tuple(written["same"])
