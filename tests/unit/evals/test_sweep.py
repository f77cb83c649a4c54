from pathlib import Path

import pytest

from evals.errors import DatasetError
from evals.runs import Run
from evals.sweep import combinations, rank, rankable, read_grid, slug, with_values
from rag_service.settings import Settings


def finished(name: str, quality: float | None, latency: float, metric: str = "case_right") -> Run:
    figure = {"mean": quality, "low": 0.0, "high": 1.0, "n": 16, "unscored": 2}
    return Run(Path(name), {}, {"metrics": {metric: figure}}, {"total_ms": {"p50": latency}}, (), ())


def test_every_combination_of_options_and_file(tmp_path: Path) -> None:
    path = tmp_path / "grid.yaml"
    path.write_text("retrieval.top_k: [4, 8]\n", encoding="utf-8")
    grid = read_grid(["chunking.max_tokens=128,256", "answer.answerer=extractive"], path)
    found = combinations(grid)
    assert len(found) == 4
    assert found[1] == {"retrieval.top_k": 4, "chunking.max_tokens": 256, "answer.answerer": "extractive"}
    assert slug(found[0]) == "retrieval.top_k=4_chunking.max_tokens=128_answer.answerer=extractive"


@pytest.mark.parametrize(
    ("options", "content", "message"),
    [
        ([], None, "needs at least one setting"),
        (["retrieval.top_k"], None, "expected section.key=value,value"),
        (["retrieval.top_k=2", "retrieval.top_k=8"], None, "--set retrieval.top_k stands twice"),
        ([], "retrieval.top_k: 4", "a grid maps settings to lists"),
        ([], "retrieval.top_k: []", "needs at least one setting"),
    ],
)
def test_wrong_grids(tmp_path: Path, options: list[str], content: str | None, message: str) -> None:
    path = tmp_path / "grid.yaml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetError, match=message):
        read_grid(options, path if content is not None else None)


@pytest.mark.parametrize("name", ["judge_correct", "judge_faithful", "answer_similarity", "case_righ"])
def test_a_sweep_is_ranked_by_nothing_that_it_does_not_measure(name: str) -> None:
    with pytest.raises(DatasetError, match=f"does not measure {name}|unknown metric 'case_righ'; did you mean"):
        rankable(name)
    rankable("case_right")


def test_a_missing_grid_file(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such file"):
        read_grid([], tmp_path / "none.yaml")


def test_combinations_never_share_a_folder() -> None:
    folder = "/srv/" + "prompts/" * 20
    long, short = (
        [slug({"answer.prompts_dir": name}) for name in pair] for pair in ((folder + "a", folder + "b"), ("a/b", "a_b"))
    )
    assert long[0] != long[1] and len(long[0]) < 140
    assert short[0] != short[1] == "answer.prompts_dir=a_b"


def test_a_setting_that_stands_twice_in_a_grid_file_is_refused(tmp_path: Path) -> None:
    grid = tmp_path / "grid.yaml"
    grid.write_text("retrieval.top_k: [1, 2]\nretrieval.top_k: [3]\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"grid\.yaml:2: retrieval\.top_k stands twice"):
        read_grid([], grid)


def test_a_grid_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "grid.yaml"
    path.write_text("retrieval.top_k: [4, 8", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"grid\.yaml: not valid YAML: .*line 1"):
        read_grid([], path)


def test_settings_are_replaced_and_checked() -> None:
    changed = with_values(Settings(), {"retrieval.top_k": 5, "retrieval.dense_weight": 0.5, "chunking.max_tokens": 128})
    assert (changed.retrieval.top_k, changed.retrieval.dense_weight, changed.chunking.max_tokens) == (5, 0.5, 128)
    assert changed.retrieval.candidates == Settings().retrieval.candidates
    with pytest.raises(DatasetError, match=r"unknown setting 'retrieval\.topk'; did you mean 'retrieval\.top_k'\?"):
        with_values(Settings(), {"retrieval.topk": 5})
    with pytest.raises(DatasetError, match=r"retrieval\.top_k = 99: Input should be less than or equal to 50"):
        with_values(Settings(), {"retrieval.top_k": 99})
    with pytest.raises(DatasetError, match="unknown setting 'zzz'"):
        with_values(Settings(), {"zzz": 1})


@pytest.mark.parametrize(
    ("key", "value"), [("llm.api_key", "sk-hidden"), ("llm.base_url", "http://user:sk-hidden@host/v1")]
)
def test_a_secret_is_not_swept_over(key: str, value: str) -> None:
    with pytest.raises(DatasetError, match=rf"{key} holds a secret") as refused:
        with_values(Settings(), {key: value})
    assert "sk-hidden" not in str(refused.value)
    assert with_values(Settings(), {"llm.base_url": "http://host/v1"}).llm.base_url == "http://host/v1"


def test_values_that_are_right_together_are_taken_in_any_order() -> None:
    for keys in (("max_tokens", "overlap_tokens"), ("overlap_tokens", "max_tokens")):
        values = {"max_tokens": 40, "overlap_tokens": 8}
        changed = with_values(Settings(), {f"chunking.{key}": values[key] for key in keys})
        assert (changed.chunking.max_tokens, changed.chunking.overlap_tokens) == (40, 8)
    with pytest.raises(DatasetError, match=r"chunking\.max_tokens = 40, chunking\.overlap_tokens = 30: .*at most half"):
        with_values(Settings(), {"chunking.max_tokens": 40, "chunking.overlap_tokens": 30})


def test_the_best_come_first_and_the_unbeaten_are_marked() -> None:
    runs = [
        ({"k": 1}, finished("a", 0.7, 10.0)),
        ({"k": 2}, finished("b", 0.9, 30.0)),
        ({"k": 3}, finished("c", 0.9, 40.0)),
        ({"k": 4}, finished("d", 0.8, 10.0)),
    ]
    rows = rank(runs, "case_right")
    assert {(row.n, row.unscored) for row in rows} == {(16, 2)}
    assert [(row.values["k"], row.optimal) for row in rows] == [(2, True), (3, False), (4, True), (1, False)]


def test_lower_is_better_for_some_metrics() -> None:
    name = "false_abstentions"
    qualities = {1: 0.3, 2: 0.1, 3: None}
    rows = rank([({"k": k}, finished("a", quality, 1.0, name)) for k, quality in qualities.items()], name)
    assert [row.values["k"] for row in rows] == [2, 1, 3]
    assert [row.optimal for row in rows] == [True, False, False]


def test_combinations_without_a_value_are_listed_last() -> None:
    failed = finished("d", None, 1.0)
    failed.latency["total_ms"].clear()
    runs = [({"k": 1}, finished("a", None, 1.0)), ({"k": 2}, failed), ({"k": 3}, finished("b", 0.1, 9.0))]
    rows = rank([*runs, ({"k": 4}, finished("c", 0.2, 8.0))], "case_right")
    assert [(row.values["k"], row.quality, row.optimal) for row in rows] == [
        (4, 0.2, True), (3, 0.1, False), (1, None, False), (2, None, False)
    ]  # fmt: skip
    assert [row.latency_ms for row in rows] == [8.0, 9.0, 1.0, None]
    assert [row.quality for row in rank(runs[:1], "case_right")] == [None]
