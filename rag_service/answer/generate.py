"""The LLM answerer: a model writes from numbered passages; every sentence is cleaned, aligned and checked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

from rag_service.answer.generation.align import Aligner, load_weights
from rag_service.answer.generation.likely import likely_sentences, pointed_out
from rag_service.answer.generation.reply import SENTINEL, ThoughtAloud
from rag_service.answer.generation.shown import CountTokens, Shown, estimate_tokens, show
from rag_service.answer.generation.writing import Writing
from rag_service.answer.models.backend import Messages, Piece, Schema, StructureRefused
from rag_service.errors import ModelError
from rag_service.ports import DraftItem, Encoder, Evidence, Finished
from rag_service.prompts import Prompt
from rag_service.text.languages import detect_language

_MOST_STATEMENTS = 5  # that the prompt asks for
_POINTED_OUT = 0.125  # of the room for passages, at most; a small window is for them
_MARGIN = 1.25  # a model's tokenizer may need more tokens than the one that counts
_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "statements": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "citations": {"type": "array", "items": {"type": "integer"}},
                },
                "required": ["text", "citations"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["statements"],
    "additionalProperties": False,
}
_LANGUAGES = {"de": "German", "en": "English"}
_WISHES = {
    "deutsch": "German", "german": "German", "englisch": "English", "english": "English", "französisch": "French",
    "french": "French", "spanisch": "Spanish", "spanish": "Spanish", "italienisch": "Italian", "italian": "Italian",
}  # fmt: skip
_WISH = re.compile(  # 'in French cities' wishes for nothing
    rf"\b(?:ins\s+(?:{'|'.join(_WISHES)})e\b|auf\s+(?:{'|'.join(_WISHES)})\b|(?:in|into)\s+(?:{'|'.join(_WISHES)})"
    r"(?=\s*(?:[?.!,;:]|$|(?:please|how|what|why|who|when|where|which|and|that|the)\b)))",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"\b(?:antwort\w*|über\s?setz\w*|sag\w*|schreib\w*|fass\w*|erklär\w*|answer|translate|reply|respond|say|write"
    r"|summari[sz]e|explain|tell)\b",
    re.IGNORECASE,
)


class AnsweringModel(Protocol):
    """A ChatModel that may take a JSON schema."""

    @property
    def name(self) -> str:
        """Model name."""

    @property
    def structured(self) -> bool:
        """Whether a schema is worth sending."""

    @property
    def reserve(self) -> int:
        """Tokens that it may think, beside those of its reply."""

    def stream(self, messages: Messages, max_tokens: int, schema: Schema | None = None) -> AsyncGenerator[Piece]:
        """The reply; StructureRefused, before its first piece, when only the schema was in the way."""


class GenerativeAnswerer:
    """Answers by a chat model; nothing it writes is taken at its word."""

    name = "llm"

    def __init__(
        self,
        chat_model: AnsweringModel,
        prompt: Prompt,
        *,
        encoder: Encoder | None = None,
        count_tokens: CountTokens | None = None,
        context_tokens: int = 8192,
        max_output_tokens: int = 700,
    ) -> None:
        self._chat = chat_model
        self._prompt = prompt
        self._encoder = encoder
        self._weights = load_weights()
        self._count = count_tokens or estimate_tokens
        self._context = context_tokens
        self._max_output = max_output_tokens
        self._begun = False  # replies open within a thought, as far as the last whole one told

    @property
    def model(self) -> str | None:
        """The chat model's name."""
        return self._chat.name

    async def draft(self, evidence: Evidence) -> AsyncGenerator[DraftItem]:
        """Statements as soon as they are whole, or Declined; ends with Finished; raises ModelError with its usage."""
        shown = await asyncio.to_thread(self._shown, evidence)
        writing = Writing(evidence, shown, Aligner(evidence, self._encoder, self._weights), begun=self._begun)
        try:
            async with aclosing(self._written(evidence, shown, writing)) as items:
                async for item in items:
                    yield item
        except ModelError as error:
            error.usage = writing.usage
            raise
        yield Finished(writing.usage, self._prompt.info, writing.warnings())

    async def _written(self, evidence: Evidence, shown: Shown, writing: Writing) -> AsyncGenerator[DraftItem]:
        try:
            async with aclosing(self._pieces(evidence, shown)) as pieces:
                async for piece in pieces:
                    said = writing.read(piece)
                    if said:
                        for item in await asyncio.to_thread(writing.drafted, said):
                            yield item
                    if writing.stopped:
                        break
        except ThoughtAloud:
            self._begun = True
            raise
        except ModelError as error:
            writing.broke(error)
        self._begun = writing.unopened or (self._begun and not writing.whole)
        for item in await asyncio.to_thread(writing.end):
            yield item

    async def _pieces(self, evidence: Evidence, shown: Shown) -> AsyncGenerator[Piece]:
        if self._chat.structured:
            try:
                async with aclosing(self._stream(evidence, shown, _SCHEMA)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except StructureRefused:  # the model remembers it; what follows is the plain form of the same request
                pass
        async with aclosing(self._stream(evidence, shown, None)) as pieces:
            async for piece in pieces:
                yield piece

    def _stream(self, evidence: Evidence, shown: Shown, schema: Schema | None) -> AsyncGenerator[Piece]:
        messages = self._messages(evidence, shown, structured=schema is not None)
        return self._chat.stream(messages, self._max_output, schema)

    def _shown(self, evidence: Evidence) -> Shown:
        """What fits beside the prompt, the question and the reply, counted with a margin."""
        likely = likely_sentences(evidence)
        bare, budget = self._budget(evidence, Shown((), ())), self._budget(evidence, Shown((), (), likely))
        if bare - budget > bare * _POINTED_OUT:
            likely, budget = (), bare
        return pointed_out(show(evidence.passages, budget, self._count), likely)

    def _budget(self, evidence: Evidence, beside: Shown) -> int:
        """Tokens for passages beside the prompt, the question, the reply, and what is shown besides."""
        frame = sum(self._count(each["content"]) for each in self._messages(evidence, beside, structured=True))
        reply = self._max_output + min(self._chat.reserve, self._context // 4)
        return int((self._context - reply) / _MARGIN) - frame

    def _messages(self, evidence: Evidence, shown: Shown, *, structured: bool) -> list[dict[str, str]]:
        return self._prompt.render(
            question=" ".join((evidence.message or evidence.question).split()),
            passages=shown.passages,
            likely=shown.likely,
            language_name=_language_name(evidence.message or evidence.question),
            max_statements=_MOST_STATEMENTS,
            structured=structured,
            sentinel=SENTINEL,
        )


def _language_name(question: str) -> str:
    """The language that is asked for, or the question's own where it is plain: small models need to be told."""
    wish = _WISH.search(question)
    if wish and _ANSWERS.search(question):
        return next(name for word, name in _WISHES.items() if word in wish.group().lower())
    return _LANGUAGES.get(detect_language(question), "the language of the question")
