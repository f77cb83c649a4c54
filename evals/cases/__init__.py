"""Hand-written questions with their gold answers and evidence: reading, checking, drafting, importing."""
