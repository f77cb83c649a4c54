"""The bundled encoder: multilingual-e5-small from 4-bit weights, run by onnxruntime."""

from rag_service.embed.e5.encoder import E5Encoder, Encoded

__all__ = ["E5Encoder", "Encoded"]
