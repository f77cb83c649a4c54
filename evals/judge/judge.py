"""One verdict from a pinned model: its last verdict counts, none is no score."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from evals.errors import RunError
from rag_service.errors import ModelError
from rag_service.ports import ChatModel
from rag_service.prompts import Prompt, load_prompt

Kind = Literal["correct", "faithful"]
KINDS: tuple[Kind, ...] = ("correct", "faithful")
WORDS: Mapping[Kind, tuple[str, str]] = {
    "correct": ("CORRECT", "INCORRECT"),
    "faithful": ("FAITHFUL", "UNFAITHFUL"),
}
MAX_TOKENS = 400
UNPARSEABLE = "the judge's reply has no verdict"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge said; ``passed`` is None, with a reason, when there is no verdict."""

    passed: bool | None
    reason: str | None
    reply: str


class Judge:
    """Asks a chat model for verdicts; the model must not be the one that is judged."""

    def __init__(self, model: ChatModel, answering_model: str | None) -> None:
        self._model = model
        self.refuse(answering_model)
        self._prompts: dict[Kind, Prompt] = {kind: load_prompt(f"judge_{kind}") for kind in KINDS}

    def refuse(self, answering_model: str | None) -> None:
        """RunError when answers come from the judge's own model."""
        if answering_model == self._model.name:
            raise RunError(
                f"The judge and the answers would come from the same model, {self._model.name}; "
                "name another one with --judge-model."
            )

    def describe(self) -> dict[str, Any]:
        """Model and prompt digests, for the run's config."""
        return {
            "model": self._model.name,
            "prompts": {prompt.info.name: prompt.info.sha256 for prompt in self._prompts.values()},
        }

    def messages(self, kind: Kind, values: Mapping[str, Any]) -> list[dict[str, str]]:
        """The messages that ask for a verdict."""
        return self._prompts[kind].render(**values)

    async def verdict(self, kind: Kind, messages: list[dict[str, str]]) -> Verdict:
        """The verdict on one answer; a failing model gives no verdict and its error code as the reason."""
        try:
            reply = "".join([piece.text async for piece in self._model.stream(messages, MAX_TOKENS)])
        except ModelError as error:
            return Verdict(None, error.code, str(error))
        passed = last_verdict(reply, *WORDS[kind])
        return Verdict(passed, UNPARSEABLE if passed is None else None, reply)


def last_verdict(reply: str, good: str, bad: str) -> bool | None:
    """The last 'VERDICT: word' of a reply, markup around it ignored; None without one."""
    found = re.findall(rf"\bverdict\b[\s:*_=`\"-]*\b({good}|{bad})\b", reply, re.IGNORECASE)
    return found[-1].upper() == good if found else None
