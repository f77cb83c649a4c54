"""What an answer sends to a model and what it costs, by the answerer that was asked for."""

import pytest

from rag_service.answer.ask import Standalone
from rag_service.answer.events import Ask
from rag_service.api.metrics import Metrics
from rag_service.errors import InvalidQuestion, ModelError
from rag_service.models import Usage
from rag_service.ports import Finished
from tests.unit.answer.test_ask import GOOD, Listener, Scripted, asker


class Rewriter(Listener):
    """Remembers whether the question was to be completed without a model."""

    by_rule: bool | None = None

    async def standalone(self, question, history, *, by_rule):
        self.by_rule = by_rule
        return Standalone(question)


@pytest.mark.parametrize(("answerer", "by_rule"), [("extractive", True), ("llm", False), ("auto", False)])
async def test_who_asks_for_an_extractive_answer_sends_no_model_anything(answerer, by_rule):
    rewriter = Rewriter()
    llm = Scripted(GOOD, Finished(), name="llm", model="m")
    await asker(llm=llm, converse=rewriter).answer(Ask("Und wann?", answerer=answerer))
    assert rewriter.by_rule is by_rule


def failing(usage):
    """A model whose reply cannot be used."""
    error = ModelError("The model's reply is empty.")
    error.usage = usage
    return Scripted(error, name="llm", model="m")


class Costly(Listener):
    """Rewrites by a model."""

    async def standalone(self, question, history, *, by_rule):
        return Standalone(question, usage=Usage(100, 20, 0.5))


async def test_what_a_failed_reply_used_is_part_of_the_usage():
    extractive = Scripted(GOOD, Finished())
    answer = await asker(extractive, failing(Usage(10, 5, 0.1)), converse=Costly()).answer(Ask("Wann?"))
    assert (answer.answerer, answer.usage) == ("extractive", Usage(110, 25, 0.6))


async def test_an_error_tells_what_the_question_used_until_then():
    with pytest.raises(ModelError) as caught:
        await asker(llm=failing(Usage(10, 5)), converse=Costly()).answer(Ask("Wann?", answerer="llm"))
    assert caught.value.usage == Usage(110, 25, 0.5)


def test_what_a_question_that_failed_used_is_counted():
    metrics, error = Metrics(), ModelError("The model's reply is empty.")
    error.usage = Usage(10, 5, 0.1)
    metrics.failed(error)
    metrics.failed(InvalidQuestion("The question is empty."))
    counted = metrics.text().decode()
    assert 'rag_llm_tokens_total{kind="prompt"} 10.0' in counted
    assert 'rag_llm_tokens_total{kind="completion"} 5.0' in counted
    assert "rag_llm_cost_total 0.1" in counted
