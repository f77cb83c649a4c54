"""A streamed reply read as sentences with passage numbers, whatever way it is cut."""

from __future__ import annotations

import random

import pytest

from rag_service.answer.generation.reply import SENTINEL, ReplyReader
from rag_service.answer.generation.source_list import Said
from rag_service.errors import ModelError


def read(reply: str, *, seed: int | None = None, whole: bool = True) -> tuple[list[Said], ReplyReader]:
    """The reply fed whole, or in random pieces."""
    reader = ReplyReader("de")
    said: list[Said] = []
    chance, position = random.Random(seed), 0
    while position < len(reply):
        size = len(reply) if seed is None else chance.randint(1, 9)
        said += reader.feed(reply[position : position + size])
        position += size
    return said + reader.finish(whole), reader


TEXTS = {
    "before and after the full stop": (
        "Kim reiste am 25. April 2019 ab [1][2]. Putin blieb noch. [3] Danach war z. B. Schluss [1-3].",
        [
            Said("Kim reiste am 25. April 2019 ab.", (1, 2)),
            Said("Putin blieb noch.", (3,)),
            Said("Danach war z. B. Schluss.", (1, 2, 3)),
        ],
    ),
    "marker that opens a line": (
        "Er kam früh an.\n[2] Sie ging danach.",
        [Said("Er kam früh an.", ()), Said("Sie ging danach.", (2,))],
    ),
    "list with sources behind it": (
        "- Erster Punkt [1]\n- Zweiter Punkt [2]\n\nQuellen:\n[1] a.txt\n[2] b.txt",
        [Said("- Erster Punkt", (1,)), Said("- Zweiter Punkt", (2,))],
    ),
    "thinking aloud": ("<think>hm, [1] oder [2].</think>\nJa, das stimmt [1].", [Said("Ja, das stimmt.", (1,))]),
    "thinking in brackets": ("[THINK]hm, [1]?[/THINK]Ja, das stimmt [1].", [Said("Ja, das stimmt.", (1,))]),
    "thinking in another word": ("<Reasoning>hm.</Reasoning> Ja, das stimmt [1].", [Said("Ja, das stimmt.", (1,))]),
    "thinking in channels": (
        "<|channel|>analysis<|message|>Der Nutzer fragt. Laut Passage 1 ja.<|end|><|start|>assistant"
        "<|channel|>final<|message|>Ja, das stimmt [1].",
        [Said("Ja, das stimmt.", (1,))],
    ),
    "thinking that never began": ("Der Nutzer fragt, also ja.\n</think>\n\nJa, das [1].", [Said("Ja, das.", (1,))]),
    "places and addresses of sources": (
        "Kim kam an [2](docs/reise.md). Er ging. [[3]](https://a.example/x.md) Sie blieb [1, S. 3]. "
        "Sie schlief [^2^]. Er aß [cite: 1]. Er trank. [Ref. 2](a.md) Sie sah zu. [[1]] Es war gut [Textstelle 3].",
        [
            Said("Kim kam an.", (2,)),
            Said("Er ging.", (3,)),
            Said("Sie blieb.", (1,)),
            Said("Sie schlief.", (2,)),
            Said("Er aß.", (1,)),
            Said("Er trank.", (2,)),
            Said("Sie sah zu.", (1,)),
            Said("Es war gut.", (3,)),
        ],
    ),
    "thinking that ends on its line": ("Der Nutzer fragt, also ja.</think>\n\nJa, das [1].", [Said("Ja, das.", (1,))]),
    "thinking that ends in the line": ("Der Nutzer fragt, also ja. </think> Ja, das [1].", [Said("Ja, das.", (1,))]),
    "invisible characters inside a marker": ("Er kam [\u200b1\u200b].", [Said("Er kam.", (1,))]),
    "json": (
        '{"statements": [{"text": "Kim kam an. Er ging.", "citations": [1]}, '
        '{"text": "Putin \\u00e4 [3].", "citations": ["2", 5]}]}',
        [Said("Kim kam an.", (1,)), Said("Er ging.", (1,)), Said("Putin ä.", (3, 2, 5))],
    ),
    "json behind a line": (
        'Here is the JSON:\n```JSON\n{"statements":[{"text":"Ja.","citations":[1]}]}\n```',
        [Said("Ja.", (1,))],
    ),
    "json behind a word": ('Sure! {"statements": [{"text": "Ja.", "citations": [1]}]}', [Said("Ja.", (1,))]),
    "json with a bracket in what it says first": (
        '{"reasoning": "see [1]", "statements": [{"text": "Ja.", "citations": [2]}]}',
        [Said("Ja.", (2,))],
    ),
    "json of one text": ('{"answer": "Kim kam an [1]."}', [Said("Kim kam an.", (1,))]),
    "json of plain sentences": (
        '{"statements": ["Kim kam an [1].", "Er ging."]}',
        [Said("Kim kam an.", (1,)), Said("Er ging.", ())],
    ),
    "a list of objects": ('[\n{"text": "Ja.", "citations": [1]}]', [Said("Ja.", (1,))]),
    "json that is quoted": ('Die Datei enthält {"port": 80} [1].', [Said('Die Datei enthält {"port": 80}.', (1,))]),
    "json in a sentence": (
        'Send a POST request with the body {"text": "Hello"} to it [1]. It returns {"answers": 3} then [2].',
        [
            Said('Send a POST request with the body {"text": "Hello"} to it.', (1,)),
            Said('It returns {"answers": 3} then.', (2,)),
        ],
    ),
    "a second end of a thought": (
        "<think>a</think>Alpha ist drei [1]. Beta ist vier [2].\n</think>",
        [Said("Alpha ist drei.", (1,)), Said("Beta ist vier.", (2,)), Said("</think>", ())],
    ),
    "json in a fence": (
        '```json\n{"statements": [{"text": "Ja.", "citations": 1}]}\n```',
        [Said("Ja.", (1,))],
    ),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("seed", [None, *range(12)])
def test_the_same_sentences_however_the_stream_is_cut(name: str, seed: int | None) -> None:
    reply, expected = TEXTS[name]
    assert read(reply, seed=seed)[0] == expected


def test_sentences_are_given_out_before_the_reply_ends() -> None:
    reader = ReplyReader("de")
    assert reader.feed("Kim reiste ab [1]. ") == []
    assert reader.feed("Putin blieb noch lange ") == [Said("Kim reiste ab.", (1,))]


def test_json_statements_are_given_out_as_they_close() -> None:
    reader = ReplyReader("de")
    assert reader.feed('{"statements": [{"text": "Kim reiste ab.", "cita') == []
    assert reader.feed('tions": [1]}, {"te') == [Said("Kim reiste ab.", (1,))]


@pytest.mark.parametrize(
    "reply",
    [
        SENTINEL,
        f"**{SENTINEL}**.",
        f"{SENTINEL} Die Dokumente sagen nichts.",
        '{"statements": []}',
        "{}",
        f'{{"statements": [{{"text": "{SENTINEL}", "citations": [1]}}]}}',
    ],
)
@pytest.mark.parametrize("seed", [None, 1, 2])
def test_declining(reply: str, seed: int | None) -> None:
    said, reader = read(reply, seed=seed)
    assert said == []
    assert reader.declined


def test_a_thought_that_was_given_out_is_an_error() -> None:
    reader = ReplyReader("de")
    assert reader.feed("Der Nutzer fragt nach Kim. Laut Passage eins war er da. Gut, ")
    with pytest.raises(ModelError, match="thought aloud"):
        reader.feed("also.\n</think>\n\nJa [1].")
    assert reader.unopened


@pytest.mark.parametrize("reply", ["Er fragt.</think>Ja, das [1].", "Ja, das [1]."])
def test_a_reply_may_be_expected_to_begin_with_a_thought(reply: str) -> None:
    reader = ReplyReader("de", begun=True)
    assert [*reader.feed(reply[:5]), *reader.feed(reply[5:]), *reader.finish(True)] == [Said("Ja, das.", (1,))]


def test_a_tag_that_a_reply_names_ends_no_thought() -> None:
    said = "Es läuft. Das Modell beendet es mit </think> [1]."
    assert read(said, seed=3)[0] == [Said("Es läuft.", ()), Said("Das Modell beendet es mit </think>.", (1,))]
    stated = '{"statements": [{"text": "Es endet mit\\n</think> so.", "citations": [1]}]}'
    reader = read(stated, seed=3)[1]
    assert not reader.unopened


def test_a_thought_that_was_cut_is_no_answer() -> None:
    reader = ReplyReader("de", begun=True)
    assert [*reader.feed("Also, der Nutzer fragt. Laut Passage eins"), *reader.finish(False)] == []


def test_the_sentinel_after_an_answer_is_dropped_without_declining() -> None:
    said, reader = read(f"Kim reiste ab [1]. {SENTINEL}")
    assert said == [Said("Kim reiste ab.", (1,))]
    assert not reader.declined


def test_an_unfinished_sentence_is_left_out_when_the_reply_was_cut() -> None:
    assert read("Kim reiste ab [1]. Putin blieb noch bis zum", whole=False)[0] == [Said("Kim reiste ab.", (1,))]
    assert read("Kim reiste ab [1]. Putin blieb.", whole=False)[0][-1] == Said("Putin blieb.", ())
    assert read("Kim reiste ab [1]", whole=False)[0] == [Said("Kim reiste ab", (1,))]
    assert read('{"statements": [{"text": "Ja.", "citations": [1]}, {"text": "Ne', whole=False)[0] == [
        Said("Ja.", (1,))
    ]


@pytest.mark.parametrize("noise", ["ha " * 300, "immer wieder dasselbe, " * 40, "x" * 800])
def test_a_reply_in_circles_runs_on(noise: str) -> None:
    reader = ReplyReader("de")
    reader.feed("Kim reiste ab [1]. " + noise)
    assert reader.runs_on()


def test_an_ordinary_reply_does_not_run_on() -> None:
    reader = ReplyReader("de")
    reader.feed("Kim reiste ab [1]. Putin blieb noch einen Tag in der Stadt und besuchte die Flotte. " * 2)
    assert not reader.runs_on()


@pytest.mark.parametrize(
    "reply", ["", "   ", "<think>nur gedacht", '{"answer": 1}', '{"statements": [{"text": 5}]}', "{", "```"]
)
def test_a_reply_without_a_sentence_gives_none(reply: str) -> None:
    said, reader = read(reply)
    assert [each for each in said if any(character.isalnum() for character in each.text)] == []
    assert not reader.declined
