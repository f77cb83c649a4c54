"""The reader's training: the encoder in torch, its upper layers fine-tuned to begin, end, and absence of answers."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.question_forms import varied
from evals.reader_examples import Group, Row, cropped, encode, switched
from evals.switching import Switcher
from rag_service.embed.e5.encoder import Inputs
from rag_service.embed.e5.reader_weights import ReaderWeights

BATCH, SORTED, WARM, CLIP, DECAY, BLOCKED = 16, 20, 0.1, 1.0, 0.01, -1e4
SWITCHED, AVERAGED = 0.5, 0.997  # share of the examples; how much of the average stays at each step
TOLD = 100  # steps between two lines of progress
PARTS = ("q", "k", "v", "ao", "fi", "fo", "aln", "oln")
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Options:
    """How long and how fast to train, and how many layers from below stay as they are."""

    epochs: int
    rate: float
    frozen: int
    seed: int = 0


def train(
    groups: Sequence[Group],
    inputs: Inputs,
    options: Options,
    switcher: Switcher | None,
    start: ReaderWeights | None = None,
) -> dict[str, Floats]:
    """Trained tensors by the encoder's names, and ``head.w`` (384, 3) and ``head.b``; prints the loss by epoch
    and, to standard error, every hundred steps with the time left.

    Steps are in bfloat16 on weights kept in float32 (AdamW, Loshchilov & Hutter 2019), the rate rising and falling
    linearly; the loss is that of Devlin et al. 2019, any occurrence of an answer counting, and a logistic one on
    whether there is an answer. What is returned is the moving average of the weights (Polyak & Juditsky 1992).
    """
    torch: Any = import_module("torch")  # an import statement would need its stubs to check types
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)
    network = _Network(torch, inputs, options.frozen, start)
    live = network.live
    exact = [tensor.detach().float().clone().requires_grad_() for tensor in live]
    average = [tensor.detach().clone() for tensor in exact]
    grouped = [{"params": [each for each in exact if each.ndim > 1], "weight_decay": DECAY},
               {"params": [each for each in exact if each.ndim == 1], "weight_decay": 0.0}]  # fmt: skip
    optimiser = torch.optim.AdamW(grouped, lr=options.rate, fused=True)
    total = options.epochs * -(-len(groups) // BATCH)
    step, begun = 0, time.monotonic()
    for epoch in range(options.epochs):
        losses = []
        for rows in _batches([_pick(group, inputs, switcher, chance) for group in groups], chance):
            rate = options.rate * min(1.0, (step + 1) / (WARM * total), max(0.0, (total - step) / total))
            for parameters in optimiser.param_groups:
                parameters["lr"] = rate
            loss = network.loss(rows)
            loss.backward()
            for tensor, kept in zip(live, exact, strict=True):
                kept.grad, tensor.grad = tensor.grad.float(), None
            torch.nn.utils.clip_grad_norm_(exact, CLIP)
            optimiser.step()
            with torch.no_grad():
                share = 1 - min(AVERAGED, (step + 1) / (step + 10))
                for tensor, kept, mean in zip(live, exact, average, strict=True):
                    tensor.copy_(kept)
                    mean.lerp_(kept, share)
            losses.append(loss.item())
            step += 1
            if step % TOLD == 0:
                left = (time.monotonic() - begun) / step * (total - step) / 60
                sys.stderr.write(f"step {step} of {total}: loss {np.mean(losses[-TOLD:]):.4f}, {left:.0f} min left\n")
        sys.stdout.write(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}\n")
    return {name: mean.numpy() for name, mean in zip(network.names, average, strict=True)}


def _pick(group: Group, inputs: Inputs, switcher: Switcher | None, chance: random.Random) -> Row:
    example = cropped(group.pick(chance), chance)
    if switcher and chance.random() < SWITCHED:
        example = switched(example, switcher, chance)
    return encode(replace(example, question=varied(example.question, chance)), inputs)


def _batches(rows: Sequence[Row], chance: random.Random) -> Iterator[list[Row]]:
    """The rows in random order, batched with others of about their length."""
    rows = chance.sample(rows, len(rows))
    for begin in range(0, len(rows), BATCH * SORTED):
        part = sorted(rows[begin : begin + BATCH * SORTED], key=lambda row: len(row.ids))
        batches = [part[at : at + BATCH] for at in range(0, len(part), BATCH)]
        chance.shuffle(batches)
        yield from batches


class _Network:
    """The encoder's layers and the head, as tensors by name."""

    def __init__(self, torch: Any, inputs: Inputs, frozen: int, start: ReaderWeights | None) -> None:
        self._torch = torch
        self._inputs = inputs
        self._start = start or inputs.weights
        self._shape = inputs.weights.shape
        self._tensors = {f"emb.ln.{part}": self._load(f"emb.ln.{part}") for part in "wb"}
        self.names: list[str] = []
        for layer in range(self._shape.layers):
            for name in (f"l{layer}.{part}.{kind}" for part in PARTS for kind in "wb"):
                self._tensors[name] = self._load(name)
                if layer >= frozen:
                    self.names.append(name)
        if start:
            self._tensors |= {name: self._load(name) for name in ("head.w", "head.b")}
        else:
            self._tensors["head.w"] = (torch.randn(self._shape.hidden, 3) * 0.02).bfloat16()
            self._tensors["head.b"] = torch.zeros(3).bfloat16()
        self.names += ["head.w", "head.b"]
        self.live = [self._tensors[name].requires_grad_() for name in self.names]

    def _load(self, name: str) -> Any:
        return self._torch.from_numpy(np.ascontiguousarray(self._start.tensor(name))).bfloat16()

    def loss(self, rows: Sequence[Row]) -> Any:
        torch, longest = self._torch, max(len(row.ids) for row in rows)
        embeddings = torch.zeros(len(rows), longest, self._shape.hidden)
        real = torch.zeros(len(rows), longest, dtype=torch.bool)
        wanted = torch.zeros(2, len(rows), longest, dtype=torch.bool)
        for at, row in enumerate(rows):
            embeddings[at, : len(row.ids)] = torch.from_numpy(self._inputs.embed(row.ids))
            real[at, : len(row.ids)] = True
            wanted[0, at, list(row.starts or (0,))] = True
            wanted[1, at, list(row.ends or (0,))] = True
        scores = self._scores(embeddings.bfloat16(), real)
        spans = torch.stack([scores[..., 0], scores[..., 1]]).masked_fill(~real, BLOCKED)
        right = torch.logsumexp(spans.masked_fill(~wanted, BLOCKED), 2)
        missed = (torch.logsumexp(spans, 2) - right).mean()
        answered = torch.tensor([float(bool(row.starts)) for row in rows])
        return missed + 0.5 * torch.nn.functional.binary_cross_entropy_with_logits(scores[:, 0, 2], answered)

    def _scores(self, embeddings: Any, real: Any) -> Any:
        hidden = self._norm(embeddings, "emb.ln")
        for layer in range(self._shape.layers):
            attended = self._norm(hidden + self._attention(hidden, real, layer), f"l{layer}.aln")
            inner = self._torch.nn.functional.gelu(self._linear(attended, f"l{layer}.fi"))
            hidden = self._norm(attended + self._linear(inner, f"l{layer}.fo"), f"l{layer}.oln")
        return (hidden @ self._tensors["head.w"] + self._tensors["head.b"]).float()

    def _attention(self, hidden: Any, real: Any, layer: int) -> Any:
        count, length, size = hidden.shape
        parts = [
            self._linear(hidden, f"l{layer}.{part}").view(count, length, self._shape.heads, -1).transpose(1, 2)
            for part in "qkv"
        ]
        context = self._torch.nn.functional.scaled_dot_product_attention(*parts, attn_mask=real[:, None, None, :])
        return self._linear(context.transpose(1, 2).reshape(count, length, size), f"l{layer}.ao")

    def _linear(self, values: Any, name: str) -> Any:
        return self._torch.nn.functional.linear(values, self._tensors[f"{name}.w"], self._tensors[f"{name}.b"])

    def _norm(self, values: Any, name: str) -> Any:
        weight, bias = self._tensors[f"{name}.w"], self._tensors[f"{name}.b"]
        return self._torch.nn.functional.layer_norm(values, (self._shape.hidden,), weight, bias, self._shape.epsilon)
