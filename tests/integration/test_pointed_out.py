"""What a model is pointed to beside its passages, in the request it gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rag_service.answer.evidence.abstain import EvidenceModel
from rag_service.ports import Evidence
from tests.fakes import passage
from tests.generate_kit import ARRIVAL, answerer, drafted, evidence
from tests.llm_server import LlmServer, declining
from tests.unit.answer.worked import Encoding, Reads

FIRST = "Kim Jong Un traf am 25. April 2019 in Wladiwostok ein."
POINTED = f'<sentence passage="1">{FIRST}</sentence>'


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer() as running:
        running.behave(declining)
        yield running


def weighed(given: Evidence) -> Evidence:
    return replace(given, assessment=EvidenceModel(Encoding(), Reads("April")).assess(given))


async def asked(server: LlmServer, given: Evidence, **options: int) -> str:
    """The user message that the model gets."""
    await drafted(answerer(server, **options), given)
    text: str = server.requests[0]["messages"][-1]["content"]
    return text


async def test_the_likeliest_sentences_stand_between_passages_and_question(server: LlmServer) -> None:
    sent = await asked(server, weighed(evidence()))
    assert sent.index("</passage>") < sent.index(POINTED) < sent.index("Question: Wann traf Kim ein?")


async def test_without_weighed_evidence_none_are_named(server: LlmServer) -> None:
    assert "<sentence" not in await asked(server, evidence())


@pytest.mark.parametrize(("tokens", "pointed"), [(8000, True), (1300, False)])
async def test_a_small_window_is_for_the_passages_and_neither_is_overfull(
    server: LlmServer, tokens: int, pointed: bool
) -> None:
    many = [passage(ARRIVAL, chunk_id=f"chk_{number}", rank=number) for number in range(1, 51)]
    given = weighed(evidence(*many))
    sent = await asked(server, given, context_tokens=tokens, max_output_tokens=300)
    assert ("<sentence" in sent) is pointed and sent.count("<passage ") > 1
    size = sum(len(each["content"].encode()) for each in server.requests[0]["messages"]) / 3
    assert size * 1.25 + 300 < tokens
