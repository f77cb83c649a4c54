"""The ask path over in-memory parts: events, abstentions, fallback, bounds."""

from contextlib import aclosing
from types import SimpleNamespace

import pytest

from rag_service.answer.ask import Standalone
from rag_service.answer.events import Ask, CitationMade, Delta, Done, PassagesFound
from rag_service.errors import InvalidInput, InvalidQuestion, ModelTimeout, ModelUnavailable, UnknownCollection
from rag_service.models import Turn, Usage, Warning
from rag_service.ports import Declined, Finished
from tests.ask_kit import FALSE, GOOD, Listener, Scripted, asker, events
from tests.fakes import TEXT


async def test_the_deltas_joined_are_the_answer_and_citations_follow_their_text():
    found = await events(asker(), Ask("Wann kam Kim an?"))
    assert [type(event) for event in found] == [PassagesFound, Delta, CitationMade, Done]
    answer = found[-1].answer
    assert "".join(event.text for event in found if isinstance(event, Delta)) == answer.text
    assert answer.text == f"{TEXT[0:46]} [1]"
    assert answer.answered and answer.abstention is None
    assert answer.confidence == 0.9
    assert [warning.code for warning in answer.warnings] == ["date"]
    assert answer.timings.retrieve_ms == 1.0 and answer.timings.total_ms > 0.0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"chunks": 0}, "empty_collection"),
        ({"passages": ()}, "no_relevant_passage"),
        ({"confidence": 0.4}, "insufficient_evidence"),
        ({"extractive": Scripted(Finished())}, "insufficient_evidence"),
        ({"extractive": Scripted(FALSE, Finished())}, "insufficient_evidence"),
        ({"llm": Scripted(Declined(), Finished(), name="llm", model="m")}, "declined_by_model"),
    ],
)
async def test_declines_with_its_reason(change, reason):
    found = await events(asker(**change), Ask("Wann kam Kim in Wladiwostok an?"))
    answer = found[-1].answer
    assert not answer.answered
    assert answer.abstention.reason == reason
    assert answer.text == answer.abstention.message == "".join(e.text for e in found if isinstance(e, Delta))
    assert answer.citations == answer.statements == ()
    assert "[" not in answer.text
    assert isinstance(found[0], PassagesFound)


async def test_a_false_quote_is_dropped_and_reported():
    answer = await asker(Scripted(GOOD, FALSE, Finished())).answer(Ask("Wann?"))
    assert [citation.quote for citation in answer.citations] == [TEXT[0:46]]
    assert {"citations_dropped", "unsupported_statements"} <= {warning.code for warning in answer.warnings}


async def test_the_language_of_the_question_decides_the_message():
    answer = await asker(confidence=0.0).answer(Ask("When did he arrive in the city?"))
    assert answer.abstention.message.startswith("The documents hold no passage")


async def test_auto_falls_back_to_the_extractive_answer_and_says_so():
    llm = Scripted(ModelUnavailable("The endpoint is down."), name="llm", model="m")
    answer = await asker(llm=llm).answer(Ask("Wann?"))
    assert answer.answerer == "extractive" and answer.model is None
    assert answer.text == f"{TEXT[0:46]} [1]"
    (warning,) = [warning for warning in answer.warnings if warning.code == "llm_unavailable"]
    assert "The endpoint is down." in warning.message


async def test_an_llm_that_was_asked_for_fails_loudly():
    llm = Scripted(ModelUnavailable("The endpoint is down."), name="llm", model="m")
    with pytest.raises(ModelUnavailable, match="down"):
        await asker(llm=llm).answer(Ask("Wann?", answerer="llm"))


async def test_what_was_begun_is_not_replaced():
    llm = Scripted(GOOD, ModelUnavailable("cut"), name="llm", model="m")
    with pytest.raises(ModelUnavailable, match="cut"):
        await asker(llm=llm).answer(Ask("Wann?"))


@pytest.mark.parametrize(
    ("question", "model", "answered"),
    [
        ("Fasse die Reise zusammen.", "m", True),
        ("Please translate the policy into German.", "m", True),
        ("Wann reiste Kim ab?", "m", False),
        ("Fasse die Reise zusammen.", None, False),
    ],
)
async def test_whether_a_summary_can_be_given_a_model_decides(question, model, answered):
    llm = Scripted(GOOD, Finished(), name="llm", model=model)
    answer = await asker(llm=llm, confidence=0.1).answer(Ask(question, answerer="llm"))
    assert answer.answered is answered


async def test_without_its_model_a_summary_is_declined():
    llm = Scripted(ModelUnavailable("The endpoint is down."), name="llm", model="m")
    answer = await asker(llm=llm, confidence=0.1).answer(Ask("Fasse die Reise zusammen."))
    assert answer.abstention.reason == "insufficient_evidence"
    assert "llm_unavailable" in {warning.code for warning in answer.warnings}


async def test_what_the_rewriting_used_is_part_of_the_usage():
    class Rewrites(Listener):
        async def standalone(self, question, history, *, by_rule):
            return Standalone(question, usage=Usage(100, 20, 0.5))

    llm = Scripted(GOOD, Finished(Usage(10, 5, 0.1)), name="llm", model="m")
    assert (await asker(llm=llm, converse=Rewrites()).answer(Ask("Wann?"))).usage == Usage(110, 25, 0.6)
    assert (await asker(converse=Rewrites()).answer(Ask("Wann?"))).usage == Usage(100, 20, 0.5)


async def test_llm_without_a_model_names_the_setting():
    with pytest.raises(InvalidInput, match="RAG_LLM__BASE_URL"):
        await asker().answer(Ask("Wann?", answerer="llm"))


async def test_usage_and_warnings_of_the_answerer_reach_the_answer():
    llm = Scripted(GOOD, Finished(Usage(10, 5), None, (Warning("cut", "x"),)), name="llm", model="m")
    answer = await asker(llm=llm).answer(Ask("Wann?"))
    assert (answer.answerer, answer.model, answer.usage) == ("llm", "m", Usage(10, 5))
    assert "cut" in {warning.code for warning in answer.warnings}


async def test_a_reply_that_needs_no_documents():
    for chunks in (0, 1):
        answer = await asker(converse=Listener(Hallo="Hallo!"), chunks=chunks).answer(Ask("Hallo"))
        assert answer.answered and answer.text == "Hallo!"
        assert answer.passages == () and answer.citations == ()


async def test_a_clients_own_prompt_may_be_longer_than_a_question():
    task = "### Task: " + "x" * 9000
    answer = await asker(converse=Listener(**{task: "Titel"})).answer(Ask(task))
    assert answer.text == "Titel"


async def test_the_standalone_question_is_what_is_searched_for():
    answer = await asker().answer(Ask("Und wann?", history=(Turn("user", "Wo ist Kim?"),)))
    assert (answer.question, answer.standalone_question) == ("Und wann?", "Wo ist Kim? Und wann?")


async def test_all_that_is_said_is_searched_for_and_the_question_in_it_weighed():
    class Hears(Listener):
        async def standalone(self, question, history, *, by_rule):
            return Standalone(question, asked="Wann?", message=f"Kurz: {question}")

    weighed = []

    def assess(evidence):
        weighed.append(evidence)
        return SimpleNamespace(confidence=0.9)

    one = asker(converse=Hears(), assess=assess)
    answer = await one.answer(Ask("Ich reise gern. Wann?"))
    assert answer.standalone_question == "Ich reise gern. Wann?"
    assert [(each.question, each.encoded, each.message) for each in weighed] == [
        ("Wann?", None, "Kurz: Ich reise gern. Wann?")
    ]


async def test_the_time_for_a_question_is_bounded():
    slow = Scripted(GOOD, delay=5.0)
    with pytest.raises(ModelTimeout, match="RAG_ANSWER__TIMEOUT"):
        await asker(slow, timeout=0.05).answer(Ask("Wann?"))
    assert slow.closed


async def test_closing_the_stream_stops_the_work():
    scripted = Scripted(GOOD, GOOD, Finished())
    async with aclosing(asker(scripted).stream(Ask("Wann?"))) as stream:
        async for event in stream:
            if isinstance(event, Delta):
                break
    assert scripted.closed


@pytest.mark.parametrize("question", ["", "   ", "?!…", "🚂🚂", "x" * 4001])
async def test_questions_that_cannot_be_asked(question):
    with pytest.raises(InvalidQuestion):
        await asker().answer(Ask(question))


@pytest.mark.parametrize("question", ["x" * 4000, "ありがとう", "Что?", "1"])
async def test_questions_that_can(question):
    assert (await asker().answer(Ask(question))).answered


async def test_an_unknown_collection():
    with pytest.raises(UnknownCollection, match="'press'"):
        await asker().answer(Ask("Wann?", "press"))
