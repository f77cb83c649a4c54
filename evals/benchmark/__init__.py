"""Benchmarks of the whole pipeline and of its parts: ``python -m evals.benchmark``."""
