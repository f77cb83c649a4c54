"""Arguments that several benchmarks take."""

from __future__ import annotations

import argparse


def count(text: str) -> int:
    """A whole number from 1: 0 would measure nothing, and a negative one leaves the last out."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {number}")
    return number
