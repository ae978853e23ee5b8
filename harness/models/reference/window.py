"""Laws of the ceiling: a server that drops the oldest text silently, and one that refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from harness.core.errors import OverflowRefusedError
from harness.models.reference.base import (
    DEFAULT_LIMIT,
    Answer,
    Reader,
    between,
    chance,
    newest_messages,
    one_of,
    tokens_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.messages import Message


_NOTES = b"notes"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLaw(Reader):
    """Keeps the newest tokens in whole messages, and says nothing about it.

    A system message is dropped like any other once it is old. A message that fits only in part is
    dropped whole; the last one, which asks, is kept whatever its size. Nothing that is kept is
    ever forgotten, so `recall` is 1: what a probe misses here was evicted, not forgotten.
    """

    tokens: int = DEFAULT_LIMIT
    """Own tokens that are kept, the opening of the reply included."""
    usage: Literal["reported", "none", "sent"] = "reported"  # type: ignore[assignment]  # one word more
    """reported: the tokens kept, as truncating servers tell; sent: all of them, as models with
    sliding attention tell; none."""

    def __post_init__(self) -> None:
        between("limit", self.limit, 1)
        between("ratio", self.ratio, 0.01, 100)
        between("tokens", self.tokens, 1)
        one_of("usage", self.usage, ("reported", "none", "sent"))

    def kept(self, messages: Sequence[Message]) -> Sequence[Message]:
        """The newest messages that fit."""
        return newest_messages(messages, self.tokens / self.ratio)

    def metered(self, sent_tokens: int, kept: Sequence[Message]) -> int:
        """The tokens kept, or sent."""
        return self.own(sent_tokens if self.usage == "sent" else tokens_of(kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseLaw(Reader):
    """Refuses a prompt past its limit with a context-window error, as most providers do."""

    def answer(self, messages: Sequence[Message], max_tokens: int | None = None, /) -> Answer:
        """What a perfect reader says, unless the prompt is too long."""
        tokens = self.own(tokens_of(messages))
        if tokens > self.limit:
            raise OverflowRefusedError(
                f"This model's maximum context length is {self.limit} tokens. However, your"
                f" messages resulted in {tokens} tokens. Please reduce the length of the messages."
            )
        return Reader.answer(self, messages, max_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes(Reader):
    """Reads everything, and leaves out a share of the sentences when it writes notes.

    The draw belongs to the sentence, so what was once left out stays out, and what was once
    written is kept when the notes are written anew.
    """

    miss: float = 0.3
    """Probability that a sentence is left out."""

    def __post_init__(self) -> None:
        Reader.__post_init__(self)
        between("miss", self.miss, 0, 1)

    def keeps(self, sentence: str) -> bool:
        """Whether the draw of the sentence lets it be written."""
        return chance(_NOTES, sentence) >= self.miss
