"""A stream of filler turns, counted once and shared by every session that starts with it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from harness.core.draws import Draws
from harness.core.errors import UsageError
from harness.core.text_kinds import text_kind_of
from harness.sessions.tokens import MESSAGE_OVERHEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.core.messages import Message, Turn
    from harness.core.protocols import Filler
    from harness.core.text_kinds import TextKind
    from harness.sessions.leaks import LeakCheck
    from harness.sessions.tokens import TokenCounter

_FIRST_BATCH = 16
_LEAST_BATCH = 4
_LARGEST_BATCH = 256
"""Turns read at once."""


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
        self._turns: list[Turn] = []
        self._starts = [0]
        """The first message of each turn, and how many there are."""
        self.messages: list[Message] = []
        """Of all turns; what else is known of each message has the same place."""
        self.offsets = [0]
        """Tokens before each message as they are rendered, and one more entry."""
        self.kinds: list[TextKind] = []
        self.hashes: list[str] = []
        self.left_out = 0
        """Turns that held a planted value."""

    def turn(self, index: int, missing: int = 0) -> Turn:
        """The turn of that index.

        Args:
            index: Counted from 0; turns that hold a planted value are not.
            missing: Tokens that the session is short of before this turn: what will do is read at
                once, and hardly more.

        Raises:
            UsageError: The filler has run out.
        """
        while index >= len(self._turns):
            self._read_on(missing)
        return self._turns[index]

    def span(self, first: int, stop: int) -> slice:
        """Where the messages of some turns are, from one to before another."""
        return slice(self._starts[first], self._starts[stop])

    def fitting(
        self,
        first: int,
        length: int,
        until: int,
        fits: Callable[[int, int], bool],
        *,
        at_most: int | None = None,
    ) -> int:
        """The turn behind the last of those that fit.

        Args:
            first: The first of them.
            length: Tokens of the session before it.
            until: Tokens at which the session is long enough.
            fits: Whether a turn may follow, by the tokens of the session and its own.
            at_most: How many turns; any number unless given.

        Raises:
            UsageError: The filler has run out before the first of them.
        """
        stop = first
        while length < until and (at_most is None or stop < first + at_most):
            try:
                self.turn(stop, until - length)
            except FillerRanOutError:
                if stop == first:
                    raise
                break
            size = self.offsets[self._starts[stop + 1]] - self.offsets[self._starts[stop]]
            if not fits(length, size):
                break
            length += size
            stop += 1
        return stop

    def _read_on(self, missing: int) -> None:
        number = _FIRST_BATCH
        if self._turns:
            expected = missing * len(self._turns) // self.offsets[-1]
            number = min(max(_LEAST_BATCH, expected), _LARGEST_BATCH)
        batch = list(islice(self._source, number))
        if not batch:
            raise FillerRanOutError(self._label, self.offsets[-1], self.left_out)
        texts = [[message.text for message in turn.messages] for turn in batch]
        held = iter(self._check.held([text for said in texts for text in said]))
        for turn, said in zip(batch, texts, strict=True):
            if sum(islice(held, len(said))):  # a sum: each turn takes all of its own from `held`
                self.left_out += 1
                continue
            self._take(turn, said)

    def _take(self, turn: Turn, texts: Sequence[str]) -> None:
        """Note a turn, and all that every session asks of its messages."""
        length = self.offsets[-1]
        for tokens in self._counter.count_texts(texts):
            length += tokens + MESSAGE_OVERHEAD
            self.offsets.append(length)
        self.kinds += [text_kind_of(text, said=False) for text in texts]
        self.hashes += [message.hash for message in turn.messages]
        self.messages += turn.messages
        self._starts.append(len(self.messages))
        self._turns.append(turn)


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
