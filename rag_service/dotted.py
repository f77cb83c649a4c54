"""Classes that settings name by their dotted path."""

from __future__ import annotations

import importlib
from typing import Any


def load(path: str) -> Any:
    """What a dotted path such as ``package.module.Class`` names; ImportError, whatever is wrong with it."""
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (AttributeError, ValueError, TypeError) as error:
        raise ImportError(str(error)) from error
