"""Metrics: small pure functions, one family a module; see docs/evals.md for what each one says."""
