"""How long generated tests look: as given, or FUZZ times as long and from a fresh seed (`make fuzz`)."""

import os

FUZZ = int(os.environ.get("FUZZ", "1"))


def examples(number: int) -> int:
    """How many examples to try where an ordinary run tries so many."""
    return number * FUZZ
