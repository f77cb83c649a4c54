"""`.ragignore` files, in gitignore syntax, and what they leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".ragignore"


@dataclass(frozen=True, slots=True)
class Rules:
    """What one file says of everything below its folder; ``base`` is the folder's source with a slash behind it."""

    path: Path
    base: str
    spec: GitIgnoreSpec


def rules_in(folder: Path, base: str) -> Rules | None:
    """The rules of a folder, None when it has no file of them; OSError, ValueError when it cannot be read."""
    path = folder / IGNORE_FILE
    if not path.is_file():
        return None
    from pathspec import GitIgnoreSpec

    return Rules(path, base, GitIgnoreSpec.from_lines(path.read_text(encoding="utf-8-sig").splitlines()))


def ignored_by(source: str, rules: Sequence[Rules]) -> Path | None:
    """The file that leaves a source out; as in git, the innermost one with an opinion decides."""
    for each in reversed(rules):
        verdict = each.spec.check_file(source[len(each.base) :]).include
        if verdict is not None:
            return each.path if verdict else None
    return None
