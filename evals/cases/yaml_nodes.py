"""Typed reading of YAML with line numbers: every problem is collected, none stops the reading."""

from __future__ import annotations

import difflib
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

LARGEST = 1_000_000  # nodes of a document whose aliases are written out
SCALAR_TAGS = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "timestamp"))
Keys = dict[str, yaml.Node]


class NodeReader:
    """Reads values out of one file's YAML nodes and notes what is wrong with them, by line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []

    def root(self) -> yaml.Node | None:
        """The document's root node; None (and a problem) when the file is no YAML or empty."""
        try:
            node = yaml.compose(self.path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except UnicodeDecodeError as error:
            self.problems.append(f"{self.path}: not UTF-8: {error.reason} at byte {error.start}")
            return None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            self.problems.append(f"{self.path}:{line}: not valid YAML: {error.problem}")
            return None
        except yaml.reader.ReaderError as error:
            self.problems.append(f"{self.path}: not valid YAML: {error.reason} at position {error.position}")
            return None
        except RecursionError:
            self.problems.append(f"{self.path}: nested too deeply")
            return None
        if node is None:
            self.problems.append(f"{self.path}: the file is empty")
        elif _size(node, {}) > LARGEST:
            self.problems.append(
                f"{self.path}: its aliases stand for more than {LARGEST:,} values; write out what is meant"
            )
            return None
        return node

    def json_lines(self) -> list[yaml.Node]:
        """A node for each line of a JSON lines file; lines that are no JSON are problems."""
        nodes = []
        for number, line in enumerate(self.path.read_bytes().splitlines()):
            if not line.strip():
                continue
            try:
                nodes.append(self.node(json.loads(line), number + 1))
            except ValueError as error:
                self.problems.append(f"{self.path}:{number + 1}: not JSON: {error}")
        return nodes

    def node(self, value: Any, line: int) -> yaml.Node:
        """The node of a value of JSON, as if it stood in a line of the file, from 1."""
        node = yaml.SafeDumper(io.StringIO()).represent_data(value)
        _mark(node, yaml.Mark(str(self.path), 0, line - 1, 0, None, 0))
        return node

    def problem(self, node: yaml.Node, message: str) -> None:
        """Note a problem at a node's line."""
        self.problems.append(f"{self.path}:{line_of(node)}: {message}")

    def mapping(self, node: yaml.Node, what: str, known: Iterable[str], required: Iterable[str] = ()) -> Keys:
        """Keys of a mapping; unknown ones name the nearest known one, doubled and missing ones are problems."""
        if not isinstance(node, yaml.MappingNode):
            self.problem(node, f"{what} must be a mapping of {', '.join(known)}")
            return {}
        names = tuple(known)
        keys: Keys = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if key not in names:
                close = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
                hint = f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(names)}"
                self.problem(key_node, f"unknown key '{key}' in {what}; {hint}")
            elif key in keys:
                self.problem(key_node, f"key '{key}' stands twice in {what}")
            else:
                keys[key] = value
        for key in required:
            if key not in keys:
                self.problem(node, f"{what} has no '{key}'")
        return keys

    def items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        """Items of a list; a problem and no items when it is none."""
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        self.problem(node, f"{what} must be a list")
        return []

    def text(self, node: yaml.Node, what: str) -> str:
        """A scalar as it is written ('2019' and 'no' stay text); empty text is a problem."""
        if not isinstance(node, yaml.ScalarNode) or node.tag not in SCALAR_TAGS:
            self.problem(node, f"{what} must be text")
            return ""
        try:  # JSON writes an emoji as two escapes, which YAML leaves apart
            value = str(node.value).strip().encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            self.problem(node, f"{what} holds half of a surrogate pair, which is no character")
            return ""
        if not value:
            self.problem(node, f"{what} is empty")
        return value

    def truth(self, node: yaml.Node, what: str) -> bool:
        """A boolean."""
        if not isinstance(node, yaml.ScalarNode) or node.tag != "tag:yaml.org,2002:bool":
            self.problem(node, f"{what} must be true or false")
            return True
        return bool(plain(node))

    def choice(self, node: yaml.Node, what: str, options: tuple[str, ...]) -> str:
        """One of some words."""
        value = self.text(node, what)
        if value not in options:
            self.problem(node, f"{what} must be one of {', '.join(options)}, not '{value}'")
            return options[0]
        return value


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many nodes a node stands for, each alias counting as what it refers to; what refers to itself counts once."""
    if id(node) not in known:
        known[id(node)] = 1
        known[id(node)] = 1 + sum(_size(child, known) for child in _children(node))
    return known[id(node)]


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    for child in node.value if isinstance(node, yaml.CollectionNode) else ():
        yield from child if isinstance(child, tuple) else (child,)


def _mark(node: yaml.Node, mark: yaml.Mark) -> None:
    node.start_mark = node.end_mark = mark
    for child in _children(node):
        _mark(child, mark)


def line_of(node: yaml.Node) -> int:
    """Line of a node in its file, from 1."""
    return int(node.start_mark.line) + 1


def plain(node: yaml.Node) -> Any:
    """A node as plain Python values."""
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()
