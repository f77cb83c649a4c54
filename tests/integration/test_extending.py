"""The classes and the program in docs/extending.md, used as the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
*CLASSES, PROGRAM = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def exports() -> dict[str, str]:
    """Every `export NAME=value` of the page."""
    lines = "\n".join(re.findall(r"^    export (.*)$", PAGE, re.MULTILINE))
    return {name: quoted or plain for name, quoted, plain in re.findall(r"(RAG_\w+)=(?:'([^']*)'|(\S+))", lines)}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "team.py").write_text("\n\n".join(CLASSES), encoding="utf-8")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "canteen.note").write_text("The canteen serves fish on Fridays.", encoding="utf-8")
    (tmp_path / "documents" / "gym.txt").write_text("The gym is closed in August.", encoding="utf-8")
    return tmp_path


def run(place: Path, **chosen: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("RAG_", "OPENAI_"))}
    environment = clean | {"PYTHONPATH": f"{ROOT}{os.pathsep}{place}", **chosen}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=place, env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_every_class_of_the_page_does_its_part(place: Path) -> None:
    chosen = exports()
    assert len(chosen) == 8
    said = run(place, **chosen)
    assert said.startswith("True 0.") and "The canteen serves fish on Fridays. [1]" in said
    assert "['The canteen serves fish on Fridays.']" in said and "'canteen.note'" in said


def test_the_program_alone(place: Path) -> None:
    (place / "documents" / "canteen.note").rename(place / "documents" / "canteen.txt")
    assert "['The canteen serves fish on Fridays.']" in run(place)
