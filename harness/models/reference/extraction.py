"""How a reference model answers a memory product that wants facts as JSON.

The conversation stands inside the prompt. The model reads it as if it had taken part, takes notes
of it by the same law as everywhere, and lists them in the form that is asked for: the list of mem0,
or the calls of a tool that LangMem wants. It adds, and never changes what was noted before.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.messages import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.core.messages import Role

_ROOM = 100_000
"""Tokens of notes: these prompts ask for everything, and the call says how long an answer is."""
_NOTE = "- "
_ASKED = (
    "Write down what should be remembered from this session for later ones, each in a line of its"
    f" own that begins with '- '. Use at most {_ROOM} tokens, and write nothing else."
)
_ROLES: dict[str, Role] = {
    "user": "user", "Human": "user", "assistant": "assistant", "Ai": "assistant",
    "system": "system", "System": "system",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """A prompt of a product, and the answer that it wants."""

    is_asked: Callable[[str], bool]
    conversation: re.Pattern[str]
    said: re.Pattern[str]
    """Begins each message of the conversation, and names its role."""
    answer: Callable[[Sequence[str]], object]


def _memories(facts: Sequence[str]) -> object:
    return {
        "memory": [
            {"id": str(index), "text": fact, "attributed_to": "user"}
            for index, fact in enumerate(facts)
        ]
    }


def _calls(facts: Sequence[str]) -> object:
    return {"calls": [{"name": "Memory", "args": {"content": fact}} for fact in facts]}


_FORMS = (
    _Form(
        is_asked=lambda text: text.endswith("# Output:"),
        conversation=re.compile(
            r"^## New Messages\n(.*?)(?=^## (?:Observation Date|Current Date|Custom)|\Z)",
            re.MULTILINE | re.DOTALL,
        ),
        said=re.compile(r"^(user|assistant|system): ?", re.MULTILINE),
        answer=_memories,
    ),
    _Form(
        is_asked=lambda text: '{"calls": [' in text and '"name": "Memory"' in text,
        conversation=re.compile(r"<session_[\w-]+>\n(.*?)\n</session_[\w-]+>", re.DOTALL),
        said=re.compile(r"^=+ (Human|Ai|System) Message =+$", re.MULTILINE),
        answer=_calls,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """A prompt that wants the facts of a conversation listed."""

    messages: tuple[Message, ...]
    """The conversation, and what to write of it in words that a reference model knows."""
    form: _Form

    def listed(self, notes: str) -> str:
        """Notes, one a line, in the form that is asked for."""
        lines = [line for line in notes.splitlines() if line.startswith(_NOTE)]
        facts = [line.removeprefix(_NOTE) for line in lines]
        return json.dumps(self.form.answer(facts), ensure_ascii=False)


def extraction_of(messages: Sequence[Message]) -> Extraction | None:
    """What a prompt wants extracted; None for every other prompt."""
    if not messages or messages[-1].role != "user":
        return None
    text = messages[-1].text.rstrip()
    for form in _FORMS:
        found = form.conversation.search(text) if form.is_asked(text) else None
        if found is not None:
            said = tuple(_conversation(form, found[1]))
            return Extraction(messages=(*said, Message("user", _ASKED)), form=form)
    return None


def _conversation(form: _Form, text: str) -> Iterator[Message]:
    """The messages of a conversation that is written out."""
    starts = [*form.said.finditer(text)]
    ends = [*(match.start() for match in starts[1:]), len(text)]
    for match, end in zip(starts, ends, strict=True):
        yield Message(_ROLES[match[1]], text[match.end() : end].strip())
