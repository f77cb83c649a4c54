"""The bundled encoder: multilingual-e5-small from 4-bit weights, run by onnxruntime."""
