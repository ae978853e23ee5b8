"""What a session has said so far: its messages, and what is known of each."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from harness.sessions.kinds import KindCounter

if TYPE_CHECKING:
    from harness.core.messages import Message
    from harness.sessions.kinds import KindOffsets
    from harness.sessions.stream import FillerStream


class SaidSoFar:
    """Grows message by message, or by a stretch of filler at once."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.hashes: list[str] = []
        """Name of each message."""
        self.offsets: list[int] = [0]
        """Tokens before each message, and one more entry: the length so far."""
        self._kinds = KindCounter()

    @property
    def length(self) -> int:
        """Tokens so far."""
        return self.offsets[-1]

    def kind_offsets(self) -> KindOffsets:
        """As `offsets`, of the texts alone and for each kind of text."""
        return self._kinds.offsets()

    def add(self, message: Message, tokens: int, *, said: bool) -> None:
        """Add a message; `said` where the scenario says it itself, and it is no filler."""
        self.messages.append(message)
        self.hashes.append(message.hash)
        self.offsets.append(self.length + tokens)
        self._kinds.add(message, tokens, said=said)

    def add_filler(self, stream: FillerStream, first: int, stop: int) -> None:
        """Add turns of filler as they are written, from one to before another."""
        span = stream.span(first, stop)
        ends = stream.offsets[span.start : span.stop + 1]
        before = self.length - ends[0]
        self.messages += stream.messages[span]
        self.hashes += stream.hashes[span]
        self.offsets += [before + end for end in ends[1:]]
        self._kinds.add_known(stream.kinds[span], [b - a for a, b in pairwise(ends)])
