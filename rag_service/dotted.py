"""Classes that settings name by their dotted path."""

from __future__ import annotations

import importlib
from typing import Any

_LONGEST = 300  # characters of what a class says of its failure


def load(path: str) -> Any:
    """What a dotted path such as ``package.module.Class`` names; ImportError, whatever is wrong with it."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (AttributeError, ValueError, TypeError) as error:
        raise ImportError(str(error)) from error


def failure(error: BaseException) -> str:
    """What such a class raised, as messages tell it: the kind of error, and the beginning of its text."""
    return f"{type(error).__name__}: {str(error)[:_LONGEST]}"
