"""Classes by their dotted path."""

from __future__ import annotations

import json.decoder

import pytest

from rag_service.dotted import load


def test_a_class_is_loaded() -> None:
    assert load("json.decoder.JSONDecoder") is json.decoder.JSONDecoder


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("no_such_package.Model", "no_such_package"),
        ("json.decoder.Missing", "Missing"),
        ("Model", "Empty module name"),
        ("", "Empty module name"),
        (".json.Model", "relative import"),
    ],
)
def test_whatever_is_wrong_with_a_path_is_an_import_error(path: str, said: str) -> None:
    with pytest.raises(ImportError, match=said):
        load(path)
