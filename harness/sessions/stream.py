"""A stream of filler turns, counted once and shared by every session that starts with it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from harness.core.draws import Draws
from harness.core.errors import UsageError
from harness.sessions.tokens import MESSAGE_OVERHEAD

if TYPE_CHECKING:
    from harness.core.messages import Turn
    from harness.core.protocols import Filler
    from harness.sessions.leaks import LeakCheck
    from harness.sessions.tokens import TokenCounter

_FIRST_BATCH = 16
_LARGEST_BATCH = 256
_MORE = 4
"""Turns read at once: a quarter of those that were read, so that a short session does not pay for a
long one."""


class FillerStream:
    """The turns of one filler for one name of a stream, read as far as anyone asked.

    Args:
        filler: Where the turns come from.
        name: What the stream is named by: equal names give equal turns.
        counter: Counts each turn once.
        check: Turns that hold a planted value are left out.
        label: What errors call the filler.
    """

    def __init__(
        self,
        filler: Filler,
        name: tuple[object, ...],
        counter: TokenCounter,
        check: LeakCheck,
        label: str,
    ) -> None:
        self._source = filler.turns(Draws("filler", *name))
        self._counter = counter
        self._check = check
        self._label = label
        self._read = 0
        self._turns: list[Turn] = []
        self._sizes: list[tuple[int, ...]] = []
        self.left_out = 0
        """Turns that held a planted value."""

    def turn(self, index: int) -> tuple[Turn, tuple[int, ...]]:
        """The turn of that index, and the tokens of each of its messages as they are rendered.

        Raises:
            UsageError: The filler has run out.
        """
        while index >= len(self._turns):
            self._read_on()
        return self._turns[index], self._sizes[index]

    def _read_on(self) -> None:
        size = min(max(_FIRST_BATCH, self._read // _MORE), _LARGEST_BATCH)
        batch = list(islice(self._source, size))
        self._read += len(batch)
        if not batch:
            raise FillerRanOutError(self._label, sum(map(sum, self._sizes)), self.left_out)
        texts = [[message.text for message in turn.messages] for turn in batch]
        held = iter(self._check.held([text for said in texts for text in said]))
        for turn, said in zip(batch, texts, strict=True):
            if sum(islice(held, len(said))):  # a sum: each turn takes all of its own from `held`
                self.left_out += 1
                continue
            self._turns.append(turn)
            self._sizes.append(
                tuple([tokens + MESSAGE_OVERHEAD for tokens in self._counter.count_texts(said)])
            )


class FillerRanOutError(UsageError):
    """The filler has fewer tokens than the session needs.

    Args:
        label: What the filler is called.
        had: Tokens that it gave.
        left_out: Turns that held a planted value and could not be used.
    """

    def __init__(self, label: str, had: int, left_out: int) -> None:
        super().__init__(f"{label} has run out after {had} tokens")
        self.label = label
        self.had = had
        self.left_out = left_out

    def missing(self, tokens: int) -> UsageError:
        """The same error for people: how many tokens more the session needs."""
        dropped = f"; {self.left_out} turns hold planted values" if self.left_out else ""
        return UsageError(
            f"{self.label} has only {self.had} usable tokens{dropped}: {tokens} tokens are missing"
            " for this session; add chats, ask for a smaller window, or set `repeat: true`"
        )
