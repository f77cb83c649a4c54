"""Greetings, thanks and clients' own prompts: answered at once; questions are not."""

from __future__ import annotations

import json

import pytest

from rag_service.answer.client_tasks import client_task
from rag_service.answer.smalltalk import small_talk


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Hallo!", "Hallo! Stellen"),
        ("Guten Tag zusammen", "Hallo! Stellen"),
        ("GRÜẞ GOTT", "Hallo! Stellen"),
        ("moin moin 👋", "Hallo! Stellen"),
        ("Hi there", "Hello!"),
        ("good morning", "Hello!"),
        ("Bonjour", "Bonjour"),
        ("¡Hola! ¿", "¡Hola!"),
        ("Merhaba", "Merhaba"),
        ("Привет!", "Здравствуйте"),
        ("你好", "您好"),
        ("Danke", "Gern geschehen."),
        ("Vielen Dank!", "Gern geschehen."),
        ("Ok, danke schön", "Gern geschehen."),
        ("Hallo, danke!", "Gern geschehen."),
        ("Thanks a lot!", "You are welcome."),
        ("great, thank you", "You are welcome."),
        ("Merci beaucoup", "Je vous en prie."),
        ("Спасибо", "Пожалуйста."),
        ("Tschüss", "Auf Wiedersehen!"),
        ("bye bye", "Goodbye!"),
    ],
)
def test_small_talk_is_answered_in_its_language(said: str, reply: str) -> None:
    answer = small_talk(said)
    assert answer is not None
    assert answer.startswith(reply)


@pytest.mark.parametrize(
    "said",
    [
        "Hallo, wann reiste Kim ab?",
        "Danke, und wann kam er an?",
        "Dankeskarte",
        "Wer sagte danke?",
        "Hi-Fi",
        "Guten Tag Deutschland AG",
        "",
        "🚂",
        "danke " * 40,
    ],
)
def test_anything_more_is_a_question(said: str) -> None:
    assert small_talk(said) is None


HISTORY = (
    "### Chat History:\n<chat_history>\nUSER: Wann reiste Kim Jong Un aus Wladiwostok ab?\n"
    "ASSISTANT: Am Freitag [1].\n</chat_history>"
)
TASKS = {
    "title": "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n"
    '### Output:\nJSON format: { "title": "your concise title here" }\n' + HISTORY,
    "tags": "### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history.\n"
    '### Output:\nJSON format: { "tags": ["tag1", "tag2"] }\n' + HISTORY,
    "follow_ups": "### Task:\nSuggest 3-5 relevant follow-up questions or prompts.\n"
    '### Output:\nJSON format: { "follow_ups": ["Question 1?"] }\n' + HISTORY,
    "queries": "### Task:\nAnalyze the chat history to determine the necessity of generating search queries.\n"
    '### Output:\n{ "queries": ["query1"] }\n' + HISTORY,
    "text": "### Task:\nYou are an autocompletion system. Continue the text in `<text>`.\n"
    '### Output:\n{ "text": "<your_completion>" }\n' + HISTORY,
    "tool_calls": 'Available Tools: []\n\nReturn {"tool_calls": []} when no tool fits.\n' + HISTORY,
    "prompt": "### Task:\nGenerate a detailed prompt for an image generation task.\n"
    '### Output:\n{ "prompt": "..." }\n' + HISTORY,
}


@pytest.mark.parametrize("key", TASKS)
def test_open_webui_prompts_are_answered_in_the_form_they_ask_for(key: str) -> None:
    reply = client_task(TASKS[key])
    assert reply is not None
    content = json.loads(reply)
    assert set(content) == {key}
    if key == "title":
        assert content["title"] == "Wann reiste Kim Jong Un"
    elif key == "tags":
        assert content["tags"] == ["Jong", "Wladiwostok"]
    else:
        assert not content[key]


@pytest.mark.parametrize(
    ("prompt", "reply"),
    [
        (
            "### Task: Generate a concise, 3-5 word title for this chat.\n" + HISTORY,
            "Wann reiste Kim Jong Un",
        ),
        (
            "Provide a concise, 5-word-or-less title for the conversation, using its same language.\n\n"
            "Conversation:\nUser: Wie teuer ist Strom?\nAI: Sehr.",
            "Wie teuer ist Strom",
        ),
        (
            "Based on the chat history, give this conversation a name.\n\nChat history:\nUser: Hello world",
            "Hello world",
        ),
        ("Erstelle einen kurzen Titel für diese Unterhaltung.\n\nNutzer: Was kostet Gas?", "Was kostet Gas"),
    ],
)
def test_other_clients_title_prompts(prompt: str, reply: str) -> None:
    assert client_task(prompt) == reply


@pytest.mark.parametrize(
    "question",
    [
        "Wie lautet der Titel des Films?",
        "What is the title of the report?",
        "Welche Aufgabe hat der Rat?",
        "Task: wann reiste Kim ab?",
        "Give me the names of all ministers.",
        "Welche Tags hat das Dokument?",
    ],
)
def test_questions_are_no_client_tasks(question: str) -> None:
    assert client_task(question) is None
