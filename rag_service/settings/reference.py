"""The reference of all settings as Markdown, made from the settings themselves."""

from __future__ import annotations

from rag_service.settings.load import Row, describe
from rag_service.settings.sections import PREFIX, Section, Settings

_HEAD = """# Settings

Every setting is an environment variable, a line in `.env`, or a key in the TOML file that `RAG_CONFIG` names, where
`RAG_LLM__MODEL` is `model` in the section `[llm]`. The environment wins over `.env`, and that over the file. Where the
default is in braces or brackets, a variable holds JSON: `RAG_SERVER__CORS_ORIGINS='["https://intranet.example.org"]'`.
An empty value counts as unset; only an empty `RAG_DATA_DIR` is an error. An unknown name is one that tells the nearest
known name, and a line of `.env` that is not `NAME=value` is one, too. `rag-service settings` prints the values in
force; `rag-service settings --markdown` makes this page. `RAG_CONFIG`, and `RAG_API_KEY`, which commands send to a
server, may stand in `.env`, too.

`OPENAI_API_KEY` and `OPENAI_BASE_URL` are read, too: either of them, or `RAG_LLM__BASE_URL`, switches a model on.
"""


def reference() -> str:
    """All settings with their defaults, one table a section."""
    rows = list(describe(Settings.model_construct()))
    lines = [_HEAD]
    lines += _table("General", [row for row in rows if "__" not in row.variable])
    for name, info in Settings.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section):
            own = [row for row in rows if row.variable.startswith(f"{PREFIX}{name.upper()}__")]
            lines += [*_table(name, own, info.description or "")]
    return "\n".join(lines)


def _table(title: str, rows: list[Row], about: str = "") -> list[str]:
    head = [f"## {title}", "", *([about, ""] if about else []), "| variable | default | meaning |", "|---|---|---|"]
    body = [f"| `{row.variable}` | {f'`{row.value}`' if row.value else ''} | {row.description} |" for row in rows]
    return [*head, *body, ""]
