"""What the eval suite raises on purpose; all of it reaches the command line as one message."""

from __future__ import annotations

from rag_service.errors import Conflict, InvalidInput


class DatasetError(InvalidInput):
    """A dataset cannot be used as it stands; one line a problem, each with file and line number."""

    code = "invalid_dataset"
    title = "Invalid dataset"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class PatternError(InvalidInput):
    """A case's regular expression cannot be looked for."""

    code = "unusable_pattern"
    title = "Unusable regular expression"


class RunError(Conflict):
    """A run folder is incomplete, was made by another version, or does not fit what is asked of it."""

    code = "unusable_run"
    title = "Unusable run folder"
