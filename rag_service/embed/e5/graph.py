"""The encoder as an ONNX graph, built from the bundled weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag_service.embed.e5 import protobuf
from rag_service.embed.e5.weights import Weights

_OPSET = 17
_CONTRIB = "com.microsoft"


class GraphBuilder:
    """Collects the nodes and constants of one encoder graph; inputs are embeddings (1, tokens, hidden)."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[bytes] = []
        self._constants: dict[str, NDArray[Any]] = {}

    def build(self) -> bytes:
        """Serialise the model: from summed embeddings to the last layer's hidden states."""
        shape = self._weights.shape
        self._normalise("embeddings", "", "emb.ln", "x0")
        for layer in range(shape.layers):
            self._layer(layer)
        sizes = (1, "tokens", shape.hidden)
        return protobuf.model(
            self._nodes,
            self._constants,
            [protobuf.value_info("embeddings", "float32", sizes)],
            [protobuf.value_info(f"x{shape.layers}", "float32", sizes)],
            _OPSET,
        )

    def _layer(self, layer: int) -> None:
        source, prefix = f"x{layer}", f"l{layer}"
        for part in "qkv":
            self._linear(source, f"{prefix}.{part}", f"{prefix}.{part}.out")
        self._add(
            "MultiHeadAttention",
            [f"{prefix}.{part}.out" for part in "qkv"],
            f"{prefix}.context",
            num_heads=self._weights.shape.heads,
        )
        self._linear(f"{prefix}.context", f"{prefix}.ao", f"{prefix}.ao.out")
        self._normalise(source, f"{prefix}.ao.out", f"{prefix}.aln", f"{prefix}.attended")
        self._linear(f"{prefix}.attended", f"{prefix}.fi", f"{prefix}.fi.out")
        self._add("Gelu", [f"{prefix}.fi.out"], f"{prefix}.gelu")
        self._linear(f"{prefix}.gelu", f"{prefix}.fo", f"{prefix}.fo.out")
        self._normalise(f"{prefix}.attended", f"{prefix}.fo.out", f"{prefix}.oln", f"x{layer + 1}")

    def _linear(self, source: str, name: str, target: str) -> None:
        weight = self._constant(f"{name}.w", self._weights.tensor(f"{name}.w").T)
        bias = self._constant(f"{name}.b", self._weights.tensor(f"{name}.b"))
        self._nodes.append(protobuf.node("MatMul", [source, weight], [f"{target}.product"]))
        self._nodes.append(protobuf.node("Add", [f"{target}.product", bias], [target]))

    def _normalise(self, source: str, skip: str, name: str, target: str) -> None:
        scale = self._constant(f"{name}.w", self._weights.tensor(f"{name}.w"))
        shift = self._constant(f"{name}.b", self._weights.tensor(f"{name}.b"))
        epsilon = self._weights.shape.epsilon
        if skip:
            self._add("SkipLayerNormalization", [source, skip, scale, shift], target, epsilon=epsilon)
        else:
            node = protobuf.node("LayerNormalization", [source, scale, shift], [target], epsilon=epsilon)
            self._nodes.append(node)

    def _add(self, operator: str, inputs: list[str], target: str, **attributes: protobuf.Attribute) -> None:
        self._nodes.append(protobuf.node(operator, inputs, [target], _CONTRIB, **attributes))

    def _constant(self, name: str, array: NDArray[Any]) -> str:
        self._constants[name] = np.ascontiguousarray(array)
        return name
