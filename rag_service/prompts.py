"""Prompt files: Jinja templates with a name, a version and a hash, one block per message."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from rag_service.errors import SettingsError
from rag_service.models import PromptInfo

SUFFIX = ".jinja"
ROLES = ("system", "user")


class Prompt:
    """One prompt file: front matter (``name``, ``version``), then the blocks ``system`` and ``user``.

    Each block is rendered on its own, so that no value can start another message.
    """

    def __init__(self, path: Path) -> None:
        try:
            data = path.read_bytes()
            content = data.decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: cannot be read as a prompt file: {error}") from error
        head, body = _split(path, content)
        self.info = PromptInfo(str(head["name"]), str(head["version"]), hashlib.sha256(data).hexdigest())
        self._path = path
        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
        )
        try:
            self._template: Template = environment.from_string(body)
        except TemplateError as error:
            raise SettingsError(f"{path}: not a valid template: {error}") from error
        if "user" not in self._template.blocks:
            raise SettingsError(f"{path}: has no block named user.")

    def render(self, **values: Any) -> list[dict[str, str]]:
        """The messages, each with ``role`` and ``content``; SettingsError when the template asks for more."""
        messages = []
        for role in ROLES:
            block = self._template.blocks.get(role)
            if block is None:
                continue
            try:
                content = "".join(block(self._template.new_context(values))).strip()
            except TemplateError as error:
                raise SettingsError(f"{self._path}: block {role} cannot be rendered: {error}") from error
            if content:
                messages.append({"role": role, "content": content})
        return messages


def shipped_prompts() -> Path:
    """The folder of the prompt files that come with the package."""
    packaged = Path(__file__).parent / "_prompts"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "prompts"


def load_prompt(name: str, folder: Path | None = None) -> Prompt:
    """The prompt file of that name in the folder, or the shipped one where the folder has none."""
    if folder is not None:
        if not folder.is_dir():
            raise SettingsError(f"RAG_ANSWER__PROMPTS_DIR: {folder} is not a folder.")
        own = folder / f"{name}{SUFFIX}"
        if own.is_file():
            return Prompt(own)
    return Prompt(shipped_prompts() / f"{name}{SUFFIX}")


def _split(path: Path, content: str) -> tuple[Mapping[str, Any], str]:
    parts = content.split("---\n", 2)
    try:
        head = yaml.safe_load(parts[1]) if len(parts) == 3 and not parts[0].strip() else None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: front matter is not valid YAML: {error}") from error
    if not isinstance(head, dict) or not {"name", "version"} <= head.keys():
        raise SettingsError(f"{path}: must start with front matter (---) that gives name and version.")
    return head, parts[2]
