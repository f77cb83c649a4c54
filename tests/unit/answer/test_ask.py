"""The ask path over in-memory parts: events, abstentions, fallback, bounds."""

import asyncio
from contextlib import aclosing
from types import SimpleNamespace

import pytest

from rag_service.answer.ask import Answerers, Asker, Standalone
from rag_service.answer.events import Ask, CitationMade, Delta, Done, PassagesFound
from rag_service.errors import (
    InvalidInput,
    InvalidQuestion,
    ModelTimeout,
    ModelUnavailable,
    UnknownCollection,
    UnknownDocument,
)
from rag_service.models import DraftStatement, Quote, SourceText, Turn, Usage, Warning
from rag_service.ports import Declined, Evidence, Finished
from rag_service.retrieve.types import Retrieval
from tests.fakes import TEXT, passage

GOOD = DraftStatement(TEXT[0:46], (Quote(passage(), 0, 46, 0.8),))
FALSE = DraftStatement("Erfunden.", (Quote(passage(text="Erfunden."), 0, 9, 0.8),))


class Catalog:
    def __init__(self, chunks: int = 1) -> None:
        self.chunks = chunks
        self.live: set[str] | None = None  # ids of versions; None where nothing is replaced

    def count_chunks(self, collection: str) -> int:
        if collection != "default":
            raise UnknownCollection(f"There is no collection named {collection!r}.")
        return self.chunks

    def passages(self, collection: str, chunk_ids: list[str]) -> dict[str, object]:
        return {name: passage() for name in chunk_ids if self.live is None or name.partition(":")[0] in self.live}

    def source_text(self, version_id: str) -> SourceText:
        if self.live is not None and version_id not in self.live:
            raise UnknownDocument(version_id)
        return SourceText(TEXT, ())


class Scripted:
    """An answerer that yields what it was given; an exception among the items is raised in its place."""

    def __init__(self, *items, name="extractive", model=None, delay=0.0) -> None:
        self.items, self.name, self.model, self.delay = items, name, model, delay
        self.closed = False

    async def draft(self, evidence: Evidence):
        try:
            for item in self.items:
                await asyncio.sleep(self.delay)
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            self.closed = True


class Listener:
    """Leaves questions as they are; answers what it was told to without documents."""

    def __init__(self, **replies: str) -> None:
        self.replies = replies

    def reply(self, question: str, history: tuple[Turn, ...]) -> str | None:
        return self.replies.get(question)

    async def standalone(self, question: str, history: tuple[Turn, ...], *, by_rule: bool) -> Standalone:
        return Standalone(" ".join([turn.content for turn in history] + [question]))


def asker(
    extractive=None,
    llm=None,
    *,
    passages=(passage(),),
    confidence=0.9,
    chunks=1,
    converse=Listener(),
    timeout=5.0,
    assess=None,
):
    def retrieve(collection, query, /, *, filters, top_k):
        evidence = Evidence(query, "de", None, tuple(passages), {})
        return Retrieval(evidence, (Warning("date", "April 2019"),), 1.0)

    return Asker(
        catalog=Catalog(chunks),
        retrieve=retrieve,
        converse=converse,
        assess=assess or (lambda evidence: SimpleNamespace(confidence=confidence)),
        threshold=0.5,
        answerers=Answerers(extractive or Scripted(GOOD, Finished()), llm, "auto"),
        timeout=timeout,
    )


async def events(one: Asker, ask: Ask):
    return [event async for event in one.stream(ask)]


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


class Replaced:
    """A document that is replaced ``times`` times, each time after its passage was found."""

    def __init__(self, times: int, *, confidence: float = 0.9, answerer: str = "extractive") -> None:
        self.times, self.searches, self.confidence = times, 0, confidence
        self.catalog = Catalog()
        self.name, self.model = answerer, None if answerer == "extractive" else "m"
        parts = asker(self if self.model is None else None, self if self.model else None, assess=self.assess)
        parts._catalog, parts._retrieve = self.catalog, self.retrieve
        self.asker = parts

    def retrieve(self, collection, query, /, *, filters, top_k):
        self.searches += 1
        self.found = passage(version_id=f"v{self.searches}", chunk_id=f"v{self.searches}:0")
        self.gone = self.searches <= self.times
        self.catalog.live = {f"v{self.searches + self.gone}"}
        return Retrieval(Evidence(query, "de", None, (self.found,), {}), (Warning("date", "2019"),), 1.0)

    def assess(self, evidence):
        return SimpleNamespace(confidence=self.confidence if self.gone else 0.9)

    async def draft(self, evidence: Evidence):
        if self.model and self.gone:
            yield Declined()
        else:
            yield DraftStatement(TEXT[0:46], (Quote(self.found, 0, 46, 0.8),))
        yield Finished(usage=Usage(10, 2))


@pytest.mark.parametrize("confidence", [0.9, 0.1])
async def test_what_is_replaced_while_it_is_answered_is_answered_from_the_new_version(confidence):
    replaced = Replaced(2, confidence=confidence)
    found = await events(replaced.asker, Ask("Wann kam Kim an?"))
    answer = found[-1].answer
    assert answer.answered and [citation.version_id for citation in answer.citations] == ["v3"]
    assert answer.text == "".join(event.text for event in found if isinstance(event, Delta))
    assert [warning.code for warning in answer.warnings] == ["date"]
    searched = [event.passages for event in found if isinstance(event, PassagesFound)]
    assert len(searched) == 3 and searched[-1] == answer.passages


async def test_the_next_best_statement_does_not_stand_in_for_one_whose_document_was_replaced():
    class Two(Replaced):
        async def draft(self, evidence: Evidence):
            self.catalog.live.add("other")
            async for item in super().draft(evidence):
                if isinstance(item, Finished):
                    yield DraftStatement(TEXT[47:71], (Quote(passage(version_id="other"), 47, 71, 0.5),))
                yield item

    answer = await Two(1).asker.answer(Ask("Wann kam Kim an?"))
    assert [citation.version_id for citation in answer.citations] == ["v2", "other"]
    assert all(statement.citations for statement in answer.statements)


async def test_searching_again_has_an_end_and_the_reason_is_told():
    replaced = Replaced(9)
    answer = await replaced.asker.answer(Ask("Wann kam Kim an?"))
    assert replaced.searches == 3
    assert not answer.answered and answer.abstention.reason == "insufficient_evidence"
    assert [warning.code for warning in answer.warnings] == ["date", "sources_changed"]


async def test_what_a_model_declines_on_a_version_that_went_is_asked_again_and_its_usage_counted():
    answer = await Replaced(1, answerer="llm").asker.answer(Ask("Wann kam Kim an?"))
    assert answer.answered and answer.usage == Usage(20, 4)


async def test_what_is_live_is_declined_at_once():
    replaced = Replaced(0)
    replaced.assess = lambda evidence: SimpleNamespace(confidence=0.1)
    replaced.asker._assess = replaced.assess
    assert not (await replaced.asker.answer(Ask("Wann kam Kim an?"))).answered
    assert replaced.searches == 1


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
