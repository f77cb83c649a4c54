"""Greetings, thanks and clients' own prompts: answered at once; questions are not."""

from __future__ import annotations

import json
import time

import pytest

from rag_service.answer.conversation.client_tasks import client_task, split_task, unwrapped
from rag_service.answer.conversation.smalltalk import small_talk, without_small_talk
from rag_service.models import Turn


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
        ("Danke für die schnelle Antwort!", "Gern geschehen."),
        ("Danke, das hilft mir weiter.", "Gern geschehen."),
        ("Das war alles, danke", "Gern geschehen."),
        ("Ich danke dir", "Gern geschehen."),
        ("Cool, danke!", "Gern geschehen."),
        ("Danke, super!", "Gern geschehen."),
        ("Nein danke", "Gern geschehen."),
        ("Thanks, that helps a lot", "You are welcome."),
        ("ok", "You are welcome."),
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
        "Nein",
        "Das war alles?  Und die USA",
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


def test_words_of_several_languages_are_answered_in_the_one_spoken() -> None:
    assert small_talk("ok", "de") == "Gern geschehen."
    assert small_talk("Super!", "fr") == "You are welcome."
    assert small_talk("Hallo", "en") == "Hallo! Stellen Sie mir eine Frage zu den Dokumenten."


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
        (
            "Analyze this conversation and provide:\n1. The detected language of the conversation\n"
            "2. A concise title in the detected language (5 words or less)\n\nUser: Was kostet Gas?\nAI: Viel.",
            "Was kostet Gas",
        ),
        (
            "Please generate a concise title (max 40 characters) for a conversation that starts with:\n"
            "User: Was kostet Gas?\nAssistant: Viel.\n\nTitle:",
            "Was kostet Gas",
        ),
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
        "Give me the name of the person who opened the discussion.",
        "Gib mir die Namen der Teilnehmer des Gesprächs.",
        "Gib mir einen Überblick über das Gespräch und die Namen.",
        "Provide a link to the message with the names.",
        "In the discussion, did Kim suggest a name for the treaty?",
        "Generate a list of the tags in the chat settings.",
    ],
)
def test_questions_are_no_client_tasks(question: str) -> None:
    assert client_task(question) is None


def test_a_title_is_made_of_the_history_where_the_prompt_holds_none() -> None:
    history = (Turn("user", "Was kostet Gas?"), Turn("assistant", "Viel. [1]"))
    prompt = "Please generate a four to five word title summarizing our conversation without any lead-in."
    assert client_task(prompt, history) == "Was kostet Gas"
    prompt = "Bitte erstellen Sie einen vier- bis fünfwörtigen Titel, der unser Gespräch zusammenfasst."
    assert client_task(prompt, history) == "Was kostet Gas"
    assert client_task(prompt) == "Chat"


def test_a_title_prompt_of_a_system_message_needs_a_conversation_in_the_users() -> None:
    prompt = "Summarize the conversation into a title in German within 10 words."
    task = split_task(prompt, '[{"role":"user","mainText":"Was kostet Gas?"}]')
    assert task is not None
    assert client_task(task) == "Was kostet Gas"
    assert split_task(prompt, "Was kostet Gas?") is None
    assert split_task("You are a helpful assistant.", "User: Was kostet Gas?") is None


WRAPPED = (
    "### Task:\nRespond to the user query using the provided context.\n### Guidelines:\n"
    '- Do not use XML tags in your response.\n<context>\n<source id="1">Gas ist teuer.</source>\n</context>\n'
)


@pytest.mark.parametrize("form", ["{}Was kostet Gas?", "{}<user_query>\nWas kostet Gas?\n</user_query>"])
def test_a_question_behind_files_of_the_client_is_a_question(form: str) -> None:
    message = form.format(WRAPPED)
    assert client_task(message) is None
    assert unwrapped(message) == "Was kostet Gas?"
    assert unwrapped("Was steht in </context> davor?") == "Was steht in </context> davor?"
    assert unwrapped("Was macht </user_query> hier?") == "Was macht </user_query> hier?"
    assert client_task(WRAPPED) is None


@pytest.mark.parametrize("message", ["<user_query>" + " " * 20_000, "### Task:\n</context>x" + " " * 20_000 + "y"])
def test_a_message_of_blanks_takes_no_time(message: str) -> None:
    began = time.perf_counter()
    unwrapped(message)
    split_task("Generate a title for the conversation.", "\n" * 20_000)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("said", ["Aha, ", "Ah ok, ", "Hm … ", "Ok ", "Ach so. ", "Ja, "])
def test_an_interjection_before_what_goes_on_is_left_out(said: str) -> None:
    assert without_small_talk(f"{said}und in Köln?") == "und in Köln?"
    assert without_small_talk("Gut und günstig essen?") == "Gut und günstig essen?"
