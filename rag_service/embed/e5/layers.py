"""The encoder's layers as an ONNX graph with 8-bit matrix products, built from float32 tensors.

One scale serves all activations of a product, so a single large channel costs every other one its precision.
In this network <s> and </s> carry one huge channel a layer. The inputs of the attention and of the feed-forward
are therefore rescaled by channel, and the weights inversely (SmoothQuant, Xiao et al. 2023, eq. 4); the few
channels that are huge after GELU, where rescaling would cost a pass over the widest array, are computed apart
in float32 (as in LLM.int8, Dettmers et al. 2022).
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rag_service.embed.e5 import protobuf
from rag_service.embed.e5.weights import Shape

OPSET = 17
LIMIT = 127
_CONTRIB = "com.microsoft"
_MIGRATION = 0.65
_HUGE = 7.0
_MIDDLE = 128

Matrix = NDArray[np.float32]


class Network(Protocol):
    """A network of the encoder's shape."""

    @property
    def shape(self) -> Shape:
        """Its sizes."""

    def tensor(self, name: str) -> Matrix:
        """A tensor as float32; a matrix comes as (outputs, inputs)."""


class Ranges(Protocol):
    """Largest absolute activation of each channel, by layer; see ``Fitted``."""

    @property
    def input(self) -> Matrix:
        """Shape (layers, hidden)."""

    @property
    def attended(self) -> Matrix:
        """Shape (layers, hidden)."""

    @property
    def gelu(self) -> Matrix:
        """Shape (layers, feed_forward)."""


class LayerGraph:
    """Collects the nodes and constants of a graph around the encoder's layers.

    Input: ``embeddings`` (tokens, hidden), the sum of word, position and type embeddings, or ``hidden`` of the same
    shape, what an earlier layer gave. With ``unsigned``, weights are stored as unsigned bytes, for processors whose
    signed product overflows.
    """

    def __init__(self, network: Network, ranges: Ranges, unsigned: bool) -> None:
        self._weights = network
        self._ranges = ranges
        self._unsigned = unsigned
        self._nodes: list[bytes] = []
        self._constants: dict[str, NDArray[Any]] = {}

    def _hidden(self, first: int = 0, end: int | None = None) -> str:
        """Hidden states (1, tokens, hidden) behind the layers ``[first, end)``, all of them by default."""
        source = "hidden" if first else "embeddings"
        hidden = self._node("Unsqueeze", [source, self._constant("first", np.array([0]))])
        if not first:
            hidden = self._layer_norm(hidden, "emb.ln")
        for layer in range(first, self._weights.shape.layers if end is None else end):
            hidden = self._layer(hidden, layer)
        return hidden

    def _model(self, outputs: list[bytes], source: str = "embeddings") -> bytes:
        inputs = [protobuf.value_info(source, "float32", ("tokens", self._weights.shape.hidden))]
        return protobuf.model(self._nodes, self._constants, inputs, outputs, OPSET)

    def _layer(self, hidden: str, layer: int) -> str:
        attention = self._attention(hidden, layer)
        attended = self._layer_norm(self._node("Add", [hidden, attention]), f"l{layer}.aln")
        changed = self._feed_forward(attended, layer)
        return self._layer_norm(self._node("Add", [attended, changed]), f"l{layer}.oln")

    def _attention(self, hidden: str, layer: int) -> str:
        shape = self._weights.shape
        weight = np.concatenate([self._matrix(f"l{layer}.{part}.w") for part in "qkv"], axis=1)
        bias = np.concatenate([self._weights.tensor(f"l{layer}.{part}.b") for part in "qkv"])
        smooth, weight = self._smooth(hidden, weight, self._ranges.input[layer])
        joint = self._product(smooth, weight, bias)
        sizes = self._constant("thirds", np.full(3, shape.hidden))
        parts = [f"{joint}.{part}" for part in "qkv"]
        self._nodes.append(protobuf.node("Split", [joint, sizes], parts, axis=-1))
        context = self._node("MultiHeadAttention", parts, _CONTRIB, num_heads=shape.heads)
        return self._product(context, self._matrix(f"l{layer}.ao.w"), self._weights.tensor(f"l{layer}.ao.b"))

    def _feed_forward(self, attended: str, layer: int) -> str:
        inner, outer = self._matrix(f"l{layer}.fi.w"), self._matrix(f"l{layer}.fo.w")
        inner_bias, outer_bias = (self._weights.tensor(f"l{layer}.{part}.b") for part in ("fi", "fo"))
        huge = np.flatnonzero(self._ranges.gelu[layer] > _HUGE)
        apart = self._apart(attended, inner[:, huge], inner_bias[huge], outer[huge])
        inner[:, huge], inner_bias[huge] = 0, 0
        smooth, inner = self._smooth(attended, inner, self._ranges.attended[layer])
        activated = self._node("Gelu", [self._product(smooth, inner, inner_bias)], _CONTRIB)
        product = self._product(activated, outer, outer_bias)
        return self._node("Add", [product, apart]) if len(huge) else product

    def _apart(self, source: str, inner: Matrix, bias: Matrix, outer: Matrix) -> str:
        """The huge channels' share of the feed-forward, in float32; an empty name when there are none."""
        if not len(bias):
            return ""
        product = self._node("MatMul", [source, self._constant("apart.in", inner)])
        summed = self._node("Add", [product, self._constant("apart.bias", bias)])
        activated = self._node("Gelu", [summed], _CONTRIB)
        return self._node("MatMul", [activated, self._constant("apart.out", outer)])

    def _smooth(self, source: str, weight: Matrix, largest: Matrix) -> tuple[str, Matrix]:
        factor = largest**_MIGRATION / np.abs(weight).max(axis=1) ** (1 - _MIGRATION)
        factor = (factor / np.median(factor)).astype(np.float32)
        return self._node("Mul", [source, self._constant("smooth", 1 / factor)]), weight * factor[:, None]

    def _product(self, source: str, weight: Matrix, bias: Matrix) -> str:
        """Multiply in 8 bits: weights scaled by column when the graph is built, activations as they come."""
        scale = np.abs(weight).max(axis=0) / LIMIT
        scale[scale == 0] = 1
        stored = np.rint(weight / scale) + (_MIDDLE if self._unsigned else 0)
        inputs = [
            source,
            self._constant("weight", stored.astype(np.uint8 if self._unsigned else np.int8)),
            self._constant("scale", scale.astype(np.float32)),
            self._constant("zero", np.full(len(scale), _MIDDLE, np.uint8)) if self._unsigned else "",
            self._constant("bias", bias),
        ]
        return self._node("DynamicQuantizeMatMul", inputs, _CONTRIB)

    def _layer_norm(self, source: str, name: str) -> str:
        # onnxruntime's fused SkipLayerNormalization takes eight times as long as Add and this.
        scale, shift = (self._constant(part, self._weights.tensor(f"{name}.{part}")) for part in "wb")
        return self._node("LayerNormalization", [source, scale, shift], epsilon=self._weights.shape.epsilon)

    def _matrix(self, name: str) -> Matrix:
        return np.ascontiguousarray(self._weights.tensor(name).T)

    def _node(self, operator: str, inputs: list[str], domain: str = "", **attributes: protobuf.Attribute) -> str:
        target = f"{operator}.{len(self._nodes)}"
        self._nodes.append(protobuf.node(operator, inputs, [target], domain, **attributes))
        return target

    def _constant(self, kind: str, array: NDArray[Any]) -> str:
        name = f"{kind}.{len(self._constants)}"
        self._constants[name] = np.asarray(array, order="C")
        return name
