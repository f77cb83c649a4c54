"""Passages to an answer with verified citations, or an abstention."""
