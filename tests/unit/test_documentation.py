"""What the documentation says is checked against what is there."""

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.cli import app as eval_cli
from rag_service.cli import app as cli
from rag_service.settings import environment_name, known_keys, reference

ROOT = Path(__file__).parents[2]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_settings_page_is_the_reference():
    assert read("docs/settings.md") == reference()


def test_every_variable_in_prose_is_a_setting():
    known = {environment_name(path) for path in known_keys()} | {"RAG_CONFIG", "RAG_API_KEY"}
    for name in [
        ".env.example",
        "README.md",
        "compose.yaml",
        "Dockerfile",
        *[f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")],
    ]:
        for variable in re.findall(r"\bRAG_[A-Z_]*[A-Z]\b(?!\*|__\*)", read(name)):
            sections = {environment_name(path[:1]) for path in known_keys() if len(path) > 1}
            assert variable in known | sections, f"{name} names {variable}"


def test_every_dependency_has_its_reason():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    page = read("docs/architecture.md")
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=\[]", requirement)[0]
        assert re.search(rf"^\|.*\b{re.escape(name)}\b.*\| \w", page, re.M), (
            f"{name} has no line in docs/architecture.md"
        )


def imported(*folders: str) -> set[str]:
    """Top-level names of the modules that the code in these folders imports."""
    found = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found


def test_every_package_that_the_service_imports_is_declared():
    declared = {
        re.split(r"[<>=\[]", requirement)[0].lower()
        for requirement in tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]
    }
    owners = metadata.packages_distributions()
    for name in imported("rag_service") - set(sys.stdlib_module_names) - {"rag_service", "evals"}:
        names = {owner.lower().replace("_", "-") for owner in owners[name]}
        assert names & declared, f"{name} is imported and {names} not declared"


def test_no_import_is_excused_from_types_that_nothing_imports():
    (excused,) = tomllib.loads(read("pyproject.toml"))["tool"]["mypy"]["overrides"]
    assert {name.partition(".")[0] for name in excused["module"]} <= imported("rag_service", "evals", "tests")


def test_every_pin_has_hashes_and_no_address():
    for name in ("requirements.txt", "requirements-dev.txt"):
        content = read(name)
        assert "://" not in content and "index-url" not in content and "/work" not in content
        pins = [line for line in content.splitlines() if re.match(r"[a-z0-9]", line)]
        assert len(pins) > 50
        for pin in re.findall(r"^[a-z0-9][^\n]*(?:\n    --hash=\S+(?: \\)?)*", content, re.M):
            assert "==" in pin and "--hash=sha256:" in pin, pin


def test_every_direct_dependency_is_pinned():
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", read("requirements.txt").lower(), re.M))
    for requirement in tomllib.loads(read("pyproject.toml"))["project"]["dependencies"]:
        assert re.split(r"[<>=\[]", requirement)[0].lower() in pinned


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))])
def test_links_lead_somewhere(page):
    folder = (ROOT / page).parent
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", read(page)):
        assert (folder / target).exists(), f"{page} links to {target}"


def test_the_changelog_is_in_its_form():
    text = read("CHANGELOG.md")
    assert "Keep a Changelog" in text and "## [Unreleased]" in text


def test_no_module_is_too_long():
    for folder in ("rag_service", "evals"):
        for path in (ROOT / folder).rglob("*.py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path


def test_no_command_is_cut_short_in_the_list_of_commands():
    for app in (cli, eval_cli):
        listed = CliRunner().invoke(app, ["--help"], terminal_width=80).stdout.split("Commands:\n")[1]
        for line in listed.splitlines():
            assert not line.endswith("..."), line


def test_words_that_a_setting_may_be_are_listed():
    page = reference()
    assert "local is the bundled encoder. One of local, openai, llamaindex. |" in page


def test_what_filters_are_stands_in_the_reference_of_the_api():
    assert re.search(r"^\| `filters` \| object or null \| optional; Conditions on `source`", read("docs/api.md"), re.M)
