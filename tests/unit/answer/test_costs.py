"""What an answer sends to a model and what it costs, by the answerer that was asked for."""

import pytest

from rag_service.answer.ask import Standalone
from rag_service.answer.events import Ask
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
