"""Gold quotes to offsets in the source text; a quote that does not stand there is refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import replace

from evals.cases.model import Case, Dataset, GoldEvidence
from evals.errors import DatasetError


def resolve_dataset(dataset: Dataset, sources: Mapping[str, str]) -> Dataset:
    """The dataset with offsets for every quote; DatasetError names each quote that is not in its source.

    ``sources`` maps a document's source to its source text. A run of whitespace in the quote equals any
    run of whitespace in the text; nothing else may differ.
    """
    problems: list[str] = []
    cases = tuple(_resolve_case(case, dataset, sources, problems) for case in dataset.cases)
    if problems:
        raise DatasetError(problems)
    return replace(dataset, cases=cases)


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Span of the first occurrence of a quote, whitespace runs being equal; None when it is not there."""
    words = quote.split()
    if not words:
        return None
    match = re.search(r"\s+".join(re.escape(word) for word in words), text)
    return (match.start(), match.end()) if match else None


def _resolve_case(case: Case, dataset: Dataset, sources: Mapping[str, str], problems: list[str]) -> Case:
    resolved = []
    for item in case.evidence:
        where = f"{dataset.path}:{item.line}: case '{case.id}'"
        text = sources.get(item.source)
        if text is None:
            close = difflib.get_close_matches(item.source, sources, n=1, cutoff=0.5)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            problems.append(f"{where}: source '{item.source}' is not in the corpus{hint}")
            continue
        span = find_quote(item.quote, text)
        if span is None:
            problems.append(f"{where}: the quote is not in {item.source}: {item.quote!r}{_nearest(item, text)}")
            continue
        resolved.append(replace(item, start=span[0], end=span[1]))
    return replace(case, evidence=tuple(resolved))


def _nearest(item: GoldEvidence, text: str) -> str:
    """The longest run the quote shares with the text: where the two part is where the mistake is."""
    quote = " ".join(item.quote.split())
    flat = " ".join(text.split())
    match = difflib.SequenceMatcher(None, quote, flat, autojunk=False).find_longest_match()
    if match.size < min(12, len(quote)):
        return ""
    return f"; closest there: {flat[match.b : match.b + len(quote)]!r}"
