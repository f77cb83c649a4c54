"""Construct the judge from settings and the command line's options."""

from __future__ import annotations

import os

from pydantic import SecretStr

from evals.errors import RunError
from evals.judge.judge import Judge
from rag_service.models import AnswererName
from rag_service.settings import Settings


def open_judge(
    settings: Settings, model: str, url: str | None, key_variable: str | None, answerer: AnswererName | None = "auto"
) -> Judge:
    """The judge; RunError when its key is missing or it is the model that answers, if one does.

    ``answerer`` None: other settings than these tell which model answers.
    """
    from evals.targets.local import UNBROKEN
    from rag_service.bootstrap import open_chat_model

    update: dict[str, object] = {**UNBROKEN, "model": model, "temperature": 0.0, "structured": "off"}
    update |= {"llamaindex": None, "llamaindex_options": {}}  # the answering model's class, not the judge's
    if url is not None:
        if _origin(url)[0] not in ("http", "https"):
            raise RunError(f"--judge-url: {url!r} is no http(s) address.")
        update["base_url"] = url
    own = settings
    if key_variable is not None:
        key = os.environ.get(key_variable)
        if not key:
            raise RunError(f"The judge's key should stand in {key_variable}, which is not set.")
        update["api_key"] = SecretStr(key)
    elif url is not None and _origin(url) != _origin(_endpoint(settings)):
        update["api_key"] = None
        own = settings.model_copy(update={"openai_api_key": None})
    chat = open_chat_model(own.model_copy(update={"llm": settings.llm.model_copy(update=update)}))
    if chat is None:
        raise RunError("The judge has no endpoint: name one with --judge-url, or set OPENAI_API_KEY.")
    return Judge(chat, None if answerer is None else _answering(settings, answerer))


def _answering(settings: Settings, answerer: AnswererName) -> str | None:
    """Name of the model that answers; None where none does."""
    from rag_service.bootstrap import open_chat_model

    chosen = settings.answer.answerer if answerer == "auto" else answerer
    chat = None if chosen == "extractive" else open_chat_model(settings)
    return chat.name if chat is not None else None


def _endpoint(settings: Settings) -> str:
    """Where the service's key is sent."""
    from rag_service.answer.models.openai import OPENAI

    return settings.llm.base_url or settings.openai_base_url or OPENAI


def _origin(url: str) -> tuple[str, str, int | None]:
    import httpx

    try:
        parts = httpx.URL(url)  # of which the port is None where it is the scheme's own
    except httpx.InvalidURL as error:
        raise RunError(f"{url} is not a URL: {error}") from error
    return parts.scheme, parts.host, parts.port
