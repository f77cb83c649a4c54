"""Files found now against documents known from before: what a sync would do."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from rag_service.index.documents import Known
from rag_service.ingest.found import FoundFile, Problem, Scan, Scope
from rag_service.ingest.plan import as_plan, compare


def found(folder: Path, name: str, text: str | None = None) -> FoundFile:
    """A file of a folder, written unless it is there."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return FoundFile(path, name, str(folder))


def known(folder: Path | None, name: str, text: str) -> Known:
    """A document of a file with that text, whose modification time cannot be trusted."""
    data = text.encode()
    root = str(folder) if folder else None
    return Known(f"doc_{name}", f"ver_{name}", name, root, hashlib.sha256(data).hexdigest(), len(data), None, 1)


def steps(
    files: Sequence[FoundFile], documents: Sequence[Known], *, of: Path, problems: tuple[Problem, ...] = ()
) -> dict[str, tuple[str, str | None]]:
    """Change and detail by source."""
    scan = Scan(tuple(files), problems, (Scope(str(of), ""),))
    plan = as_plan("c", compare(scan, {item.source: item for item in documents}))
    return {item.source: (item.change, item.detail) for item in plan.changes}


def test_every_kind_of_change(tmp_path: Path) -> None:
    files = [
        found(tmp_path, "same.txt", "Gleich."),
        found(tmp_path, "other.txt", "Neu."),
        found(tmp_path, "fresh.txt", "Frisch."),
        found(tmp_path, "to.txt", "Umgezogen."),
    ]
    documents = [
        known(tmp_path, "same.txt", "Gleich."),
        known(tmp_path, "other.txt", "Alt."),
        known(tmp_path, "from.txt", "Umgezogen."),
        known(tmp_path, "gone.txt", "Weg."),
    ]
    assert steps(files, documents, of=tmp_path) == {
        "same.txt": ("unchanged", None),
        "other.txt": ("changed", None),
        "fresh.txt": ("added", None),
        "to.txt": ("moved", "from.txt"),
        "gone.txt": ("removed", None),
    }


def test_two_roots_with_the_same_name_in_them(tmp_path: Path) -> None:
    one, two = found(tmp_path / "one", "a.txt", "Eins."), found(tmp_path / "two", "a.txt", "Zwei.")
    scan = Scan((one, two), (), ())
    kept, refused = sorted(compare(scan, {}), key=lambda step: step.change)
    assert (kept.change, kept.path) == ("added", one.path)
    assert refused.change == "failed"
    assert refused.detail is not None and refused.detail.startswith(
        f"the name is taken by a document found in {tmp_path / 'one'}, this one is from {tmp_path / 'two'}"
    )


def test_an_upload_of_the_same_name(tmp_path: Path) -> None:
    files = [found(tmp_path, "same.txt", "Gleich."), found(tmp_path, "other.txt", "Neu.")]
    documents = [known(None, "same.txt", "Gleich."), known(None, "other.txt", "Alt.")]
    change = steps(files, documents, of=tmp_path)
    assert change["same.txt"] == ("unchanged", None)
    assert change["other.txt"][0] == "failed"
    assert "the name is taken by a document handed over by upload" in str(change["other.txt"][1])


def test_a_file_that_went_away_while_it_was_looked_at(tmp_path: Path) -> None:
    missing = FoundFile(tmp_path / "a.txt", "a.txt", str(tmp_path))
    change = steps([missing], [], of=tmp_path)
    assert change == {"a.txt": ("failed", "cannot be read: No such file or directory")}


def test_a_folder_that_has_the_size_of_what_vanished_cannot_be_it(tmp_path: Path) -> None:
    folder = tmp_path / "odd.txt"
    folder.mkdir()
    gone = Known("doc_1", "ver_1", "gone.txt", str(tmp_path), "0", folder.stat().st_size, None, 1)
    change = steps([FoundFile(folder, "odd.txt", str(tmp_path))], [gone], of=tmp_path)
    assert change == {"odd.txt": ("failed", "cannot be read: Is a directory"), "gone.txt": ("removed", None)}


def test_what_could_not_be_looked_at_does_not_vanish(tmp_path: Path) -> None:
    documents = [known(tmp_path, "shut/a.txt", "A."), known(tmp_path, "b.txt", "B.")]
    shut = Problem("shut", str(tmp_path), "cannot be read: Permission denied")
    assert steps([], documents, of=tmp_path, problems=(shut,)) == {
        "shut": ("failed", "cannot be read: Permission denied"),
        "b.txt": ("removed", None),
    }


def test_a_folder_with_an_unprintable_name_hides_its_documents_too(tmp_path: Path) -> None:
    documents = [known(tmp_path, "zu\u00a0viel: neu/a.txt", "A.")]
    shut = Problem("zu\u00a0viel: neu", str(tmp_path), "cannot be read: Permission denied")
    assert steps([], documents, of=tmp_path, problems=(shut,)) == {
        r"zu\xa0viel: neu": ("failed", "cannot be read: Permission denied"),
    }


def test_another_root_s_documents_never_vanish(tmp_path: Path) -> None:
    assert steps([], [known(tmp_path / "elsewhere", "a.txt", "A.")], of=tmp_path / "else") == {}


def test_a_folder_that_was_moved_is_followed(tmp_path: Path) -> None:
    names = ("a.txt", "b.txt", "gone.txt", "from.txt")
    documents = [known(tmp_path / "old", name, name) for name in names]
    files = [found(tmp_path / "new", name, name) for name in ("a.txt", "b.txt")]
    moved = found(tmp_path / "new", "to.txt", "from.txt")
    assert steps([*files, found(tmp_path / "new", "gone.txt", "gone.txt"), moved], documents, of=tmp_path / "new") == {
        "a.txt": ("unchanged", None),
        "b.txt": ("unchanged", None),
        "gone.txt": ("unchanged", None),
        "to.txt": ("moved", "from.txt"),
    }
    few = steps([*files, moved], documents, of=tmp_path / "new")
    assert "gone.txt" not in few, "half of the files may be another folder's"
    assert steps([*files, moved], documents[:3], of=tmp_path / "new")["gone.txt"] == ("removed", None)
    (tmp_path / "old").mkdir()
    assert "gone.txt" not in steps([moved], documents[:3], of=tmp_path / "new")


def test_a_folder_with_the_same_names_is_not_the_one_that_is_away(tmp_path: Path) -> None:
    documents = [known(tmp_path / "drive", name, name) for name in ("README.md", "index.html", "contract.txt")]
    files = [found(tmp_path / "other", name, f"another {name}") for name in ("README.md", "index.html")]
    assert "contract.txt" not in steps(files, documents, of=tmp_path / "other")


def test_a_folder_that_may_not_be_looked_at_is_not_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [known(tmp_path / "shut", name, name) for name in ("a.txt", "b.txt", "c.txt")]
    files = [found(tmp_path / "copy", name, name) for name in ("a.txt", "b.txt")]
    real = Path.stat

    def denied(path: Path, **options: bool) -> os.stat_result:
        if path.name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, **options)

    monkeypatch.setattr(Path, "stat", denied)
    change = steps(files, documents, of=tmp_path / "copy")
    assert {name: what for name, (what, _) in change.items()} == {"a.txt": "failed", "b.txt": "failed"}
