"""Datasets from elsewhere: SQuAD JSON, BEIR folders, JSON lines."""
