"""Citations against gold evidence and against the stored source text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evals.cases.model import GoldEvidence, Needs
from evals.metrics.spans import cites
from rag_service.models import Citation, Statement


def citation_precision(citations: Sequence[Citation], evidence: Sequence[GoldEvidence]) -> float:
    """Share of the citations that overlap a gold evidence span of the case."""
    return sum(any(_meets(citation, gold) for gold in evidence) for citation in citations) / len(citations)


def citation_recall(citations: Sequence[Citation], evidence: Sequence[GoldEvidence], needs: Needs) -> float:
    """How much of the needed gold evidence is cited.

    ``any``: the spans state the same fact, so 1 when one of them is cited, else 0. ``all``: the share of
    the spans that is cited, one that is listed twice counting once.
    """
    distinct = {(gold.source, gold.places): gold for gold in evidence}.values()
    cited = [any(_meets(citation, gold) for citation in citations) for gold in distinct]
    return float(any(cited)) if needs == "any" else sum(cited) / len(cited)


def share_verified(citations: Sequence[Citation], sources: Mapping[str, str]) -> float:
    """Share of the citations whose quote stands, to the character, at its offsets in the source text."""
    return sum(is_verified(citation, sources) for citation in citations) / len(citations)


def is_verified(citation: Citation, sources: Mapping[str, str]) -> bool:
    """Whether a citation's quote is the text at its offsets; an unknown source verifies nothing."""
    text = sources.get(citation.source)
    inside = text is not None and 0 <= citation.start < citation.end <= len(text)
    return inside and text is not None and text[citation.start : citation.end] == citation.quote


def share_supported(
    statements: Sequence[Statement], citations: Sequence[Citation], sources: Mapping[str, str]
) -> float:
    """Share of the statements that the service calls supported and that have a citation verified here."""
    verified = {citation.number for citation in citations if is_verified(citation, sources)}
    good = sum(statement.supported and not verified.isdisjoint(statement.citations) for statement in statements)
    return good / len(statements)


def _meets(citation: Citation, gold: GoldEvidence) -> bool:
    return citation.source == gold.source and cites(citation.start, citation.end, gold.places)
