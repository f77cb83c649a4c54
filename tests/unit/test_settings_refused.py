"""Settings that are refused, and what is told of them."""

from pathlib import Path

import pytest

from rag_service.errors import SettingsError
from rag_service.settings import describe, load_settings


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("password", ["pa/ss+w0rd", "a@b", "a b", "x:y/z@"])
def test_a_password_is_masked_whatever_it_holds(monkeypatch, password):
    monkeypatch.setenv("RAG_CATALOG__URL", f"postgresql+psycopg://rag:{password}@db/rag")
    shown = {row.variable: row.value for row in describe(load_settings())}
    assert shown["RAG_CATALOG__URL"] == "postgresql+psycopg://rag:********@db/rag"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RAG_CHROMA__HEADERS", '{"Authorization": ["Bearer geheim"]}'),
        ("RAG_CHROMA__HEADERS", '{"X-Team": ["geheim"]}'),
        ("RAG_CHROMA", '{"headers": "geheim"}'),
        ("RAG_INGEST__READERS", '{"token": ["geheim"]}'),
    ],
)
def test_a_malformed_secret_is_not_repeated(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as caught:
        load_settings()
    assert "geheim" not in str(caught.value)


def test_what_is_wrong_with_a_plain_setting_is_shown(monkeypatch):
    monkeypatch.setenv("RAG_LLM__FIRST_TOKEN_TIMEOUT", "bald")
    with pytest.raises(SettingsError, match="given: 'bald'"):
        load_settings()


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
def test_a_variable_of_others_is_not_taken_under_our_prefix(monkeypatch, tmp_path, name):
    with monkeypatch.context() as patched, pytest.raises(SettingsError, match=f"RAG_{name}.*did you mean {name}"):
        patched.setenv(f"RAG_{name}", "x")
        load_settings()
    (tmp_path / "rag.toml").write_text(f"{name.lower()} = 'x'\n")
    monkeypatch.setenv("RAG_CONFIG", "rag.toml")
    with pytest.raises(SettingsError, match=rf"{name.lower()} cannot stand here; set {name} in"):
        load_settings()


@pytest.mark.parametrize("name", ["my docs", "-a", "a/b", "x" * 64])
def test_what_can_be_no_collection_is_refused(monkeypatch, name):
    monkeypatch.setenv("RAG_COLLECTION", name)
    with pytest.raises(SettingsError, match="RAG_COLLECTION"):
        load_settings()


def test_the_home_folder_may_be_written_as_in_a_shell(monkeypatch, tmp_path):
    monkeypatch.delenv("RAG_DATA_DIR", raising=False)
    monkeypatch.setenv("HOME", "/home/anna")
    (tmp_path / ".env").write_text("RAG_DATA_DIR=~/rag\nRAG_ANSWER__PROMPTS_DIR=~/prompts\n")
    (tmp_path / "rag.toml").write_text("[embedding]\ncache_dir = '~/cache'\n")
    monkeypatch.setenv("RAG_CONFIG", "rag.toml")
    settings = load_settings()
    assert (settings.data_dir, settings.answer.prompts_dir) == (Path("/home/anna/rag"), Path("/home/anna/prompts"))
    assert settings.embedding.cache_dir == Path("/home/anna/cache")
    monkeypatch.setenv("RAG_DATA_DIR", "~nobody-of-that-name/rag")
    with pytest.raises(SettingsError, match="RAG_DATA_DIR: .*no such home folder"):
        load_settings()
