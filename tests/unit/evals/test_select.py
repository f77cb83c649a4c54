"""Part of a dataset by id, tag and number."""

from dataclasses import replace
from pathlib import Path

import pytest

from evals.cases.model import Case
from evals.cases.select import select_cases
from evals.errors import DatasetError
from tests import eval_kit


def chosen(folder: Path, **options: object) -> list[str]:
    return [case.id for case in select_cases(eval_kit.dataset(folder), **options).cases]  # type: ignore[arg-type]


def test_all_cases_unless_asked_otherwise(tmp_path: Path) -> None:
    whole = eval_kit.dataset(tmp_path)
    assert select_cases(whole) is whole


def test_ids_and_tags_add_up_in_the_order_of_the_dataset(tmp_path: Path) -> None:
    assert chosen(tmp_path, tags=["north"]) == ["schweden", "norwegen", "finnland"]
    assert chosen(tmp_path, ids=["finnland", "polen"]) == ["polen", "finnland"]
    assert chosen(tmp_path, ids=["polen"], tags=["north"]) == ["polen", "schweden", "norwegen", "finnland"]


def test_a_limit_takes_from_each_tag_in_turn(tmp_path: Path) -> None:
    assert chosen(tmp_path, limit=3) == ["frankreich", "schweden", "atlantis"]
    assert chosen(tmp_path, limit=6) == ["frankreich", "italien", "schweden", "norwegen", "atlantis", "utopia"]
    assert chosen(tmp_path, limit=100) == [case.id for case in eval_kit.dataset(tmp_path).cases]
    assert chosen(tmp_path, tags=["north"], limit=2) == ["schweden", "norwegen"]


def test_cases_without_a_tag_have_their_turn(tmp_path: Path) -> None:
    whole = eval_kit.dataset(tmp_path)
    plain = tuple(Case(f"plain{number}", "Wo?") for number in range(100))
    tagged = tuple(Case(f"none{number}", "Wer?", answerable=False, tags=("unanswerable",)) for number in range(50))
    for cases in (plain + tagged, tagged + plain):
        ids = [case.id for case in select_cases(replace(whole, cases=cases), limit=20).cases]
        assert sorted(ids) == sorted(f"{kind}{number}" for kind in ("plain", "none") for number in range(10))
    assert [case.id for case in select_cases(replace(whole, cases=plain), limit=2).cases] == ["plain0", "plain1"]
    mixed = (*plain[:3], Case("a", "Wo?", tags=("x", "y")), *tagged[:2])
    assert [case.id for case in select_cases(replace(whole, cases=mixed), limit=3).cases] == ["plain0", "a", "none0"]


def test_a_part_is_another_set_of_cases(tmp_path: Path) -> None:
    whole = eval_kit.dataset(tmp_path)
    part = select_cases(whole, tags=["north"])
    assert part.sha256 != whole.sha256
    assert part.sha256 == select_cases(whole, ids=["norwegen", "finnland", "schweden"]).sha256
    assert (part.name, part.corpus) == (whole.name, whole.corpus)


def test_what_no_case_has_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DatasetError) as caught:
        select_cases(eval_kit.dataset(tmp_path), ids=["frankreic"], tags=["xyz"])
    one, two = caught.value.problems
    assert one.endswith("no case 'frankreic'; did you mean 'frankreich'?")
    assert two.endswith("no tag 'xyz'")
