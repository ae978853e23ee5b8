"""A scenario of a few short sessions, for tests that want a run and not its length."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """schema: 1
name: small
system: You keep the minutes of a small office.
facts:
  - id: door
    say: "The code for the side door is {value}."
    values: {generate: code}
    ask: "What is the code for the side door? Reply with the code only."
  - id: visitor
    say: "The visitor on Friday is called {value}."
    values: {generate: name}
    ask: "Who is the visitor on Friday? Reply with the name only."
fills: [0.04, 0.5, 0.9]
"""


def small(folder: Path, **changes: str) -> Path:
    """The scenario as a file; each change replaces one text by another."""
    text = SMALL
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path
