"""The ceiling of a session, the history that must fit under it, and the view that is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.messages import turn_starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.messages import Message


@dataclass(frozen=True, slots=True)
class Window:
    """The ceiling in tokens and what is kept free under it."""

    limit: int
    """Tokens that prompt and answer may have together, as the provider counts them."""
    reserve: int
    """Of these, tokens kept for the answer."""
    ratio: float = 1.0
    """Provider's tokens for one local token more: what sessions are aimed with (law 2)."""
    overhead: int = 0
    """Provider's tokens that are there before the first of ours: a chat template's own."""

    @property
    def top(self) -> float:
        """The highest fill that leaves room for the answer."""
        return (self.limit - self.reserve) / self.limit

    @property
    def budget(self) -> int:
        """Local tokens that the prompt, question included, may have."""
        return max(int((self.limit - self.reserve - self.overhead) / self.ratio), 0)

    def local(self, fill: float) -> int:
        """Local tokens of a prompt, question included, that fills so much of the window."""
        return max(int((fill * self.limit - self.overhead) / self.ratio), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A session up to a cut, as a policy sees it."""

    messages: Sequence[Message]
    """The whole trunk; only the first `stop` belong to this history."""
    offsets: Sequence[int]
    """Tokens before each message of the trunk."""
    stop: int
    """How many messages the session has at this cut."""
    question_tokens: int
    """Tokens of the question with everything that rendering adds to the prompt."""

    @property
    def system(self) -> int:
        """How many messages at the top are system messages; a policy never drops them."""
        count = 0
        while count < self.stop and self.messages[count].role == "system":
            count += 1
        return count

    @property
    def turn_starts(self) -> list[int]:
        """Indexes of the messages that begin a turn: a policy cuts there and nowhere else."""
        return turn_starts(self.messages[: self.stop])

    def tokens(self, start: int, stop: int) -> int:
        """Length in tokens of the messages from `start` to before `stop`."""
        return self.offsets[stop] - self.offsets[start]

    @property
    def prompt_tokens(self) -> int:
        """Tokens of the whole prompt when nothing is dropped."""
        return self.offsets[self.stop] + self.question_tokens


@dataclass(frozen=True, slots=True)
class Span:
    """Messages from `start` to before `stop`."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class View:
    """Which messages of the history are sent; the question follows them."""

    spans: tuple[Span, ...]
    """In order, not touching, none empty."""
    refused: str | None = None
    """Why the application sends nothing at all; None when it sends the view."""

    def holds(self, message: int) -> bool:
        """Whether the message of that index is sent."""
        return any(span.start <= message < span.stop for span in self.spans)
