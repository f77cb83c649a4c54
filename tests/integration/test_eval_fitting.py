"""Fitting the abstention and the ranking on a tiny BEIR set, with the wired service."""

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from evals import fit_ranking
from evals.cli import app
from evals.errors import DatasetError
from rag_service.answer.evidence.abstain import Fitted
from rag_service.retrieve.features import FEATURES
from rag_service.retrieve.ranking import Ranking
from tests.eval_kit import write_beir

# Town, what it is known for, its river, what its market hall was built of.
TOWNS = [
    ("Altenried", "Glas", "Ilse", "Sandstein"), ("Birkheim", "Uhren", "Lauter", "Backstein"),
    ("Dornau", "Geigen", "Sude", "Granit"), ("Eschlohe", "Messer", "Wiese", "Basalt"),
    ("Falkrode", "Papier", "Murr", "Schiefer"), ("Grünwalde", "Leinen", "Rems", "Kalkstein"),
    ("Hohenbrück", "Senf", "Fils", "Eichenholz"), ("Immertal", "Orgeln", "Jagst", "Marmor"),
    ("Jettenberg", "Hüte", "Kocher", "Tuffstein"), ("Kaltenfeld", "Seife", "Tauber", "Beton"),
    ("Lindhorst", "Besen", "Wern", "Lehm"), ("Moosach", "Honig", "Sinn", "Stahl"),
    ("Neudorf", "Pinsel", "Aisch", "Ziegeln"), ("Oberstein", "Achate", "Nahe", "Porphyr"),
    ("Pfaffing", "Käse", "Attel", "Lärchenholz"), ("Quellbach", "Salz", "Glonn", "Nagelfluh"),
    ("Rodeck", "Kirschen", "Acher", "Gneis"), ("Steinach", "Puppen", "Itz", "Muschelkalk"),
    ("Tannroda", "Körbe", "Ilm", "Travertin"), ("Ulmen", "Töpfe", "Eifelbach", "Lava"),
]  # fmt: skip
UNKNOWN = ["Wie viele Einwohner hat {}?", "Wer ist Bürgermeister von {}?"]


@pytest.fixture
def beir(tmp_path: Path, caches: Path) -> Path:
    """Twenty documents, forty questions with an answer, ten without."""
    corpus, queries, relevant = [], [], []
    for town, craft, river, stone in TOWNS:
        text = f"{town} ist für {craft} bekannt. Die Altstadt liegt an der {river}. "
        text += f"Die Markthalle wurde aus {stone} gebaut. Im Sommer gibt es dort ein Fest."
        corpus.append({"_id": town, "title": town, "text": text})
        for kind, question, answer in (
            ("a", f"Wofür ist {town} bekannt?", craft),
            ("b", f"Woraus wurde die Markthalle von {town} gebaut?", stone),
        ):
            queries.append({"_id": town + kind, "text": question, "answerable": True, "answers": [answer]})
            relevant.append((town + kind, town))
    for number, (town, *_) in enumerate(TOWNS[::2]):
        text = UNKNOWN[number % 2].format(town)
        queries.insert(4 * number, {"_id": f"{town}x", "text": text, "answerable": False, "answers": []})
    return write_beir(tmp_path / "towns", corpus, queries, relevant)


def calibrate(*arguments: object) -> Result:
    result = CliRunner().invoke(app, ["calibrate", *map(str, arguments)], prog_name="rag-service eval")
    if result.exception and not isinstance(result.exception, SystemExit | DatasetError):
        raise result.exception
    return result


def test_a_folder_that_is_named_twice_counts_double(beir: Path, tmp_path: Path) -> None:
    corpus = [{"_id": town, "title": "", "text": f"{town} hat eine Halle."} for town, *_ in TOWNS]
    asked = [f"Wofür ist {town} bekannt?" for town, *_ in TOWNS[:10]]
    queries = [{"_id": str(row), "text": each, "answerable": False, "answers": []} for row, each in enumerate(asked)]
    other = write_beir(tmp_path / "halls", corpus, queries, [])
    fitted = [json.loads(calibrate(*folders, "--dry-run").stdout) for folders in ([beir, other], [beir, other, other])]
    once, twice = fitted
    assert (once["data"]["names"], twice["data"]["names"]) == (["towns", "halls"], ["towns", "halls", "halls"])
    assert once["data"]["questions"] == twice["data"]["questions"] == 60
    assert once["sentence"] == twice["sentence"]
    assert once["signal"] != twice["signal"]


def test_folders_of_one_name_are_told_apart(beir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(beir, tmp_path / "more" / "towns")
    fitted = json.loads(calibrate("towns", "more/towns", beir, "--dry-run").stdout)
    here = f"{tmp_path.name}/towns"
    assert fitted["data"]["names"] == [here, here, "more/towns"]  # the first is named twice, in two ways
    assert fitted["data"]["questions"] == 100
    assert list(fitted["figures"]["sets"]) == [here, "more/towns"]


def test_a_folder_that_is_named_twice_has_no_more_questions(beir: Path) -> None:
    refused = calibrate(beir, beir, "--limit", "20", "--dry-run").exception
    assert isinstance(refused, DatasetError)
    assert refused.problems == [
        "towns: 15 questions with an answer and its document; at least 20 are needed",
        "towns: 5 questions without an answer; at least 10 are needed",
    ]


def test_queries_of_another_split_teach_nothing(beir: Path, tmp_path: Path) -> None:
    corpus = [{"_id": town, "text": f"{town} liegt an der {river}."} for town, _, river, _ in TOWNS]
    queries = [{"_id": town, "text": f"Wo liegt {town}?", "answers": [river]} for town, _, river, _ in TOWNS]
    other = write_beir(tmp_path / "rivers", corpus, queries, [(town, town) for town, *_ in TOWNS[15:]])
    done = calibrate(beir, other, "--dry-run")
    assert json.loads(done.stdout)["data"]["questions"] == 50 + 5
    assert "rivers: 15 queries left out: no row in the qrels\n" in done.stderr


def test_the_fitted_file_is_what_the_service_reads(beir: Path, tmp_path: Path) -> None:
    out = tmp_path / "fitted.json"
    dry = calibrate(beir, "--out", out, "--false-abstention", "0.1", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert dry.stderr.strip().endswith("Nothing was written.") and not out.exists()
    done = calibrate(beir, "--out", out, "--false-abstention", "0.1")
    assert done.stderr.strip().endswith(f"Written: {out}")
    assert done.stdout == dry.stdout  # fitting twice gives the same
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content == json.loads(done.stdout)
    assert (content["data"]["names"], content["data"]["questions"]) == (["towns"], 50)
    assert content["figures"]["false_abstention"] == 0.1
    assert "set_left_out_auroc" not in content["figures"]["sets"]["towns"]  # there is no other set
    assert (
        content["figures"]["sets"]["towns"]["held_out_auroc"] > 0.6
    )  # half of these questions are of the kind it was fitted on
    fitted = Fitted.load(out)
    assert 0 < fitted.threshold < 1
    assert len(content["data"]["sha256"]) == 64


def test_a_set_that_cannot_teach_is_refused_before_anything_runs(beir: Path, caches: Path, tmp_path: Path) -> None:
    few = calibrate(beir, "--limit", "12", "--out", tmp_path / "none" / "fitted.json").exception
    assert isinstance(few, DatasetError)
    assert few.problems == [
        "towns: 9 questions with an answer and its document; at least 20 are needed",
        "towns: 3 questions without an answer; at least 10 are needed",
        f"{tmp_path}/none/fitted.json: its folder does not exist",
    ]
    folder = calibrate(beir, "--out", tmp_path).exception
    assert str(folder) == f"{tmp_path}: is a folder; name a file"
    missing = calibrate(tmp_path / "nowhere").exception
    assert f"{tmp_path}/nowhere: is no BEIR folder" in str(missing) and "eval sweep" in str(missing)
    assert calibrate(beir, "--false-abstention", "0.9").exit_code == 2
    assert not caches.exists()


def test_answers_that_stand_nowhere_are_refused_with_their_number(beir: Path, tmp_path: Path) -> None:
    queries = [json.loads(line) for line in (beir / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    for number, query in enumerate(query for query in queries if query["answerable"]):
        query["answers"] = query["answers"] if number < 6 else ["jawohl selbstverständlich"]
    (beir / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    refused = calibrate(beir, "--out", tmp_path / "fitted.json").exception
    assert isinstance(refused, DatasetError)
    assert refused.problems == [
        "towns: the answer to 6 of 40 questions stands in a retrieved sentence; at least 10 are needed. "
        "Do the answers stand in the documents in these words?"
    ]
    assert not (tmp_path / "fitted.json").exists()


def test_folders_of_one_kind_of_question_each_are_fitted_together(caches: Path, tmp_path: Path) -> None:
    def folder(name: str, text: str, queries: list[dict[str, object]]) -> Path:
        corpus = [{"_id": town, "title": "", "text": text.format(town)} for town, *_ in TOWNS]
        asked = [{"_id": str(row)} | each for row, each in enumerate(queries)]
        found = [(str(row), TOWNS[row][0]) for row, each in enumerate(queries) if each["answerable"]]
        return write_beir(tmp_path / name, corpus, asked, found)

    with_answer = [
        {"text": f"Woraus ist die Halle von {town}?", "answerable": True, "answers": ["Stein"]} for town, *_ in TOWNS
    ]
    without = [{"text": f"Wer ist der Wirt von {town}?", "answerable": False} for town, *_ in TOWNS]
    stone = folder("stone", "{} hat eine Halle. Sie ist aus Stein.", with_answer)
    inns = folder("inns", "In {} gibt es einen Gasthof.", without)
    done = calibrate(stone, inns, "--dry-run")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["figures"]["sets"] == {"stone": {}, "inns": {}}  # of neither kind alone


def test_the_ranking_is_fitted_over_the_candidates(
    beir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ranking.json"
    assert fit_ranking.main(["--data", str(beir), "--out", str(out)]) == 0
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content == json.loads(capsys.readouterr().out)
    assert tuple(content["weights"]) == FEATURES
    assert (content["fitted_on"]["names"], content["fitted_on"]["questions"]) == (["towns"], 40)
    ranking = Ranking(out)
    better, worse = ranking.scores(np.array([np.ones(len(FEATURES)), np.zeros(len(FEATURES))]))
    assert better > worse


def test_samples_of_a_squad_file_are_searched_too(
    beir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    towns = [f"Town {name}" for name in ("Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel")]
    articles = [
        {
            "title": town,
            "paragraphs": [
                {
                    "context": f"The bridge of {town} was built in {1900 + number}.",
                    "qas": [
                        {
                            "id": town,
                            "question": f"When was the bridge of {town} built?",
                            "answers": [{"text": str(1900 + number), "answer_start": len(town) + 28}],
                        }
                    ],
                }
            ],
        }
        for number, town in enumerate(towns)
    ]
    squad, dictionary = tmp_path / "train.json", tmp_path / "eng-deu.dict.dz"
    squad.write_text(json.dumps({"data": articles}))
    with gzip.open(dictionary, "wt") as lines:
        lines.write("bridge /brIdZ/\nBrücke <f>\nbuilt /bIlt/\ngebaut\n")
    out = tmp_path / "ranking.json"
    more = ["--squad", str(squad), "--dictionary", str(dictionary)]
    assert fit_ranking.main(["--data", str(beir), *more, "--out", str(out)]) == 0
    fitted = json.loads(out.read_text(encoding="utf-8"))["fitted_on"]
    assert (fitted["names"], fitted["questions"]) == (["towns", "train"], 46)
    assert "2 of 2: train, 6 questions" in capsys.readouterr().err
