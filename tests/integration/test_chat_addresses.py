"""Addresses of chat endpoints that are missing or none."""

from __future__ import annotations

import pytest

from rag_service.answer.models.openai import OpenAIBackend
from rag_service.errors import SettingsError


def test_without_an_address_none_is_told_to_be_checked() -> None:
    told = str(OpenAIBackend(model="m", base_url=None, api_key=None)._unreachable())
    assert told == "api.openai.com cannot be reached: RAG_LLM__BASE_URL names another endpoint."


@pytest.mark.parametrize("address", ["ftp://host/v1", "localhost:8080/v1", "http://"])
def test_an_address_that_is_none_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(SettingsError, match="RAG_LLM__BASE_URL"):
        OpenAIBackend(model="x", base_url=address, api_key=None)
