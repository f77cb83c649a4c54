"""An optional LLM judge of correctness and faithfulness, and how far it agrees with people."""
