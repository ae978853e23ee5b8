"""A session with planted facts as a file: to be fed to a product, and judged by what came of it.

The file is JSON that `harness import` reads too, with the facts beside the messages. Its one rule:
the messages say nothing of the facts; whoever is fed them learns no more than the session says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.chat_format import to_chat
from harness.core.errors import FileError, Where
from harness.core.known_fact import KnownFact
from harness.core.scenario import Value
from harness.core.shapes import conform, parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.core.messages import Message

RENDERED_SCHEMA = 1
_VALUES = [{"value": str, "accept": [str]}]
_SHAPE: dict[str, Any] = {
    "schema": int,
    "id": str,
    "tokens": int,
    "messages": [{"role": str}],
    "facts": [
        {
            "id": str, "question": str, "expected": _VALUES, "stale": _VALUES, "planted": _VALUES,
            "decoys": _VALUES, "shape": (str, None), "language": str, "messages": [int],
            "position": (float, None), "session_number": int,
        }
    ],
}  # fmt: skip
_SEVERAL = ("expected", "stale", "planted", "decoys")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedSession:
    """A session that was written out, as far as a judge needs it."""

    id: str
    """Scenario and seed."""
    tokens: int
    """Local tokens."""
    n_messages: int
    facts: tuple[KnownFact, ...]


def is_rendered(path: Path) -> bool:
    """Whether a file is of this kind, as far as its beginning tells."""
    with path.open("rb") as file:
        return file.read(64).lstrip().startswith(b'{"schema"')


def rendered_json(
    name: str, tokens: int, messages: Sequence[Message], facts: Sequence[KnownFact]
) -> str:
    """The file."""
    data = {
        "schema": RENDERED_SCHEMA,
        "id": name,
        "tokens": tokens,
        "messages": [to_chat(message) for message in messages],
        "facts": [_fact_to_json(fact) for fact in facts],
    }
    return json.dumps(data, ensure_ascii=False) + "\n"


def rendered_markdown(messages: Sequence[Message]) -> str:
    """The conversation alone, to be pasted: a heading for each message."""
    return "\n".join(f"## {message.role}\n\n{message.text}\n" for message in messages)


def rendered_lines(messages: Sequence[Message]) -> str:
    """The messages alone, one a line, as the chat APIs take them."""
    return "".join(json.dumps(to_chat(message), ensure_ascii=False) + "\n" for message in messages)


def read_rendered(path: Path) -> RenderedSession:
    """What such a file holds.

    Raises:
        FileError: It is not one.
    """
    where = Where(file=str(path))
    data = parse(path.read_bytes(), where)
    conform(data, _SHAPE, where, what="a rendered session")
    if data["schema"] != RENDERED_SCHEMA:
        raise FileError(
            where,
            f"a rendered session of version {data['schema']}; this version reads {RENDERED_SCHEMA}",
        )
    return RenderedSession(
        id=data["id"],
        tokens=data["tokens"],
        n_messages=len(data["messages"]),
        facts=tuple(map(_fact_from_json, data["facts"])),
    )


def _fact_to_json(fact: KnownFact) -> dict[str, Any]:
    several = {
        name: [{"value": one.text, "accept": list(one.accept)} for one in getattr(fact, name)]
        for name in _SEVERAL
    }
    return {
        "id": fact.id,
        "question": fact.question,
        **several,
        "shape": fact.shape,
        "language": fact.language,
        "messages": list(fact.messages),
        "position": fact.position,
        "session_number": fact.session_number,
    }


def _fact_from_json(data: dict[str, Any]) -> KnownFact:
    several = {
        name: tuple(Value(one["value"], tuple(one["accept"])) for one in data[name])
        for name in _SEVERAL
    }
    rest = {name: value for name, value in data.items() if name not in _SEVERAL}
    return KnownFact(**rest | several | {"messages": tuple(data["messages"])})
