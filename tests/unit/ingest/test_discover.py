"""Which files are taken up, and why others are not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from rag_service.index.documents import Known
from rag_service.ingest.discover import Discovered, discover
from rag_service.ingest.plan import compare
from rag_service.ingest.scan import scan
from rag_service.ingest.sources import printable

SUFFIXES = frozenset({".txt", ".md"})


def make(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Text")
    return root


def sources(found: Discovered) -> list[str]:
    return [file.source for file in found.files]


def problems(found: Discovered) -> list[str]:
    return [str(problem) for problem in found.problems]


def test_a_folder_is_walked_in_order_and_hidden_files_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "b.txt", "a/z.md", "a/b/c.TXT", ".git/x.txt", ".env.txt", "bild.png", "LICENSE")
    found = discover([tmp_path], SUFFIXES)
    assert sources(found) == ["b.txt", "a/z.md", "a/b/c.TXT"]
    assert found.files[1].path == tmp_path.resolve() / "a" / "z.md"
    assert [(item.source, item.reason) for item in found.skipped] == [
        ("LICENSE", "no suffix"),
        ("bild.png", "unknown format .png"),
    ]
    assert found.problems == []


def test_a_file_named_directly_is_taken_whatever_its_suffix(tmp_path: Path) -> None:
    make(tmp_path, "x/bild.seltsam", ".hidden.txt")
    assert sources(discover([tmp_path / "x" / "bild.seltsam", tmp_path / ".hidden.txt"], SUFFIXES)) == [
        "bild.seltsam",
        ".hidden.txt",
    ]


def test_what_programs_and_file_servers_leave_on_a_share_is_passed_over_with_its_reason(tmp_path: Path) -> None:
    locks = ["~$richt.docx", "Team/~$Plan.XLSX", "Team/~$$Skizze.txt"]
    own = ["desktop.ini", "Team/Desktop.ini", "Team/Thumbs.db"]
    deleted = ["$RECYCLE.BIN/S-1-5/$R1.docx", "Team/#recycle/alt.txt", "@Recycle/alt.txt"]
    servers = ["#snapshot/gestern/Bericht.docx", "System Volume Information/a.txt", "@eaDir/Bericht.docx/b.txt"]
    make(tmp_path, "Bericht.docx", "Team/Plan.xlsx", *locks, *own, *deleted, *servers)
    found = discover([tmp_path], {".docx", ".xlsx", ".txt", ".ini"})
    assert sources(found) == ["Bericht.docx", "Team/Plan.xlsx"]
    assert found.problems == []
    skipped = {item.source: item.reason for item in found.skipped}
    assert skipped == {
        **dict.fromkeys(locks, "lock file of an open document"),
        **dict.fromkeys(own, "file of Windows itself"),
        **dict.fromkeys(("$RECYCLE.BIN", "Team/#recycle", "@Recycle"), "recycle bin"),
        "#snapshot": "older versions of the share",
        **dict.fromkeys(("System Volume Information", "@eaDir"), "folder of the file server"),
    }


def test_names_that_only_look_like_those_of_programs_are_taken(tmp_path: Path) -> None:
    names = ["~Entwurf.txt", "$Kurs.txt", "a~$b.txt", "app.ini", "~$Ordner/a.txt", "recycle/a.txt", "snapshot/b.txt"]
    make(tmp_path, *names)
    assert sorted(sources(discover([tmp_path], {".txt", ".ini"}))) == sorted(names)


def test_a_lock_file_is_taken_when_it_or_its_folder_is_named_directly(tmp_path: Path) -> None:
    make(tmp_path, "~$a.txt", "desktop.ini", "#recycle/b.txt")
    named = [tmp_path / "~$a.txt", tmp_path / "desktop.ini", tmp_path / "#recycle"]
    assert sources(discover(named, SUFFIXES)) == ["~$a.txt", "desktop.ini", "b.txt"]


def test_what_is_passed_over_now_and_was_ingested_before_goes_with_the_next_ingest_of_its_folder(
    tmp_path: Path,
) -> None:
    make(tmp_path, "a.txt", "desktop.ini", "~$b.txt")
    root = str(tmp_path)
    names = ("a.txt", "desktop.ini", "~$b.txt")
    known = {name: Known(f"doc_{name}", "ver_1", name, root, "0", 4, None, 1) for name in names}
    uploaded = replace(known["desktop.ini"], root=None)
    found = scan([tmp_path], {root}, partial(discover, suffixes=SUFFIXES | {".ini"}))
    assert {(step.source, step.change) for step in compare(found, known)} == {
        ("a.txt", "changed"),
        ("desktop.ini", "removed"),
        ("~$b.txt", "removed"),
    }
    assert [step.change for step in compare(found, {"desktop.ini": uploaded})] == ["added"], "uploads stay"


def test_ragignore_follows_gitignore(tmp_path: Path) -> None:
    make(tmp_path, "a.txt", "b.txt", "entwurf/c.txt", "entwurf/d.md", "x/alt.txt", "x/neu.txt", "x/y/alt.txt", "k.md")
    (tmp_path / ".ragignore").write_text("# Kommentar\nb.txt\nentwurf/\nalt.txt\n/k.md\n")
    (tmp_path / "x" / ".ragignore").write_text("!alt.txt\nneu.txt\n")
    assert sources(discover([tmp_path], SUFFIXES)) == ["a.txt", "x/alt.txt", "x/y/alt.txt"]


def test_a_broken_ragignore_is_a_problem_and_ignores_nothing(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    (tmp_path / ".ragignore").write_bytes(b"\xff\xfe\x00\xd8")
    found = discover([tmp_path], SUFFIXES)
    assert sources(found) == ["a.txt"]
    assert problems(found)[0].startswith(".ragignore: is not in gitignore syntax")


def test_missing_paths_and_empty_folders_are_problems(tmp_path: Path) -> None:
    (tmp_path / "leer").mkdir()
    make(tmp_path, "voll/a.txt")
    found = discover([tmp_path / "fehlt", tmp_path / "leer", tmp_path / "voll"], SUFFIXES)
    assert sources(found) == ["a.txt"]
    assert problems(found) == [
        f"{tmp_path / 'fehlt'}: does not exist; check the path",
        f"{tmp_path / 'leer'}: holds no file that can be ingested",
    ]


def test_links(tmp_path: Path) -> None:
    outside = make(tmp_path / "aussen", "geheim.txt")
    root = make(tmp_path / "innen", "a.txt", "tief/b.txt")
    (root / "hinaus.txt").symlink_to(outside / "geheim.txt")
    (root / "hinaus").symlink_to(outside)
    (root / "kreis").symlink_to(root)
    (root / "tief" / "kreis").symlink_to(root)
    (root / "nichts.txt").symlink_to(root / "fehlt.txt")
    (root / "selbst.txt").symlink_to(root / "selbst.txt")
    (root / "ordner").symlink_to(root / "tief")
    (root / "kopie.txt").symlink_to(root / "a.txt")
    found = discover([root], SUFFIXES)
    assert sources(found) == ["a.txt", "kopie.txt", "tief/b.txt"]
    outward = "is a link that leads out of the folder; ingest its target by its own path"
    assert problems(found) == [
        f"hinaus: {outward}",
        f"hinaus.txt: {outward}",
        "kreis: is a link that runs in a circle; remove it",
        "nichts.txt: is a link to nothing; remove it",
        "selbst.txt: is a link that runs in a circle; remove it",
        "tief/kreis: is a link that runs in a circle; remove it",
    ]
    assert [item.source for item in found.skipped] == ["ordner"]


def test_a_file_linked_directly_is_read_and_a_circle_is_a_problem(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "c.txt").symlink_to(tmp_path / "c.txt")
    found = discover([tmp_path / "b.txt", tmp_path / "c.txt"], SUFFIXES)
    assert sources(found) == ["b.txt"]
    assert problems(found)[0].startswith("c.txt: cannot be read: ")


def test_special_files_are_problems(tmp_path: Path) -> None:
    make(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "rohr.txt")
    found = discover([tmp_path, Path("/dev/null")], SUFFIXES)
    assert sources(found) == ["a.txt"]
    assert problems(found) == [
        "rohr.txt: is no regular file; only files and folders can be ingested",
        "null: is no regular file; only files and folders can be ingested",
    ]


@contextmanager
def shut(folder: Path, tmp_path: Path) -> Iterator[None]:
    """The folder cannot be listed, not even by the superuser."""
    user = os.geteuid()
    for parent in (tmp_path, *tmp_path.parents):
        if parent.name.startswith(("pytest-", "popen-", tmp_path.name)):  # the runner's own, one more beside others
            parent.chmod(0o755)
    folder.chmod(0)
    try:
        if user == 0:
            os.seteuid(65534)
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o755)


def test_an_unreadable_folder_is_a_problem_and_the_rest_is_found(tmp_path: Path) -> None:
    root = make(tmp_path / "wurzel", "a.txt", "zu/b.txt")
    with shut(root / "zu", tmp_path):
        found = discover([root], SUFFIXES)
    assert sources(found) == ["a.txt"]
    assert problems(found) == ["zu: cannot be read: Permission denied; check its permissions"]


def test_an_unreadable_folder_behind_a_link_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    root = make(tmp_path / "wurzel", "a.txt")
    (tmp_path / "link").symlink_to(root)
    with shut(root, tmp_path):
        found = scan([tmp_path / "link"], {str(tmp_path / "link")}, partial(discover, suffixes=SUFFIXES))
    assert [(problem.source, found.scopes) for problem in found.problems] == [(str(tmp_path / "link"), ())]


def test_odd_names(tmp_path: Path) -> None:
    make(tmp_path, "zwei\nZeilen.txt", "u\u0308ber.txt", "leer zeichen.txt")
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))).write_text("x")
    found = discover([tmp_path], SUFFIXES)
    assert set(sources(found)) == {"zwei\nZeilen.txt", "über.txt", "leer zeichen.txt", "caf\ufffd.txt"}
    assert all(file.path.read_text() in ("Text", "x") for file in found.files)
    assert printable("a\nb\x07.txt") == "a\\nb\\x07.txt"


def test_of_two_files_with_one_source_the_second_is_a_problem_and_the_same_file_twice_is_taken_once(
    tmp_path: Path,
) -> None:
    make(tmp_path, "eins/a.txt", "zwei/a.txt", "zwei/b.txt")
    assert sources(discover([tmp_path / "eins", tmp_path / "eins" / "a.txt"], SUFFIXES)) == ["a.txt"]
    found = discover([tmp_path / "eins", tmp_path / "zwei"], SUFFIXES)
    assert sources(found) == ["a.txt", "b.txt"]
    both = f"{tmp_path / 'eins' / 'a.txt'} and {tmp_path / 'zwei' / 'a.txt'}"
    assert problems(found) == [f"a.txt: stands for two files, {both}; rename one, or ingest a folder above both"]


def test_names_that_differ_only_in_bytes_or_in_composition_do_not_stop_the_rest(tmp_path: Path) -> None:
    make(tmp_path, "u\u0308ber.txt", "\u00fcber.txt", "z.txt")
    for name in (b"/caf\xe9.txt", b"/caf\xe8.txt"):
        Path(os.fsdecode(os.fsencode(tmp_path) + name)).write_text("x")
    found = discover([tmp_path], SUFFIXES)
    assert sorted(sources(found)) == ["caf\ufffd.txt", "z.txt", "\u00fcber.txt"]
    one, two = sorted(problems(found))
    assert r"caf\xe8.txt" in one and r"caf\xe9.txt" in one
    assert two.startswith("\u00fcber.txt: stands for two files, ")


def test_a_deep_tree_needs_no_recursion(tmp_path: Path) -> None:
    path = tmp_path
    for _ in range(300):
        path = path / "t"
    path.mkdir(parents=True)
    (path / "a.txt").write_text("x")
    assert sources(discover([tmp_path], SUFFIXES)) == ["t/" * 300 + "a.txt"]
