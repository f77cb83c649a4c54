"""Prompts that chat clients send on their own behalf: titles, tags, follow-ups, completions."""

from __future__ import annotations

import json
import re
from functools import cache

from rag_service.text.stopwords import STOP_WORDS
from rag_service.text.words import fold

_TITLE_WORDS = 5
_TITLE_LENGTH = 48
_TAGS = 3


def client_task(text: str) -> str | None:
    """The reply to a client's own prompt, in the form it asks for; None when the text is no such prompt."""
    kind = _kind(text)
    if kind is None:
        return None
    wants_json = re.search(r"json|\{\s*\"", text, re.IGNORECASE) is not None
    first = _first_message(text)
    if kind == "title":
        title = _title(first)
        return json.dumps({"title": title}, ensure_ascii=False) if wants_json else title
    if kind == "tags":
        tags = _tags(first)
        return json.dumps({"tags": tags}, ensure_ascii=False) if wants_json else ", ".join(tags)
    if kind == "emoji":
        return "💬"
    empty: dict[str, object] = {"text": ""} if kind == "text" else {"prompt": ""} if kind == "prompt" else {kind: []}
    return json.dumps(empty) if wants_json else ""


def _kind(text: str) -> str | None:
    head = text[:3000]
    if not (_marked().search(head) or _unmarked().search(head[:600])):
        return None
    for kind, pattern in _kinds():
        if pattern.search(head):
            return kind
    return None


def _first_message(text: str) -> str:
    """The first thing the user said in the conversation that the prompt carries."""
    history = re.search(r"<(?:chat_history|messages|conversation)>\s*(.*?)(?:</|\Z)", text, re.DOTALL)
    if history is None:
        history = re.search(
            r"(?:chat history|conversation|messages?|dialog(?:ue)?|gesprächsverlauf)\W*\n(.*)",
            text,
            re.DOTALL | re.IGNORECASE,
        )
    body = history.group(1) if history else text.rsplit("\n\n", 1)[-1]
    user = re.search(r"^\W*(?:user|human|nutzer|benutzer)\W*:\s*(.+)", body, re.IGNORECASE | re.MULTILINE)
    said = user.group(1) if user else body.strip().split("\n", 1)[0]
    return " ".join(re.sub(r"\[\d+\]|[`*_#<>{}\[\]\"]", " ", said).split())


def _title(message: str) -> str:
    words = message.rstrip("?!. ").split()[:_TITLE_WORDS]
    title = " ".join(words)[:_TITLE_LENGTH].strip(" ,;:-–")
    return title[:1].upper() + title[1:] if title else "Chat"


def _tags(message: str) -> list[str]:
    stop = STOP_WORDS["de"] | STOP_WORDS["en"]
    words = [word for word in re.findall(r"\w{4,}", message) if fold(word) not in stop]
    named = [word for word in words if word[0].isupper()] or words
    return list(dict.fromkeys(named))[:_TAGS] or ["General"]


@cache
def _marked() -> re.Pattern[str]:
    return re.compile(r"^\s*#{2,4}\s*(?:task|aufgabe)\b\W*|<chat_history>|^Available Tools:", re.IGNORECASE)


@cache
def _unmarked() -> re.Pattern[str]:
    """Prompts without a heading, as LibreChat, Chatbox, LobeChat and others word them."""
    return re.compile(
        r"(?:provide|generate|create|write|give|suggest|come up with|return)\b.{0,60}"
        r"\b(?:title|name|tags|topic|heading)\b.{0,60}\b(?:conversation|chat|dialog(?:ue)?|discussion|message)\b"
        r"|(?:based on|for|of|from|summari[sz]e)\b.{0,40}\b(?:chat|conversation)(?: history)?\b.{0,80}"
        r"\b(?:title|name|tags)\b"
        r"|(?:erzeuge|erstelle|generiere|formuliere|gib)\b.{0,60}\b(?:titel|überschrift|schlagw\w+|namen)\b.{0,60}"
        r"\b(?:unterhaltung|gespräch\w*|chats?|konversation|dialogs?)\b"
        r"|conversation summari[sz]er",
        re.IGNORECASE | re.DOTALL,
    )


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (kind, re.compile(pattern, re.IGNORECASE | re.DOTALL))
        for kind, pattern in (
            ("follow_ups", r"follow[ -_]?ups?\b|folgefragen"),
            ("tool_calls", r"\bavailable tools\b|\btool_calls\b"),
            ("queries", r"\bsearch quer(?:y|ies)\b|\"queries\"|suchanfragen"),
            ("text", r"\bautocompletion\b|\bautocomplete\b|\"text\"\s*:"),
            ("prompt", r"\bimage generation\b|\bprompt for (?:an )?image\b"),
            ("emoji", r"\bemojis? (?:that|which|to)\b.{0,80}\b(?:reflects?|represents?|shortcode)\b"),
            ("tags", r"\btags?\b|schlagw"),
            (
                "title",
                r"\btitle\b|\btitel\b|\büberschrift\b|\b(?:give|name)\b.{0,40}\b(?:conversation|chat)\b|\bnamen?\b",
            ),
        )
    )
