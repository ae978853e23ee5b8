"""Policy `provider_compaction`: near the ceiling the provider compacts the older turns itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.compacted_items import read_items
from harness.core.messages import Turn
from harness.core.parts import Opaque
from harness.core.writer import CompactingWriter
from harness.sessions.policies.drop_oldest import DropOldest
from harness.sessions.policies.summarise import Summarise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.messages import Message
    from harness.core.window import History, View
    from harness.core.writer import Writer

APIS = ("responses", "messages")
FRESH = 0.1
"""Share of the budget that turns behind an earlier compaction have before there is another."""


def _is_left(message: Message) -> bool:
    """Whether a message is what a compaction left."""
    parts = () if isinstance(message.content, str) else message.content
    return any(isinstance(part, Opaque) and part.kind == "compaction" for part in parts)


@dataclass(frozen=True, slots=True)
class ProviderCompaction:
    """The newest turns as they are, and what the provider's own compaction leaves of the others.

    OpenAI leaves the user's messages and an item that nobody else can read, Anthropic a block of
    text.
    """

    at: float = 0.8
    """Share of the budget from which on older turns are compacted, in (0, 1]."""
    keep: float = 0.25
    """Share of the budget that the newest turns may keep, in [0, 1); the last one always stays."""
    tokens: int | None = None
    """Budget of the application where it is smaller than the window's, question included."""
    _when: Summarise = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # it is time when it would be for a summary of ours, however short
        when = Summarise(at=self.at, keep=self.keep, budget=1, tokens=self.tokens)
        object.__setattr__(self, "_when", when)

    @property
    def apis(self) -> tuple[str, ...]:
        """Both APIs that compact."""
        return APIS

    @property
    def options(self) -> Mapping[str, object]:
        """None: the calls that put questions are as any."""
        return {}

    def view(self, history: History, budget_tokens: int, /) -> View:
        """What compactions left; where even that is too long, its oldest turns go."""
        return DropOldest(self.tokens).view(history, budget_tokens)

    def compacts(self, history: History, budget_tokens: int, /) -> int:
        """Index of the first turn that is kept as it is; 0 when it is not yet time.

        What an earlier compaction left is not compacted again for a turn or two: where the user's
        messages stay as they are there is little to save.
        """
        stop = self._when.compacts(history, budget_tokens)
        left = max((i for i in range(stop) if _is_left(history.messages[i])), default=-1)
        if left >= 0 and history.tokens(left + 1, stop) < FRESH * budget_tokens:
            return 0
        return stop

    async def compact(self, writer: Writer, /) -> Turn:
        """What the provider leaves.

        Raises:
            TypeError: Whoever asks has no provider at hand.
        """
        if not isinstance(writer, CompactingWriter):
            raise TypeError(f"{type(writer).__name__} cannot have a provider compact")
        return Turn(read_items(await writer.compact()))
