"""Evaluation: cases, metrics, runs, comparison, gate, report."""
