"""A writer for the part of the ONNX file format that the encoder's graph needs.

Field numbers are those of onnx/onnx.proto3. Writing them takes a page of code; the `onnx` package that would
otherwise do it is 18 MB and needed at no other place.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Attribute = int | float | Sequence[int]

INT8 = 3
_ELEMENT_TYPES: Mapping[str, int] = {"float32": 1, "uint8": 2, "int32": 6, "int8": INT8, "int64": 7}
_IR_VERSION = 9
_CONTRIB = "com.microsoft"


def varint(value: int) -> bytes:
    """Encode an integer in base 128; negative values take ten bytes, as protobuf's int64 does."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    """Encode one integer field."""
    return varint(field << 3) + varint(value)


def data(field: int, value: bytes | str) -> bytes:
    """Encode one length-delimited field: bytes, a string, or a nested message."""
    raw = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def tensor(name: str, array: NDArray[Any]) -> bytes:
    """Encode an array as a TensorProto."""
    shape = b"".join(number(1, size) for size in array.shape)
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return shape + number(2, _ELEMENT_TYPES[array.dtype.name]) + data(8, name) + data(9, little.tobytes())


def _attribute(name: str, value: Attribute) -> bytes:
    head = data(1, name)
    match value:
        case int():
            return head + number(3, value) + number(20, 2)
        case float():
            return head + varint(2 << 3 | 5) + struct.pack("<f", value) + number(20, 1)
    return head + b"".join(number(8, item) for item in value) + number(20, 7)


def node(
    operator: str, inputs: Iterable[str], outputs: Iterable[str], domain: str = "", **attributes: Attribute
) -> bytes:
    """Encode one operator; an empty input name leaves that optional input out."""
    return b"".join(
        [
            *(data(1, name) for name in inputs),
            *(data(2, name) for name in outputs),
            data(4, operator),
            *(data(5, _attribute(name, value)) for name, value in attributes.items()),
            data(7, domain),
        ]
    )


def value_info(name: str, element_type: str, shape: Iterable[int | str]) -> bytes:
    """Encode the type of a graph's input or output; a named size may vary from run to run."""
    sizes = b"".join(data(1, data(2, size) if isinstance(size, str) else number(1, size)) for size in shape)
    tensor_type = number(1, _ELEMENT_TYPES[element_type]) + data(2, sizes)
    return data(1, name) + data(2, data(1, tensor_type))


def model(
    nodes: Iterable[bytes],
    initializers: Mapping[str, NDArray[Any]],
    inputs: Iterable[bytes],
    outputs: Iterable[bytes],
    opset: int,
) -> bytes:
    """Assemble a serialised ModelProto with ONNX's own operators and onnxruntime's `com.microsoft` ones."""
    graph = b"".join(
        [
            *(data(1, item) for item in nodes),
            data(2, "encoder"),
            *(data(5, tensor(name, array)) for name, array in initializers.items()),
            *(data(11, item) for item in inputs),
            *(data(12, item) for item in outputs),
        ]
    )
    opsets = [data(8, data(1, "") + number(2, opset)), data(8, data(1, _CONTRIB) + number(2, 1))]
    return number(1, _IR_VERSION) + data(7, graph) + b"".join(opsets)
