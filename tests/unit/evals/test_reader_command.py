"""The command that trains the reader, but for the training itself, which takes torch."""

import gzip
import json
from random import Random

import numpy as np
import pytest

from evals import fit_reader, reader_training
from evals.reader_examples import Example, Group, Row
from rag_service.bootstrap import open_encoder
from rag_service.embed.e5.reader_weights import load_reader_weights
from rag_service.settings import load_settings

QUESTION = "When was the bridge built?"
TEXT = "It rained. The bridge was built in 1911."
SHIFT = 0.5


@pytest.fixture(scope="module")
def encoder():
    return open_encoder(load_settings())


@pytest.fixture
def files(tmp_path):
    own = {"question": QUESTION, "id": "1", "answers": [{"text": "1911", "answer_start": TEXT.index("1911")}]}
    paragraphs = [{"context": TEXT, "qas": [own]}, {"context": "The town hall burnt down.", "qas": []}]
    (tmp_path / "squad.json").write_text(json.dumps({"data": [{"title": "Bridge", "paragraphs": paragraphs}]}))
    (tmp_path / "eng-deu.dict.dz").write_bytes(gzip.compress("bridge /x/\nBrücke <fem>\n".encode()))
    return tmp_path


def test_what_training_returns_is_averaged_and_kept_with_the_ranges(files, encoder, monkeypatch, capsys):
    network = encoder.inputs.weights
    shipped = load_reader_weights(network)
    seen = []

    def train(groups, inputs, options, switcher, start):
        seen.append((groups, options, switcher, start))
        return {"l11.fo.w": start.tensor("l11.fo.w"), "head.b": start.tensor("head.b") + SHIFT}

    monkeypatch.setattr(reader_training, "train", train)
    out, own = files / "reader.npz", str(fit_reader.READER_FILE)
    given = ["--squad", files / "squad.json", "--dictionary", files / "eng-deu.dict.dz", "--epochs", 1, "--tables", 3]
    given += ["--out", out]
    assert fit_reader.main([*map(str, given), "--start", own, "--average", own]) == 0
    ((group, *tables), options, switcher, start) = seen[0]
    assert len(tables) == 3 and all(each.right for each in tables)
    assert (group.right.question, group.right.text) == (QUESTION, TEXT)
    assert (options.epochs, options.frozen) == (1, 4) and switcher and start
    made = load_reader_weights(network, out)
    assert made.tensor("head.b") == pytest.approx(shipped.tensor("head.b") + SHIFT / 2, abs=1e-2)
    assert np.abs(made.tensor("l11.fo.w") - shipped.tensor("l11.fo.w")).max() < 2e-3
    assert made.changes["gelu"].shape == shipped.changes["gelu"].shape and made.changes["gelu"].max() > 1
    assert "4 groups" in capsys.readouterr().out


def test_the_command_wants_something_to_train_on(capsys):
    with pytest.raises(SystemExit):
        fit_reader.main([])
    assert "--data or --squad is needed" in capsys.readouterr().err


def test_every_row_is_in_one_batch_with_others_of_about_its_length():
    rows = [Row(np.arange(length), (), ()) for length in Random(2).sample(range(1, 1001), 1000)]
    batches = list(reader_training._batches(rows, Random(1)))
    assert sorted(len(row.ids) for batch in batches for row in batch) == list(range(1, 1001))
    spans = [max(len(row.ids) for row in batch) - min(len(row.ids) for row in batch) for batch in batches]
    assert max(map(len, batches)) == reader_training.BATCH and sum(spans) / len(spans) < 100


def test_a_picked_example_keeps_its_answer_and_varies_its_question(encoder):
    group = Group(Example(QUESTION, TEXT, ((35, 39),)), ())
    rows = [reader_training._pick(group, encoder.inputs, None, Random(seed)) for seed in range(40)]
    year = encoder.inputs.tokenizer.tokenize("1911").ids.tolist()
    assert all(row.ids[row.starts[0] : row.ends[0] + 1].tolist() == year for row in rows)
    assert len({row.ids.tobytes() for row in rows}) > 3
