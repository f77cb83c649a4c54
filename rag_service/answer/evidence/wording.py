"""In which language the words of a question are compared with those of the passages."""

from __future__ import annotations

from collections import Counter

from rag_service.ports import Evidence


def wording(evidence: Evidence) -> str:
    """The question's own language, or, of keywords that tell none, that of most passages."""
    if evidence.language != "und":
        return evidence.language
    languages = Counter(passage.language for passage in evidence.passages)
    return max(languages, key=lambda each: languages[each], default="und")
