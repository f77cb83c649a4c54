"""What a run was made with: versions, commit, code, prompts."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import rag_service
from evals.digests import CODE, code_digest
from rag_service.prompts import shipped_prompts

PACKAGES = ("chromadb", "tantivy", "onnxruntime", "numpy", "llama-index-core", "openai", "SQLAlchemy")


def environment() -> dict[str, Any]:
    """Versions of what shapes answers, the git commit, and the digests of the code and the prompt files."""
    return {
        "versions": {
            "rag-service": rag_service.__version__,
            "python": platform.python_version(),
            **{name: version for name in PACKAGES if (version := _version(name)) is not None},
        },
        "git": git_state(Path(rag_service.__file__).parent),
        "code": dict(code_digests()),
        "prompts": prompt_digests(shipped_prompts()),
    }


@cache
def code_digests() -> dict[str, str]:
    """Digests of the code that answers and of the code that scores.

    Every changed checkout has the same commit, so that alone would mix what two changes answered. They are made once
    a process, whose code stays what it was when it began.
    """
    service, evaluation = Path(rag_service.__file__).parent, Path(__file__).parent
    return {"rag_service": code_digest(service), "evals": code_digest(evaluation, endings=CODE)}


def prompt_digests(folder: Path) -> dict[str, str]:
    """Digests of a folder's prompt files, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.jinja"))}


def git_state(folder: Path) -> dict[str, Any] | None:
    """Commit and whether tracked files were changed since; None outside of a git checkout."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    return {"commit": commit, "changed": bool(_git(folder, "status", "--porcelain", "--untracked-files=no"))}


def _git(folder: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
