"""YAML as values that know where they stand in the file.

The one rule: nothing is converted. YAML reads `0123` as 83, `no` as false and `12:30` as 750, so a
plain scalar keeps its text, and only what JSON would also call a number or a boolean is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import yaml

from harness.core.errors import FileError, Where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yaml.error import Mark

Key = str | int

_PREFIX = "tag:yaml.org,2002:"
_MEANINGS = {
    "int": "a number",
    "float": "a number",
    "bool": "a boolean",
    "null": "nothing",
    "timestamp": "a date",
}
_JSON_INT = re.compile(r"-?(0|[1-9][0-9]*)")
_JSON_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]+)?")


class Unreadable:
    """Stands for a scalar that YAML would convert and JSON would not know; fits no field."""

    def __repr__(self) -> str:
        return "unreadable"


UNREADABLE: Final = Unreadable()


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file and its place."""

    where: Where
    data: object
    """What a schema checks: text, number, boolean, list, dict, or UNREADABLE."""
    said: str | None = None
    """A scalar as it is written; None for a list or a mapping."""
    meaning: str | None = None
    """What YAML takes an unquoted scalar for (`a number`, `a date`); None for text."""
    children: Mapping[Key, Node] = field(default_factory=dict)
    keys: Mapping[str, Where] = field(default_factory=dict)
    """Where each key of a mapping stands."""

    def at(self, *path: Key) -> Node:
        """The node at a path, or the last one on the way that exists."""
        node = self
        for key in path:
            if key not in node.children:
                return node
            node = node.children[key]
        return node


def parse_yaml(text: str, file: str) -> tuple[Node, list[FileError]]:
    """The root of a YAML text, and the keys that were given twice (their first value is kept).

    Args:
        text: The whole file.
        file: Its name, as errors call it.

    Raises:
        FileError: The text is no YAML, is empty, or uses what these files do without: anchors,
            aliases, tags, several documents, control characters.
    """
    _check_characters(text, file)
    composer = _Composer(text)
    try:
        tree = composer.get_single_node()
    except yaml.MarkedYAMLError as error:
        where = _where(error.problem_mark or error.context_mark, file)
        raise FileError(where, _reason(error)) from None
    except RecursionError:
        raise FileError(Where(file=file), "is nested too deeply to be a scenario") from None
    finally:
        composer.dispose()
    if tree is None:
        raise FileError(Where(file=file, line=1, column=1), "the file is empty")
    reader = _Reader(file)
    return reader.node(tree), reader.problems


def _check_characters(text: str, file: str) -> None:
    """Refuse control characters, which YAML has no place for."""
    found = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if found is None:
        return
    before = text[: found.start()]
    where = Where(
        file=file,
        line=before.count("\n") + 1,
        column=found.start() - (before.rfind("\n") + 1) + 1,
    )
    code = f"U+{ord(found.group()):04X}"
    raise FileError(where, f"the control character {code} cannot stand in YAML; take it out")


class _Composer(yaml.SafeLoader):
    """Composes nodes, and refuses what would make a value stand in two places."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]  # as above
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problem = f"anchors and aliases ('{event.anchor}') are not read here"
            raise yaml.MarkedYAMLError(
                problem=f"{problem}; write the text out where it is needed",
                problem_mark=event.start_mark,
            )
        if getattr(event, "tag", None):
            raise yaml.MarkedYAMLError(
                problem="tags (!...) are not read here; if this is text, put it in quotes",
                problem_mark=event.start_mark,
            )
        return super().compose_node(parent, index)


class _Reader:
    """Turns PyYAML's nodes into ours."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[FileError] = []

    def node(self, tree: yaml.Node) -> Node:
        if isinstance(tree, yaml.MappingNode):
            return self._mapping(tree)
        where = _where(tree.start_mark, self.file)
        if isinstance(tree, yaml.SequenceNode):
            items: dict[Key, Node] = {i: self.node(child) for i, child in enumerate(tree.value)}
            return Node(where, [item.data for item in items.values()], children=items)
        return _scalar(tree, where)

    def _mapping(self, tree: yaml.MappingNode) -> Node:
        children: dict[Key, Node] = {}
        keys: dict[str, Where] = {}
        for key_node, value_node in tree.value:
            where = _where(key_node.start_mark, self.file)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(FileError(where, "a key is a single word, not a list"))
                continue
            key = key_node.value
            if key in keys:
                first = keys[key].line
                problem = f"key '{key}' is given twice, first in line {first}; keep one of them"
                self.problems.append(FileError(where, problem))
                continue
            keys[key] = where
            children[key] = self.node(value_node)
        data = {key: child.data for key, child in children.items()}
        return Node(_where(tree.start_mark, self.file), data, children=children, keys=keys)


def _scalar(tree: yaml.Node, where: Where) -> Node:
    """A scalar as text, unless it is plain and YAML takes it for something else."""
    said = str(tree.value)
    meaning = _MEANINGS.get(tree.tag.removeprefix(_PREFIX))
    if meaning is None:
        return Node(where, said, said)
    data: object = UNREADABLE
    if said in {"true", "false"}:
        data = said == "true"
    elif _JSON_INT.fullmatch(said):
        data = int(said)
    elif _JSON_FLOAT.fullmatch(said):
        data = float(said)
    return Node(where, data, said, meaning)


def _where(mark: Mark | None, file: str) -> Where:
    if mark is None:
        return Where(file=file)
    return Where(file=file, line=mark.line + 1, column=mark.column + 1)


def _reason(error: yaml.MarkedYAMLError) -> str:
    """What PyYAML found, with a hint for the mistakes that prose in YAML invites."""
    problem = error.problem or "is not YAML"
    if "not read here" in problem:
        return problem
    if "single document" in (error.context or ""):
        return "a second document begins here; keep one scenario in a file"
    hints = {
        "mapping values are not allowed": "; text that holds ': ' belongs in quotes",
        "cannot start any token": "; text that begins with this character belongs in quotes",
        "could not find expected ':'": "; is a key without its colon, or a line not indented?",
    }
    hint = next((text for sign, text in hints.items() if sign in problem), "")
    context = f" {error.context}" if error.context else ""
    if context and error.context_mark is not None:
        context += f" that begins in line {error.context_mark.line + 1}"
    return f"is not YAML: {problem}{context}{hint}"
