"""The LLM answerer over a scripted endpoint: what reaches the composer, whatever the model writes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from rag_service.answer.generate import GenerativeAnswerer
from rag_service.answer.models.guard import GuardedModel, Limits
from rag_service.answer.models.openai import OpenAIBackend
from rag_service.errors import ModelError, ModelTimeout, ModelUnavailable
from rag_service.models import Usage
from rag_service.prompts import load_prompt
from tests.fakes import passage
from tests.generate_kit import ARRIVAL, answerer, chat_model, drafted, evidence, quoted
from tests.llm_server import LlmServer, declining, refusing, saying, stating, without_schema

FIRST = "Kim Jong Un traf am 25. April 2019 in Wladiwostok ein."
GUARD = "Rund 1.500 Polizisten sicherten das Treffen."


@pytest.fixture(scope="module")
def running() -> Iterator[LlmServer]:
    with LlmServer() as server:
        yield server


@pytest.fixture
def server(running: LlmServer) -> LlmServer:
    running.requests.clear()
    return running


@pytest.mark.parametrize("structured", [True, False])
async def test_statements_come_with_the_sentence_that_bears_them_out(server: LlmServer, structured: bool) -> None:
    server.behave(
        stating(("Kim traf am 25. April 2019 in Wladiwostok ein.", [1]), ("1500 Polizisten sicherten es.", [1]))
    )
    statements, declined, finished = await drafted(answerer(server, structured=structured), evidence())
    assert [statement.text for statement in statements] == [
        "Kim traf am 25. April 2019 in Wladiwostok ein.",
        "1500 Polizisten sicherten es.",
    ]
    assert [quoted(statement) for statement in statements] == [[FIRST], [GUARD]]
    assert all(statement.supported for statement in statements)
    assert not declined
    assert finished.usage == Usage(100, 20)
    assert finished.prompt is not None
    assert (finished.prompt.name, len(finished.prompt.sha256)) == ("answer", 64)
    assert finished.warnings == ()
    assert ("response_format" in server.requests[0]) is structured


async def test_quotes_are_offsets_of_the_document_not_of_the_passage(server: LlmServer) -> None:
    server.behave(stating((GUARD, [1])))
    moved = passage(ARRIVAL, start=500, end=500 + len(ARRIVAL))
    statements, _, _ = await drafted(answerer(server), evidence(moved))
    quote = statements[0].quotes[0]
    assert (quote.start, quote.end) == (500 + ARRIVAL.index(GUARD), 500 + len(ARRIVAL))


async def test_a_refused_schema_falls_back_to_text_with_markers_for_good(server: LlmServer) -> None:
    server.behave(without_schema(stating((FIRST, [1]))))
    writer = answerer(server)
    for _ in range(2):
        statements, _, _ = await drafted(writer, evidence())
        assert [(each.text, quoted(each)) for each in statements] == [(FIRST, [FIRST])]
    assert ["response_format" in request for request in server.requests] == [True, False, False]
    assert "square brackets" in server.requests[1]["messages"][0]["content"]


async def test_the_prompt_shows_numbered_dated_passages_and_the_question(server: LlmServer) -> None:
    server.behave(declining)
    await drafted(answerer(server), evidence())
    system, user = (message["content"] for message in server.requests[0]["messages"])
    assert "Answer in German" in system
    assert '<passage number="1" source="notes/besuch.txt" date="2019-04-25">\n' + ARRIVAL in user
    assert '<passage number="2" source="notes/abreise.txt" date="2019-04-26">' in user
    assert user.endswith("Question: Wann traf Kim ein?")


async def test_the_prompt_shows_all_that_was_said(server: LlmServer) -> None:
    said = replace(evidence(), message="Antworte kurz. Wann traf Kim ein?")
    await drafted(answerer(server), said)
    assert "Antworte kurz. Wann traf Kim ein?" in server.requests[0]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wann traf Kim ein?", "German"),
        ("When did Kim arrive?", "English"),
        ("Wann traf Kim ein? Antworte auf Englisch.", "English"),
        ("When did Kim arrive? Say it in German, please.", "German"),
        ("Übersetze die Meldung ins Englische.", "English"),
        ("Explain in German how he arrived.", "German"),
        ("Fasse es auf Englisch zusammen.", "English"),
        ("Bitte auf Englisch antworten: Wann traf er ein?", "English"),
        ("Wie viele Menschen protestierten in französischen Städten?", "German"),
        ("How many people live in French cities, they say?", "English"),
        ("What is sold in German supermarkets?", "English"),
        ("Wie viele Filme laufen auf Englisch im Kino?", "German"),
        ("Quand Kim arriva-t-il ?", "the language of the question"),
        ("金正恩何时抵达？", "the language of the question"),
    ],
)
async def test_the_answer_is_asked_for_in_the_questions_language(
    server: LlmServer, question: str, language: str
) -> None:
    server.behave(declining)
    await drafted(answerer(server), evidence(question=question))
    assert f"Answer in {language}, whatever" in server.requests[0]["messages"][0]["content"]


@pytest.mark.parametrize("structured", [True, False])
async def test_declining(server: LlmServer, structured: bool) -> None:
    server.behave(declining)
    statements, declined, finished = await drafted(answerer(server, structured=structured), evidence())
    assert (statements, declined) == ([], True)
    assert finished.usage == Usage(100, 20)


async def test_a_refusal_in_prose_declines_too(server: LlmServer) -> None:
    server.behave(saying("Die Passagen enthalten keine Angaben zum Wetter."))
    statements, declined, _ = await drafted(answerer(server), evidence())
    assert (statements, declined) == ([], True)


async def test_passages_that_do_not_exist_are_reported_and_support_nothing(server: LlmServer) -> None:
    server.behave(stating((FIRST, [99]), (GUARD, [1, 7])))
    statements, _, finished = await drafted(answerer(server), evidence())
    assert [(bool(each.quotes), each.supported) for each in statements] == [(False, False), (True, True)]
    assert [(warning.code, warning.message) for warning in finished.warnings] == [
        ("unknown_citations", "The model cited passages that do not exist: [7], [99].")
    ]


async def test_the_wrong_passage_is_not_mended_by_the_right_one(server: LlmServer) -> None:
    server.behave(stating((GUARD, [2])))
    statements, _, _ = await drafted(answerer(server), evidence())
    assert (statements[0].quotes, statements[0].supported) == ((), False)


async def test_what_only_a_passage_without_a_quote_says_supports_nothing(server: LlmServer) -> None:
    server.behave(stating(("Rund 1.500 Polizisten sicherten das Treffen am Freitag.", [1, 2])))
    statements, _, _ = await drafted(answerer(server), evidence())
    assert (quoted(statements[0]), statements[0].supported) == ([GUARD], False)


async def test_a_statement_without_citation_is_looked_for_in_all_passages(server: LlmServer) -> None:
    server.behave(saying(f"{GUARD} Morgen wird es sonnig in Paris."))
    statements, _, _ = await drafted(answerer(server), evidence())
    assert [quoted(each) for each in statements] == [[GUARD], []]
    assert [each.supported for each in statements] == [True, False]


@pytest.mark.parametrize(
    "claim",
    [
        "Kim Jong Un traf am 27. April 2019 in Wladiwostok ein.",
        "Rund 1.700 Polizisten sicherten das Treffen.",
        "Donald Trump empfing ihn auf der Insel Russki.",
        "Kim Jong Un traf am Montag in Wladiwostok ein.",
    ],
)
async def test_other_numbers_names_and_dates_are_flagged(server: LlmServer, claim: str) -> None:
    server.behave(stating((claim, [1])))
    statements, _, _ = await drafted(answerer(server), evidence())
    assert not statements[0].supported


async def test_links_images_and_tools_of_the_model_are_removed_and_reported(server: LlmServer) -> None:
    written = f"{FIRST[:-1]} ![x](https://evil.example/a.png) [1]. {GUARD} [Mehr](https://evil.example) [1]"
    server.behave(saying(written))
    statements, _, finished = await drafted(answerer(server), evidence())
    assert [each.text for each in statements] == [FIRST, GUARD, "Mehr"]
    assert "output_defused" in [warning.code for warning in finished.warnings]


async def test_a_reply_that_repeats_itself_is_cut(server: LlmServer) -> None:
    server.behave(saying(f"{FIRST} [1] " * 300, gap=0.001, size=40))
    statements, _, finished = await drafted(answerer(server), evidence())
    assert [each.text for each in statements] == [FIRST]
    assert [warning.code for warning in finished.warnings] == ["answer_cut"]
    assert "repeats itself" in finished.warnings[0].message


async def test_an_endless_word_is_cut(server: LlmServer) -> None:
    server.behave(saying(f"{FIRST} [1] Na " + "ha " * 5000, size=200))
    statements, _, finished = await drafted(answerer(server), evidence())
    assert [each.text for each in statements] == [FIRST]
    assert [warning.code for warning in finished.warnings] == ["answer_cut"]


async def test_at_most_25_statements_are_taken(server: LlmServer) -> None:
    server.behave(saying(" ".join(f"Satz Nummer {number} steht hier [1]." for number in range(40))))
    statements, _, _ = await drafted(answerer(server), evidence())
    assert len(statements) == 25


@pytest.mark.parametrize(("finish", "said"), [("length", "RAG_LLM__MAX_OUTPUT_TOKENS"), (None, "without saying")])
async def test_a_cut_reply_keeps_its_whole_sentences_and_says_so(
    server: LlmServer, finish: str | None, said: str
) -> None:
    server.behave(saying(f"{FIRST} [1] Rund 1.500 Polizisten sich", finish=finish))
    statements, _, finished = await drafted(answerer(server), evidence())
    assert [each.text for each in statements] == [FIRST]
    assert [warning.code for warning in finished.warnings] == ["answer_cut"]
    assert said in finished.warnings[0].message


async def test_another_language_is_reported(server: LlmServer) -> None:
    server.behave(saying("He arrived in the city with the train and they met there [1]."))
    _, _, finished = await drafted(answerer(server), evidence())
    assert ("answer_language", "The model answered in en, the question is in de.") in [
        (warning.code, warning.message) for warning in finished.warnings
    ]


@pytest.mark.parametrize(
    ("behaviour", "error", "said"),
    [
        (saying(""), ModelError, "is empty"),
        (saying("***"), ModelError, "no sentence"),
        (saying("", finish="length"), ModelError, "RAG_LLM__MAX_OUTPUT_TOKENS"),
        (saying("<html><script>x</script></html>"), ModelError, "no sentence"),
        (refusing(500), ModelUnavailable, "500"),
        (saying("", raw=b"data: \xff\xfe\n\n"), ModelError, "not a chat completion"),
    ],
)
async def test_unusable_replies_are_errors(
    server: LlmServer, behaviour: object, error: type[ModelError], said: str
) -> None:
    server.behave(behaviour)  # type: ignore[arg-type]
    with pytest.raises(error, match=said):
        await drafted(answerer(server), evidence())


async def test_an_echo_of_the_question_is_no_answer(server: LlmServer) -> None:
    server.behave(saying("Wann traf Kim ein?"))
    with pytest.raises(ModelError, match="no sentence"):
        await drafted(answerer(server), evidence())


async def test_a_window_too_small_is_an_error_before_anything_is_sent(server: LlmServer) -> None:
    with pytest.raises(ModelError, match="RAG_LLM__CONTEXT_TOKENS"):
        await drafted(answerer(server, context_tokens=1024), evidence())
    assert server.requests == []


async def test_a_model_that_thinks_leaves_room_for_it(server: LlmServer) -> None:
    long = [passage("Kim traf Putin in der Stadt. " * 80, chunk_id=f"c{i}", rank=i + 1) for i in range(9)]
    server.behave(stating(("Kim traf Putin in der Stadt.", [1])))
    await drafted(answerer(server, context_tokens=8192), evidence(*long))
    thinks = OpenAIBackend(model="qwen3:8b", base_url=server.base_url, api_key=None)
    model = GuardedModel(thinks, Limits(max_retries=0), jitter=lambda: 0.0)
    await drafted(GenerativeAnswerer(model, load_prompt("answer"), context_tokens=8192), evidence(*long))
    shown = [request["messages"][-1]["content"].count("<passage ") for request in server.requests]
    assert shown[0] > shown[1] > 0
    assert server.requests[1]["max_tokens"] == server.requests[0]["max_tokens"] + 2000


async def test_passages_fill_the_window_and_no_more(server: LlmServer) -> None:
    server.behave(declining)
    many = [passage(ARRIVAL, chunk_id=f"chk_{number}", rank=number) for number in range(1, 51)]
    await drafted(answerer(server, context_tokens=2600, max_output_tokens=300, count_tokens=len), evidence(*many))
    assert server.requests == [] or sum(len(each["content"]) for each in server.requests[0]["messages"]) < 2300


async def test_closing_the_draft_stops_the_request(server: LlmServer) -> None:
    before = server.abandoned
    server.behave(saying(f"{FIRST} [1] " + "Noch ein ganz anderer Satz dazu. " * 400, gap=0.01))
    items = answerer(server).draft(evidence())
    first = await anext(items)
    await items.aclose()
    assert getattr(first, "text", "") == FIRST
    for _ in range(100):
        if server.abandoned > before:
            break
        await asyncio.sleep(0.05)
    assert server.abandoned == before + 1


async def test_silence_is_a_timeout_error(server: LlmServer) -> None:
    server.behave(saying("zu spät", delay=20))
    writer = GenerativeAnswerer(chat_model(server, first_token_timeout=0.5), load_prompt("answer"))
    with pytest.raises(ModelTimeout):
        await drafted(writer, evidence())
