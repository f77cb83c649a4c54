"""Question answering over a team's own documents, with citations checked against the source."""

import os

__version__ = "0.1.0"

# onnxruntime reports its use to its maker, and writes into HOME, unless this is set before anything imports it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
