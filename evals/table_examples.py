"""Tables made up of the words in `table_forms.yaml`, with questions that a row answers and questions that none does.

SQuAD's texts are prose; a reader trained on nothing else mistrusts rows, and takes any of them for the one asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml

from evals.reader_examples import Example, Group
from rag_service.ingest.readers.table import labelled

FORMS = Path(__file__).with_name("table_forms.yaml")
GERMAN, BACK, SHORT, ALONE, EMPTY = 0.6, 0.2, 0.4, 0.2, 0.05  # shares: see `_table` and `_asked`
ROWS, COLUMNS = (3, 7), (2, 4)
_FIRST, _DAYS = date(2019, 1, 1), 3000
_UNITS = {
    "de": ["{} Minuten", "{} Stunden", "{} Tage", "{} Wochen", "{} Monate"],
    "en": ["{} minutes", "{} hours", "{} days", "{} weeks", "{} months"],
}
_MONEY = {"de": ["{}", "{} Euro", "{},50 Euro", "1.{} Euro"], "en": ["{}", "{} euros", "€{}.50", "1,{} euros"]}
Form = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Table:
    """A table's text, its keys and columns, and where each cell stands in the text; the key's column is 0."""

    language: str
    text: str
    kind: Form
    columns: tuple[Form, ...]
    keys: tuple[str, ...]
    cells: dict[tuple[int, int], tuple[int, int]]


def made_up(count: int, chance: Random) -> list[Group]:
    """That many groups: a question, the table that answers it, and it or others like it with tables that do not."""
    forms = yaml.safe_load(FORMS.read_text(encoding="utf-8"))
    return [_group(_table(forms, chance), forms, chance) for _ in range(count)]


def _table(forms: Form, chance: Random) -> _Table:
    """A share is of pairs alone: 'key: value' below the column's name."""
    language = "de" if chance.random() < GERMAN else "en"
    kind = chance.choice(forms["keys"])[language]
    keys = [str(word) for word in chance.sample(kind["words"], chance.randint(*ROWS))]
    pairs = chance.random() < ALONE
    columns = chance.sample(forms["columns"], 1 if pairs else chance.randint(*COLUMNS))
    names = [chance.choice(column[language]["names"]) for column in columns]
    text = f"{names[0]}\n\n" if pairs else chance.choice(["", f"{kind['name']}: {len(keys)}\n\n"])
    cells: dict[tuple[int, int], tuple[int, int]] = {}
    for row, key in enumerate(keys):
        values = [_value(column["values"], forms["values"], language, chance) for column in columns]
        if not pairs:
            values = [value if chance.random() > EMPTY else "" for value in values]
        line = f"{key}: {values[0]}" if pairs else labelled([kind["name"], *names], [key, *values])
        at = 0
        for column, cell in enumerate([key, *values]):
            if cell:
                at = line.index(cell, at)
                cells[row, column] = (len(text) + at, len(text) + at + len(cell))
                at += len(cell)
        text += line + "\n"
    return _Table(language, text.rstrip("\n"), kind, tuple(columns), tuple(keys), cells)


def _value(kind: str, pools: Form, language: str, chance: Random) -> str:
    number = chance.choice([chance.randint(2, 30), chance.randint(30, 990)])
    if kind in pools:
        return str(chance.choice(pools[kind][language]))
    if kind == "date":
        day = _FIRST + timedelta(chance.randrange(_DAYS))
        month = pools["month"][language][day.month - 1]
        long = f"{day.day}. {month} {day.year}" if language == "de" else f"{day.day} {month} {day.year}"
        return chance.choice([day.isoformat(), long, day.strftime("%d.%m.%Y") if language == "de" else long])
    if kind == "money":
        return str(chance.choice(_MONEY[language])).format(chance.randint(100, 999))
    if kind == "duration":
        return str(chance.choice(_UNITS[language])).format(number)
    if kind == "phone":
        return str(chance.randint(1000, 9999))
    if kind == "email":
        return f"{chance.choice(['info', 'team', 'service', 'holm', 'vogt', 'demir'])}{number}@example.org"
    return str(number)


def _group(table: _Table, forms: Form, chance: Random) -> Group:
    filled = [place for place in table.cells if place[1] > 0]
    row, column = chance.choice(filled)
    ask = table.columns[column - 1][table.language]
    key = _called(table.keys[row], table.keys, chance)
    if chance.random() < BACK and sum(_cell(table, each) == _cell(table, (row, column)) for each in filled) == 1:
        question = chance.choice(ask["back"]).format(value=_cell(table, (row, column)))
        return Group(Example(question, table.text, (table.cells[row, 0],)), (_without(table, row, question),))
    template = chance.choice(ask["ask"])
    question = template.format(key=key)
    absent = [word for word in map(str, table.kind["words"]) if word.split()[0] not in table.text]
    other = [each for each in forms["columns"] if each["values"] not in {own["values"] for own in table.columns}]
    wrong = [_without(table, row, question)]
    if absent:
        wrong.append(Example(template.format(key=chance.choice(absent)), table.text, ()))
    if other:
        asked = chance.choice(chance.choice(other)[table.language]["ask"]).format(key=key)
        wrong.append(Example(asked, table.text, ()))
    return Group(Example(question, table.text, (table.cells[row, column],)), tuple(wrong))


def _called(key: str, keys: tuple[str, ...], chance: Random) -> str:
    """The key, or its first word where that tells it from the others."""
    first = key.split()[0]
    alone = len(first) > 3 and sum(first in other for other in keys) == 1
    return first if alone and chance.random() < SHORT else key


def _cell(table: _Table, place: tuple[int, int]) -> str:
    start, end = table.cells[place]
    return table.text[start:end]


def _without(table: _Table, row: int, question: str) -> Example:
    """The question with the table but for the row that answers it."""
    start = table.text.rfind("\n", 0, table.cells[row, 0][0]) + 1
    end = table.text.find("\n", start)
    rest = table.text[end + 1 :] if end > 0 else ""
    return Example(question, (table.text[:start] + rest).rstrip("\n"), ())
