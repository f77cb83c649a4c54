"""A streamed reply without what a reasoning model thinks aloud before it answers."""

from __future__ import annotations

import re

_PAIRS = {
    **{f"<{name}>": f"</{name}>" for name in ("think", "thinking", "thought", "thoughts", "reasoning")},
    "[think]": "[/think]",
    "<|channel|>analysis<|message|>": "<|channel|>final<|message|>",
    "<|channel|>final<|message|>": "",
    "<|start|>assistant": "",
}
_CLOSERS = tuple(close for close in _PAIRS.values() if close.startswith(("</", "[/")))
_OPENED = re.compile(rf"\s*({'|'.join(map(re.escape, sorted(_PAIRS, key=len, reverse=True)))})", re.IGNORECASE)
_CLOSED = re.compile("|".join(map(re.escape, _CLOSERS)), re.IGNORECASE)
_KEPT = 40  # characters of a thought, in which its end may have begun


class Thoughts:
    """Takes the reply piece by piece and gives out what is certain to be no thought.

    ``unopened`` tells that a thought ended, on a new line or behind a sentence, that had not begun: some chat templates
    put the opening tag into the prompt. All that was given out before was part of it. With ``begun`` a reply is taken
    to begin within one. In JSON, and after a thought that had begun, none ends.
    """

    def __init__(self, *, begun: bool = False) -> None:
        self._held = ""
        self._looked = 0
        self._close: str | None = "</think>" if begun else None
        self._assumed = begun
        self._told = False
        self._opened = False
        self._plain = True
        self._last = "\n"  # what was given out last
        self.unopened = False

    @property
    def thinking(self) -> bool:
        """Whether the reply is within a thought."""
        return self._close is not None

    def feed(self, piece: str) -> str:
        """What this piece makes certain."""
        self._held += piece
        while True:
            if self._close is not None:
                closing = _CLOSED if self._assumed else re.compile(re.escape(self._close), re.I)
                end = closing.search(self._held, self._looked)
                if end is None:
                    self._held = self._held if self._assumed else self._held[-_KEPT:]
                    self._looked = max(0, len(self._held) - _KEPT)
                    return ""
                self._looked = 0
                self.unopened = self.unopened or self._assumed
                self._held, self._close, self._assumed = self._held[end.end() :], None, False
            if not self._told:
                self._held = self._held.lstrip()
                if opened := _OPENED.match(self._held):
                    self._close, self._opened = _PAIRS[opened.group(1).lower()] or None, True
                    self._held = self._held[opened.end() :]
                    continue
                if _may_open(self._held):
                    return ""
                self._told, self._plain = True, not self._opened and self._held.lstrip()[0] not in "{[`"
            closed = next(filter(self._ends_thought, _CLOSED.finditer(self._held)), None) if self._plain else None
            if closed is None:
                return self._certain()
            self._held, self._told, self.unopened = self._held[closed.end() :], False, True

    def rest(self, *, whole: bool = True) -> str:
        """What was held back when the reply ends; all of a whole one that began with no thought after all."""
        return self._held if self._close is None or (self._assumed and whole) else ""

    def _ends_thought(self, tag: re.Match[str]) -> bool:
        """Within a sentence a tag is what the sentence is about."""
        return (self._last + self._held[: tag.start()]).rstrip(" \t").endswith(("\n", ".", "!", "?", "…"))

    def _certain(self) -> str:
        """All but an end that may become a closing tag."""
        low = self._held[-_KEPT:].lower()
        kept = next(
            (size for size in range(len(low), 0, -1) if any(each.startswith(low[-size:]) for each in _CLOSERS)), 0
        )
        given, self._held = self._held[: len(self._held) - kept], self._held[len(self._held) - kept :]
        self._last = (self._last + given).rstrip(" \t")[-1:] or self._last
        return given


def _may_open(text: str) -> bool:
    start = text.lstrip().lower()
    return any(each.startswith(start) for each in _PAIRS)
