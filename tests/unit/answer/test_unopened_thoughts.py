"""A model whose template opens the thought in the prompt, so that its replies begin within one: learnt once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from rag_service.answer.generate import GenerativeAnswerer
from rag_service.answer.generation.reply import ThoughtAloud
from rag_service.answer.models.backend import Messages, Piece, Schema
from rag_service.errors import ModelError
from rag_service.prompts import load_prompt
from tests.generate_kit import drafted, evidence

THOUGHT = ["Der Nutzer fragt nach Kim. ", "Laut Passage eins war er da. ", "Gut, also.", "\n</think>\n\n"]
FIRST, SECOND = "Kim traf am 25. April 2019 in Wladiwostok ein.", "Rund 1.500 Polizisten sicherten das Treffen."
ANSWER = [f"{FIRST} [1] ", f"{SECOND} [1] ", "Und dann"]


class Scripted:
    """A chat model that says the pieces it was given, and then ends, or breaks off without a ``finish``."""

    name, structured, reserve = "scripted", False, 0

    def __init__(self) -> None:
        self.pieces: Sequence[str] = (*THOUGHT, *ANSWER)
        self.finish: str | None = "stop"
        self.silent_after: int | None = None
        self.silent = asyncio.Event()

    async def stream(self, messages: Messages, max_tokens: int, schema: Schema | None = None) -> AsyncGenerator[Piece]:
        for count, text in enumerate(self.pieces):
            if count == self.silent_after:
                self.silent.set()
                await asyncio.sleep(60)
            yield Piece(text)
        if self.finish is None:
            raise ModelError("The connection broke off.")
        yield Piece("", finish=self.finish)


@pytest.fixture
def chat() -> Scripted:
    return Scripted()


@pytest.fixture
async def writer(chat: Scripted) -> GenerativeAnswerer:
    """An answerer that has met one reply of that model."""
    made = GenerativeAnswerer(chat, load_prompt("answer"))
    with pytest.raises(ThoughtAloud):
        await drafted(made, evidence())
    return made


async def texts(writer: GenerativeAnswerer) -> list[str]:
    return [each.text for each in (await drafted(writer, evidence()))[0]]


async def test_a_client_that_leaves_unlearns_nothing(chat: Scripted, writer: GenerativeAnswerer) -> None:
    chat.silent_after = 1
    leaving = asyncio.create_task(drafted(writer, evidence()))
    await chat.silent.wait()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    chat.silent_after = None
    assert (await texts(writer))[:2] == [FIRST, SECOND]


@pytest.mark.parametrize("finish", ["length", "cut", None])
async def test_a_thought_that_is_cut_unlearns_nothing(
    chat: Scripted, writer: GenerativeAnswerer, finish: str | None
) -> None:
    chat.pieces, chat.finish = THOUGHT[:2], finish
    with pytest.raises(ModelError):
        await drafted(writer, evidence())
    chat.pieces, chat.finish = (*THOUGHT, *ANSWER), "stop"
    assert (await texts(writer))[:2] == [FIRST, SECOND]


async def test_an_answer_that_breaks_off_behind_its_thought_keeps_what_is_whole(
    chat: Scripted, writer: GenerativeAnswerer
) -> None:
    chat.finish = None
    assert await texts(writer) == [FIRST, SECOND]


async def test_a_whole_reply_without_a_thought_is_believed(chat: Scripted, writer: GenerativeAnswerer) -> None:
    chat.pieces = ANSWER
    assert (await texts(writer))[:2] == [FIRST, SECOND]  # only when it ends: it might be a thought
    chat.finish = None
    assert await texts(writer) == [FIRST, SECOND]  # as it comes
