"""Gold quotes to offsets in the source text; a quote that does not stand there is refused."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from evals.cases.model import Case, Dataset, GoldEvidence
from evals.errors import DatasetError
from rag_service.text.normalise import normalise
from rag_service.text.words import UNSPACED


def resolve_dataset(dataset: Dataset, sources: Mapping[str, str]) -> Dataset:
    """The dataset with offsets for every quote; DatasetError names each quote that is not in its source.

    ``sources`` maps a document's source to its source text. A run of whitespace in the quote equals any
    run of whitespace in the text, and the quote is normalised as the text was; nothing else may differ.
    """
    problems: list[str] = []
    cases = tuple(_resolve_case(case, dataset, sources, problems) for case in dataset.cases)
    if problems:
        raise DatasetError(problems)
    return replace(dataset, cases=cases)


def find_quotes(quote: str, text: str) -> list[tuple[int, int]]:
    """Spans of a quote in a source text, whitespace runs being equal; those that cut words only where all do."""
    words = normalise(quote).split()
    if not words:
        return []
    spans = [match.span() for match in re.finditer(r"\s+".join(re.escape(word) for word in words), text)]
    return [span for span in spans if not _cuts_a_word(text, *span)] or spans


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """The first of a quote's spans; None when it is not there."""
    return next(iter(find_quotes(quote, text)), None)


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    return any(re.match(rf"(?:(?![{UNSPACED}])\w){{2}}", text[at - 1 : at + 1]) for at in (start, end) if at)


def _resolve_case(case: Case, dataset: Dataset, sources: Mapping[str, str], problems: list[str]) -> Case:
    resolved = []
    for item in case.evidence:
        where = f"{dataset.path}:{item.line}: case '{case.id}'"
        source = item.source if item.source in sources else unicodedata.normalize("NFC", item.source)
        text = sources.get(source)
        if text is None:
            close = difflib.get_close_matches(source, sources, n=1, cutoff=0.5)
            hint = f"; did you mean '{close[0]}'?" if close else ""
            problems.append(f"{where}: source '{item.source}' is not in the corpus{hint}")
            continue
        spans = find_quotes(item.quote, text)
        if item.quote and not spans:
            problems.append(f"{where}: the quote is not in {source}: {item.quote!r}{_nearest(item, text)}")
            continue
        (start, end), *also = spans or [(-1, -1)]
        resolved.append(replace(item, source=source, start=start, end=end, also=tuple(also)))
    return replace(case, evidence=tuple(resolved))


def _nearest(item: GoldEvidence, text: str) -> str:
    """The longest run the quote shares with the text: where the two part is where the mistake is."""
    quote = " ".join(normalise(item.quote).split())
    flat = " ".join(text.split())
    match = difflib.SequenceMatcher(None, quote, flat, autojunk=False).find_longest_match()
    if match.size < min(12, len(quote)):
        return ""
    return f"; closest there: {flat[match.b : match.b + len(quote)]!r}"
