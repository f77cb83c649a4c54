"""Any LlamaIndex LLM by its dotted path."""

from __future__ import annotations

import time

import pytest

from rag_service.answer.models.guard import GuardedModel, Limits
from rag_service.errors import ModelError, ModelTimeout, SettingsError

MESSAGES = [{"role": "system", "content": "Sei kurz."}, {"role": "user", "content": "Wann?"}]


def guarded(path: str, **options: object) -> GuardedModel:
    from rag_service.answer.models.llamaindex import LlamaIndexBackend

    return GuardedModel(LlamaIndexBackend(path, options), Limits())


@pytest.mark.parametrize("name", ["Whole", "Deltas", "WholeOnly"])
async def test_both_ways_of_streaming_give_the_same_text(name: str) -> None:
    chat = guarded(f"tests.llama_llms.{name}", reply="Am Freitag reiste er ab [1].")
    pieces = [piece async for piece in chat.stream(MESSAGES, 50)]
    assert "".join(piece.text for piece in pieces) == "Am Freitag reiste er ab [1]."
    assert pieces[-1].finish == "stop"
    assert chat.name == "scripted-llm"
    assert not chat.structured


async def test_what_the_class_raises_becomes_a_model_error() -> None:
    with pytest.raises(ModelError, match=r"tests\.llama_llms\.Failing failed: RuntimeError: kaputt"):
        [piece async for piece in guarded("tests.llama_llms.Failing").stream(MESSAGES, 50)]


async def test_a_class_that_blocks_holds_up_nobody_and_is_left_in_time() -> None:
    from rag_service.answer.models.llamaindex import LlamaIndexBackend

    chat = GuardedModel(LlamaIndexBackend("tests.llama_llms.Silent", {}), Limits(first_token_timeout=0.3))
    began = time.monotonic()
    with pytest.raises(ModelTimeout, match="sent nothing within 0.3 s"):
        [piece async for piece in chat.stream(MESSAGES, 50)]
    assert time.monotonic() - began < 10


async def test_a_call_that_nobody_awaits_keeps_its_place_until_it_ends() -> None:
    from rag_service.answer.models.llamaindex import LlamaIndexBackend

    backend = LlamaIndexBackend("tests.llama_llms.Slow", {}, threads=1)
    with pytest.raises(ModelTimeout):
        [piece async for piece in GuardedModel(backend, Limits(first_token_timeout=0.1)).stream(MESSAGES, 50)]
    pieces = [piece async for piece in GuardedModel(backend, Limits()).stream(MESSAGES, 50)]
    assert pieces[0].text == "1"


@pytest.mark.parametrize(
    ("path", "options", "said"),
    [
        ("nowhere.Model", {}, "cannot import nowhere.Model"),
        ("tests.llama_llms.Missing", {}, "cannot import"),
        ("Model", {}, "cannot import"),
        ("tests.llama_llms.NoLlm", {}, "is not a LlamaIndex LLM class"),
        ("tests.llama_llms.Whole", {"reply": 5}, "RAG_LLM__LLAMAINDEX_OPTIONS"),
        ("tests.llama_llms.Nameless", {}, "cannot be made with RAG_LLM__LLAMAINDEX_OPTIONS: kein Modell"),
    ],
)
def test_a_class_that_cannot_be_used_is_refused_at_the_start(path: str, options: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        guarded(path, **options)
