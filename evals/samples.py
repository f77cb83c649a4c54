"""Sets of the usual size cut out of a large one, and sets half in another language."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from random import Random

from evals.importers.beir import BeirQuery, BeirSet
from evals.switching import Switcher

DOCUMENTS, ASKED = 300, 4  # documents of a set, and questions about one of them
SHARE, BOTH = 0.8, 2 / 3  # of words that are replaced, and of questions whose words are replaced, too


def samples(beir: BeirSet, count: int, chance: Random) -> list[BeirSet]:
    """At most ``count`` sets with no document in common, each of whole articles: documents of one title."""
    articles: dict[str, list[str]] = defaultdict(list)
    for name in beir.texts:
        articles[beir.titles[name]].append(name)
    asked: dict[str, list[BeirQuery]] = defaultdict(list)
    for query in beir.queries:
        for name in sorted(query.relevant)[:1]:
            asked[name].append(query)
    found: list[BeirSet] = []
    chosen: list[str] = []
    for title in chance.sample(sorted(articles), len(articles)):
        chosen += articles[title]
        if len(chosen) >= DOCUMENTS:
            found.append(_of(beir, chosen, asked, chance))
            chosen = []
        if len(found) == count:
            return found
    return [*found, _of(beir, chosen, asked, chance)] if chosen else found


def half_translated(beir: BeirSet, switcher: Switcher, chance: Random) -> BeirSet:
    """The set with most words of its documents replaced, and those of two questions in three."""
    texts = {name: switcher.switch(text, (), SHARE, chance)[0] for name, text in beir.texts.items()}
    queries = []
    for query in beir.queries:
        share = SHARE if chance.random() < BOTH else 0.0
        queries.append(replace(query, text=switcher.switch(query.text, (), share, chance)[0]))
    return replace(beir, texts=texts, queries=tuple(queries))


def _of(beir: BeirSet, names: list[str], asked: dict[str, list[BeirQuery]], chance: Random) -> BeirSet:
    own = [query for name in names for query in chance.sample(asked[name], min(ASKED, len(asked[name])))]
    texts, titles = {name: beir.texts[name] for name in names}, {name: beir.titles[name] for name in names}
    return BeirSet(beir.name, texts, titles, tuple(own))
