"""Where settings come from, what wins, and what is refused."""

import json

import pytest

from rag_service.errors import SettingsError
from rag_service.settings import client_key, describe, known_keys, load_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in list(__import__("os").environ):
        if name.startswith(("RAG_", "OPENAI_")):
            monkeypatch.delenv(name)


def test_defaults_need_nothing():
    settings = load_settings()
    assert settings.embedding.provider == "local"
    assert not settings.llm_configured


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL", "RAG_LLM__BASE_URL"])
def test_what_switches_a_model_on(monkeypatch, name):
    monkeypatch.setenv(name, "http://127.0.0.1:1/v1")
    settings = load_settings()
    assert settings.llm_configured
    assert settings.llm.model
    assert settings.embedding.provider == "local"


def test_the_environment_wins_over_env_file_and_that_over_toml(monkeypatch, tmp_path):
    (tmp_path / "rag.toml").write_text("[retrieval]\ntop_k = 3\ncandidates = 30\nmax_per_document = 3\n")
    (tmp_path / ".env").write_text("RAG_RETRIEVAL__TOP_K=4\nRAG_RETRIEVAL__CANDIDATES=31\n")
    monkeypatch.setenv("RAG_CONFIG", str(tmp_path / "rag.toml"))
    monkeypatch.setenv("RAG_RETRIEVAL__TOP_K", "5")
    chosen = load_settings().retrieval
    assert (chosen.top_k, chosen.candidates, chosen.max_per_document) == (5, 31, 3)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("RAG_RETRIEVAL__TOPK", "RAG_RETRIEVAL__TOP_K"),
        ("RAG_DATADIR", "RAG_DATA_DIR"),
        ("RAG_LLM__BASEURL", "RAG_LLM__BASE_URL"),
    ],
)
def test_an_unknown_variable_names_the_nearest(monkeypatch, name, nearest):
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=f"{name}.*did you mean {nearest}"):
        load_settings()


def test_settings_files_that_cannot_be_read(monkeypatch, tmp_path):
    (tmp_path / ".env").write_bytes(b"RAG_COLLECTION=b\xe4r\n")
    with pytest.raises(SettingsError, match=r"^\.env: cannot be read: .*0xe4.*; save it as UTF-8"):
        load_settings()
    (tmp_path / ".env").unlink()
    (tmp_path / "rag.toml").write_text("collection = 'c'")
    monkeypatch.setenv("RAG_CONFIG", str(tmp_path / "rag.toml"))
    monkeypatch.setattr("pathlib.Path.read_text", refuse)
    with pytest.raises(SettingsError, match=r"rag\.toml: cannot be read: Permission denied; check its permissions"):
        load_settings()


@pytest.mark.parametrize("name", ["RAG_LLM__LLAMAINDEX_OPTIONS", "RAG_SERVER__CORS_ORIGINS", "RAG_RETRIEVAL"])
def test_a_variable_that_is_not_json_is_named(monkeypatch, tmp_path, name):
    (tmp_path / ".env").write_text("RAG_CHROMA__HEADERS={}\nRAG_LLM__MODEL=m\n")
    monkeypatch.setenv(name, "{kaputt")
    with pytest.raises(SettingsError, match=rf"^{name}: not valid JSON: Expecting property name"):
        load_settings()


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("*", "*"),
        ("https://app.example", "https://app.example"),
        ("https://app.example/", "https://app.example"),
        (" HTTPS://App.Example:443/ ", "https://app.example"),
        ("http://app.example:80", "http://app.example"),
        ("http://app.example:443", "http://app.example:443"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("http://my_app.lan:03000", "http://my_app.lan:3000"),
        ("http://[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000"),
        ("chrome-extension://abcdefgh", "chrome-extension://abcdefgh"),
    ],
)
def test_origins_are_kept_as_browsers_send_them(monkeypatch, given, sent):
    monkeypatch.setenv("RAG_SERVER__CORS_ORIGINS", json.dumps([given]))
    assert load_settings().server.cors_origins == [sent]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "null",
        "app.example",
        "localhost:3000",
        "//app.example",
        "file://",
        "https://app.example/chat",
        "https://app.example?x",
        "https://*.example",
        "https://u:geheim@app.example",
        "https://app.example:",
        "https://app.example:99999",
        "https://[::zz]",
        "https://bücher.example",
        "https://app.example, https://other.example",
    ],
)
def test_what_no_browser_sends_as_origin_is_refused(monkeypatch, given):
    monkeypatch.setenv("RAG_SERVER__CORS_ORIGINS", json.dumps(["https://app.example", given]))
    said = r"^RAG_SERVER__CORS_ORIGINS: .*entry 2 is no origin.*: write scheme://host or .*, or \* for all"
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings()
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("where", ["environment", "file", "toml"])
def test_an_empty_data_directory_is_not_the_present_folder(monkeypatch, tmp_path, where):
    if where == "environment":
        monkeypatch.setenv("RAG_DATA_DIR", "")
    elif where == "file":
        (tmp_path / ".env").write_text("RAG_DATA_DIR=\n")
    else:
        (tmp_path / "rag.toml").write_text("data_dir = ''\n")
        monkeypatch.setenv("RAG_CONFIG", "rag.toml")
    with pytest.raises(SettingsError, match="RAG_DATA_DIR: .*is empty, which would be the present folder"):
        load_settings()


@pytest.mark.parametrize("where", ["environment", "file", "toml"])
def test_an_empty_value_counts_as_unset(monkeypatch, tmp_path, where):
    names = ["EMBEDDING__CACHE_DIR", "EMBEDDING__THREADS", "LLM__TEMPERATURE", "LLM__API_KEY", "LLM__MODEL"]
    if where == "toml":
        (tmp_path / "rag.toml").write_text("[embedding]\ncache_dir = ''\nthreads = ''\n[llm]\nmodel = ''\n")
        monkeypatch.setenv("RAG_CONFIG", "rag.toml")
    elif where == "file":
        (tmp_path / ".env").write_text("".join(f"RAG_{name}=\n" for name in names))
    else:
        for name in [*names, "SERVER__CORS_ORIGINS", "RETRIEVAL"]:
            monkeypatch.setenv(f"RAG_{name}", "")
    settings = load_settings()
    assert settings.embedding.cache_dir is settings.embedding.threads is settings.llm.temperature is None
    assert settings.llm.model == "gpt-5-mini" and settings.server.cors_origins == []
    assert not settings.llm_configured


def test_an_empty_variable_leaves_what_the_file_sets(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("RAG_LLM__MODEL=m\n")
    monkeypatch.setenv("RAG_LLM__MODEL", "")
    assert load_settings().llm.model == "m"


def refuse(*args, **kwargs):
    raise PermissionError(13, "Permission denied")


def test_an_unknown_line_in_env_file(tmp_path):
    (tmp_path / ".env").write_text("RAG_SERVER__PROT=1\nOTHER=2\n")
    with pytest.raises(SettingsError, match=r"\.env.*RAG_SERVER__PORT"):
        load_settings()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("RAG_RETRIEVAL__TOP_K: 3\n", 1),
        ("OTHER=2\n\n# a remark\n\n  RAG_RETRIEVAL__TOP_K 3\n", 5),
        ("export RAG_COLLECTION=press\nRAG_DATA_DIR\nOTHER=2\n", 2),
        ("RAG_COLLECTION='press\nOTHER=2\n", 1),
    ],
)
def test_a_line_of_env_file_that_sets_nothing_is_named(tmp_path, content, line):
    (tmp_path / ".env").write_text(content)
    with pytest.raises(SettingsError, match=rf"^\.env, line {line}: not NAME=value$"):
        load_settings()


def test_what_env_file_may_hold(tmp_path):
    (tmp_path / ".env").write_text("# a remark\nexport RAG_COLLECTION = 'press'  # theirs\n\nRAG_LLM__MODEL=m-${NONE}1")
    settings = load_settings()
    assert (settings.collection, settings.llm.model) == ("press", "m-1")


def test_where_settings_are_and_the_key_of_clients_may_stand_in_env_file(monkeypatch, tmp_path):
    (tmp_path / "rag.toml").write_text("collection = 'press'\n")
    (tmp_path / "other.toml").write_text("collection = 'others'\n")
    (tmp_path / ".env").write_text("RAG_CONFIG=rag.toml\nRAG_API_KEY=rag_1\n")
    assert (load_settings().collection, client_key()) == ("press", "rag_1")
    monkeypatch.setenv("RAG_CONFIG", "other.toml")
    monkeypatch.setenv("RAG_API_KEY", "rag_2")
    assert (load_settings().collection, client_key()) == ("others", "rag_2")
    (tmp_path / ".env").write_text("RAG_CONFIG=none.toml\n")
    monkeypatch.delenv("RAG_CONFIG")
    with pytest.raises(SettingsError, match=r"RAG_CONFIG names none\.toml, which is not a file"):
        load_settings()


@pytest.mark.parametrize("name", ["RAG_CONFG", "rag_config", "RAG_APIKEY"])
def test_a_name_that_only_resembles_them_is_unknown(monkeypatch, name):
    monkeypatch.setenv(name, "rag.toml")
    with pytest.raises(SettingsError, match=f"{name} in the environment; did you mean RAG_(CONFIG|API_KEY)"):
        load_settings()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[retrieval]\ntopk = 3\n", "retrieval.topk.*RAG_RETRIEVAL__TOP_K"),
        ("[retrival]\ntop_k = 3\n", "retrival"),
        ("[retrieval\n", "not valid TOML"),
        ("[retrieval]\ntop_k = 'many'\n", "RAG_RETRIEVAL__TOP_K"),
    ],
)
def test_a_bad_file(monkeypatch, tmp_path, content, said):
    path = tmp_path / "rag.toml"
    path.write_text(content)
    monkeypatch.setenv("RAG_CONFIG", str(path))
    with pytest.raises(SettingsError, match=said):
        load_settings()


def test_a_file_that_is_not_there(monkeypatch):
    monkeypatch.setenv("RAG_CONFIG", "nowhere.toml")
    with pytest.raises(SettingsError, match=r"RAG_CONFIG names nowhere\.toml"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("RAG_RETRIEVAL__TOP_K", "0"), ("RAG_RETRIEVAL__TOP_K", "many"), ("RAG_CHUNKING__OVERLAP_TOKENS", "200")],
)
def test_a_value_out_of_bounds_names_its_setting(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="RAG_"):
        load_settings()


def test_free_keys_of_options(monkeypatch):
    monkeypatch.setenv("RAG_CHROMA__HEADERS__Authorization", "Bearer x")
    monkeypatch.setenv("RAG_INGEST__READERS", '{".rtf": "some.Reader"}')
    settings = load_settings()
    assert settings.ingest.readers == {".rtf": "some.Reader"}
    assert list(settings.chroma.headers.values()) == ["Bearer x"]


def test_every_setting_is_described_and_secrets_are_masked(monkeypatch):
    monkeypatch.setenv("RAG_LLM__API_KEY", "sk-secret")
    rows = {row.variable: row for row in describe(load_settings())}
    assert len(rows) == len(list(known_keys()))
    assert all(row.description for row in rows.values())
    assert rows["RAG_LLM__API_KEY"].value == "********"


def test_a_client_s_key_is_no_unknown_setting(monkeypatch):
    monkeypatch.setenv("RAG_API_KEY", "rag_secret")
    assert load_settings().data_dir
    assert all("rag_secret" not in row.value for row in describe(load_settings()))


def test_secrets_are_masked_wherever_they_stand(monkeypatch):
    monkeypatch.setenv("RAG_CATALOG__URL", "postgresql+psycopg://rag:geheim@db:5432/rag")
    monkeypatch.setenv("RAG_CHROMA__HEADERS", '{"Authorization": "Bearer geheim", "X-Team": "presse"}')
    monkeypatch.setenv("RAG_LLM__LLAMAINDEX_OPTIONS", '{"api_key": "geheim", "timeout": 5}')
    monkeypatch.setenv("RAG_EMBEDDING__OPTIONS", '{"client": {"headers": [{"Authorization": "geheim"}]}}')
    monkeypatch.setenv("RAG_LLM__BASE_URL", "http://llm:8000/v1?api-key=geheim&version=2")
    shown = {row.variable: row.value for row in describe(load_settings())}
    assert shown["RAG_CATALOG__URL"] == "postgresql+psycopg://rag:********@db:5432/rag"
    assert shown["RAG_CHROMA__HEADERS"] == "{'Authorization': '********', 'X-Team': 'presse'}"
    assert shown["RAG_LLM__LLAMAINDEX_OPTIONS"] == "{'api_key': '********', 'timeout': 5}"
    assert shown["RAG_EMBEDDING__OPTIONS"] == "{'client': {'headers': [{'Authorization': '********'}]}}"
    assert shown["RAG_LLM__BASE_URL"] == "http://llm:8000/v1?api-key=********&version=2"


def test_what_is_wrong_with_a_section_is_told_without_its_secrets(monkeypatch):
    monkeypatch.setenv("RAG_EMBEDDING__API_KEY", "sk-geheim")
    monkeypatch.setenv("RAG_EMBEDDING__TOKENIZER", "tokenizer.json")
    with pytest.raises(SettingsError, match=r"the bundled one has its own \(given: .*tokenizer.json") as caught:
        load_settings()
    assert "geheim" not in str(caught.value)
