"""The encoder's graph: its layers, then the mean of the last one and its projected token vectors."""

from __future__ import annotations

import numpy as np

from rag_service.embed.e5 import protobuf
from rag_service.embed.e5.fitted import Fitted
from rag_service.embed.e5.layers import LIMIT, LayerGraph, Network

TOKEN_SCALE = 180.0


class GraphBuilder(LayerGraph):
    """Outputs: the mean of the last layer (hidden,), and its projected token vectors (tokens, 128) int8."""

    def __init__(self, network: Network, fitted: Fitted, unsigned: bool) -> None:
        super().__init__(network, fitted, unsigned)
        self._fitted = fitted

    def build(self) -> bytes:
        """Serialise the model."""
        hidden = self._hidden()
        pooled = self._node("ReduceMean", [hidden], axes=[0, 1], keepdims=0)
        tokens = self._token_vectors(hidden)
        return self._model(
            [
                protobuf.value_info(pooled, "float32", (self._weights.shape.hidden,)),
                protobuf.value_info(tokens, "int8", ("tokens", self._fitted.projection.shape[1])),
            ]
        )

    def _token_vectors(self, hidden: str) -> str:
        fitted = self._fitted
        rows = self._node("Squeeze", [hidden, "first.0"])
        centred = self._node("Sub", [rows, self._constant("mean", fitted.mean)])
        projected = self._node("MatMul", [centred, self._constant("projection", fitted.projection)])
        length = self._node("ReduceL2", [projected], axes=[-1])
        scaled = self._node("Mul", [projected, self._constant("scale", np.array(TOKEN_SCALE, np.float32))])
        rounded = self._node("Round", [self._node("Div", [scaled, length])])
        limits = [self._constant("limit", np.array(sign * LIMIT, np.float32)) for sign in (-1, 1)]
        return self._node("Cast", [self._node("Clip", [rounded, *limits])], to=protobuf.INT8)
