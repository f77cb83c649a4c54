"""Reading and checking settings: unknown keys are refused with the nearest known one."""

from __future__ import annotations

import difflib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from rag_service.errors import SettingsError
from rag_service.settings.env_file import CLIENT_KEY, CONFIG, config_file, env_file
from rag_service.settings.sections import PREFIX, Section, Settings

_MASK = "********"
_SECRET = re.compile(r"auth|cookie|key|passw|secret|token(?!s|izer)", re.IGNORECASE)
_PASSWORD = re.compile(  # in a URL: before its host, or in its query
    r"(://[^\s:/@]*:).+(@)|([?&][\w-]*(?:key|passw|secret|token)[\w-]*=)[^\s&'\"]+", re.IGNORECASE
)
_NOT_SETTINGS = {CONFIG, CLIENT_KEY}  # where settings are, and what clients send to a server


class Row(NamedTuple):
    """One setting for readers; the value of a secret is masked."""

    variable: str
    value: str
    description: str


def known_keys() -> Iterator[tuple[str, ...]]:
    """Every setting as a path of field names, leaves only."""
    return (path for path, info, section in _fields() if not section and info.validation_alias is None)


def _fields(
    model: type[BaseModel] = Settings, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], FieldInfo, bool]]:
    """Every field by its path of names, and whether it is a section, whose own fields follow."""
    for name, info in model.model_fields.items():
        kind = info.annotation
        section = isinstance(kind, type) and issubclass(kind, Section)
        yield (*path, name), info, section
        if section:
            yield from _fields(cast("type[Section]", kind), (*path, name))


def environment_name(path: tuple[str, ...]) -> str:
    """The environment variable of a setting."""
    return PREFIX + "__".join(path).upper()


def describe(settings: Settings) -> Iterator[Row]:
    """Every setting with its variable, value and meaning."""
    for path in known_keys():
        owner: BaseModel = settings
        for name in path[:-1]:
            owner = getattr(owner, name)
        value = getattr(owner, path[-1])
        info = type(owner).model_fields[path[-1]]
        yield Row(environment_name(path), _shown(value), f"{info.description or ''}{_choices(info.annotation)}")


def _choices(annotation: Any) -> str:
    """What a setting may be where that is one of a few words."""
    return f" One of {', '.join(get_args(annotation))}." if get_origin(annotation) is Literal else ""


def _shown(value: Any) -> str:
    return "" if value is None else str(masked(value))


def masked(value: Any) -> Any:
    """A value with secrets masked: keys, the entries of a mapping that look like one, passwords in URLs."""
    if isinstance(value, SecretStr):
        return _MASK
    if isinstance(value, Mapping):
        return {name: _MASK if _SECRET.search(str(name)) else masked(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return _PASSWORD.sub(rf"\1\3{_MASK}\2", value) if isinstance(value, str) else value


def load_settings(**overrides: Any) -> Settings:
    """Read and check all settings; SettingsError names the offending key and the nearest known one."""
    config = config_file()
    if config and not Path(config).is_file():
        raise SettingsError(f"{CONFIG} names {config}, which is not a file.")
    _refuse_unknown(os.environ, "the environment")
    written = env_file()
    _refuse_unknown(written, ".env")
    if config:
        _refuse_unknown_toml(Path(config))
    variables = {**written, **os.environ}
    if variables.get(environment_name(("data_dir",))) == "":
        overrides = {"data_dir": ""} | overrides  # other empty variables count as unset; this one is refused
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError("; ".join(_explain(item) for item in error.errors())) from error
    except ValueError as error:  # malformed JSON in a variable
        raise SettingsError(_malformed(variables) or str(error)) from error


def _explain(item: Mapping[str, Any]) -> str:
    path = tuple(str(part) for part in item["loc"])
    name = environment_name(path)
    if item["type"] == "extra_forbidden":
        return f"Unknown setting {name}{_nearest(name)}"
    given = _MASK if _holds_secret(path) else masked(item.get("input"))
    return f"{name}: {item['msg']} (given: {given!r})"


def _holds_secret(path: tuple[str, ...]) -> bool:
    """Whether what is given there is no one's to see: a key, a header, an entry that looks like a secret."""
    entry = path[2:]  # below a section's setting
    return path[-1].lower().endswith("key") or "headers" in path or any(_SECRET.search(name) for name in entry)


def _malformed(variables: Mapping[str, str | None]) -> str | None:
    """The variable that should hold JSON and does not; pydantic tells only the section that it is in."""
    structured = {
        environment_name(path) for path, info, section in _fields() if section or info.default_factory in (dict, list)
    }
    for variable, value in variables.items():
        if value and variable.upper() in structured:
            try:
                json.loads(value)
            except ValueError as error:
                return f"{variable}: not valid JSON: {error}"
    return None


def _nearest(name: str) -> str:
    known = [*map(environment_name, known_keys()), *_NOT_SETTINGS, *map(str.upper, _of_others())]
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else "; `rag-service settings` lists all."


def _of_others() -> set[str]:
    """Settings that are read from variables of other programs alone."""
    return {path[-1] for path, info, _ in _fields() if info.validation_alias is not None}


def _refuse_unknown(variables: Mapping[str, Any], where: str) -> None:
    known = {environment_name(path) for path in known_keys()}
    sections = {environment_name(path) for path, _, section in _fields() if section}
    free = (
        "RAG_LLM__LLAMAINDEX_OPTIONS__",
        "RAG_EMBEDDING__OPTIONS__",
        "RAG_RETRIEVAL__RERANKER_OPTIONS__",
        "RAG_INGEST__READERS__",
        "RAG_CHROMA__HEADERS__",
    )
    for variable in variables:
        name = variable.upper()
        if (
            variable in _NOT_SETTINGS
            or not name.startswith(PREFIX)
            or name in known | sections
            or name.startswith(free)
        ):
            continue
        raise SettingsError(f"Unknown setting {variable} in {where}{_nearest(name)}")


def _refuse_unknown_toml(path: Path) -> None:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}; check its permissions") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    sections = {name: info.annotation for name, info in Settings.model_fields.items()}
    for key, value in content.items():
        if key.lower() in _of_others():
            raise SettingsError(f"{path}: {key} cannot stand here; set {key.upper()} in the environment or in .env.")
        kind = sections.get(key)
        if kind is None:
            raise SettingsError(f"{path}: unknown setting {key}{_nearest(environment_name((key,)))}")
        if isinstance(kind, type) and issubclass(kind, Section) and isinstance(value, dict):
            for inner in value.keys() - kind.model_fields.keys():
                raise SettingsError(f"{path}: unknown setting {key}.{inner}{_nearest(environment_name((key, inner)))}")
