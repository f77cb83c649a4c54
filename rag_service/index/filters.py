"""Filters as SQL conditions on live versions; every one of them is answered by an index of the catalog.

A filter is ``{"field": value}`` or ``{"field": {"$op": value, ...}}``; several fields must all match; ``$and``
and ``$or`` take lists of filters. Fields: source, title, published, language, media_type, document_id and
``metadata.NAME``. Operators: $eq $ne $in $nin $gt $gte $lt $lte. As in MongoDB, $ne and $nin also match
documents that lack the field. Dates compare as the span of time they name: 2019-04 lies in 2019, and
``{"$lte": "2019-04"}`` takes in all of April. How much one filter may compare is bounded by what databases take.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BindParameter, ColumnElement
from sqlalchemy.sql import visitors

from rag_service.errors import InvalidFilter
from rag_service.index.dates import date_range
from rag_service.index.schema import documents, version_metadata, versions

Condition = ColumnElement[bool]
_DEPTH = 16
_TERMS = 500  # SQLite refuses an expression that is 1000 deep
_LISTED = 10_000  # and binds 32,766 values at most
_TOO_LARGE = (
    f"The filter compares too much at once: {_TERMS} values at most (a date or metadata value counts twice), "
    f"but {_LISTED} in lists of source, title, language, media_type and document_id."
)
_COLUMNS: dict[str, ColumnElement[str]] = {
    "source": documents.c.source,
    "title": versions.c.title,
    "language": versions.c.language,
    "media_type": versions.c.media_type,
    "document_id": documents.c.id,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "$eq": operator.eq,
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}
_OPERATORS = ("$ne", "$in", "$nin", *_COMPARISONS)


def condition(filters: Mapping[str, Any]) -> Condition:
    """The SQL condition of a filter; InvalidFilter names the field or operator that is not known."""
    _refuse_large(filters)
    found = _all_of(filters, 0)
    bound = [part.value for part in visitors.iterate(found) if isinstance(part, BindParameter)]
    if len(bound) > _TERMS or sum(len(value) for value in bound if isinstance(value, list)) > _LISTED:
        raise InvalidFilter(_TOO_LARGE)
    return found


def _refuse_large(filters: Any) -> None:
    """InvalidFilter for far too much to compare, before each of its parts costs a piece of SQL."""
    left = 3 * _TERMS  # what is joined by $and and $or counts by its lists, too
    stack: list[tuple[str, Any]] = [("", filters)]
    while stack:
        field, part = stack.pop()
        if isinstance(part, Mapping):
            inner = [(field if name.startswith("$") else name, value) for name, value in part.items()]
        elif isinstance(part, Sequence) and not isinstance(part, str) and field not in _COLUMNS:
            inner = [(field, value) for value in part]
        else:
            continue
        left -= len(inner)
        if left < 0:
            raise InvalidFilter(_TOO_LARGE)
        stack.extend(inner)


def _all_of(filters: Mapping[str, Any], depth: int) -> Condition:
    if not isinstance(filters, Mapping):
        raise InvalidFilter(f"A filter must be an object, not {filters!r}.")
    if depth > _DEPTH:
        raise InvalidFilter(f"Filters may be nested {_DEPTH} deep at most.")
    parts = [_clause(name, value, depth) for name, value in filters.items()]
    return sa.and_(sa.true(), *parts)


def _clause(name: str, value: Any, depth: int) -> Condition:
    if name in ("$and", "$or"):
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            raise InvalidFilter(f"{name} takes a list of filters that is not empty.")
        joined = [_all_of(part, depth + 1) for part in value]
        return sa.and_(*joined) if name == "$and" else sa.or_(*joined)
    if name.startswith("$"):
        raise InvalidFilter(f"{name} is not a known operator here; known are $and and $or.")
    terms = value if isinstance(value, Mapping) else {"$eq": value}
    if not terms:
        raise InvalidFilter(f"The filter on {name} has no operator.")
    return sa.and_(*(_comparison(name, op, operand) for op, operand in terms.items()))


def _comparison(name: str, op: str, operand: Any) -> Condition:
    if op not in _OPERATORS:
        raise InvalidFilter(f"{op} is not a known operator; known are {', '.join(_OPERATORS)}.")
    if op in ("$in", "$nin"):
        if not isinstance(operand, Sequence) or isinstance(operand, str):
            raise InvalidFilter(f"{op} on {name} takes a list.")
        found = _among(name, operand)
        return found if op == "$in" else sa.not_(found)
    if op == "$ne":
        return sa.not_(_compare(name, "$eq", operand))
    return _compare(name, op, operand)


def _among(name: str, values: Sequence[Any]) -> Condition:
    if len(values) > _LISTED:
        raise InvalidFilter(_TOO_LARGE)
    if name in _COLUMNS and all(isinstance(value, str) for value in values):
        return _COLUMNS[name].in_(list(values))
    return sa.or_(sa.false(), *(_compare(name, "$eq", value) for value in values))


def _compare(name: str, op: str, operand: Any) -> Condition:
    if not isinstance(operand, str | int | float):
        raise InvalidFilter(f"{name} cannot be compared with {operand!r}; strings, numbers, true and false can.")
    if name == "published":
        return _published(op, operand)
    if name.startswith("metadata.") and len(name) > len("metadata."):
        return _metadata(name.removeprefix("metadata."), op, operand)
    if name not in _COLUMNS:
        known = ", ".join((*_COLUMNS, "published"))
        raise InvalidFilter(f"{name} is not a known field; known are {known} and metadata.NAME.")
    if not isinstance(operand, str):
        raise InvalidFilter(f"{name} is compared with strings, not {operand!r}.")
    return _apply(_COLUMNS[name], op, operand)


def _apply(column: ColumnElement[Any], op: str, operand: Any) -> Condition:
    result: Condition = _COMPARISONS[op](column, operand)
    return result


def _published(op: str, operand: Any) -> Condition:
    span = date_range(operand) if isinstance(operand, str) else None
    if span is None:
        raise InvalidFilter(f"published is compared with ISO 8601 dates such as 2019-04-23, not {operand!r}.")
    first, after = span
    date = versions.c.published_from
    if op == "$eq":
        return sa.and_(date.is_not(None), date >= first, date < after)  # false, not unknown, without a date
    bound = {"$gt": date >= after, "$gte": date >= first, "$lt": date < first, "$lte": date < after}
    return bound[op]


def _metadata(key: str, op: str, operand: str | float) -> Condition:
    own = version_metadata
    column: ColumnElement[Any] = own.c.text if isinstance(operand, str) else own.c.number
    try:
        value = operand if isinstance(operand, str) else float(operand)
    except OverflowError as error:
        raise InvalidFilter(f"metadata.{key} is compared with a number that is too large.") from error
    matching = sa.select(own.c.version_id).where(own.c.key == key, _apply(column, op, value))
    return versions.c.id.in_(matching)
