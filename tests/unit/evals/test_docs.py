"""docs/evals.md says what each metric and command is; nothing in it is unknown to the code."""

import re
from pathlib import Path

from evals.cases.load import CASE_KEYS
from evals.cli import app
from evals.metrics.registry import metrics

DOCS = (Path(__file__).parents[3] / "docs" / "evals.md").read_text(encoding="utf-8")


def test_every_metric_is_defined() -> None:
    defined = set(
        re.findall(r"`([a-z_]+1?(?:_[a-z]+)?(?:@\d+)?)`", DOCS.split("## Metrics")[1].split("## An LLM as judge")[0])
    )
    assert set(metrics()) - defined == set()


def test_every_case_key_is_explained() -> None:
    table = DOCS.split("## Cases")[1].split("## Runs")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(CASE_KEYS)


def test_the_commands_in_the_text_exist() -> None:
    known = {command.name for command in app.registered_commands}
    named = set(re.findall(r"rag-service eval ([a-z]+)", DOCS))
    assert named <= known
    assert known <= named | {"import"}
