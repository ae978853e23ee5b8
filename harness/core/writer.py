"""A model at hand for whoever has something to put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.messages import Message


class Writer(Protocol):
    """A model at hand, for what needs to be put into words: notes, summaries.

    Calls are paid for once in a run, recorded, and what they cost is counted with the session.
    """

    async def write(self, instruction: str, /, *, max_tokens: int) -> str:
        """What it writes when it is sent the conversation as the application would send it.

        Args:
            instruction: The last message.
            max_tokens: Room for what is written.
        """

    async def ask(self, messages: Sequence[Message], /, *, max_tokens: int) -> str:
        """What it answers to messages of one's own, and to nothing else."""


@runtime_checkable
class CompactingWriter(Writer, Protocol):
    """A model at hand in a conversation that its provider can compact."""

    async def compact(self) -> str:
        """What the provider leaves of the conversation, see `harness.core.compacted_items`."""
