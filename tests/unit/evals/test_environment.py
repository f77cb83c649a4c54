import hashlib
import json
import subprocess
from pathlib import Path

import pytest

import rag_service
from evals.digests import code_digest, files_digest
from evals.environment import environment, git_state
from evals.targets import cache
from evals.targets.local import public_settings
from rag_service.settings import Settings


def test_a_checkout_is_named_by_commit_and_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_DIR")
    assert git_state(tmp_path) is None
    (tmp_path / "a").write_text("1", encoding="utf-8")
    for command in ("init -q", "add a", "-c user.name=a -c user.email=a@b commit -q -m x"):
        subprocess.run(["git", "-C", str(tmp_path), *command.split()], check=True)
    state = git_state(tmp_path)
    assert state is not None
    assert (len(state["commit"]), state["changed"]) == (40, False)
    (tmp_path / "a").write_text("2", encoding="utf-8")
    assert git_state(tmp_path) == state | {"changed": True}
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_state(tmp_path) is None


def test_code_is_told_apart_by_what_stands_in_it_and_in_what_was_fitted_for_it(tmp_path: Path) -> None:
    for name in ("text/cut.py", "answer/cite.py", "answer/evidence.json", "embed/reader.npz", "web/page.css"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1", encoding="utf-8")
    first = code_digest(tmp_path)
    (tmp_path / "web/page.css").write_text("2", encoding="utf-8")
    assert code_digest(tmp_path) == first
    seen = {first}
    for name in ("answer/cite.py", "answer/evidence.json", "embed/reader.npz"):
        text = code_digest(tmp_path, ["text"])
        (tmp_path / name).write_text("2", encoding="utf-8")
        seen.add(code_digest(tmp_path))
        assert code_digest(tmp_path, ["text"]) == text
    assert len(seen) == 4
    (tmp_path / "text/cut.py").write_text("2", encoding="utf-8")
    assert code_digest(tmp_path, ["text"]) != text
    assert code_digest(tmp_path, endings=(".npz",)) == code_digest(tmp_path, ["embed"])


def test_versions_and_prompts_are_recorded() -> None:
    found = environment()
    assert set(found["prompts"]) >= {"answer.jinja", "judge_correct.jinja", "judge_faithful.jinja"}
    assert found["versions"]["numpy"]
    assert found["git"] is None
    assert found["code"]["rag_service"] == code_digest(Path(rag_service.__file__).parent)
    assert set(found["code"]) == {"rag_service", "evals"}


@pytest.mark.parametrize(
    ("section", "option"),
    [("llm", "llamaindex_options"), ("retrieval", "reranker_options"), ("embedding", "options")],
)
def test_options_of_a_class_tell_two_runs_apart_and_are_not_shown(section: str, option: str) -> None:
    def told(**options: object) -> dict[str, object]:
        return public_settings(Settings.model_validate({section: {option: options}}))

    one = told(model="modell-a", api_key="geheim", extra={"headers": {"Authorization": "geheim"}})
    assert one == told(model="modell-a", api_key="other", extra={"headers": {"Authorization": "other"}})
    assert one != told(model="modell-b", api_key="geheim", extra={"headers": {"Authorization": "geheim"}})
    assert one[section][option]["names"] == ["api_key", "extra", "model"]  # type: ignore[index]
    assert "geheim" not in json.dumps(one) and "modell" not in json.dumps(one)
    fast = hashlib.sha256(json.dumps({"model": "modell-a"}).encode()).hexdigest()
    assert fast not in json.dumps(told(model="modell-a"))
    assert told() == public_settings(Settings())


def test_an_index_is_named_by_corpus_settings_and_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cache.index_dir(tmp_path, "c1", {"a": 1})
    assert cache.index_dir(tmp_path, "c1", {"a": 1}) == first
    assert cache.index_dir(tmp_path, "c2", {"a": 1}) != first
    assert cache.index_dir(tmp_path, "c1", {"a": 2}) != first
    monkeypatch.setattr(cache, "INDEXING_PACKAGES", ("text",))
    assert cache.index_dir(tmp_path, "c1", {"a": 1}) != first


def test_the_digest_of_a_folder_follows_names_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1", encoding="utf-8")
    first = files_digest(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    second = files_digest(tmp_path)
    (tmp_path / "b").write_text("2", encoding="utf-8")
    assert len({first, second, files_digest(tmp_path)}) == 3


def test_two_evaluations_take_a_place_each(tmp_path: Path) -> None:
    one, held = cache.claim(tmp_path)
    two, other = cache.claim(tmp_path)
    assert (one.name, two.name) == ("0", "1")
    held.release()
    other.release()
    again, last = cache.claim(tmp_path)
    last.release()
    assert again == one


def test_indexes_nobody_used_for_long_are_dropped(tmp_path: Path) -> None:
    import os
    import time

    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "x").write_text("x", encoding="utf-8")
    long_ago = time.time() - 15 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    cache.drop_unused(tmp_path)
    cache.drop_unused(tmp_path / "none")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_the_cache_stands_where_the_user_wants_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.default_cache() == tmp_path / "rag-service" / "evals"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert cache.default_cache() == Path("/home/someone/.cache/rag-service/evals")
