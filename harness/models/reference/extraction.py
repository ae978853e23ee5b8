"""How a reference model answers a memory product that wants facts as JSON.

The conversation stands inside the prompt, under a heading. The model reads it as if it had taken
part, takes notes of it by the same law as everywhere, and lists them in the form that is asked for.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.messages import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.messages import Role

_CONVERSATION = re.compile(
    r"^## New Messages\n(.*?)(?=^## (?:Observation Date|Current Date|Custom)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_OUTPUT = "# Output:"
_SAID = re.compile(r"^(user|assistant|system): ?", re.MULTILINE)
_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
_ROOM = 100_000
"""Tokens of notes: these prompts ask for everything, and the call says how long an answer is."""
_NOTE = "- "


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """A prompt that wants the facts of a conversation listed."""

    messages: tuple[Message, ...]
    """The conversation, and what to write of it in words that a reference model knows."""

    def listed(self, notes: str) -> str:
        """Notes, one a line, in the form that is asked for."""
        lines = [line for line in notes.splitlines() if line.startswith(_NOTE)]
        facts = [
            {"id": str(index), "text": line.removeprefix(_NOTE), "attributed_to": "user"}
            for index, line in enumerate(lines)
        ]
        return json.dumps({"memory": facts}, ensure_ascii=False)


def extraction_of(messages: Sequence[Message]) -> Extraction | None:
    """What a prompt wants extracted; None for every other prompt."""
    if not messages or messages[-1].role != "user":
        return None
    text = messages[-1].text.rstrip()
    found = _CONVERSATION.search(text) if text.endswith(_OUTPUT) else None
    if found is None:
        return None
    asked = (
        "Write down what should be remembered from this session for later ones, each in a line of"
        f" its own that begins with '- '. Use at most {_ROOM} tokens, and write nothing else."
    )
    return Extraction(messages=(*_conversation(found[1]), Message("user", asked)))


def _conversation(text: str) -> Iterator[Message]:
    """The messages of a conversation that is written out, `user: ...` and `assistant: ...`."""
    starts = [*_SAID.finditer(text)]
    ends = [*(match.start() for match in starts[1:]), len(text)]
    for match, end in zip(starts, ends, strict=True):
        yield Message(_ROLES[match[1]], text[match.end() : end].strip())
