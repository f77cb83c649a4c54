"""A question with its history made to stand alone: by the model when there is one, else by rule."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from rag_service.answer.ask import Standalone
from rag_service.answer.clean import clean_statement
from rag_service.answer.conversation.asked import question_of, without_orders
from rag_service.answer.conversation.client_tasks import client_task
from rag_service.answer.conversation.dependence import depends, named
from rag_service.answer.conversation.followup import is_variant, resolve
from rag_service.answer.conversation.references import cited
from rag_service.answer.conversation.smalltalk import small_talk, without_small_talk
from rag_service.answer.generate import AnsweringModel
from rag_service.answer.generation.shown import defused
from rag_service.answer.generation.thoughts import Thoughts
from rag_service.errors import ModelError
from rag_service.models import Turn, Warning
from rag_service.prompts import Prompt
from rag_service.text.languages import detect_language, is_language

_TURNS = 6
_LENGTH = 600  # characters of one turn shown to the model
_MAX_TOKENS = 160
_LONGEST = 600  # characters of a rewritten question


class Conversation:
    """Makes questions stand alone: by a chat model where there is one, by rule where it fails."""

    def __init__(self, chat_model: AnsweringModel | None = None, prompt: Prompt | None = None) -> None:
        self._chat = chat_model
        self._prompt = prompt

    def reply(self, question: str, history: Sequence[Turn] = ()) -> str | None:
        """What to say where no document is needed: to greetings, thanks, and clients' own prompts."""
        if small_talk(question) is not None:
            said = next((turn.content for turn in reversed(history) if turn.role == "user"), "")
            return small_talk(question, detect_language(said[:_LENGTH], "en"))
        reply = client_task(question, history)
        return None if reply is None else reply or "-"

    async def standalone(self, question: str, history: Sequence[Turn], *, by_rule: bool = False) -> Standalone:
        """The question as it reads without its history; ``by_rule``: no model is asked for it."""
        language = detect_language(question, detect_language(history[-1].content[:_LENGTH]) if history else "und")
        ruled = _by_rule(question, history, language)
        said_before = any(turn.role == "user" for turn in history)
        if by_rule or self._chat is None or self._prompt is None or not said_before or _stands(question, language):
            return ruled
        if cited(question, history[-1].content) is not None:
            return ruled  # the model is not shown the markers
        try:
            return await self._rewritten(self._chat, self._prompt, question, history)
        except ModelError as error:
            warning = Warning("rewrite_unavailable", f"{error} The question was completed by rule instead.")
            return replace(ruled, warnings=(warning,), usage=error.usage)

    async def _rewritten(
        self, chat: AnsweringModel, prompt: Prompt, question: str, history: Sequence[Turn]
    ) -> Standalone:
        messages = prompt.render(turns=[_shown(turn) for turn in history[-_TURNS:]], question=defused(question))
        text, usage, thoughts = "", None, Thoughts()
        try:
            async with aclosing(chat.stream(messages, _MAX_TOKENS)) as pieces:
                async for piece in pieces:
                    text += piece.text
                    usage = piece.usage or usage
                    if len(text) > 8 * _LONGEST:
                        break
            line = _checked(thoughts.feed(text) + thoughts.rest(), question)
            _check_language(line, question, history)
            return Standalone(line, usage=usage)
        except ModelError as error:
            error.usage = usage
            raise


def _by_rule(message: str, history: Sequence[Turn], language: str) -> Standalone:
    """All of the message but orders is searched for; its questions are asked, completed by the rest."""
    plain = without_orders(without_small_talk(message) if history else message, language)
    own, around = question_of(plain, language)
    searched = asked = resolve(plain, history)
    if around:
        asks_again = history and is_variant(own)  # the question before, whatever was told since
        asked = resolve(own, history if asks_again else [*history, Turn("user", around)])
        if asks_again and searched == plain:  # what is told hides what the question leaves out
            searched = f"{around} {asked}"
    return Standalone(
        searched,
        asked=asked,
        message=searched if plain == message else resolve(message, history),
    )


def _shown(turn: Turn) -> Mapping[str, Any]:
    content = re.sub(r"\[\d+\]", "", turn.content[:_LENGTH])
    return {"role": turn.role, "content": " ".join(defused(content).split())}


def _stands(question: str, language: str) -> bool:
    """Whether a question is so plainly complete that a model could only spoil it."""
    return len(question.split()) > 4 and bool(named(question, language)) and not depends(question, language)


def _checked(text: str, question: str) -> str:
    """The rewritten question; ModelError when the model did something else, such as answering."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.rstrip("*_ ").endswith(":")]
    line = next((line for line in lines if line.rstrip("*_\"'”“»« ").endswith("?")), lines[0] if lines else "")
    line, _ = clean_statement(
        re.sub(r"^\W*(?:rewritten|standalone|umformulierte) \w+\s*:", "", line, flags=re.IGNORECASE)
    )
    line = line.strip(" \"'„“”»«")
    if not line or len(line) > max(_LONGEST, 2 * len(question)):
        raise ModelError("The model did not rewrite the question.")
    told = line.endswith(".") and not question.rstrip().endswith(".")
    if told or (question.rstrip().endswith("?") and not line.endswith("?")):
        raise ModelError("The model did not rewrite the question but wrote something else.")
    return line


def _check_language(line: str, question: str, history: Sequence[Turn]) -> None:
    """ModelError when the model changed the language, which the answer is to be in, and nobody named one."""
    said = next(turn.content for turn in reversed(history) if turn.role == "user")
    language = detect_language(question, detect_language(said[:_LENGTH]))
    found = detect_language(line, language)
    if found != language and language != "und" and not any(map(is_language, re.findall(r"\w+", question))):
        raise ModelError(f"The model rewrote the question in {found}, it is in {language}.")
