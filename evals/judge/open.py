"""Construct the judge from settings and the command line's options."""

from __future__ import annotations

import os

from pydantic import SecretStr

from evals.errors import RunError
from evals.judge.judge import Judge
from rag_service.models import AnswererName
from rag_service.settings import Settings


def open_judge(
    settings: Settings, model: str, url: str | None, key_variable: str | None, answerer: AnswererName = "auto"
) -> Judge:
    """The judge; RunError when its key is missing or it is the model that answers, if one does."""
    from rag_service.bootstrap import open_chat_model

    update: dict[str, object] = {"model": model, "temperature": 0.0, "structured": "off"}
    if url is not None:
        update["base_url"] = url
    if key_variable is not None:
        key = os.environ.get(key_variable)
        if not key:
            raise RunError(f"The judge's key should stand in {key_variable}, which is not set.")
        update["api_key"] = SecretStr(key)
    judged = settings.model_copy(update={"llm": settings.llm.model_copy(update=update)})
    answering = settings.llm.model if settings.llm_configured and answerer != "extractive" else None
    chat = open_chat_model(judged)
    if chat is None:
        raise RunError("The judge has no endpoint: name one with --judge-url, or set OPENAI_API_KEY.")
    return Judge(chat, answering)
