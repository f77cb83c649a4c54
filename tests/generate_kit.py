"""What tests of the LLM path share: evidence by hand, and an answerer over a scripted endpoint."""

from __future__ import annotations

from typing import Any

from rag_service.answer.generate import GenerativeAnswerer
from rag_service.answer.models.guard import GuardedModel, Limits
from rag_service.answer.models.openai import OpenAIBackend
from rag_service.models import DraftStatement, Passage
from rag_service.ports import Declined, Encoder, Evidence, Finished, TokenBlock
from rag_service.prompts import load_prompt
from tests.fakes import passage
from tests.llm_server import LlmServer

ARRIVAL = (
    "Kim Jong Un traf am 25. April 2019 in Wladiwostok ein. Wladimir Putin empfing ihn auf der Insel Russki. "
    "Rund 1.500 Polizisten sicherten das Treffen."
)
DEPARTURE = "Am Freitag verließ Kim die Stadt früher als geplant. Ein Theaterbesuch entfiel."


def chat_model(server: LlmServer, *, structured: bool = True, **limits: Any) -> GuardedModel:
    """A guarded model over the scripted endpoint."""
    backend = OpenAIBackend(
        model="scripted", base_url=server.base_url, api_key=None, structured="auto" if structured else "off"
    )
    return GuardedModel(backend, Limits(**limits), jitter=lambda: 0.0)


def answerer(server: LlmServer, *, structured: bool = True, **options: Any) -> GenerativeAnswerer:
    """The LLM answerer over the scripted endpoint."""
    return GenerativeAnswerer(
        chat_model(server, structured=structured, max_retries=0), load_prompt("answer"), **options
    )


def evidence(
    *passages: Passage, question: str = "Wann traf Kim ein?", language: str = "de", encoder: Encoder | None = None
) -> Evidence:
    """Evidence of these passages, or of two German ones; with token vectors when an encoder is given."""
    chosen = passages or (
        passage(ARRIVAL, chunk_id="chk_1", rank=1),
        passage(DEPARTURE, chunk_id="chk_2", rank=2, source="notes/abreise.txt", published="2019-04-26"),
    )
    blocks = {}
    if encoder is not None:
        for each, made in zip(chosen, encoder.encode_documents([each.text for each in chosen]), strict=True):
            blocks[each.chunk_id] = TokenBlock(made.tokens, made.spans)
    return Evidence(question, language, None, chosen, blocks)


async def drafted(writer: GenerativeAnswerer, given: Evidence) -> tuple[list[DraftStatement], bool, Finished]:
    """The statements, whether the model declined, and how the draft ended."""
    items = [item async for item in writer.draft(given)]
    finished = items[-1]
    assert isinstance(finished, Finished)
    statements = [item for item in items if isinstance(item, DraftStatement)]
    return statements, any(isinstance(item, Declined) for item in items), finished


def quoted(statement: DraftStatement) -> list[str]:
    """The quotes' texts."""
    return [
        quote.passage.text[quote.start - quote.passage.start : quote.end - quote.passage.start]
        for quote in statement.quotes
    ]
