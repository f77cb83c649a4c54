"""Passages as a model is shown them: numbered, cut to its window, unable to forge delimiters or markers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag_service.answer.clean import visible, without_links
from rag_service.answer.generation.reply import SENTINEL
from rag_service.answer.instructions import withhold
from rag_service.answer.markers import defuse_markers
from rag_service.errors import ModelError
from rag_service.models import Passage
from rag_service.text.sentences import split_sentences

CountTokens = Callable[[str], int]
_FRAME = 40  # tokens of the lines around a passage, at most
_LABEL = re.compile(
    r"^([^\w\n]*+(?:question|last question|passages?|frage|system|assistant|user|human|developer))\s*:",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """One passage as the prompt renders it; ``number`` is its index among the evidence, from 1."""

    number: int
    source: str
    published: str | None
    text: str


@dataclass(frozen=True, slots=True)
class LikelySentence:
    """A sentence that most likely answers, on one line, and the number of its passage."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What fits the window, the sources some of whose sentences were withheld, and what most likely answers."""

    passages: tuple[ShownPassage, ...]
    withheld: tuple[str, ...]
    likely: tuple[LikelySentence, ...] = ()


def estimate_tokens(text: str) -> int:
    """A cautious number of tokens for a model whose tokenizer is unknown: a third of the UTF-8 bytes."""
    return -(-len(text.encode("utf-8", "replace")) // 3)


def show(passages: Sequence[Passage], budget: int, count: CountTokens) -> Shown:
    """The first passages that fit the budget in tokens, the last one cut after a sentence.

    ModelError when not even one sentence fits.
    """
    shown: list[ShownPassage] = []
    withheld: list[str] = []
    for number, passage in enumerate(passages, 1):
        text, removed = withhold(passage.text, passage.language)
        if removed and passage.source not in withheld:
            withheld.append(passage.source)
        text = defused(text)
        budget -= _FRAME + count(passage.source)
        if count(text) > budget:
            text = _first_sentences(text, passage.language, budget, count)
        if not text.strip():
            break
        budget -= count(text)
        shown.append(ShownPassage(number, one_line(passage.source), passage.published, text.strip()))
    if not shown:
        raise ModelError("The model's window is too small for a single passage (setting RAG_LLM__CONTEXT_TOKENS).")
    return Shown(tuple(shown), tuple(withheld))


def defused(text: str) -> str:
    """A passage's text without anything that could pass for the prompt's own structure."""
    text = without_links(visible(text))
    text = defuse_markers(text).replace(SENTINEL, SENTINEL.lower().replace("_", " "))
    text = re.sub(r"<(?=\s*[/!?a-zA-Z|])", "‹", text)
    text = re.sub(r"(?<=[|/\w\"'])>", "›", text)
    return _LABEL.sub(r"\1 -", text)


def one_line(text: str) -> str:
    """A source name or date that cannot leave its attribute."""
    return " ".join(defused(text).replace('"', "'").split())


def _first_sentences(text: str, language: str, budget: int, count: CountTokens) -> str:
    kept = ""
    for _, end in split_sentences(text, language):
        if count(text[:end]) > budget:
            break
        kept = text[:end]
    return kept
