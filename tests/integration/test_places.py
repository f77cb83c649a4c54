"""Folders inside folders, and files beside them: each file is one document, whichever way it is named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_service.ingest.library import Library
from rag_service.models import Job, Upload
from tests.library_kit import open_library, write


def outcomes(job: Job) -> dict[str, str]:
    return {item.source: item.status for item in job.documents}


def errors(job: Job) -> str:
    return "\n".join(item.error or "" for item in job.documents)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library, _ = open_library(tmp_path / "data")
    yield library
    library.close()


def sources(library: Library) -> list[str]:
    return [item.source for item in library.documents("c").items]


def test_a_file_that_vanished_before_the_folder_above_was_ingested_goes(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs / "sub", a="Ein Apfel.", b="Eine Birne.")
    write(docs, c="Eine Zitrone.")
    library.ingest("c", [docs / "sub"])
    (docs / "sub" / "b.txt").unlink()
    assert outcomes(library.ingest("c", [docs])) == {"b.txt": "deleted", "c.txt": "added", "sub/a.txt": "updated"}
    assert sources(library) == ["c.txt", "sub/a.txt"]


def test_a_file_that_moved_up_to_the_folder_above_is_the_same_document(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs / "sub", a="Ein Apfel.", b="Eine Birne.")
    library.ingest("c", [docs / "sub"])
    before = {item.source: item.id for item in library.documents("c").items}
    (docs / "sub" / "b.txt").rename(docs / "b.txt")
    library.ingest("c", [docs])
    assert {item.source: item.id for item in library.documents("c").items} == {
        "b.txt": before["b.txt"],
        "sub/a.txt": before["a.txt"],
    }
    assert set(outcomes(library.ingest("c", [docs])).values()) == {"unchanged"}


def test_a_folder_beside_with_a_longer_name_is_another(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "docs-alt", a="Ein Apfel.")
    write(tmp_path / "docs", b="Eine Birne.")
    library.ingest("c", [tmp_path / "docs-alt"])
    library.ingest("c", [tmp_path / "docs"])
    assert sources(library) == ["a.txt", "b.txt"]


def test_what_cannot_be_read_from_above_does_not_vanish(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs / "sub", a="Ein Apfel.")
    write(docs, c="Eine Zitrone.")
    library.ingest("c", [docs / "sub"])
    (docs / "sub").rename(tmp_path / "away")
    (docs / "sub").symlink_to(tmp_path / "nothing")
    library.ingest("c", [docs])
    assert sources(library) == ["a.txt", "c.txt"]


def test_two_files_of_one_name_below_one_folder(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs / "sub", README="Innen.")
    write(docs, README="Aussen.")
    library.ingest("c", [docs / "sub"])
    inner = library.documents("c").items[0].id
    job = library.ingest("c", [docs])
    assert (job.status, outcomes(job)) == ("succeeded", {"README.txt": "added", "sub/README.txt": "updated"})
    texts = {item.source: library.content(item.id).text for item in library.documents("c").items}
    assert texts == {"README.txt": "Aussen.", "sub/README.txt": "Innen."}
    assert {item.source: item.id for item in library.documents("c").items}["sub/README.txt"] == inner
    assert set(outcomes(library.ingest("c", [docs])).values()) == {"unchanged"}


def test_a_name_whose_document_cannot_move_away_is_not_taken(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = tmp_path / "docs"
    write(docs / "sub", README="Innen.")
    write(docs, README="Aussen.")
    library.ingest("c", [docs / "sub"])
    real = Path.open

    def denied(path: Path, *args: object, **options: object) -> object:
        if path == docs / "sub" / "README.txt":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", denied)
    job = library.ingest("c", [docs])
    assert outcomes(job) == {"README.txt": "failed", "sub/README.txt": "failed"}
    monkeypatch.undo()
    assert [library.content(item.id).text for item in library.documents("c").items] == ["Innen."]
    assert library.ingest("c", [docs]).status == "succeeded"


def test_of_two_files_of_one_name_the_one_that_has_it_keeps_it(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "eins", a="Ein Apfel.")
    write(tmp_path / "zwei", a="Eine Birne.")
    library.ingest("c", [tmp_path / "zwei"])
    job = library.ingest("c", [tmp_path / "eins", tmp_path / "zwei"])
    assert sorted(item.status for item in job.documents) == ["failed", "unchanged"]
    assert f"found in {tmp_path / 'zwei'}, this one is from {tmp_path / 'eins'}" in errors(job)


def test_a_document_does_not_move_to_the_name_of_an_upload(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs / "sub", a="Ein Apfel.")
    library.ingest("c", [docs / "sub"])
    library.wait(library.submit("c", [Upload("sub/a.txt", text="Anderes.")]).id)
    job = library.ingest("c", [docs])
    assert outcomes(job) == {"sub/a.txt": "failed"} and "handed over by upload" in errors(job)
    assert sources(library) == ["a.txt", "sub/a.txt"]


def test_paths_of_one_command_belong_together_at_once(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "w", a="Ein Apfel.")
    write(tmp_path, w1="Eine Birne.")
    given = [tmp_path / "w", tmp_path / "w1.txt"]
    assert outcomes(library.ingest("c", given)) == {"w/a.txt": "added", "w1.txt": "added"}
    assert set(outcomes(library.ingest("c", given)).values()) == {"unchanged"}


def test_a_mistyped_path_beside_makes_no_folder_of_its_own(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "w", a="Ein Apfel.")
    library.ingest("c", [tmp_path / "w"])
    job = library.ingest("c", [tmp_path / "w", tmp_path / "w2.txt"])
    assert outcomes(job)["a.txt"] == "unchanged"


def test_what_a_folder_above_leaves_out_is_not_taken_up_from_within(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs / "sub" / "tief", geheim="Der Code ist 4711.", offen="Ein Ysop.")
    write(docs / "intern", a="Gehälter.")
    write(docs, c="Eine Zitrone.")
    (docs / ".ragignore").write_text("sub/tief/geheim.txt\nintern/\n")
    library.ingest("c", [docs])
    assert outcomes(library.ingest("c", [docs / "sub"])) == {"sub/tief/offen.txt": "unchanged"}
    assert outcomes(library.ingest("c", [docs / "sub" / "tief"])) == {"sub/tief/offen.txt": "unchanged"}
    for named in ("intern", "intern/a.txt", "sub/tief/geheim.txt"):
        job = library.ingest("c", [docs / named])
        assert job.status == "failed"
        assert f"is left out by {docs / '.ragignore'}; take it out there to ingest it" in errors(job)
    assert sources(library) == ["c.txt", "sub/tief/offen.txt"]


def test_the_inner_ragignore_may_take_back_what_the_outer_says(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs / "sub", entwurf="Ein Ysop.")
    write(docs, c="Eine Zitrone.")
    (docs / ".ragignore").write_text("entwurf.txt\n")
    (docs / "sub" / ".ragignore").write_text("!entwurf.txt\n")
    library.ingest("c", [docs / "c.txt"])
    assert outcomes(library.ingest("c", [docs / "sub"])) == {"sub/entwurf.txt": "added"}


def test_what_was_taken_up_and_is_left_out_by_a_folder_above_goes_with_that(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs / "sub", geheim="Der Code ist 4711.", offen="Ein Ysop.")
    library.ingest("c", [docs / "sub"])
    (docs / ".ragignore").write_text("geheim.txt\n")
    library.ingest("c", [docs])
    assert sources(library) == ["sub/offen.txt"]


def test_a_file_that_was_named_itself_stays_when_its_folder_is_ingested(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs, a="Ein Apfel.")
    (docs / "LICENSE").write_text("Frei.")
    (docs / "OTHER").write_text("Nie genannt.")
    (docs / ".notiz.txt").write_text("Versteckt.")
    write(docs / ".wiki", b="Eine Birne.")
    library.ingest("c", [docs / "LICENSE"])
    library.ingest("c", [docs / ".notiz.txt"])
    library.ingest("c", [docs / ".wiki"])
    assert outcomes(library.ingest("c", [docs])) == {
        "LICENSE": "unchanged", ".notiz.txt": "unchanged", "a.txt": "added",
    }  # fmt: skip
    assert sources(library) == [".notiz.txt", ".wiki/b.txt", "LICENSE", "a.txt"]
    (docs / "LICENSE").write_text("Nicht mehr frei.")
    assert outcomes(library.ingest("c", [docs]))["LICENSE"] == "updated"
    (docs / "LICENSE").unlink()
    (docs / ".notiz.txt").unlink()
    assert outcomes(library.ingest("c", [docs])) == {
        "LICENSE": "deleted", ".notiz.txt": "deleted", "a.txt": "unchanged",
    }  # fmt: skip


def test_a_folder_whose_name_is_no_utf_8(library: Library, tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/u/caf\xe9"))
    write(folder, a="Das Cafe ist zu.", b="Die Bar ist offen.")
    assert outcomes(library.ingest("c", [folder])) == {"a.txt": "added", "b.txt": "added"}
    assert set(outcomes(library.ingest("c", [folder])).values()) == {"unchanged"}
    assert outcomes(library.ingest("c", [folder / "a.txt"])) == {"a.txt": "unchanged"}
    (folder / "b.txt").unlink()
    assert outcomes(library.ingest("c", [folder])) == {"a.txt": "unchanged", "b.txt": "deleted"}
    moved = folder.rename(Path(os.fsdecode(os.fsencode(tmp_path) + b"/u/caf\xe8")))
    assert outcomes(library.ingest("c", [moved])) == {"a.txt": "unchanged"}
    library.ingest("c", [tmp_path / "u"])
    assert sources(library) == ["caf\ufffd/a.txt"]
    assert outcomes(library.ingest("c", [moved])) == {"caf\ufffd/a.txt": "unchanged"}


def test_a_subfolder_whose_name_is_composed_of_two_characters(library: Library, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    write(docs / "U\u0308bung", a="Ein Apfel.")
    library.ingest("c", [docs / "U\u0308bung"])
    library.ingest("c", [docs])
    assert sources(library) == ["\u00dcbung/a.txt"]
    assert outcomes(library.ingest("c", [docs / "U\u0308bung"])) == {"\u00dcbung/a.txt": "unchanged"}
