"""What is replaced or deleted while it is answered."""

from types import SimpleNamespace

import pytest

from rag_service.answer.events import Ask, Delta, PassagesFound
from rag_service.models import DraftStatement, Quote, Usage, Warning
from rag_service.ports import Declined, Evidence, Finished
from rag_service.retrieve.types import Retrieval
from tests.ask_kit import Catalog, asker, events
from tests.fakes import TEXT, passage


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
