"""Parts of LlamaIndex without the rest of it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

# What stands in for modules, and what is asked of them when a node parser is made.
_STAND_INS: dict[str, dict[str, Any]] = {
    "llama_index.core": {"global_handler": None},
    "llama_index.core.node_parser": {},
    "llama_index.core.settings": {"Settings": SimpleNamespace(_callback_manager=None)},
}


@contextmanager
def parts_alone() -> Iterator[None]:
    """Inside, a module of LlamaIndex is imported without what its packages import: a tenth of a second, not a whole.

    Empty packages stand in for these, with the settings of a LlamaIndex that nobody has used yet. Afterwards they
    are imported in full by whoever asks for them, and share the modules that have been imported already. Nothing
    happens when LlamaIndex has been imported before.
    """
    if "llama_index.core" in sys.modules:
        yield
        return
    try:
        for name, attributes in _STAND_INS.items():
            spec = importlib.util.find_spec(name)
            assert spec is not None
            sys.modules[name] = importlib.util.module_from_spec(spec)
            vars(sys.modules[name]).update(attributes)
        yield
    finally:
        for name in _STAND_INS:
            sys.modules.pop(name, None)
