"""What a run was made with: versions, commit, prompts."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import rag_service
from rag_service.prompts import shipped_prompts

PACKAGES = ("chromadb", "tantivy", "onnxruntime", "numpy", "llama-index-core", "openai", "SQLAlchemy")


def environment() -> dict[str, Any]:
    """Versions of what shapes answers, the git commit, and the digests of the prompt files."""
    return {
        "versions": {
            "rag-service": rag_service.__version__,
            "python": platform.python_version(),
            **{name: version for name in PACKAGES if (version := _version(name)) is not None},
        },
        "git": git_state(Path(rag_service.__file__).parent),
        "prompts": prompt_digests(shipped_prompts()),
    }


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
