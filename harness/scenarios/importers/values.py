"""Reading values of unknown type, as files of others hold them.

The one rule: a value of the wrong type is as good as none; it never raises.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from harness.core.shapes import json_of
from harness.core.text import contains, words
from harness.core.transcript import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.core.messages import Message
    from harness.core.transcript import Row

SHAPE = "record of another shape"
_SHOWN_KEYS = 6
_SHOWN = 30
"""Characters of a name that somebody else gave."""


def obj(value: object) -> Mapping[str, object]:
    """The value where it is an object, else an empty one."""
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def seq(value: object) -> list[object]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """The value where it is text, else nothing; halves of a character become U+FFFD."""
    if not isinstance(value, str):
        return ""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def spelled_value(value: object) -> str:
    """Text, or a number as it is written; nothing for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return text(value).strip()
    return str(value)


def as_json(value: object) -> str:
    """Text as it is, anything else as JSON; nothing for nothing."""
    if value is None or isinstance(value, str):
        return text(value)
    try:
        return text(json.dumps(value, ensure_ascii=False))
    except (RecursionError, ValueError):
        return ""


def as_arguments(value: object) -> str:
    """The arguments of a call as JSON, which providers want; other text is its one input."""
    said = as_json(value).strip()
    if not said:
        return "{}"
    try:
        json_of(said)
    except ValueError:
        return json.dumps({"input": said}, ensure_ascii=False)
    return said


def parsed(value: object) -> object:
    """What a text that is JSON says; any other value as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "[", '"'}:
        try:
            return json_of(value)
        except ValueError:
            return value
    return value


def first_text(values: Iterable[object]) -> str:
    """The first of the values that is some text."""
    return next((found for value in values if (found := text(value).strip())), "")


def named_thing(what: str, name: object) -> str:
    """What something is, with the name that its own program gives it."""
    shown = "".join(c for c in spelled_value(name)[:_SHOWN] if c.isprintable()) or "?"
    return f"{what} '{shown}'"


def shapeless(row: Row, expected: str) -> Skipped:
    """A record that lacks what makes it a conversation."""
    detail = f"record {row.number} is {kind(row.value)}; expected {expected}"
    return Skipped(what=SHAPE, where=row.where, detail=detail, broken=True)


def kind(value: object) -> str:
    """What a value is, for whoever has to find out."""
    if isinstance(value, dict):
        keys = ", ".join(f"'{text(key)[:_SHOWN]}'" for key in list(value)[:_SHOWN_KEYS])
        return f"an object with the keys {keys}" if keys else "an empty object"
    names = {list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def holding(answer: str, messages: Sequence[Message]) -> tuple[int, ...]:
    """The messages that an answer stands in; all of them, where it stands in none as it is."""
    form = words(answer)
    found = tuple(at for at, said in enumerate(messages) if contains(words(said.text), form))
    return found or tuple(range(len(messages)))


def path_to(leaf: str, parent_of: Mapping[str, str]) -> list[str]:
    """The way from the root of a tree to a leaf; a cycle ends where it closes.

    Args:
        leaf: Where to start.
        parent_of: The parent of each node; of a root anything that is no node.
    """
    way: dict[str, None] = {}
    node = leaf
    while node in parent_of and node not in way:
        way[node] = None
        node = parent_of[node]
    return list(reversed(way))
