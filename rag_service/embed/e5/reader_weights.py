"""What the reader changes of the encoder: low-rank differences of matrices, new vectors, and its head."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_service.embed.e5.layers import Network
from rag_service.embed.e5.weights import Shape

READER_FILE = Path(__file__).with_name("reader.npz")
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """The encoder's tensors with the reader's changes.

    ``changes`` holds ``NAME.down`` (rank, inputs) and ``NAME.up`` (outputs, rank) for a matrix NAME of the encoder,
    whose product is added to it (LoRA, Hu et al. 2021, eq. 3), and vectors by their names, which replace it;
    ``head.w`` (384, 3) and ``head.b`` (3,), whose columns are start, end, and answerable; and the activations'
    ranges ``input``, ``attended`` and ``gelu`` as in ``Fitted``.
    """

    network: Network
    changes: dict[str, Matrix]

    @property
    def shape(self) -> Shape:
        """The network's sizes."""
        return self.network.shape

    @property
    def input(self) -> Matrix:
        """Largest activations that enter the attention, (layers, 384)."""
        return self.changes["input"]

    @property
    def attended(self) -> Matrix:
        """Largest activations that enter the feed-forward, (layers, 384)."""
        return self.changes["attended"]

    @property
    def gelu(self) -> Matrix:
        """Largest activations after GELU, (layers, 1536)."""
        return self.changes["gelu"]

    def tensor(self, name: str) -> Matrix:
        """A tensor as float32; a matrix comes as (outputs, inputs)."""
        if name in self.changes:
            return self.changes[name]
        tensor = self.network.tensor(name)
        if f"{name}.down" in self.changes:
            tensor = tensor + self.changes[f"{name}.up"] @ self.changes[f"{name}.down"]
        return tensor


def load_reader_weights(network: Network, path: Path = READER_FILE) -> ReaderWeights:
    """Read the shipped file, made by `python -m evals.fit_reader`."""
    with np.load(path) as arrays:
        return ReaderWeights(network, {name: arrays[name].astype(np.float32) for name in arrays.files})
