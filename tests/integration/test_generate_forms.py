"""The LLM answerer and replies that are no plain row of sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rag_service.embed.e5.encoder import E5Encoder
from rag_service.errors import ModelError
from rag_service.models import Usage
from rag_service.settings import Settings
from tests.generate_kit import answerer, drafted, evidence, quoted
from tests.llm_server import LlmServer, saying

FIRST = "Kim Jong Un traf am 25. April 2019 in Wladiwostok ein."
GUARD = "Rund 1.500 Polizisten sicherten das Treffen."


@pytest.fixture(scope="module")
def encoder() -> E5Encoder:
    from rag_service.bootstrap import open_encoder

    return open_encoder(Settings())


@pytest.fixture
def server() -> Iterator[LlmServer]:
    with LlmServer() as running:
        yield running


async def test_a_reply_that_the_filter_stopped_keeps_its_whole_sentences(server: LlmServer) -> None:
    server.behave(saying(f"{FIRST} [1] Rund 1.500 Polizisten sich", finish="content_filter"))
    statements, _, finished = await drafted(answerer(server), evidence())
    assert [each.text for each in statements] == [FIRST]
    assert [warning.message for warning in finished.warnings] == [
        "The endpoint's content filter stopped the model's reply."
    ]


@pytest.mark.parametrize("said", ["", "![](https://a.example/x.png)"])
async def test_what_an_unusable_reply_used_is_told(server: LlmServer, said: str) -> None:
    server.behave(saying(said))
    with pytest.raises(ModelError) as caught:
        await drafted(answerer(server, structured=False), evidence())
    assert caught.value.usage == Usage(100, 20)


async def test_a_refusal_of_the_endpoint_declines(server: LlmServer) -> None:
    server.behave(saying("", deltas=({"refusal": "I can't help with that."},)))
    statements, declined, _ = await drafted(answerer(server), evidence())
    assert (statements, declined) == ([], True)


async def test_what_was_whole_before_the_connection_broke_is_kept(server: LlmServer) -> None:
    server.behave(saying(f"{FIRST} [1] {GUARD} [1] Und dann noch etwas.", size=20, cut_after=5))
    statements, _, finished = await drafted(answerer(server, structured=False), evidence())
    assert [each.text for each in statements] == [FIRST]
    (warning,) = finished.warnings
    assert warning.code == "answer_cut" and "broke the connection off" in warning.message


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            "Nicht gesichert haben es:\n\n- **1.500 Polizisten** [1]\n- Wladimir Putin [1]",
            ["Nicht gesichert haben es: 1.500 Polizisten", "Wladimir Putin"],
        ),
        (f"Hier ist die Antwort:\n\n{FIRST} [1]", [FIRST]),
        (f"### Ankunft\n\n{FIRST} [1]", [FIRST]),
        (
            "| Wer | Wo |\n|---|---|\n| Kim Jong Un | Wladiwostok [1] |\n| Putin | Russki [1] |",
            ["Wer: Kim Jong Un; Wo: Wladiwostok", "Wer: Putin; Wo: Russki"],
        ),
    ],
)
async def test_lines_that_are_no_sentences(server: LlmServer, reply: str, expected: list[str]) -> None:
    server.behave(saying(reply))
    statements, _, _ = await drafted(answerer(server, structured=False), evidence())
    assert [each.text for each in statements] == expected


async def test_a_remark_on_what_is_missing_stands_before_what_is_there(server: LlmServer) -> None:
    missing = "Die Passagen nennen keine Ankunftszeit."
    server.behave(saying(f"{missing} {GUARD} [1]"))
    statements, declined, _ = await drafted(answerer(server, structured=False), evidence())
    assert [(each.text, bool(each.quotes), each.supported) for each in statements] == [
        (missing, False, False),
        (GUARD, True, True),
    ]
    assert not declined


async def test_a_model_that_begins_within_a_thought_is_remembered(server: LlmServer) -> None:
    server.behave(
        saying(f"Also, der Nutzer fragt. Laut Passage 1 ist das klar, denn dort steht es.\n</think>\n\n{FIRST} [1]")
    )
    writer = answerer(server, structured=False)
    with pytest.raises(ModelError, match="thought aloud"):
        await drafted(writer, evidence())
    statements, _, _ = await drafted(writer, evidence())
    assert [each.text for each in statements] == [FIRST]


@pytest.mark.parametrize("encoded", [True, False])
async def test_a_source_that_a_sentence_names_is_no_part_of_what_it_claims(
    server: LlmServer, encoder: E5Encoder, encoded: bool
) -> None:
    server.behave(saying("Laut [1] traf Kim am 25. April 2019 in Wladiwostok ein. Laut [3] waren es 4711 Polizisten."))
    first, second = evidence().passages
    given = evidence(replace(first, title="", source="17.md"), second, encoder=encoder if encoded else None)
    statements, _, finished = await drafted(
        answerer(server, structured=False, encoder=encoder if encoded else None), given
    )
    assert [(each.text, quoted(each), each.supported) for each in statements] == [
        ("Laut „17.md“ traf Kim am 25. April 2019 in Wladiwostok ein.", [FIRST], True),
        ("Laut Quelle 3 waren es 4711 Polizisten.", [], False),
    ]
    assert [warning.code for warning in finished.warnings] == ["unknown_citations"]


@pytest.mark.parametrize("encoded", [True, False])
async def test_yes_to_a_question_that_nobody_weighed_is_aligned_to_it(
    server: LlmServer, encoder: E5Encoder, encoded: bool
) -> None:
    server.behave(saying("Ja [1]."), saying("Ja [2]."))
    writer = answerer(server, structured=False, encoder=encoder if encoded else None)
    given = evidence(question="Sicherten Polizisten das Treffen?", encoder=encoder if encoded else None)
    for quotes in ([GUARD], []):
        statements, _, _ = await drafted(writer, given)
        assert [(each.text, quoted(each), each.supported) for each in statements] == [("Ja.", quotes, bool(quotes))]
