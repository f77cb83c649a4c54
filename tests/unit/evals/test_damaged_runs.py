"""Run folders that somebody edited, or that an earlier version wrote."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evals.errors import RunError
from evals.report.markdown import run_markdown
from evals.report.page import write_report
from evals.report.terminal import run_tables
from evals.run import Scorers, run
from evals.runs import load_run
from tests import eval_kit
from tests.eval_kit import ScriptedTarget, printed


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    done = await run(eval_kit.dataset(tmp_path), ScriptedTarget(), tmp_path / "run", scorers=Scorers())
    return done.path


def edit(path: Path, change: Callable[[Any], object]) -> None:
    """Change what a JSON file holds, or each line of one with lines."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.suffix == ".jsonl" else [path.read_text("utf-8")]
    values = [json.loads(line) for line in lines]
    for value in values:
        change(value)
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("config.json", "dataset"),
        ("config.json", "corpus_sha256"),
        ("summary.json", "cases"),
        ("summary.json", "metrics"),
        ("latency.json", "started"),
        ("results.jsonl", "id"),
        ("results.jsonl", "scores"),
        ("results.jsonl", "outcome"),
    ],
)
def test_what_a_file_lacks_is_named(folder: Path, name: str, key: str) -> None:
    edit(folder / name, lambda value: value.pop(key))
    with pytest.raises(RunError, match=rf"run is damaged: its {name} has no '{key}'"):
        load_run(folder)


def test_lines_that_are_no_records_or_stand_twice_are_damage(folder: Path) -> None:
    lines = (folder / "results.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "results.jsonl").write_bytes(b"".join([b"[]\n", *lines[1:]]))
    with pytest.raises(RunError, match=r"run is damaged: it cannot be read in its results\.jsonl"):
        load_run(folder)
    (folder / "results.jsonl").write_bytes(b"".join([lines[1], *lines[1:]]))
    with pytest.raises(RunError, match=r"run is damaged: it holds 17 of 18 cases"):
        load_run(folder)


def test_a_metric_that_an_earlier_version_did_not_have_is_shown_without_a_value(folder: Path) -> None:
    def without(summary: dict[str, Any]) -> None:
        for held in (summary, *summary["tags"].values()):
            del held["metrics"]["citation_recall"], held["metrics"]["document_mrr"]

    edit(folder / "summary.json", without)
    kept = load_run(folder)
    assert "| Citation recall | – |  | 0 | 0 | 0 |" in run_markdown(kept)
    assert "Document MRR" not in printed(run_tables(kept))
    page = write_report(kept, None, folder / "report.html").read_text(encoding="utf-8")
    assert "Citation recall" in page and "Document MRR" not in page
