"""Prompts that chat clients send on their own behalf: titles, tags, follow-ups, completions."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache

from rag_service.models import Turn
from rag_service.text.stopwords import EITHER
from rag_service.text.words import fold

_TITLE_WORDS = 5
_TITLE_LENGTH = 48
_TAGS = 3


def client_task(text: str, history: Sequence[Turn] = ()) -> str | None:
    """The reply to a client's own prompt, in the form it asks for; None when the text is no such prompt.

    The conversation it is about stands in the prompt, or is the history before it.
    """
    kind = _kind(text)
    if kind is None:
        return None
    first = _first_message(text, history)
    wants_json = _json_form().search(text) is not None
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


def split_task(prompt: str, message: str) -> str | None:
    """A client's own prompt whose order is a system prompt and whose conversation is the message, as one text."""
    if _kind(prompt) is not None and _user_line().search(message):
        return f"{prompt}\n\n{message}"
    return None


def unwrapped(message: str) -> str:
    """What the user wrote of a message that a client put files or search results before."""
    _, opened, behind = message.rpartition("<user_query>")
    asked, closed, _ = behind.partition("</user_query>")
    if not (opened and closed):
        asked = message.rpartition("</context>")[2] if _marked().match(message) else ""
    return asked.strip() or message


def _kind(text: str) -> str | None:
    head = text[:3000]
    if unwrapped(text) != text or "</context>" in text:
        return None
    if not (_marked().search(head) or all(rule.search(head[:600]) for rule in _unmarked())):
        return None
    for kind, pattern in _kinds():
        if pattern.search(head):
            return kind
    return None


def _first_message(text: str, history: Sequence[Turn]) -> str:
    """The first thing the user said in the conversation that the prompt is about."""
    carried = re.search(r"<(?:chat_history|messages|conversation)>\s*(.*?)(?:</|\Z)", text, re.DOTALL)
    body = carried.group(1) if carried else text
    user = _user_line().search(body)
    before = next((turn.content for turn in history if turn.role == "user"), None)
    said = user.group(1) if user else before or text.strip().partition("\n\n")[2].rsplit("\n\n", 1)[-1]
    return " ".join(re.sub(r"\[\d+\]|[`*_#<>{}\[\]\"]", " ", said.strip().split("\n", 1)[0]).split())


def _title(message: str) -> str:
    words = message.rstrip("?!. ").split()[:_TITLE_WORDS]
    title = " ".join(words)[:_TITLE_LENGTH].strip(" ,;:-–")
    return title[:1].upper() + title[1:] if title else "Chat"


def _tags(message: str) -> list[str]:
    words = [word for word in re.findall(r"\w{4,}", message) if fold(word) not in EITHER]
    named = [word for word in words if word[0].isupper()] or words
    return list(dict.fromkeys(named))[:_TAGS] or ["General"]


@cache
def _marked() -> re.Pattern[str]:
    return re.compile(r"^\s*#{2,4}\s*(?:task|aufgabe)\b\W*|<chat_history>|^Available Tools:", re.IGNORECASE)


@cache
def _user_line() -> re.Pattern[str]:
    """Where a conversation written down tells what the user said."""
    who = r"(?:user|human|nutzer|benutzer)"
    return re.compile(rf"^[^\w\n]*(?:\"role\"\W+)?{who}\W*[:,]\s*(?:\"\w+\":)?(.+)", re.IGNORECASE | re.MULTILINE)


@cache
def _json_form() -> re.Pattern[str]:
    return re.compile(r"\bjson\b|\{\s*\"(?:title|tags|follow_ups|tool_calls|queries|text|prompt)\"", re.IGNORECASE)


@cache
def _unmarked() -> tuple[re.Pattern[str], ...]:
    """What prompts without a heading hold, as LibreChat, Chatbox, NextChat and others word them.

    They order *a* title made for a conversation; who asks for *the* name or title of something wants it found.
    """
    make = (
        r"\b(?:provide|generate|create|write|give|suggest|come up with|return|reply with|summari[sz]e|"
        r"(?:erzeug|erstell|generier|formulier|gib|geben|schreib)\w*)\b"
    )
    plain = r"(?:(?!(?:of|with|the|on|about|for|von|mit|de[rsmn]|die|das|über|für) )[^\s.?!]+ ){0,6}"
    thing = r"(?:titles?|names?|topics?|headings?|titel|überschrift|namen?)\b"
    rest = r"[^.?!\n]*(?:[.!\n]|\Z)"
    talk = (
        r"\b(?:conversation|chats?|dialog(?:ue)?|discussion|messages?|unterhaltung|gespräch\w*|konversation|"
        r"title (?:only|itself)|only the title)\b"
    )
    wanted = rf"(?:[^?]{{0,120}}?\b(?:an?|einen?|\d[\d-]*) {plain}{thing}| {plain}(?:tags|schlagw\w+)\b)"
    rules = (rf"{make}{wanted}{rest}|conversation summari[sz]er", talk)
    return tuple(re.compile(rule, re.IGNORECASE) for rule in rules)


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
