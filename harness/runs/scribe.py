"""A model at hand for those that write into a session: memories, policies, and the replies.

Its one rule: whoever writes says for what purpose, and the call is kept and counted by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from harness.core.messages import Message
    from harness.runs.writing import Purpose, Written


class Ask(Protocol):
    """Puts a prompt to a model, for a purpose."""

    def __call__(
        self,
        messages: Sequence[Message],
        /,
        *,
        purpose: Purpose,
        writer: str | None = None,
        max_tokens: int | None = None,
    ) -> Awaitable[Written]:
        """What is written; `writer` and `max_tokens` in place of the run's own."""


@dataclass(frozen=True, slots=True)
class Scribe:
    """A model at hand for one conversation."""

    ask: Ask
    prompt: Callable[[str, int], Sequence[Message]]
    """The conversation with the instruction as its last message, room kept for an answer of so many
    tokens."""
    purpose: Purpose
    plug: object
    """Whose field `writer` may name another model."""

    async def write(self, instruction: str, /, *, max_tokens: int) -> str:
        """What the model writes."""
        written = await self.ask(
            self.prompt(instruction, max_tokens),
            purpose=self.purpose,
            writer=getattr(self.plug, "writer", None),
            max_tokens=max_tokens,
        )
        return written.text
