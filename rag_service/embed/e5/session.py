"""onnxruntime sessions for graphs built from the bundled weights, kept in a cache directory."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from rag_service.embed.e5 import graph, layers, protobuf
from rag_service.embed.e5.fitted import FITTED_FILE, load_fitted
from rag_service.embed.e5.weights import Weights

_DIGEST_BYTES = 32
_READABLE = 0o644  # who prepares a graph, as root in an image, need not be who uses it


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a graph is built, ``unsigned`` or not, and the files besides the weights that it depends on."""

    name: str
    build: Callable[[bool], bytes]
    sources: Sequence[Path]


def encoder_recipe(weights: Weights) -> Recipe:
    """The recipe of the encoder's own graph."""

    def build(unsigned: bool) -> bytes:
        return graph.GraphBuilder(weights, load_fitted(), unsigned).build()

    return Recipe("e5", build, [Path(graph.__file__), FITTED_FILE])


def open_session(weights: Weights, cache_dir: Path, recipe: Recipe | None = None) -> onnxruntime.InferenceSession:
    """Load a graph from the cache, or build it and try to leave it there; the encoder's by default.

    The session runs each text by itself on the calling thread: two texts on two threads take less time than
    each on both, nothing is padded, and no text's vectors depend on its neighbours in a batch.
    """
    recipe = recipe or encoder_recipe(weights)
    unsigned = signed_product_overflows()
    path = cache_dir / f"{recipe.name}-{_key(weights, recipe.sources, unsigned)}.graph"
    model = _read(path)
    if model is None:
        model = recipe.build(unsigned)
        # The cache saves a second at the next start; a directory that cannot be written costs only that.
        with suppress(OSError):
            _write(path, model)
    return session_of(model)


def signed_product_overflows() -> bool:
    """Whether this processor's product of unsigned and signed bytes saturates at 16 bits, as AVX2's does.

    Found by trying: 64 products of 255 and 127 a sum.
    """
    size = 64
    constants = {"weight": np.full((size, size), 127, np.int8), "zero": np.array(0, np.uint8)}
    node = protobuf.node("MatMulInteger", ["input", "weight", "zero"], ["output"])
    model = protobuf.model(
        [node],
        constants,
        [protobuf.value_info("input", "uint8", (size, size))],
        [protobuf.value_info("output", "int32", (size, size))],
        layers.OPSET,
    )
    (sums,) = session_of(model).run(None, {"input": np.full((size, size), 255, np.uint8)})
    return bool((sums != size * 127 * 255).any())


def session_of(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    # The graph is written as it should run; the optimiser would bring the slower fused layer norm back.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _key(weights: Weights, sources: Sequence[Path], unsigned: bool) -> str:
    """Identify all that the built graph depends on, by contents alone: an image keeps no exact times of files."""
    digest = hashlib.sha256(f"{weights.digest} {unsigned}".encode())
    for source in (Path(layers.__file__), Path(protobuf.__file__), *sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _read(path: Path) -> bytes | None:
    try:
        stored = path.read_bytes()
    except OSError:
        return None
    digest, model = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
    return model if hashlib.sha256(model).digest() == digest else None


def _write(path: Path, model: bytes) -> None:
    """Put the file in place whole: another process sees either nothing or all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(model).digest())
            file.write(model)
        temporary.chmod(_READABLE)
        temporary.replace(path)
    except OSError:
        temporary.unlink()
        raise
