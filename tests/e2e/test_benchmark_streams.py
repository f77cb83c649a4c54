"""``python -m evals.benchmark streams``: a slow model, a service over it, and streams that are open at once."""

import json

import pytest

from evals.benchmark import streams
from evals.benchmark.slow_model import written

DATASET = """
name: harbour
corpus: documents
cases:
  - id: arrival
    question: "Wann lief der Frachter Nordlicht in Emden ein?"
    answers: ["3. Mai 2021"]
    evidence: [{source: a.txt, quote: "am 3. Mai 2021"}]
  - id: follow-up
    question: "Und wann lief er aus?"
    history: [{role: user, content: "Wann kam er an?"}]
    answers: ["5. Mai 2021"]
    evidence: [{source: a.txt, quote: "am 5. Mai 2021"}]
"""


@pytest.fixture
def asked(tmp_path):
    """The command's arguments for a short run over one document."""
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.txt").write_text(
        "Der Frachter Nordlicht lief am 3. Mai 2021 im Hafen von Emden ein. Nach zwei Tagen war die Ladung gelöscht, "
        "und am 5. Mai 2021 lief das Schiff wieder aus."
    )
    (tmp_path / "cases.yaml").write_text(DATASET)
    pace = ["--first", "2", "--pieces", "40", "--per-second", "10"]
    return ["--dataset", str(tmp_path / "cases.yaml"), "--streams", "4", *pace]


@pytest.mark.parametrize("form", [[], ["--plain"]])
def test_streams_stay_open_and_end_with_the_models_answer(asked, form, capsys):
    assert streams.main([*asked, *form, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["streams"], found["open at once"], found["answers by the model"]) == (4, 4, 4)
    assert found["other endings"] == [] and found["healthz errors"] == 0
    assert found["seconds of a stream"]["p50"] >= 5
    assert found["seconds all were open"] >= 1
    assert 0 < found["% of a processor a stream, all open"] < 25
    assert found["processor s a stream, in all"] > 0
    for part in ("until", "while"):
        health = found[f"healthz {part} all were open, ms"]
        assert 0 < health["p50"] <= health["p99"] <= health["max"]


def test_streams_without_a_place_at_the_model_are_not_open_at_once(asked, capsys):
    assert streams.main([*asked, "--concurrency", "3"]) == 1
    lines = dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    assert lines["open at once"].strip() == "3"
    assert lines["answers by the model"].strip() == "4"  # the fourth waited for its turn


def test_the_slow_model_cites_what_it_copies():
    content = (
        'Passages:\n\n<passage number="2" source="a.txt">\nKurz. Der Frachter Nordlicht lief am 3. Mai 2021 im Hafen '
        "ein.\n</passage>\n\nQuestion: Wann?"
    )
    request = {"messages": [{"role": "user", "content": content}]}
    sentence = "Der Frachter Nordlicht lief am 3. Mai 2021 im Hafen ein."
    assert written(request, 100) == f"{sentence} [2]"
    as_json = json.loads(written(request | {"response_format": {}}, 100))
    assert as_json == {"statements": [{"text": sentence, "citations": [2]}]}
