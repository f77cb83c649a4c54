"""Question answering over a team's own documents, with citations checked against the source."""

__version__ = "0.1.0"
